/* Lists of people for a dossier: .xlsx or CSV (domain/people_table), read in this process: it is the user's own file. */
#ifndef KY_PROG_KYSO_PEOPLE_FILE_H
#define KY_PROG_KYSO_PEOPLE_FILE_H

#include "codec/json.h"

/*
 * An array of persons (docs/protocol/http.md). What is wrong with a row goes to stderr with its cell; *wrong
 * counts the errors. KY_EFORMAT: the list cannot be read at all, and why.
 */
ky_rc kyso_people_read(json_t **out, size_t *wrong, const char *path);
/* The empty list to fill in: CSV when the name ends so, else .xlsx. KY_EIO. */
ky_rc kyso_people_write_template(const char *path);

#endif
