#include "prog/kyso/files.h"

#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "prog/kyso/prompt.h"

ky_rc kyso_files_add(struct ky_evidence *e, const struct kyso_list *files, size_t max, kyso_add *add)
{
    for (size_t i = 0; i < files->n; i++) {
        ky_auto_buf b = ky_buf_init(max);
        KY_TRY(ky_file_read(&b, files->v[i]));
        KY_TRY(ky_context(add(e, ky_buf_bytes(&b)), "%s", files->v[i]));
    }
    return KY_OK;
}

static ky_rc copy_secret(struct ky_secret *s, struct ky_bytes text)
{
    KY_TRY(ky_secret_init(s, text.n + 1));
    if (text.n > 0)
        memcpy(s->p, text.p, text.n);
    s->p[text.n] = 0;
    return KY_OK;
}

ky_rc kyso_pdf_password(struct ky_secret *s, bool *found, const char *file)
{
    const char *v = getenv("KYSO_PDF_PASSWORD");
    *found = file != NULL || v != NULL;
    if (!*found)
        return KY_OK;
    if (file == NULL)
        return copy_secret(s, ky_bytes_str(v));
    ky_auto_buf b = ky_buf_init_secret(KYSO_PASSWORD_MAX);
    KY_TRY(ky_file_read_secret(&b, file));
    return copy_secret(s, ky_buf_bytes(&b));
}

const char *kyso_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}
