#include "prog/kyso/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "prog/kyso/http.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"

#define URL_MAX_BYTES 2048
#define PATH_MAX_BYTES 1024
#define CALL_TIMEOUT_S 120L
#define BODY_MAX ((size_t)64 << 20)

ky_rc kyso_api_open(struct kyso_api *api, const char *server, const char *ca_file)
{
    *api = (struct kyso_api){.server = server, .ca_file = ca_file, .token = getenv("KYSO_TOKEN")};
    KY_TRY(kyso_need(server, "server"));
    if (api->token == NULL || api->token[0] == 0)
        return ky_fail(KY_EAUTH, "%s",
                       kyso_say("chưa có mã truy cập: đặt KYSO_TOKEN", "there is no token: set KYSO_TOKEN"));
    return KY_OK;
}

/* What the service says of a refusal, in the user's language where it has one. */
static ky_rc service_error(long status, const char *path, struct ky_bytes body)
{
    ky_auto_json json = NULL;
    if (ky_json_parse(&json, body, KYSO_API_ANSWER_MAX) != KY_OK)
        json = NULL;
    const char *vi = json_string_value(json_object_get(json, "vi"));
    const char *en = json_string_value(json_object_get(json, "error_description"));
    const bool both = vi != NULL && en != NULL && !kyso_english(); /* the English one has the details */
    const ky_rc rc = status == 401                    ? KY_EAUTH
                     : status == 404                  ? KY_ENOTFOUND
                     : status == 409                  ? KY_EEXIST
                     : status == 429 || status == 503 ? KY_EBUSY
                     : status < 500                   ? KY_EDENIED
                                                      : KY_EIO;
    return ky_fail(rc, "%s: HTTP %ld: %s%s%s%s", path, status, both ? vi : "", both ? " (" : "",
                   en != NULL ? en : "", both ? ")" : "");
}

static ky_rc exchange(struct ky_buf *answer, const struct kyso_api *api, const char *path, const char *type,
                      struct ky_bytes body)
{
    char url[URL_MAX_BYTES];
    long status = 0;
    size_t n = strlen(api->server);
    while (n > 0 && api->server[n - 1] == '/')
        n--;
    if (snprintf(url, sizeof url, "%.*s%s", (int)n, api->server, path) >= (int)sizeof url)
        return ky_fail(KY_ELIMIT, "--server: longer than %d bytes", URL_MAX_BYTES);
    const struct kyso_http req = {.url = url,
                                  .https_only = true,
                                  .content_type = type,
                                  .body = body,
                                  .bearer = api->token,
                                  .ca_file = api->ca_file,
                                  .timeout_s = CALL_TIMEOUT_S};
    KY_TRY(kyso_http(answer, &status, &req));
    return status >= 200 && status < 300 ? KY_OK : service_error(status, path, ky_buf_bytes(answer));
}

KY_PRINTF(2, 0) static ky_rc write_path(char out[PATH_MAX_BYTES], const char *fmt, va_list ap)
{
    return vsnprintf(out, PATH_MAX_BYTES, fmt, ap) < PATH_MAX_BYTES
               ? KY_OK
               : ky_fail(KY_ELIMIT, "address longer than %d bytes", PATH_MAX_BYTES);
}

static ky_rc dump(struct ky_buf *out, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    if (text == NULL)
        return ky_fail(KY_ENOMEM, "JSON");
    ky_buf_add_str(out, text);
    free(text);
    return ky_buf_finish(out);
}

ky_rc kyso_api_call(json_t **out, const struct kyso_api *api, const json_t *body, const char *path_fmt, ...)
{
    char path[PATH_MAX_BYTES];
    ky_auto_buf sent = ky_buf_init(BODY_MAX), answer = ky_buf_init(KYSO_API_ANSWER_MAX);
    va_list ap;
    va_start(ap, path_fmt);
    ky_rc rc = write_path(path, path_fmt, ap);
    va_end(ap);
    KY_TRY(rc);
    if (body != NULL)
        KY_TRY(dump(&sent, body));
    KY_TRY(exchange(&answer, api, path, body != NULL ? "application/json" : NULL, ky_buf_bytes(&sent)));
    if (out == NULL)
        return KY_OK;
    return ky_context(ky_json_parse(out, ky_buf_bytes(&answer), KYSO_API_ANSWER_MAX), "%s", path);
}

/* One page; *next: the cursor of the next one, of the page's JSON, or NULL. */
static ky_rc each_of_page(const char **next, const json_t *page, const char *list,
                          ky_rc (*fn)(const json_t *element, void *ctx), void *ctx)
{
    size_t i;
    json_t *element;
    json_array_foreach(json_object_get(page, list), i, element) KY_TRY(fn(element, ctx));
    *next = json_string_value(json_object_get(page, "next"));
    return KY_OK;
}

ky_rc kyso_api_each(const struct kyso_api *api, const char *path, const char *query, const char *list,
                    ky_rc (*fn)(const json_t *element, void *ctx), void *ctx)
{
    ky_auto_json page = NULL;
    const char *next = "";
    while (next != NULL) {
        json_t *fresh = NULL;
        KY_TRY(kyso_api_call(&fresh, api, NULL, "%s?%safter=%s", path, query, next));
        json_decref(page);
        page = fresh;
        KY_TRY(each_of_page(&next, page, list, fn, ctx));
    }
    return KY_OK;
}

ky_rc kyso_api_get(struct ky_buf *out, const struct kyso_api *api, const char *path_fmt, ...)
{
    char path[PATH_MAX_BYTES];
    va_list ap;
    va_start(ap, path_fmt);
    ky_rc rc = write_path(path, path_fmt, ap);
    va_end(ap);
    KY_TRY(rc);
    return exchange(out, api, path, NULL, KY_BYTES_NONE);
}

ky_rc kyso_api_upload(json_t **out, const struct kyso_api *api, struct ky_bytes file, const char *path_fmt,
                      ...)
{
    char path[PATH_MAX_BYTES];
    ky_auto_buf answer = ky_buf_init(KYSO_API_ANSWER_MAX);
    va_list ap;
    va_start(ap, path_fmt);
    ky_rc rc = write_path(path, path_fmt, ap);
    va_end(ap);
    KY_TRY(rc);
    KY_TRY(exchange(&answer, api, path, "application/octet-stream", file));
    return ky_context(ky_json_parse(out, ky_buf_bytes(&answer), KYSO_API_ANSWER_MAX), "%s", path);
}
