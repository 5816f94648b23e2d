/* The founding record: written, read back by the same code the processes use, and signed by the witnesses. */
#include <stdlib.h>

#include "crypto/personal.h"
#include "pki/cms.h"
#include "prog/kyso/init.h"

#define DEPTH 5

static ky_rc add_to(json_t *obj, const char *name, json_t *taken_value)
{
    if (taken_value == NULL || json_object_set_new(obj, name, taken_value) != 0)
        return ky_fail(KY_ENOMEM, "founding record: %s", name);
    return KY_OK;
}

/* "approve, admin" as an array. */
static ky_rc add_roles(json_t *body, struct ky_arena *arena, const char *roles)
{
    ky_auto_json list = json_array();
    char *text = ky_arena_strdup(arena, roles), *next = NULL;
    if (list == NULL || text == NULL)
        return ky_fail(KY_ENOMEM, "roles");
    for (char *at = strtok_r(text, ", ", &next); at != NULL; at = strtok_r(NULL, ", ", &next))
        if (json_array_append_new(list, json_string(at)) != 0)
            return ky_fail(KY_ENOMEM, "roles");
    return add_to(body, "roles", KY_STEAL(list));
}

static ky_rc add_officers(json_t *founding, struct kyso_ceremony *c)
{
    ky_auto_json list = json_array();
    for (size_t i = 0; i < c->officer_count; i++) {
        const struct kyso_officer *o = &c->officers[i];
        ky_auto_json body = json_object();
        if (list == NULL || body == NULL)
            return ky_fail(KY_ENOMEM, "officers");
        KY_TRY(ky_body_set_hex(body, "id", KY_BYTES_OF(o->id)));
        KY_TRY(ky_body_set_hex(body, "owner", KY_BYTES_OF(o->owner)));
        KY_TRY(ky_body_set_text(body, "name", ky_bytes_str(o->conf.name)));
        KY_TRY(add_roles(body, &c->arena, o->conf.roles));
        KY_TRY(add_to(body, "auth", json_incref(o->auth)));
        if (json_array_append(list, body) != 0)
            return ky_fail(KY_ENOMEM, "officers");
    }
    return add_to(founding, "officers", KY_STEAL(list));
}

static ky_rc add_token_cas(json_t *founding, const struct kyso_ceremony *c)
{
    ky_auto_json list = json_array();
    ky_auto_json holder = json_object();
    if (list == NULL || holder == NULL)
        return ky_fail(KY_ENOMEM, "token CAs");
    for (size_t i = 0; i < c->token_ca_count; i++) {
        KY_TRY(ky_body_set_base64url(holder, "der", c->token_cas[i]->der));
        if (json_array_append(list, json_object_get(holder, "der")) != 0)
            return ky_fail(KY_ENOMEM, "token CAs");
    }
    return add_to(founding, "token_cas", KY_STEAL(list));
}

static ky_rc add_certs(json_t *founding, const struct kyso_ceremony *c)
{
    static const char *const names[KYSO_CERTS] = {"root", "issuing", "ocsp", "tsa"};
    for (size_t i = 0; i < KYSO_CERTS; i++)
        KY_TRY(ky_body_set_base64url(founding, names[i], c->certs[i]->der));
    return KY_OK;
}

static ky_rc add_points(json_t *founding, const struct kyso_ceremony *c)
{
    ky_auto_json sam = json_object();
    ky_auto_json ca = json_object();
    if (sam == NULL || ca == NULL)
        return ky_fail(KY_ENOMEM, "public keys");
    KY_TRY(ky_body_set_base64url(sam, "k_open", KY_BYTES_OF(c->sam_open)));
    KY_TRY(ky_body_set_base64url(sam, "k_att", KY_BYTES_OF(c->sam_att)));
    KY_TRY(ky_body_set_base64url(sam, "k_audit", KY_BYTES_OF(c->sam_audit)));
    KY_TRY(ky_body_set_base64url(ca, "k_att", KY_BYTES_OF(c->ca_att)));
    KY_TRY(ky_body_set_base64url(ca, "k_audit", KY_BYTES_OF(c->ca_audit)));
    KY_TRY(add_to(founding, "sam", KY_STEAL(sam)));
    return add_to(founding, "ca", KY_STEAL(ca));
}

static ky_rc add_policy(json_t *founding, struct kyso_ceremony *c)
{
    const char *url = c->policy.url;
    const struct {
        const char *name, *value;
    } members[] = {
        {"oid", c->policy.oid},
        {"cps", c->policy.cps},
        {"notice", c->policy.notice},
        {"tsa_policy", c->policy.tsa_policy},
        {"aia", ky_arena_printf(&c->arena, "%s/crt/issuing.crt", url)},
        {"ocsp", ky_arena_printf(&c->arena, "%s/ocsp", url)},
        {"crl", ky_arena_printf(&c->arena, "%s/crl/issuing.crl", url)},
    };
    ky_auto_json policy = json_object();
    for (size_t i = 0; i < KY_COUNT(members); i++) {
        if (policy == NULL || members[i].value == NULL)
            return ky_fail(KY_ENOMEM, "policy");
        KY_TRY(ky_body_set_text(policy, members[i].name, ky_bytes_str(members[i].value)));
    }
    return add_to(founding, "policy", KY_STEAL(policy));
}

static ky_rc add_plain_members(json_t *founding, const struct kyso_ceremony *c)
{
    KY_TRY(ky_body_set_int(founding, "v", 1));
    KY_TRY(ky_body_set_text(founding, "type", KY_BYTES_LIT("founding")));
    KY_TRY(ky_body_set_text(founding, "name", ky_bytes_str(c->conf.name)));
    KY_TRY(ky_body_set_int(founding, "made", c->now));
    KY_TRY(ky_body_set_int(founding, "n", c->conf.n));
    KY_TRY(ky_body_set_int(founding, "issue_n", c->conf.issue_n));
    KY_TRY(ky_body_set_text(founding, "origin", ky_bytes_str(c->conf.origin)));
    KY_TRY(ky_body_set_text(founding, "rp_id", ky_bytes_str(c->conf.rp_id)));
    KY_TRY(add_to(founding, "nodes", json_pack("[I]", (json_int_t)c->conf.node)));
    return ky_body_set_base64url(founding, "courier_key", KY_BYTES_OF(c->courier_public));
}

ky_rc kyso_init_write_founding(struct kyso_ceremony *c)
{
    ky_auto_json founding = json_object();
    ky_auto_founding again = NULL;
    if (founding == NULL)
        return ky_fail(KY_ENOMEM, "founding record");
    KY_TRY(ky_x25519_generate(c->courier_private, c->courier_public));
    KY_TRY(add_plain_members(founding, c));
    KY_TRY(add_officers(founding, c));
    KY_TRY(add_token_cas(founding, c));
    KY_TRY(add_certs(founding, c));
    KY_TRY(add_points(founding, c));
    KY_TRY(add_policy(founding, c));
    c->founding = ky_buf_init(KY_FOUNDING_MAX);
    KY_TRY(ky_context(ky_jcs_encode(&c->founding, founding, DEPTH), "founding record"));
    KY_TRY(ky_founding_parse(&again, ky_buf_bytes(&c->founding)));
    memcpy(c->realm, again->realm, KY_HASH_SIZE);
    return KY_OK;
}

/* A document signature (detached, id-data): it can never be taken for an approval, which encloses its statement. */
static ky_rc sign_as_witness(struct kyso_ceremony *c, struct kyso_officer *o)
{
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    ky_auto_cms cms = NULL;
    const struct ky_certs none = {NULL, 0};
    struct ky_bytes founding = ky_buf_bytes(&c->founding);
    KY_TRY(kyso_token_login(&ks, o->conf.witness_module, o->conf.witness_env, o->conf.witness_token,
                            o->conf.witness_pin_file));
    KY_TRY(ky_personal_find_key(&key, ks, o->conf.witness_key));
    const struct ky_signer signer = ky_keystore_signer(key);
    const struct ky_sigkey with = {.signer = &signer,
                                   .scheme = ky_key_info(signer.key_type)->rsa ? KY_RSA_PKCS1V15 : KY_ECDSA,
                                   .hash = KY_SHA256};
    o->signature = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(ky_cms_sign(&o->signature, &with, o->cert, none, KY_OID_DATA, founding, true, c->now));
    KY_TRY(ky_cms_parse(&cms, ky_buf_bytes(&o->signature)));
    return ky_cms_verify(cms, KY_BYTES_OF(c->realm), NULL); /* the realm is the SHA-256 of the record */
}

ky_rc kyso_init_witness(struct kyso_ceremony *c)
{
    for (size_t i = 0; i < c->officer_count; i++)
        if (c->officers[i].conf.witness_token[0] != 0)
            KY_TRY(ky_context(sign_as_witness(c, &c->officers[i]), "witness %s", c->officers[i].section));
    return KY_OK;
}
