#include "prog/kyso/registry.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/str.h"
#include "crypto/random.h"
#include "os/clock.h"
#include "os/file.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"

#define YEAR (366 * KY_DAY)
#define YEARS_DEFAULT 5
#define YEARS_MAX 20

void kyso_registry_clear(struct kyso_registry *r)
{
    ky_founding_free(r->founding);
    r->founding = NULL;
}

ky_rc kyso_registry_open(struct kyso_registry *r, const struct kyso_registry_opts *o)
{
    KY_TRY(kyso_api_open(&r->api, o->server, o->cacert));
    return kyso_statement_founding(&r->founding, &r->api, o->realm);
}

static ky_rc read_years(uint64_t *out, const char *text)
{
    *out = YEARS_DEFAULT;
    if (text == NULL)
        return KY_OK;
    KY_TRY(ky_context(ky_parse_u64(out, ky_bytes_str(text), YEARS_MAX), "--years"));
    return *out > 0 ? KY_OK : ky_fail(KY_EINVAL, "--years: 1 … %d", YEARS_MAX);
}

ky_rc kyso_registry_body(json_t **out, struct kyso_registry *r, const struct kyso_registry_opts *o,
                         ky_record_type type, const char *owner)
{
    uint8_t id[KY_ID_SIZE], who[KY_OWNER_SIZE];
    uint64_t years;
    ky_time now = ky_now();
    ky_auto_json body = NULL;
    KY_TRY(kyso_need(o->name, "name"));
    KY_TRY(read_years(&years, o->years));
    KY_TRY(ky_random(id, sizeof id));
    ky_hex_encode(r->id, KY_BYTES_OF(id));
    if (owner != NULL)
        KY_TRY(ky_hex_decode(who, sizeof who, ky_bytes_str(owner)));
    KY_TRY(ky_record_body(&body, type, id, 1, owner != NULL ? who : NULL, now - KY_MINUTE,
                          now + (ky_time)years * YEAR));
    KY_TRY(ky_body_set_text(body, "name", ky_bytes_str(o->name)));
    *out = KY_STEAL(body);
    return KY_OK;
}

/* What sam calls the person of an identity number, hex64. */
static ky_rc find_owner(char out[2 * KY_OWNER_SIZE + 1], const struct kyso_registry *r, const char *identity)
{
    struct ky_bytes owner;
    ky_auto_json answer = NULL;
    KY_TRY(kyso_need(identity, "identity"));
    ky_auto_json wish = json_pack("{s:s}", "identity", identity);
    if (wish == NULL)
        return ky_fail(KY_EFORMAT, "--identity");
    KY_TRY(kyso_api_call(&answer, &r->api, wish, "/api/v1/owner"));
    KY_TRY(ky_json_get_str(&owner, answer, "owner", 2 * KY_OWNER_SIZE));
    snprintf(out, 2 * KY_OWNER_SIZE + 1, "%.*s", (int)owner.n, (const char *)owner.p);
    return KY_OK;
}

ky_rc kyso_registry_set_cert(json_t *body, const char *path)
{
    ky_auto_buf file = ky_buf_init(KY_CERT_DER_MAX);
    ky_auto_cert cert = NULL;
    KY_TRY(kyso_need(path, "cert"));
    KY_TRY(ky_file_read(&file, path));
    KY_TRY(ky_context(ky_cert_parse_any(&cert, ky_buf_bytes(&file)), "%s", path));
    return ky_body_set_base64url(body, "cert", cert->der);
}

/* What is signed is shown first, as it stands. */
static void show(const struct ky_buf *text)
{
    fprintf(stderr, "%s\n%s\n", kyso_say("Nội dung được ký:", "What is signed:"), ky_buf_str(text));
}

ky_rc kyso_registry_submit(struct kyso_registry *r, const struct kyso_registry_opts *o, json_t *body,
                           unsigned aud)
{
    kyso_auto_signers signers = {.count = 0};
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), auths = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    ky_auto_json sent = NULL;
    ky_auto_json members = json_pack("{s:O}", "record", body);
    if (members == NULL)
        return ky_fail(KY_ENOMEM, "admin");
    KY_TRY(kyso_signers_open(&signers, o->module, &o->signers));
    KY_TRY(kyso_statement_make(&text, members, KY_ST_ADMIN, &r->api, r->founding, aud));
    if (!o->json)
        show(&text);
    KY_TRY(kyso_statement_sign(&auths, &signers, ky_buf_bytes(&text), r->founding));
    KY_TRY(kyso_statement_body(&sent, &text, &auths, &signers, r->founding, &o->crls));
    return kyso_api_call(NULL, &r->api, sent, "/api/v1/admin");
}

ky_rc kyso_registry_add_person(ky_record_type type, const struct kyso_registry_opts *o, const char *identity,
                               ky_rc (*set)(json_t *body, const void *values), const void *values)
{
    char owner[2 * KY_OWNER_SIZE + 1];
    kyso_auto_registry r = {.founding = NULL};
    ky_auto_json body = NULL;
    KY_TRY(kyso_registry_open(&r, o));
    KY_TRY(find_owner(owner, &r, identity));
    KY_TRY(kyso_registry_body(&body, &r, o, type, owner));
    KY_TRY(set(body, values));
    KY_TRY(kyso_registry_submit(&r, o, body, KYSO_AUD_BOTH));
    printf(o->json ? "{\"id\":\"%s\"}\n" : kyso_say("Đã đăng ký: %s\n", "Registered: %s\n"), r.id);
    return KY_OK;
}
