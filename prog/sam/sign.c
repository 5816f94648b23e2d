/*
 * SAM_SIGN: one approved statement, some of its positions. Everything is
 * verified first; then the keeper reserves, the key is unwrapped once, signs,
 * each signature is verified, and the keeper takes the outcome.
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/digest.h"
#include "crypto/wrap.h"
#include "pki/cert.h"
#include "pki/ocsp.h"
#include "prog/sam/sam.h"

#define OCSP_AGE_MAX (10 * KY_MINUTE)
#define OCSP_SKEW 60

struct signing {
    struct ky_statement st;
    struct ky_authorisations auths;
    struct ky_record device, key_record, client;
    struct ky_key_record key;
    struct ky_cert *cert;
    struct ky_bytes ocsp, blob;
    ky_scheme scheme;
    ky_hash hash;
    const json_t *hashes; /* of the statement */
    struct ky_reserve reserve;
    struct ky_keeper_head head;
    uint64_t ticket;
    struct ky_buf signatures[KY_KEEPER_POSITIONS_MAX]; /* by place in reserve.positions */
    bool made[KY_KEEPER_POSITIONS_MAX];                /* made here and now, not repeated */
};

static void free_signing(struct signing *s)
{
    ky_statement_clear(&s->st);
    ky_record_clear(&s->device);
    ky_record_clear(&s->key_record);
    ky_record_clear(&s->client);
    ky_cert_free(s->cert);
    for (size_t i = 0; i < KY_KEEPER_POSITIONS_MAX; i++)
        ky_buf_clear(&s->signatures[i]);
    free(s);
}
KY_DEFINE_CLEANUP(struct signing, free_signing)

static ky_rc open_typed(struct ky_sam *sam, struct ky_record *out, ky_record_type type,
                        struct ky_bytes envelope, const char *what)
{
    KY_TRY(ky_context(ky_worker_open_record(&sam->w, out, envelope), "%s", what));
    return ky_record_check(out, type, ky_worker_now(&sam->w), what);
}

static ky_rc read_positions(struct signing *s, struct ky_bytes list)
{
    struct ky_bytes items[KY_LIST_ITEMS_MAX];
    size_t count, total = json_array_size(s->hashes);
    KY_TRY(ky_list_read(items, &count, KY_KEEPER_POSITIONS_MAX, list, "positions"));
    if (count == 0 || count > total)
        return ky_fail(KY_EFORMAT, "positions: %zu of %zu", count, total);
    s->reserve.total = (uint16_t)total;
    s->reserve.count = count;
    for (size_t i = 0; i < count; i++) {
        if (items[i].n != 2 || ky_get_u16(items[i].p) >= total)
            return ky_fail(KY_EFORMAT, "positions: item %zu is none of %zu", i + 1, total);
        s->reserve.positions[i] = ky_get_u16(items[i].p);
    }
    return KY_OK;
}

static ky_rc parse(struct ky_sam *sam, struct signing *s, struct ky_bytes body)
{
    struct ky_bytes f[KY_MESSAGE_FIELDS_MAX];
    struct ky_nonce nonce;
    KY_TRY(ky_message_read(f, KY_MSG_SAM_SIGN, body));
    KY_TRY(ky_statement_parse(&s->st, f[0]));
    KY_TRY(ky_authorisations_parse(&s->auths, f[1]));
    KY_TRY(ky_statement_check(&nonce, &s->st, KY_ST_SIGN, KY_PROCESS_SAM, sam->w.founding->realm,
                              ky_worker_now(&sam->w)));
    KY_TRY(ky_json_get_array(&s->hashes, s->st.json, "hashes", KY_SIGN_HASHES_MAX));
    KY_TRY(open_typed(sam, &s->device, KY_REC_DEVICE, f[2], "device"));
    KY_TRY(open_typed(sam, &s->key_record, KY_REC_KEY, f[3], "key"));
    KY_TRY(open_typed(sam, &s->client, KY_REC_CLIENT, f[4], "client"));
    KY_TRY(ky_record_key(&s->key, &s->key_record));
    KY_TRY(ky_cert_parse(&s->cert, f[5]));
    s->ocsp = f[6];
    s->blob = f[7];
    return read_positions(s, f[8]);
}

/* device.owner = key.owner = actor; the requester is the client, by id and by name. */
static ky_rc check_relations(const struct signing *s)
{
    uint8_t credential[KY_ID_SIZE], requester_id[KY_ID_SIZE];
    const json_t *requester;
    struct ky_bytes name, client_name;
    KY_TRY(ky_json_get_hex(credential, KY_ID_SIZE, s->st.json, "credential"));
    if (memcmp(credential, s->key_record.id, KY_ID_SIZE) != 0)
        return ky_fail(KY_EDENIED, "sign: the key record is not that of the credential");
    if (memcmp(s->device.owner, s->key_record.owner, KY_OWNER_SIZE) != 0)
        return ky_fail(KY_EDENIED, "sign: device and credential belong to different persons");
    KY_TRY(ky_json_get_object(&requester, s->st.json, "requester"));
    KY_TRY(ky_json_get_hex(requester_id, KY_ID_SIZE, requester, "id"));
    KY_TRY(ky_json_get_str(&name, requester, "name", 512));
    KY_TRY(ky_json_get_str(&client_name, s->client.json, "name", 512));
    if (memcmp(requester_id, s->client.id, KY_ID_SIZE) != 0 || !ky_bytes_eq(name, client_name))
        return ky_fail(KY_EDENIED, "sign: the requester is not the client of the record");
    return KY_OK;
}

static ky_rc check_certificate(const struct ky_sam *sam, const struct signing *s)
{
    uint8_t named[KY_HASH_SIZE];
    ky_time now = ky_worker_now(&sam->w);
    KY_TRY(ky_json_get_hex(named, KY_HASH_SIZE, s->st.json, "cert"));
    if (!s->key.has_cert)
        return ky_fail(KY_EDENIED, "sign: the key has no certificate yet");
    if (memcmp(s->cert->sha256, s->key.cert, KY_HASH_SIZE) != 0 ||
        memcmp(named, s->key.cert, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "sign: another certificate than the key record names");
    if (now < s->cert->not_before || now > s->cert->not_after)
        return ky_fail(KY_EEXPIRED, "sign: the certificate is not valid now");
    return KY_OK;
}

/* Status is a fact the authority signed, not something web says. */
static ky_rc check_status(const struct ky_sam *sam, const struct signing *s)
{
    struct ky_ocsp_result result;
    ky_time now = ky_worker_now(&sam->w);
    KY_TRY(
        ky_context(ky_ocsp_verify(&result, s->ocsp, s->cert, sam->w.founding->issuing, sam->w.founding->ocsp),
                   "sign: OCSP"));
    KY_TRY(ky_context(ky_ocsp_fresh(&result, now, OCSP_AGE_MAX, OCSP_SKEW), "sign: OCSP"));
    return result.status == KY_OCSP_GOOD ? KY_OK
                                         : ky_fail(KY_EDENIED, "sign: the certificate is revoked or unknown");
}

static ky_rc read_oid(char out[65], const json_t *obj, const char *name)
{
    struct ky_bytes v;
    KY_TRY(ky_json_get_str(&v, obj, name, 64));
    memcpy(out, v.p, v.n);
    out[v.n] = 0;
    return KY_OK;
}

static ky_rc check_algorithm(struct signing *s)
{
    char hash_oid[65], sign_oid[65];
    bool fixed;
    ky_hash by_sign;
    KY_TRY(read_oid(hash_oid, s->st.json, "hash_alg"));
    KY_TRY(read_oid(sign_oid, s->st.json, "sign_alg"));
    KY_TRY(ky_hash_by_oid(&s->hash, hash_oid));
    KY_TRY(ky_sign_alg_by_oid(&s->scheme, &by_sign, &fixed, sign_oid));
    if (fixed && by_sign != s->hash)
        return ky_fail(KY_EDENIED, "sign: signature algorithm %s with another hash", sign_oid);
    if (!ky_scheme_fits(s->scheme, s->key.key_type))
        return ky_fail(KY_EDENIED, "sign: algorithm %s does not fit a key of type %s", sign_oid,
                       ky_key_info(s->key.key_type)->name);
    return KY_OK;
}

/* Before anything is reserved: a statement that can never be signed shall cost the token and the audit file nothing. */
static ky_rc check_hashes(const struct signing *s)
{
    size_t size = ky_hash_info(s->hash)->size;
    for (size_t i = 0; i < s->reserve.count; i++) {
        const json_t *text = json_array_get(s->hashes, s->reserve.positions[i]);
        size_t n = json_string_length(text) * 3 / 4; /* base64url without padding */
        if (n != size)
            return ky_fail(KY_EFORMAT, "sign: hash %u is of %zu bytes", s->reserve.positions[i], n);
    }
    return KY_OK;
}

static ky_rc check_blob(const struct signing *s)
{
    uint8_t hash[KY_HASH_SIZE];
    KY_TRY(ky_sha256(hash, s->blob));
    if (memcmp(hash, s->key.blob, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "sign: the wrapped key is not that of the record");
    return KY_OK;
}

static ky_rc verify(struct ky_sam *sam, struct signing *s)
{
    KY_TRY(check_relations(s));
    KY_TRY(check_certificate(sam, s));
    KY_TRY(check_status(sam, s));
    KY_TRY(check_algorithm(s));
    KY_TRY(check_hashes(s));
    KY_TRY(check_blob(s));
    ky_worker_head(&s->head, &sam->w, &s->st, &s->auths);
    KY_TRY(ky_worker_verify_device(&sam->w, &s->head, &s->st, &s->auths, &s->device));
    KY_TRY(ky_head_ref_record(&s->head, &s->key_record, true));
    return ky_head_ref_record(&s->head, &s->client, false);
}

/* Which positions are ours to sign; signatures that were made before come back. */
static ky_rc reserve(struct ky_sam *sam, struct signing *s, bool *any)
{
    ky_auto_buf body = ky_buf_init(16384),
                reply = ky_buf_init(KY_KEEPER_POSITIONS_MAX * (KY_SIGNATURE_MAX + 8) + 64);
    ky_keeper_head_encode(&body, &s->head);
    ky_reserve_encode(&body, &s->reserve);
    KY_TRY(ky_buf_finish(&body));
    KY_TRY(ky_worker_keeper(&sam->w, KY_MSG_K_RESERVE, ky_buf_bytes(&body), &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    s->ticket = ky_read_u64(&in);
    bool unknown = false;
    *any = false;
    for (size_t i = 0; i < s->reserve.count; i++) {
        uint8_t state = ky_read_u8(&in);
        s->signatures[i] = ky_buf_init(KY_SIGNATURE_MAX);
        ky_buf_add(&s->signatures[i], ky_read_lv(&in, KY_SIGNATURE_MAX));
        s->made[i] = state == KY_POSITION_SIGN;
        *any |= s->made[i];
        unknown |= state == KY_POSITION_UNKNOWN;
    }
    KY_TRY(ky_reader_finish(&in, "keeper's answer"));
    return unknown && !*any
               ? ky_fail(KY_EEXPIRED, "sign: lost in a failure; ask the subscriber to approve again")
               : KY_OK;
}

static ky_rc sign_one(struct signing *s, size_t i, struct ky_token_key *key, const struct ky_pubkey *pub,
                      bool check)
{
    ky_auto_buf digest = ky_buf_init(KY_HASH_MAX);
    const json_t *text = json_array_get(s->hashes, s->reserve.positions[i]);
    ky_auto_json holder = json_pack("{s:O}", "hash", text);
    if (holder == NULL)
        return ky_fail(KY_ENOMEM, "sign");
    KY_TRY(ky_json_get_base64url(&digest, holder, "hash", KY_HASH_MAX));
    KY_TRY(ky_keystore_sign(&s->signatures[i], key, s->scheme, s->hash, ky_buf_bytes(&digest)));
    if (!check)
        return KY_OK;
    ky_rc rc =
        ky_pubkey_verify(pub, s->scheme, s->hash, ky_buf_bytes(&digest), ky_buf_bytes(&s->signatures[i]));
    return rc == KY_OK ? KY_OK : ky_fail(KY_EINTERNAL, "sign: the signature does not fit the certificate");
}

/* One unwrap; every RSA signature is verified, and for ECDSA the first: that shows a wrong key and a fault. */
static ky_rc sign_reserved(struct ky_sam *sam, struct signing *s)
{
    ky_auto_token_key key = NULL;
    ky_auto_pubkey pub = NULL;
    bool first = true;
    KY_TRY(ky_pubkey_parse(&pub, s->cert->spki));
    KY_TRY(ky_wrap_open(&key, sam->wrap_key, s->key.key_type, s->blob));
    for (size_t i = 0; i < s->reserve.count; i++) {
        if (!s->made[i])
            continue;
        KY_TRY(sign_one(s, i, key, pub, first || ky_key_info(s->key.key_type)->rsa));
        first = false;
    }
    return KY_OK;
}

static ky_rc tell_outcome(struct ky_sam *sam, const struct signing *s, ky_rc result)
{
    ky_auto_buf body = ky_buf_init(KY_KEEPER_POSITIONS_MAX * (KY_SIGNATURE_MAX + 8) + 64),
                reply = ky_buf_init(64);
    uint16_t count = 0;
    for (size_t i = 0; result == KY_OK && i < s->reserve.count; i++)
        count = (uint16_t)(count + s->made[i]);
    ky_buf_add_u64(&body, s->ticket);
    ky_buf_add_u16(&body, (uint16_t)(int)result);
    ky_buf_add(&body, KY_BYTES_OF(s->st.hash));
    ky_buf_add_u16(&body, count);
    for (size_t i = 0; count > 0 && i < s->reserve.count; i++) {
        if (!s->made[i])
            continue;
        ky_buf_add_u16(&body, s->reserve.positions[i]);
        ky_buf_add_lv(&body, ky_buf_bytes(&s->signatures[i]));
    }
    KY_TRY(ky_buf_finish(&body));
    return ky_worker_keeper(&sam->w, KY_MSG_K_OUTCOME, ky_buf_bytes(&body), &reply);
}

static ky_rc answer(const struct signing *s, struct ky_buf *reply)
{
    ky_list_begin(reply, s->reserve.count);
    for (size_t i = 0; i < s->reserve.count; i++) /* a position whose fate is unknown is an empty item */
        ky_buf_add_lv(reply, ky_buf_bytes(&s->signatures[i]));
    return ky_buf_finish(reply);
}

static ky_rc sign(struct ky_sam *sam, struct signing *s, struct ky_bytes body, struct ky_buf *reply)
{
    bool any;
    KY_TRY(parse(sam, s, body));
    KY_TRY(verify(sam, s));
    KY_TRY(reserve(sam, s, &any));
    if (any) {
        ky_rc made = sign_reserved(sam, s);
        char why[256];
        snprintf(why, sizeof why, "%s", ky_error());
        KY_TRY(tell_outcome(sam, s, made));
        if (made != KY_OK)
            return ky_fail(made, "%s", why);
    }
    return answer(s, reply);
}

ky_rc ky_sam_handle_sign(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    KY_CLEANUP(free_signingp) struct signing *s = calloc(1, sizeof *s);
    (void)request;
    if (s == NULL)
        return ky_fail(KY_ENOMEM, "sign");
    return ky_worker_refused(&sam->w, KY_OP_SIGN, sign(sam, s, body, reply));
}
