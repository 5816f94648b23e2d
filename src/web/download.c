/* Headers of downloads; see download.h. */
#include "web/download.h"

#define HEADER_MAX 2048

/* RFC 8187 §3.2.1: attr-char as it is, the rest in percent. */
static void add_extended(struct ky_buf *out, const char *name)
{
    static const char plain[] = "!#$&+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (const char *c = name; *c != 0; c++) {
        if (strchr(plain, *c) != NULL)
            ky_buf_add(out, KY_BYTES(c, 1));
        else
            ky_buf_addf(out, "%%%02X", (unsigned)(uint8_t)*c);
    }
}

ky_rc ky_answer_download(struct ky_exchange *x, const char *type, const char *name, struct ky_bytes bytes)
{
    ky_auto_buf place = ky_buf_init(HEADER_MAX);
    ky_buf_add_str(&place, "attachment; filename*=UTF-8''");
    add_extended(&place, name);
    KY_TRY(ky_buf_finish(&place));
    const char *kept = ky_arena_strdup(&x->arena, ky_buf_str(&place));
    if (kept == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Content-Disposition", kept);
    ky_exchange_header(x, "Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'");
    return ky_answer_bytes(x, 200, type, bytes);
}
