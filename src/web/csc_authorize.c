/*
 * credentials/authorize and authorizeCheck (CSC clauses 11.6, 11.7): the `sign` statement is written, waits for the
 * subscriber's device, and becomes a SAD when she has approved. The SAD is a handle; what it stands for is the statement.
 */
#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "domain/bearer.h"
#include "domain/record.h"
#include "web/csc.h"
#include "web/handlers.h"

#define DESCRIPTION_MAX 500
#define RSA_ENCRYPTION_OID "1.2.840.113549.1.1.1"
#define CLIENT_DATA_MAX (128u << 10)

/* What the client asked for, checked. */
struct wish {
    struct ky_csc_credential credential;
    struct ky_csc_hashes hashes;
    ky_hash hash;
    ky_scheme scheme;
    struct ky_bytes description;
    json_t *client_data; /* owned; NULL: none, or not ours */
    struct ky_db_client client;
    struct ky_db_record *devices; /* of the owner, newest version each */
    size_t device_count;
};

static void free_wish(struct wish *wish)
{
    ky_csc_credential_clear(&wish->credential);
    json_decref(wish->client_data);
    free(wish);
}
KY_DEFINE_CLEANUP(struct wish, free_wish)

/* hashAlgorithmOID (v2) or hashAlgo (v1); SHA-256 when neither is there. */
static ky_rc read_hash_alg(struct wish *wish, bool *done, struct ky_exchange *x)
{
    const json_t *v = json_object_get(x->json, "hashAlgorithmOID");
    v = v == NULL ? json_object_get(x->json, "hashAlgo") : v;
    wish->hash = KY_SHA256;
    *done = v != NULL && !json_is_null(v) &&
            (!json_is_string(v) || ky_hash_by_oid(&wish->hash, json_string_value(v)) != KY_OK);
    if (*done)
        return ky_csc_invalid(x, "Invalid parameter hashAlgorithmOID");
    for (size_t i = 0; i < wish->hashes.count; i++) {
        if (wish->hashes.v[i].n == ky_hash_info(wish->hash)->size)
            continue;
        *done = true;
        return ky_csc_invalid(x, "Invalid digest value length");
    }
    return KY_OK;
}

/* signAlgo is ours in this call: the subscriber approves the algorithm too. Without it, the usual one of the key. */
static ky_rc read_sign_alg(struct wish *wish, bool *done, struct ky_exchange *x)
{
    const json_t *v = json_object_get(x->json, "signAlgo");
    bool rsa = ky_key_info(wish->credential.key_type)->rsa, fixed;
    ky_hash by_sign = wish->hash;
    wish->scheme = rsa ? KY_RSA_PKCS1V15 : KY_ECDSA;
    *done = false;
    if (v == NULL || json_is_null(v) ||
        strcmp(json_is_string(v) ? json_string_value(v) : "", RSA_ENCRYPTION_OID) == 0)
        return KY_OK;
    *done = !json_is_string(v) ||
            ky_sign_alg_by_oid(&wish->scheme, &by_sign, &fixed, json_string_value(v)) != KY_OK ||
            by_sign != wish->hash || !ky_scheme_fits(wish->scheme, wish->credential.key_type);
    return *done ? ky_csc_invalid(x, "Invalid parameter signAlgo") : KY_OK;
}

static ky_rc read_count(const struct wish *wish, bool *done, struct ky_exchange *x)
{
    const json_t *v = json_object_get(x->json, "numSignatures");
    *done = true;
    if (!json_is_integer(v))
        return ky_csc_invalid(x, "Missing (or invalid type) integer parameter numSignatures");
    if (json_integer_value(v) < 1)
        return ky_csc_invalid(x, "Invalid value for parameter numSignatures");
    if (json_integer_value(v) > KY_SIGN_HASHES_MAX)
        return ky_csc_invalid(x, "Numbers of signatures is too high");
    if ((size_t)json_integer_value(v) != wish->hashes.count)
        return ky_csc_invalid(x, "Invalid value for parameter numSignatures");
    *done = false;
    return KY_OK;
}

static ky_rc read_texts(struct wish *wish, bool *done, struct ky_exchange *x)
{
    const json_t *description = json_object_get(x->json, "description"),
                 *data = json_object_get(x->json, "clientData");
    wish->description = ky_json_str(description);
    *done = true;
    if (description != NULL && !json_is_null(description) && !json_is_string(description))
        return ky_csc_invalid(x, "Invalid type string parameter description");
    if (wish->description.n > 4 * DESCRIPTION_MAX || json_string_length(data) > CLIENT_DATA_MAX)
        return ky_csc_invalid(x, "Invalid parameter description");
    if (json_is_string(data) &&
        ky_json_parse(&wish->client_data, ky_json_str(data), CLIENT_DATA_MAX) != KY_OK)
        wish->client_data = NULL; /* the client's own, of no meaning to us */
    *done = false;
    return KY_OK;
}

struct lookup {
    struct wish *wish;
    struct ky_exchange *x;
};

static ky_rc read_parties(struct ky_store *s, void *ctx)
{
    struct lookup *l = ctx;
    KY_TRY(ky_db_client_get(&l->wish->client, &l->x->arena, s, l->x->token.client_id));
    return ky_db_record_list_owner(&l->wish->devices, &l->wish->device_count, &l->x->arena, s, "sam",
                                   l->wish->credential.key.owner, "device");
}

static ky_rc read_wish(struct wish *wish, bool *done, struct ky_web *w, struct ky_exchange *x)
{
    struct ky_bytes id;
    struct lookup l = {wish, x};
    KY_TRY(ky_csc_string(&id, done, x, "credentialID"));
    if (*done)
        return KY_OK;
    ky_rc rc = ky_csc_find_credential(&wish->credential, w, x, id);
    *done = true;
    if (rc == KY_ENOTFOUND)
        return ky_csc_invalid(x, "Invalid parameter credentialID");
    KY_TRY(rc);
    if (strcmp(ky_csc_cert_status(&wish->credential, x->now), "valid") != 0)
        return ky_csc_invalid(x, "The credential identified by credentialID is disabled");
    KY_TRY(ky_csc_read_hashes(&wish->hashes, done, x));
    if (!*done)
        KY_TRY(read_count(wish, done, x));
    if (!*done)
        KY_TRY(read_hash_alg(wish, done, x));
    if (!*done)
        KY_TRY(read_sign_alg(wish, done, x));
    if (!*done)
        KY_TRY(read_texts(wish, done, x));
    if (*done)
        return KY_OK;
    KY_TRY(ky_db_read(w->db, read_parties, &l));
    *done = wish->device_count == 0;
    return *done ? ky_csc_invalid(x, "The credential identified by credentialID is disabled") : KY_OK;
}

static ky_rc put_array(json_t *body, const char *name, json_t *taken)
{
    if (taken == NULL || json_object_set_new(body, name, taken) != 0)
        return ky_fail(KY_ENOMEM, "statement member %s", name);
    return KY_OK;
}

static ky_rc set_audience(json_t *body, const uint8_t nonce[KY_NONCE_SIZE])
{
    ky_auto_json one = json_object();
    if (one == NULL)
        return ky_fail(KY_ENOMEM, "statement");
    KY_TRY(ky_body_set_base64url(one, "n", KY_BYTES(nonce, KY_NONCE_SIZE)));
    KY_TRY(ky_body_set_text(one, "p", KY_BYTES_LIT("sam")));
    return put_array(body, "aud", json_pack("[O]", one));
}

static ky_rc set_hashes(json_t *body, const struct ky_csc_hashes *hashes)
{
    ky_auto_json list = json_array();
    for (size_t i = 0; i < hashes->count; i++) {
        ky_auto_buf text = ky_buf_init(2 * KY_HASH_MAX);
        ky_buf_add_base64url(&text, hashes->v[i]);
        if (json_array_append_new(list, json_string(ky_buf_str(&text))) != 0)
            return ky_fail(KY_ENOMEM, "%zu hashes", hashes->count);
    }
    return put_array(body, "hashes", json_incref(list));
}

/* documents as the client names them in clientData, else opaque: the phone then says that it cannot show the content. */
static ky_rc set_documents(json_t *body, const json_t *client_data)
{
    json_t *documents = json_object_get(client_data, "documents");
    if (json_is_array(documents) && json_array_size(documents) > 0)
        return put_array(body, "documents", json_deep_copy(documents));
    return ky_body_set_bool(body, "opaque", true);
}

static ky_rc set_parties(json_t *body, const struct wish *wish, const struct ky_db_record *device)
{
    KY_TRY(put_array(body, "actor",
                     json_pack("{s:s,s:s}", "device", device->id, "owner", wish->credential.key.owner)));
    return put_array(body, "requester",
                     json_pack("{s:s,s:s}", "id", wish->client.record_id, "name", wish->client.name));
}

/* The newest device of the subscriber is asked. */
static const struct ky_db_record *pick_device(const struct wish *wish)
{
    const struct ky_db_record *newest = &wish->devices[0];
    for (size_t i = 1; i < wish->device_count; i++)
        if (wish->devices[i].created_at > newest->created_at)
            newest = &wish->devices[i];
    return newest;
}

static ky_rc write_statement(struct ky_buf *out, const struct wish *wish, const struct ky_db_record *device,
                             struct ky_web *w, ky_time now)
{
    uint8_t nonce[KY_NONCE_SIZE];
    struct ky_nonce made;
    ky_auto_json body = json_object();
    KY_TRY(ky_web_nonce(nonce, w, KY_PROCESS_SAM, KY_NONCE_SHORT));
    KY_TRY(ky_nonce_parse(&made, nonce));
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "statement");
    KY_TRY(ky_body_set_int(body, "v", 1));
    KY_TRY(ky_body_set_hex(body, "realm", KY_BYTES_OF(w->founding->realm)));
    KY_TRY(ky_body_set_text(body, "type", KY_BYTES_LIT("sign")));
    KY_TRY(set_audience(body, nonce));
    KY_TRY(ky_body_set_int(body, "iat", now));
    KY_TRY(ky_body_set_int(body, "exp", made.made + KY_NONCE_SHORT_S));
    KY_TRY(set_parties(body, wish, device));
    KY_TRY(ky_body_set_text(body, "credential", ky_bytes_str(wish->credential.id)));
    KY_TRY(ky_body_set_hex(body, "cert", KY_BYTES_OF(wish->credential.parsed->sha256)));
    KY_TRY(ky_body_set_text(body, "hash_alg", ky_bytes_str(ky_hash_info(wish->hash)->oid)));
    KY_TRY(ky_body_set_text(body, "sign_alg", ky_bytes_str(ky_sign_alg_oid(wish->scheme, wish->hash))));
    KY_TRY(set_hashes(body, &wish->hashes));
    if (wish->description.n > 0)
        KY_TRY(ky_body_set_text(body, "text", wish->description));
    KY_TRY(set_documents(body, wish->client_data));
    return ky_jcs_encode(out, body, KY_JCS_DEPTH_MAX);
}

struct insertion {
    struct ky_db_pending row;
};

static ky_rc insert_pending(struct ky_store *s, void *ctx)
{
    struct insertion *i = ctx;
    return ky_db_pending_insert(s, &i->row);
}

ky_rc ky_handle_csc_authorize(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(free_wishp) struct wish *wish = calloc(1, sizeof *wish);
    ky_auto_statement st = {0};
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    char handle[KY_NEW_ID_TEXT];
    bool done;
    if (wish == NULL)
        return ky_fail(KY_ENOMEM, "authorize");
    KY_TRY(read_wish(wish, &done, w, x));
    if (done)
        return KY_OK;
    const struct ky_db_record *device = pick_device(wish);
    KY_TRY(write_statement(&text, wish, device, w, x->now));
    if (ky_statement_parse(&st, ky_buf_bytes(&text)) !=
        KY_OK) /* what the client put into clientData or description */
        return ky_csc_invalid(x, ky_error());
    KY_TRY(ky_new_id(handle));
    struct insertion in = {.row = {.handle = handle,
                                   .client_id = x->token.client_id,
                                   .owner = wish->credential.key.owner,
                                   .key_id = wish->credential.id,
                                   .statement = ky_buf_bytes(&text),
                                   .statement_hash = KY_BYTES_OF(st.hash),
                                   .hash_count = (int64_t)wish->hashes.count,
                                   .state = "waiting",
                                   .device_id = device->id,
                                   .expires_at = st.exp,
                                   .created_at = x->now}};
    KY_TRY(ky_store_submit(w->db, insert_pending, &in));
    struct ky_json_out *o = ky_answer_begin(x, 202);
    ky_json_put_cstr(o, "handle", handle);
    return ky_answer_end(x);
}

struct check {
    struct ky_db_pending pending;
    struct ky_arena *arena;
    const char *handle;
    uint8_t sad[KY_BEARER_HASH];
};

static ky_rc read_pending(struct ky_store *s, void *ctx)
{
    struct check *c = ctx;
    return ky_db_pending_get(&c->pending, c->arena, s, c->handle);
}

static ky_rc insert_sad(struct ky_store *s, void *ctx)
{
    struct check *c = ctx;
    return ky_db_sad_insert(s, KY_BYTES_OF(c->sad), c->pending.handle, c->pending.expires_at);
}

static ky_rc answer_sad(struct ky_web *w, struct ky_exchange *x, struct check *c)
{
    char sad[KY_BEARER_TEXT];
    KY_TRY(ky_bearer_new(sad, c->sad));
    KY_TRY(ky_store_submit(w->db, insert_sad, c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "SAD", sad);
    ky_json_put_int(o, "expiresIn", c->pending.expires_at - x->now);
    return ky_answer_end(x);
}

ky_rc ky_handle_csc_authorize_check(struct ky_web *w, struct ky_exchange *x)
{
    struct check c = {.arena = &x->arena};
    struct ky_bytes handle;
    bool done;
    KY_TRY(ky_csc_string(&handle, &done, x, "handle"));
    if (done)
        return KY_OK;
    c.handle = (const char *)ky_arena_dup(&x->arena, handle);
    ky_rc rc = c.handle == NULL ? KY_ENOMEM : ky_db_read(w->db, read_pending, &c);
    if (rc == KY_ENOTFOUND || (rc == KY_OK && strcmp(c.pending.client_id, x->token.client_id) != 0))
        return ky_csc_invalid(x, "Invalid parameter handle");
    KY_TRY(rc);
    if (strcmp(c.pending.state, "rejected") == 0)
        return ky_csc_refuse(x, 400, "access_denied", "The user or Remote Service denied the request.");
    if (c.pending.expires_at <= x->now)
        return ky_csc_refuse(x, 400, "expired_token", "The authorization request has expired.");
    if (strcmp(c.pending.state, "authorised") == 0)
        return answer_sad(w, x, &c);
    struct ky_json_out *o = ky_answer_begin(x, 202);
    ky_json_put_cstr(o, "handle", c.pending.handle);
    return ky_answer_end(x);
}
