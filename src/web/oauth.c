/* POST /oauth2/token: client credentials (RFC 6749 §4.4) by form or Basic; the answer is a bearer token of an hour. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/base64.h"
#include "domain/api_client.h"
#include "web/csc.h"
#include "web/handlers.h"

#define VALUE_MAX 256

struct credentials {
    char grant_type[VALUE_MAX], client_id[VALUE_MAX], client_secret[VALUE_MAX];
};

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* application/x-www-form-urlencoded; false when malformed or too long. */
static bool unescape(char out[VALUE_MAX], struct ky_bytes in)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        int c = in.p[i] == '+' ? ' ' : in.p[i];
        if (c == '%') {
            int high = i + 2 < in.n ? hex_digit(in.p[i + 1]) : -1,
                low = high < 0 ? -1 : hex_digit(in.p[i + 2]);
            if (low < 0)
                return false;
            c = high << 4 | low;
            i += 2;
        }
        if (c == 0 || n + 1 >= VALUE_MAX)
            return false;
        out[n++] = (char)c;
    }
    out[n] = 0;
    return true;
}

/* The value of a field, "" when it is not there. */
static bool read_field(char out[VALUE_MAX], struct ky_bytes form, const char *name)
{
    size_t name_n = strlen(name);
    out[0] = 0;
    while (form.n > 0) {
        const uint8_t *end = memchr(form.p, '&', form.n);
        size_t n = end == NULL ? form.n : (size_t)(end - form.p);
        if (n > name_n && memcmp(form.p, name, name_n) == 0 && form.p[name_n] == '=')
            return unescape(out, KY_BYTES(form.p + name_n + 1, n - name_n - 1));
        form.p += n + (end != NULL);
        form.n -= n + (end != NULL);
    }
    return true;
}

static bool read_basic(struct credentials *c, const char *authorization)
{
    ky_auto_buf plain = ky_buf_init_secret(2 * VALUE_MAX);
    if (authorization == NULL || strncasecmp(authorization, "Basic ", 6) != 0)
        return true;
    if (ky_base64_decode(&plain, ky_bytes_str(authorization + 6)) != KY_OK)
        return false;
    const char *colon = memchr(plain.p, ':', plain.n);
    if (colon == NULL)
        return false;
    size_t id_n = (size_t)(colon - (const char *)plain.p);
    return unescape(c->client_id, KY_BYTES(plain.p, id_n)) &&
           unescape(c->client_secret, KY_BYTES(colon + 1, plain.n - id_n - 1));
}

struct issuing {
    struct ky_exchange *x;
    const struct credentials *c;
    struct ky_db_client client;
    char token[KY_BEARER_TEXT];
};

static ky_rc authenticate(struct ky_store *s, void *ctx)
{
    struct issuing *i = ctx;
    return ky_api_client_authenticate(&i->client, &i->x->arena, s, i->c->client_id,
                                      ky_bytes_str(i->c->client_secret));
}

static ky_rc issue(struct ky_store *s, void *ctx)
{
    struct issuing *i = ctx;
    return ky_access_token_issue(i->token, s, i->client.client_id, NULL, "service", i->x->now);
}

static ky_rc answer_token(struct ky_web *w, struct ky_exchange *x, const struct credentials *c)
{
    struct issuing i = {.x = x, .c = c};
    ky_rc rc = ky_db_read(w->db, authenticate, &i);
    if (rc == KY_EAUTH || rc == KY_ENOTFOUND)
        return ky_csc_refuse(x, 401, "invalid_client", "Client authentication failed.");
    KY_TRY(rc);
    KY_TRY(ky_store_submit(w->db, issue, &i));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "access_token", i.token);
    ky_json_put_cstr(o, "token_type", "Bearer");
    ky_json_put_int(o, "expires_in", KY_ACCESS_TOKEN_LIFE);
    ky_wipe(i.token, sizeof i.token);
    return ky_answer_end(x);
}

ky_rc ky_handle_oauth_token(struct ky_web *w, struct ky_exchange *x)
{
    struct credentials c = {0};
    bool ok = read_field(c.grant_type, x->body, "grant_type") &&
              read_field(c.client_id, x->body, "client_id") &&
              read_field(c.client_secret, x->body, "client_secret") && read_basic(&c, x->authorization);
    if (!ok)
        return ky_csc_invalid(x, "Malformed parameters");
    if (strcmp(c.grant_type, "client_credentials") != 0)
        return ky_csc_refuse(x, 400, c.grant_type[0] == 0 ? "invalid_request" : "unsupported_grant_type",
                             "Invalid parameter grant_type");
    if (c.client_id[0] == 0)
        return ky_csc_invalid(x, "Missing parameter client_id");
    ky_rc rc = answer_token(w, x, &c);
    ky_wipe(&c, sizeof c);
    return rc;
}
