/*
 * signatures/signHash (CSC clause 11.10): hashes are found among those the subscriber approved, sam signs what has no
 * signature yet, and all of it goes into the database in one transaction.
 */
#include "base/base64.h"
#include "domain/bearer.h"
#include "domain/record.h"
#include "pki/ocsp.h"
#include "store/crl.h"
#include "web/csc.h"
#include "web/handlers.h"

#define OCSP_KEEP (5 * KY_MINUTE) /* sam takes answers up to 10 minutes old */
#define SHA1_SIZE 20
#define RSA_ENCRYPTION_OID "1.2.840.113549.1.1.1"

struct job {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_csc_hashes asked;
    struct ky_db_pending pending;
    struct ky_csc_credential credential;
    json_t *statement; /* owned */
    uint8_t sad[KY_BEARER_HASH];
    struct ky_db_record device, client;
    struct ky_db_client api_client;
    struct ky_db_key_blob blob;
    struct ky_db_signature *stored; /* made earlier, by position */
    size_t stored_count;
    uint16_t position[KY_SIGN_HASHES_MAX];         /* of each hash asked for */
    struct ky_bytes signature[KY_SIGN_HASHES_MAX]; /* by position; empty: not made */
    uint16_t missing[KY_SIGN_HASHES_MAX];          /* positions to be made now */
    size_t missing_count;
    struct ky_bytes ocsp;
};

static void free_job(struct job *j)
{
    json_decref(j->statement);
    ky_csc_credential_clear(&j->credential);
    free(j);
}
KY_DEFINE_CLEANUP(struct job, free_job)

static ky_rc read_sad(struct ky_store *s, void *ctx)
{
    struct job *j = ctx;
    return ky_db_sad_get(&j->pending, &j->x->arena, s, KY_BYTES_OF(j->sad), j->x->now);
}

static ky_rc read_rest(struct ky_store *s, void *ctx)
{
    struct job *j = ctx;
    struct ky_arena *a = &j->x->arena;
    KY_TRY(ky_db_record_get(&j->device, a, s, "sam", j->pending.device_id));
    KY_TRY(ky_db_client_get(&j->api_client, a, s, j->pending.client_id));
    KY_TRY(ky_db_record_get(&j->client, a, s, "sam", j->api_client.record_id));
    KY_TRY(ky_db_key_blob_get(&j->blob, a, s, j->pending.key_id));
    return ky_db_signature_list(&j->stored, &j->stored_count, a, s, j->pending.handle);
}

/* The SAD must be this client's and for this credential. */
static ky_rc find_request(struct job *j, bool *done)
{
    struct ky_exchange *x = j->x;
    struct ky_bytes id, sad;
    KY_TRY(ky_csc_string(&id, done, x, "credentialID"));
    if (!*done)
        KY_TRY(ky_csc_string(&sad, done, x, "SAD"));
    if (*done)
        return KY_OK;
    *done = true;
    ky_rc rc = ky_bearer_hash(j->sad, sad);
    if (rc == KY_OK)
        rc = ky_db_read(j->w->db, read_sad, j);
    if (rc == KY_EAUTH || rc == KY_ENOTFOUND)
        return ky_csc_invalid(x, "Invalid parameter SAD");
    KY_TRY(rc);
    if (strcmp(j->pending.client_id, x->token.client_id) != 0)
        return ky_csc_invalid(x, "Invalid parameter SAD");
    if (!ky_bytes_eq_str(id, j->pending.key_id))
        return ky_csc_invalid(x, "Invalid parameter credentialID");
    *done = false;
    return KY_OK;
}

/* signAlgo and hashAlgorithmOID must be what was approved; bare rsaEncryption with that hash means PKCS#1 v1.5. */
static ky_rc check_algorithms(struct job *j, bool *done)
{
    struct ky_bytes asked, approved, hash_asked, hash_approved;
    KY_TRY(ky_csc_string(&asked, done, j->x, "signAlgo"));
    if (*done)
        return KY_OK;
    approved = ky_json_str(json_object_get(j->statement, "sign_alg"));
    hash_approved = ky_json_str(json_object_get(j->statement, "hash_alg"));
    hash_asked = ky_json_str(json_object_get(j->x->json, "hashAlgorithmOID"));
    ky_scheme scheme;
    ky_hash hash;
    bool fixed;
    KY_TRY(ky_sign_alg_by_oid(&scheme, &hash, &fixed, (const char *)approved.p));
    bool bare = ky_bytes_eq_str(asked, RSA_ENCRYPTION_OID) && scheme == KY_RSA_PKCS1V15;
    *done = true;
    if (!ky_bytes_eq(asked, approved) && !bare)
        return ky_csc_invalid(j->x, "Invalid parameter signAlgo");
    if ((hash_asked.n == 0 && bare) || (hash_asked.n > 0 && !ky_bytes_eq(hash_asked, hash_approved)))
        return ky_csc_invalid(j->x, "Invalid parameter hashAlgorithmOID");
    *done = false;
    return KY_OK;
}

static ky_rc decode_approved(struct ky_bytes *out, struct ky_arena *a, const json_t *text)
{
    ky_auto_buf b = ky_buf_init(KY_HASH_MAX);
    KY_TRY(ky_base64url_decode(&b, ky_json_str(text)));
    *out = KY_BYTES(ky_arena_dup(a, ky_buf_bytes(&b)), b.n);
    return out->p == NULL ? KY_ENOMEM : KY_OK;
}

/* Each hash takes the first approved position with that value that no earlier one has taken. */
static ky_rc match_positions(struct job *j, bool *done)
{
    const json_t *approved = json_object_get(j->statement, "hashes");
    size_t total = json_array_size(approved);
    if (total > KY_SIGN_HASHES_MAX) /* nobody wrote that: it would be refused */
        return ky_fail(KY_EIO, "stored statement of %zu hashes; at most %d", total, KY_SIGN_HASHES_MAX);
    bool taken[KY_SIGN_HASHES_MAX] = {false};
    struct ky_bytes *values = ky_arena_alloc_array(&j->x->arena, total, sizeof *values);
    if (values == NULL)
        return KY_ENOMEM;
    for (size_t p = 0; p < total; p++)
        KY_TRY(decode_approved(&values[p], &j->x->arena, json_array_get(approved, p)));
    for (size_t i = 0; i < j->asked.count; i++) {
        size_t p = i < total && !taken[i] && ky_bytes_eq(values[i], j->asked.v[i]) ? i : 0;
        while (p < total && (taken[p] || !ky_bytes_eq(values[p], j->asked.v[i])))
            p++;
        *done = p == total;
        if (*done)
            return ky_csc_invalid(j->x, "Hash is not authorized by the SAD");
        taken[p] = true;
        j->position[i] = (uint16_t)p;
    }
    return KY_OK;
}

static ky_rc find_missing(struct job *j)
{
    for (size_t i = 0; i < j->stored_count; i++) {
        const struct ky_db_signature *s = &j->stored[i];
        if (s->position < 0 || s->position >= KY_SIGN_HASHES_MAX)
            return ky_fail(KY_EIO, "stored signature at position %lld; below %d", (long long)s->position,
                           KY_SIGN_HASHES_MAX);
        if (s->value.n > 0)
            j->signature[s->position] = s->value;
    }
    for (size_t i = 0; i < j->asked.count; i++)
        if (j->signature[j->position[i]].n == 0)
            j->missing[j->missing_count++] = j->position[i];
    return KY_OK;
}

struct status {
    struct ky_db_ocsp row;
    struct job *job;
};

static ky_rc read_ocsp(struct ky_store *s, void *ctx)
{
    struct status *st = ctx;
    return ky_db_ocsp_get(&st->row, &st->job->x->arena, s, st->job->credential.cert.serial,
                          st->job->x->now - OCSP_KEEP);
}

static ky_rc write_ocsp(struct ky_store *s, void *ctx)
{
    struct status *st = ctx;
    return ky_db_ocsp_put(s, &st->row);
}

/* A fresh answer of the authority about the certificate: sam believes nobody else. */
static ky_rc get_status(struct job *j)
{
    struct status st = {.job = j};
    ky_rc rc = ky_db_read(j->w->db, read_ocsp, &st);
    if (rc == KY_OK) {
        j->ocsp = st.row.der;
        return KY_OK;
    }
    if (rc != KY_ENOTFOUND)
        return rc;
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), answer = ky_buf_init(KY_OCSP_RESP_MAX);
    KY_TRY(
        ky_ocsp_req_build(&request, j->credential.parsed, j->w->founding->issuing, SHA1_SIZE, KY_BYTES_NONE));
    struct ky_bytes field = ky_buf_bytes(&request);
    KY_TRY(ky_web_ca(j->w, KY_MSG_CA_OCSP, &field, 1, &answer));
    j->ocsp = KY_BYTES(ky_arena_dup(&j->x->arena, ky_buf_bytes(&answer)), answer.n);
    if (j->ocsp.p == NULL)
        return KY_ENOMEM;
    st.row = (struct ky_db_ocsp){.serial = j->credential.cert.serial,
                                 .der = j->ocsp,
                                 .this_update = j->x->now,
                                 .next_update = j->x->now + OCSP_KEEP};
    return ky_store_submit(j->w->db, write_ocsp, &st);
}

static ky_rc make_signatures(struct job *j)
{
    struct ky_arena *a = &j->x->arena;
    struct ky_bytes fields[9] = {j->pending.statement, j->pending.authorisations};
    ky_auto_buf positions = ky_buf_init(2 + KY_SIGN_HASHES_MAX * 6), reply = ky_buf_init(KY_MESSAGE_BODY_MAX);
    KY_TRY(ky_record_envelope(&fields[2], a, &j->device));
    KY_TRY(ky_record_envelope(&fields[3], a, &j->credential.key));
    KY_TRY(ky_record_envelope(&fields[4], a, &j->client));
    fields[5] = j->credential.parsed->der;
    fields[6] = j->ocsp;
    fields[7] = j->blob.blob;
    ky_list_begin(&positions, j->missing_count);
    for (size_t i = 0; i < j->missing_count; i++) {
        uint8_t p[2];
        ky_put_u16(p, j->missing[i]);
        ky_buf_add_lv(&positions, KY_BYTES_OF(p));
    }
    fields[8] = ky_buf_bytes(&positions);
    KY_TRY(ky_web_sam(j->w, KY_MSG_SAM_SIGN, fields, KY_COUNT(fields), &reply));
    struct ky_bytes *made = ky_arena_alloc_array(a, KY_SIGN_HASHES_MAX, sizeof *made);
    size_t count;
    const uint8_t *kept = ky_arena_dup(a, ky_buf_bytes(&reply));
    if (made == NULL || kept == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_list_read(made, &count, KY_SIGN_HASHES_MAX, KY_BYTES(kept, reply.n), "signatures"));
    if (count != j->missing_count)
        return ky_fail(KY_EINTERNAL, "%zu signatures where %zu were asked for", count, j->missing_count);
    for (size_t i = 0; i < count; i++)
        j->signature[j->missing[i]] = made[i];
    return KY_OK;
}

static ky_rc store_signatures(struct ky_store *s, void *ctx)
{
    struct job *j = ctx;
    for (size_t i = 0; i < j->missing_count; i++) {
        uint16_t p = j->missing[i];
        const struct ky_db_signature row = {.handle = j->pending.handle,
                                            .position = p,
                                            .state = j->signature[p].n > 0 ? "made" : "unknown",
                                            .value = j->signature[p],
                                            .made_at = j->x->now};
        ky_rc rc = ky_db_signature_insert(s, &row);
        if (rc != KY_OK && rc != KY_EEXIST)
            return rc;
    }
    return KY_OK;
}

static ky_rc answer(struct job *j)
{
    for (size_t i = 0; i < j->asked.count; i++)
        if (j->signature[j->position[i]].n == 0)
            return ky_csc_refuse(j->x, 400, "expired_token",
                                 "A signature was lost in a failure; the signer must approve again.");
    struct ky_json_out *o = ky_answer_begin(j->x, 200);
    ky_json_open_array(o, "signatures");
    for (size_t i = 0; i < j->asked.count; i++)
        ky_json_put_base64(o, NULL, j->signature[j->position[i]]);
    ky_json_close_array(o);
    return ky_answer_end(j->x);
}

/* sam's refusals in the dialect of CSC; what is temporary stays 503. */
static ky_rc tell_failure(struct job *j, ky_rc rc)
{
    if (rc == KY_EBUSY || rc == KY_ETOKEN || rc == KY_EIO || rc == KY_ENOMEM || rc == KY_EINTERNAL)
        return rc;
    return ky_csc_refuse(j->x, 400, rc == KY_EEXPIRED ? "expired_token" : "access_denied", ky_error());
}

static ky_rc sign(struct job *j)
{
    bool done;
    KY_TRY(find_request(j, &done));
    if (done)
        return KY_OK;
    KY_TRY(ky_csc_read_hashes(&j->asked, &done, j->x));
    if (done)
        return KY_OK;
    KY_TRY(ky_json_parse(&j->statement, j->pending.statement, KY_STATEMENT_MAX));
    KY_TRY(check_algorithms(j, &done));
    if (!done)
        KY_TRY(match_positions(j, &done));
    if (done)
        return KY_OK;
    KY_TRY(ky_csc_find_credential(&j->credential, j->w, j->x, ky_bytes_str(j->pending.key_id)));
    KY_TRY(ky_db_read(j->w->db, read_rest, j));
    KY_TRY(find_missing(j));
    if (j->missing_count > 0) {
        KY_TRY(get_status(j));
        ky_rc rc = make_signatures(j);
        if (rc != KY_OK)
            return tell_failure(j, rc);
        KY_TRY(ky_store_submit(j->w->db, store_signatures, j));
    }
    return answer(j);
}

ky_rc ky_handle_csc_sign_hash(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(free_jobp) struct job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return ky_fail(KY_ENOMEM, "signHash");
    j->w = w;
    j->x = x;
    return sign(j);
}
