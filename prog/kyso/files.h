/* Files that commands read whole, and passwords of documents. */
#ifndef KY_PROG_KYSO_FILES_H
#define KY_PROG_KYSO_FILES_H

#include "ades/evidence.h"
#include "base/secret.h"
#include "prog/kyso/opts.h"

typedef ky_rc kyso_add(struct ky_evidence *e, struct ky_bytes file);

/* Reads every file of the list (at most max bytes) and hands it to add; errors name the file. */
ky_rc kyso_files_add(struct ky_evidence *e, const struct kyso_list *files, size_t max, kyso_add *add);

/*
 * The password of an encrypted document: from the file if one is named, else KYSO_PDF_PASSWORD. *found tells whether
 * there is one; it ends with a NUL.
 */
ky_rc kyso_pdf_password(struct ky_secret *s, bool *found, const char *file);

/* The name without its folders. */
const char *kyso_base_name(const char *path);

#endif
