/* One request and its answer; see exchange.h. */
#include "web/exchange.h"

#include <stdlib.h>
#include <strings.h>

#include "base/hex.h"
#include "base/str.h"
#include "os/file.h"
#include "web/route.h"

void ky_exchange_init(struct ky_exchange *x)
{
    *x = (struct ky_exchange){.arena = ky_arena_init(KY_EXCHANGE_MEMORY),
                              .out = ky_buf_init(KY_ANSWER_MAX),
                              .type = "application/json"};
}

static void drop_file(struct ky_exchange *x)
{
    if (x->has_file)
        ky_fd_clear(&x->fd);
    x->has_file = false;
}

void ky_exchange_clear(struct ky_exchange *x)
{
    json_decref(x->json);
    drop_file(x);
    ky_buf_clear(&x->out);
    ky_arena_clear(&x->arena);
    *x = (struct ky_exchange){0};
}

const char *ky_exchange_arg(const struct ky_exchange *x, const char *name)
{
    for (size_t i = 0; i < x->arg_count; i++)
        if (ky_str_eq(x->args[i].name, name))
            return x->args[i].value;
    return NULL;
}

ky_rc ky_exchange_param_hex(const char **out, struct ky_exchange *x, size_t i, size_t digits)
{
    uint8_t decoded[64];
    struct ky_bytes v = x->params[i];
    if (digits / 2 > sizeof decoded || v.n != digits || ky_hex_decode(decoded, digits / 2, v) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no such address: %s", x->path);
    *out = (const char *)ky_arena_dup(&x->arena, v);
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

void ky_exchange_header(struct ky_exchange *x, const char *name, const char *value)
{
    if (x->header_count < KY_EXCHANGE_HEADERS_MAX)
        x->headers[x->header_count++] = (struct ky_exchange_pair){name, value};
}

bool ky_exchange_has_header(const struct ky_exchange *x, const char *name)
{
    size_t i = 0;
    while (i < x->header_count && strcasecmp(x->headers[i].name, name) != 0)
        i++;
    return i < x->header_count;
}

/* One element of Accept-Encoding, "gzip" or "gzip;q=0.5". */
static bool is_gzip(const char *element, size_t n)
{
    static const char name[] = "gzip";
    if (n < sizeof name - 1 || strncasecmp(element, name, sizeof name - 1) != 0)
        return false;
    size_t at = sizeof name - 1 + strspn(element + sizeof name - 1, " ;");
    if (at >= n)
        return true;
    return element[at] == 'q' && strspn(element + at, "q=0. ") < n - at; /* a weight that is not 0 */
}

bool ky_exchange_takes_gzip(const struct ky_exchange *x)
{
    for (const char *at = x->accept_encoding; at != NULL && *at != 0;) {
        at += strspn(at, " ,");
        size_t n = strcspn(at, ",");
        if (is_gzip(at, n))
            return true;
        at += n;
    }
    return false;
}

static void begin(struct ky_exchange *x)
{
    drop_file(x);
    ky_buf_reset(&x->out);
    x->lasting = KY_BYTES_NONE;
}

struct ky_json_out *ky_answer_begin(struct ky_exchange *x, unsigned status)
{
    begin(x);
    x->status = status;
    x->type = "application/json";
    x->json_out = KY_JSON_OUT(&x->out);
    ky_json_open_object(&x->json_out, NULL);
    return &x->json_out;
}

ky_rc ky_answer_end(struct ky_exchange *x)
{
    ky_json_close_object(&x->json_out);
    return ky_buf_finish(&x->out);
}

ky_rc ky_answer_bytes(struct ky_exchange *x, unsigned status, const char *type, struct ky_bytes bytes)
{
    begin(x);
    x->status = status;
    x->type = type;
    ky_buf_add(&x->out, bytes);
    return ky_buf_finish(&x->out);
}

ky_rc ky_answer_json(struct ky_exchange *x, unsigned status, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    if (text == NULL)
        return ky_fail(KY_ENOMEM, "answer");
    ky_rc rc = ky_answer_bytes(x, status, "application/json", ky_bytes_str(text));
    free(text);
    return rc;
}

ky_rc ky_answer_lasting(struct ky_exchange *x, unsigned status, const char *type, struct ky_bytes bytes)
{
    begin(x);
    x->status = status;
    x->type = type;
    x->lasting = bytes;
    return KY_OK;
}

void ky_answer_fd(struct ky_exchange *x, unsigned status, const char *type, int taken_fd)
{
    begin(x);
    x->status = status;
    x->type = type;
    x->has_file = true;
    x->fd = taken_fd;
}

bool ky_answer_unchanged(struct ky_exchange *x, const char *etag)
{
    ky_exchange_header(x, "ETag", etag);
    if (x->if_none_match == NULL || strstr(x->if_none_match, etag) == NULL)
        return false;
    begin(x);
    x->status = 304;
    x->type = NULL;
    return true;
}

ky_rc ky_answer_empty(struct ky_exchange *x)
{
    return ky_answer_bytes(x, 204, NULL, KY_BYTES_NONE);
}

void ky_answer_refusal(struct ky_exchange *x, unsigned status, const char *error, const char *description,
                       const char *vi)
{
    struct ky_json_out *o = ky_answer_begin(x, status);
    ky_json_put_cstr(o, "error", error);
    ky_json_put_cstr(o, "error_description", description);
    if (vi != NULL)
        ky_json_put_cstr(o, "vi", vi);
    ky_json_put_cstr(o, "request", x->id);
    ky_json_close_object(o);
}

ky_rc ky_answer_often(struct ky_exchange *x, int64_t wait_s)
{
    const char *wait = ky_arena_printf(&x->arena, "%lld", (long long)wait_s);
    ky_answer_refusal(x, 429, "too_many_requests", "too often from this address; wait",
                      "Địa chỉ này gửi quá nhiều yêu cầu; đề nghị thử lại sau.");
    if (wait != NULL)
        ky_exchange_header(x, "Retry-After", wait);
    return ky_fail(KY_EBUSY, "%s: too often", x->route->path);
}
