/* What the files of the CSC API share; see csc.h. */
#include "web/csc.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "domain/record.h"

ky_rc ky_csc_refuse(struct ky_exchange *x, unsigned status, const char *error, const char *description)
{
    ky_answer_refusal(x, status, error, description, NULL);
    return KY_OK;
}

ky_rc ky_csc_invalid(struct ky_exchange *x, const char *description)
{
    return ky_csc_refuse(x, 400, "invalid_request", description);
}

ky_rc ky_csc_string(struct ky_bytes *out, bool *done, struct ky_exchange *x, const char *name)
{
    char text[128];
    const json_t *v = json_object_get(x->json, name);
    *done = !json_is_string(v);
    if (!*done) {
        *out = ky_json_str(v);
        return KY_OK;
    }
    snprintf(text, sizeof text, "Missing (or invalid type) string parameter %s", name);
    return ky_csc_invalid(x, text);
}

void ky_csc_credential_clear(struct ky_csc_credential *c)
{
    ky_cert_free(c->parsed);
    c->parsed = NULL;
}

struct lookup {
    struct ky_csc_credential *out;
    struct ky_arena *arena;
};

static ky_rc read_credential(struct ky_store *s, void *ctx)
{
    struct lookup *l = ctx;
    KY_TRY(ky_db_record_get(&l->out->key, l->arena, s, "sam", l->out->id));
    if (strcmp(l->out->key.type, "key") != 0)
        return ky_fail(KY_ENOTFOUND, "no such credential");
    return ky_db_cert_get_by_key(&l->out->cert, l->arena, s, l->out->id);
}

static ky_rc read_key_type(ky_key_type *out, struct ky_bytes record_json)
{
    ky_auto_json json = NULL;
    struct ky_bytes name;
    char text[16] = "";
    KY_TRY(ky_json_parse(&json, record_json, KY_RECORD_MAX));
    KY_TRY(ky_json_get_str(&name, json, "key_type", sizeof text - 1));
    memcpy(text, name.p, name.n);
    return ky_key_type_by_name(out, text);
}

ky_rc ky_csc_find_credential(struct ky_csc_credential *out, struct ky_web *w, struct ky_exchange *x,
                             struct ky_bytes id)
{
    uint8_t bytes[KY_ID_SIZE];
    struct lookup l = {.out = out, .arena = &x->arena};
    if (ky_hex_decode(bytes, sizeof bytes, id) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no such credential");
    out->id = (const char *)ky_arena_dup(&x->arena, id);
    if (out->id == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_db_read(w->db, read_credential, &l));
    KY_TRY(read_key_type(&out->key_type, out->key.json));
    return ky_cert_parse(&out->parsed, out->cert.der);
}

const char *ky_csc_cert_status(const struct ky_csc_credential *c, ky_time now)
{
    if (strcmp(c->cert.status, "revoked") == 0)
        return "revoked";
    return now > c->parsed->not_after ? "expired" : "valid";
}

/* "Missing" of a list of hashes, their number and their Base64; v1 calls the member hash, v2 hashes. */
ky_rc ky_csc_read_hashes(struct ky_csc_hashes *out, bool *done, struct ky_exchange *x)
{
    const json_t *list = json_object_get(x->json, "hashes");
    const char *name = list == NULL && json_object_get(x->json, "hash") != NULL ? "hash" : "hashes";
    size_t i;
    json_t *v;
    char text[96];
    list = json_object_get(x->json, name);
    *done = true;
    snprintf(text, sizeof text, "Missing (or invalid type) array parameter %s", name);
    if (!json_is_array(list))
        return ky_csc_invalid(x, text);
    if (json_array_size(list) == 0)
        return ky_csc_invalid(x, "Empty hash array");
    if (json_array_size(list) > KY_SIGN_HASHES_MAX)
        return ky_csc_invalid(x, "Numbers of signatures is too high");
    out->count = json_array_size(list);
    json_array_foreach(list, i, v)
    {
        ky_auto_buf bytes = ky_buf_init(KY_HASH_MAX + 1);
        if (!json_is_string(v) || ky_base64_decode(&bytes, ky_json_str(v)) != KY_OK)
            return ky_csc_invalid(x, "Invalid Base64 hash string parameter");
        out->v[i] = KY_BYTES(ky_arena_dup(&x->arena, ky_buf_bytes(&bytes)), bytes.n);
        if (out->v[i].p == NULL)
            return KY_ENOMEM;
    }
    *done = false;
    return KY_OK;
}

ky_rc ky_record_envelope(struct ky_bytes *out, struct ky_arena *a, const struct ky_db_record *r)
{
    ky_auto_buf b = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_buf_add_lv(&b, r->json);
    ky_buf_add(&b, r->mac);
    KY_TRY(ky_buf_finish(&b));
    *out = KY_BYTES(ky_arena_dup(a, ky_buf_bytes(&b)), b.n);
    return out->p == NULL ? KY_ENOMEM : KY_OK;
}
