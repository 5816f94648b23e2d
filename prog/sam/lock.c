/*
 * SAM_LOCK: an organisation locks or unlocks the signing account of one of its
 * people. Whose key it is says the key record, which names the request that the
 * key was made for; the organisation is the one of that request and of the seal.
 */
#include "prog/sam/sam.h"

struct lock_call {
    struct ky_sam *sam;
    struct ky_statement st, request;
    struct ky_authorisations auths;
    struct ky_records records;
    struct ky_bytes evidence;
    struct ky_keeper_head head;
    const struct ky_record *key; /* borrowed from records */
};

static void clear_call(struct lock_call *c)
{
    ky_statement_clear(&c->st);
    ky_statement_clear(&c->request);
    ky_records_clear(&c->records);
}

static ky_rc parse(struct lock_call *c, struct ky_bytes body)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    KY_TRY(ky_message_read(fields, KY_MSG_SAM_LOCK, body));
    KY_TRY(ky_statement_parse(&c->st, fields[0]));
    KY_TRY(ky_authorisations_parse(&c->auths, fields[1]));
    KY_TRY(ky_worker_open_records(&c->sam->w, &c->records, fields[2]));
    c->evidence = fields[3];
    return ky_context(ky_statement_parse(&c->request, fields[4]), "request");
}

/* Signed by a seal of the organisation that the statement names, now, for this process. */
static ky_rc check_signer(struct lock_call *c)
{
    struct ky_nonce nonce;
    const struct ky_record *seal;
    struct ky_worker *w = &c->sam->w;
    ky_time now = ky_worker_now(w);
    ky_statement_type type = c->st.type == KY_ST_UNLOCK ? KY_ST_UNLOCK : KY_ST_LOCK;
    KY_TRY(ky_statement_check(&nonce, &c->st, type, w->process, w->founding->realm, now));
    ky_worker_head(&c->head, w, &c->st, &c->auths);
    return ky_worker_verify_seal(w, &c->head, &c->st, &c->auths, &c->records, c->evidence, now, &seal);
}

/* Not its name, which may have changed since. */
static const json_t *org_id(const struct ky_statement *st)
{
    return json_object_get(json_object_get(st->json, "org"), "id");
}

/* The very request that the key record names, and in it the organisation and the person of the statement. */
static ky_rc check_key(struct lock_call *c)
{
    uint8_t id[KY_ID_SIZE];
    struct ky_key_record key;
    KY_TRY(ky_json_get_hex(id, KY_ID_SIZE, c->st.json, "credential"));
    c->key = ky_records_find(&c->records, KY_REC_KEY, id);
    if (c->key == NULL)
        return ky_fail(KY_EDENIED, "lock: no record of the credential");
    KY_TRY(ky_record_key(&key, c->key));
    if (c->request.type != KY_ST_REQUEST || memcmp(key.request, c->request.hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "lock: not the request that the key was made for");
    if (!json_equal(org_id(&c->request), org_id(&c->st)))
        return ky_fail(KY_EDENIED, "lock: the key was requested by another organisation");
    const json_t *row = ky_request_row_json(&c->request, key.row);
    if (!json_equal(json_object_get(row, "name"), json_object_get(c->st.json, "name")))
        return ky_fail(KY_EDENIED, "lock: the credential is another person's than the statement names");
    return ky_head_ref_record(&c->head, c->key, false);
}

/* That the lock to be lifted is in force, and the organisation's, is the keeper's to judge. */
static ky_rc make_entry(struct ky_append *a, const struct lock_call *c)
{
    bool lift = c->st.type == KY_ST_UNLOCK;
    *a = (struct ky_append){.kind = lift ? KY_LOGGED_UNLOCKED : KY_LOGGED_LOCKED,
                            .version = KY_LOCK_BY_ORG,
                            .not_after = KY_TIME_NEVER};
    ky_record_log_id(a->id, KY_REC_KEY, c->key->id);
    memcpy(a->hash, c->st.hash, KY_HASH_SIZE);
    return lift ? ky_json_get_hex(a->hash, KY_HASH_SIZE, c->st.json, "lock") : KY_OK;
}

static ky_rc lock(struct lock_call *c, struct ky_bytes body)
{
    struct ky_execute e = {.spend_nonce = true, .append_count = 1};
    bool repeated;
    KY_TRY(parse(c, body));
    KY_TRY(check_signer(c));
    KY_TRY(check_key(c));
    KY_TRY(make_entry(&e.appends[0], c));
    return ky_worker_execute(&c->sam->w, &c->head, &e, &repeated, NULL);
}

ky_rc ky_sam_handle_lock(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    KY_CLEANUP(clear_call) struct lock_call c = {.sam = sam};
    (void)request, (void)reply;
    ky_rc rc = lock(&c, body);
    return ky_worker_refused(&sam->w, c.st.type == KY_ST_UNLOCK ? KY_OP_UNLOCK : KY_OP_LOCK, rc);
}
