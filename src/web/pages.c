/*
 * The portal's pages (web/portal), and files of one folder that the operator puts there (a welcome page, the demo's
 * journey): no scripts, nothing from elsewhere. Without the setting `pages` there are none of these.
 */
#include <stdio.h>

#include "base/str.h"
#include "os/file.h"
#include "web/handlers.h"
#include "web/portal.h"

#define NAME_MAX_BYTES 64
#define POLICY "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
    {".pdf", "application/pdf"},
    {".pem", "application/x-pem-file"},
};

static const char *type_of(const char *name)
{
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < KY_COUNT(types); i++)
        if (ky_str_eq(types[i].ending, ending))
            return types[i].type;
    return NULL;
}

/* Letters, digits, '-' and '.', the first one no '.': it cannot leave the folder. */
static bool is_name(struct ky_bytes name)
{
    bool ok = name.n > 0 && name.n < NAME_MAX_BYTES && name.p[0] != '.';
    for (size_t i = 0; ok && i < name.n; i++)
        ok = name.p[i] != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", name.p[i]) != NULL;
    return ok;
}

static ky_rc answer_own_page(const struct ky_web *w, struct ky_exchange *x, struct ky_bytes asked)
{
    char name[NAME_MAX_BYTES], path[KY_WEB_PATH_MAX];
    ky_auto_buf content = ky_buf_init(KY_ANSWER_MAX);
    if (w->pages == NULL || w->pages[0] == 0 || !is_name(asked))
        return ky_fail(KY_ENOTFOUND, "no such page");
    snprintf(name, sizeof name, "%.*s", (int)asked.n, (const char *)asked.p);
    const char *type = type_of(name);
    if (type == NULL || snprintf(path, sizeof path, "%s/%s", w->pages, name) >= (int)sizeof path ||
        ky_file_read(&content, path) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no such page");
    ky_exchange_header(x, "Content-Security-Policy", POLICY);
    return ky_answer_bytes(x, 200, type, ky_buf_bytes(&content));
}

ky_rc ky_handle_page(struct ky_web *w, struct ky_exchange *x)
{
    const char *asked = x->path + 1;
    ky_rc rc = ky_portal_answer(w->portal, x, asked);
    return rc == KY_ENOTFOUND
               ? answer_own_page(w, x, *asked == 0 ? KY_BYTES_LIT("index.html") : ky_bytes_str(asked))
               : rc;
}
