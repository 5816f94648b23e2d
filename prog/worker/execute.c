/*
 * Statements that change what counts: admin, refuse, revoke, lock, unlock,
 * remove-device. One line each in a table: who must have signed, and what is logged.
 */
#include "domain/revoke.h"
#include "prog/worker/worker.h"

struct job {
    struct ky_worker *w;
    struct ky_statement st;
    struct ky_authorisations auths;
    struct ky_records records;
    struct ky_bytes evidence;
    struct ky_keeper_head head;
    struct ky_execute e;
    struct ky_buf made; /* list items: new records */
    size_t made_count;
    uint8_t made_hash[KY_HASH_SIZE];
};

static void clear_job(struct job *j)
{
    ky_statement_clear(&j->st);
    ky_records_clear(&j->records);
    ky_buf_clear(&j->made);
}

static ky_rc append(struct job *j, ky_log_kind kind, const uint8_t id[KY_LOG_ID_SIZE], uint32_t version,
                    const uint8_t *hash, ky_time not_after)
{
    if (j->e.append_count == KY_KEEPER_APPENDS_MAX)
        return ky_fail(KY_ELIMIT, "more than %d entries", KY_KEEPER_APPENDS_MAX);
    struct ky_append *a = &j->e.appends[j->e.append_count++];
    *a = (struct ky_append){.kind = kind, .version = version, .not_after = not_after};
    memcpy(a->id, id, KY_LOG_ID_SIZE);
    memcpy(a->hash, hash == NULL ? j->st.hash : hash, KY_HASH_SIZE);
    return KY_OK;
}

static ky_rc by_officers(struct job *j, unsigned role, int64_t wanted)
{
    return ky_worker_verify_officers(j->w, &j->head, &j->st, &j->auths, &j->records, j->evidence, role,
                                     wanted, NULL);
}

static ky_rc by_device(struct job *j)
{
    const struct ky_record *device = ky_records_find(&j->records, KY_REC_DEVICE, j->st.actor_device);
    return ky_worker_verify_device(j->w, &j->head, &j->st, &j->auths, device);
}

/* The version that is replaced: its record, or an officer of the founding record. */
static ky_rc check_replaced(struct job *j, ky_record_type type, const uint8_t id[KY_ID_SIZE], int64_t version,
                            const uint8_t replaces[KY_HASH_SIZE])
{
    const struct ky_record *old = ky_records_find(&j->records, type, id);
    const struct ky_officer *founder = ky_founding_find_officer(j->w->founding, id);
    const uint8_t *hash = old != NULL ? old->hash : founder != NULL ? founder->hash : NULL;
    uint32_t old_version = old != NULL ? old->version : 1;
    if (hash == NULL || (old == NULL && type != KY_REC_OFFICER))
        return ky_fail(KY_EDENIED, "admin: no record of the version that is replaced");
    if (memcmp(hash, replaces, KY_HASH_SIZE) != 0 || version != (int64_t)old_version + 1)
        return ky_fail(KY_EDENIED, "admin: version %lld does not follow version %u", (long long)version,
                       old_version);
    return ky_head_ref(&j->head, type, id, old_version, hash, false);
}

static ky_rc find_admin_type(ky_record_type *out, const json_t *record)
{
    static const ky_record_type allowed[] = {KY_REC_OFFICER, KY_REC_SEAL, KY_REC_CLIENT};
    struct ky_bytes name;
    KY_TRY(ky_json_get_str(&name, record, "type", 16));
    for (size_t i = 0; i < KY_COUNT(allowed); i++) {
        *out = allowed[i];
        if (ky_bytes_eq_str(name, ky_record_type_name(allowed[i])))
            return KY_OK;
    }
    return ky_fail(KY_EDENIED, "admin: records of this type are not made by officers");
}

static ky_rc write_record(struct job *j, const json_t *record, const uint8_t log_id[KY_LOG_ID_SIZE],
                          uint32_t version)
{
    uint8_t hash[KY_HASH_SIZE];
    ky_auto_json body = json_deep_copy(record);
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "admin");
    KY_TRY(ky_context(
        ky_record_seal(&envelope, hash, body, j->w->process, &j->w->k_reg, j->w->founding->realm), "admin"));
    ky_buf_add_lv(&j->made, ky_buf_bytes(&envelope));
    j->made_count = 1;
    memcpy(j->made_hash, hash, KY_HASH_SIZE);
    return append(j, KY_LOGGED_VERSION, log_id, version, hash, KY_TIME_NEVER);
}

static ky_rc do_admin(struct job *j)
{
    const json_t *record;
    ky_record_type type;
    uint8_t id[KY_ID_SIZE], log_id[KY_LOG_ID_SIZE], replaces[KY_HASH_SIZE];
    int64_t version;
    KY_TRY(by_officers(j, KY_MAY_ADMIN, j->w->founding->n));
    KY_TRY(ky_json_get_object(&record, j->st.json, "record"));
    KY_TRY(find_admin_type(&type, record));
    KY_TRY(ky_json_get_hex(id, KY_ID_SIZE, record, "id"));
    KY_TRY(ky_json_get_int(&version, record, "version", 1, INT32_MAX));
    ky_record_log_id(log_id, type, id);
    bool replacing = json_object_get(j->st.json, "replaces") != NULL;
    if (replacing) {
        KY_TRY(ky_json_get_hex(replaces, KY_HASH_SIZE, j->st.json, "replaces"));
        KY_TRY(check_replaced(j, type, id, version, replaces));
    } else if (version != 1 || ky_founding_find_officer(j->w->founding, id) != NULL) {
        return ky_fail(KY_EDENIED,
                       "admin: version %lld of a record that is there, without the one it replaces",
                       (long long)version);
    }
    if (json_is_true(json_object_get(j->st.json, "remove"))) {
        if (!replacing)
            return ky_fail(KY_EDENIED, "admin: nothing to remove");
        return append(j, KY_LOGGED_DEAD, log_id, INT32_MAX, NULL, KY_TIME_NEVER);
    }
    return write_record(j, record, log_id, (uint32_t)version);
}

static ky_rc do_refuse(struct job *j)
{
    uint8_t request[KY_HASH_SIZE];
    size_t i;
    json_t *row;
    KY_TRY(by_officers(j, KY_MAY_APPROVE, 1));
    KY_TRY(ky_json_get_hex(request, KY_HASH_SIZE, j->st.json, "request"));
    json_array_foreach(json_object_get(j->st.json, "rows"), i, row)
    {
        if (j->e.spend_count == KY_KEEPER_SPENDS_MAX)
            return ky_fail(KY_ELIMIT, "refuse: more than %d rows in one statement", KY_KEEPER_SPENDS_MAX);
        struct ky_spend *s = &j->e.spends[j->e.spend_count++];
        s->not_after = j->st.exp + KY_NONCE_LONG_S;
        KY_TRY(ky_row_spend_id(s->id, request, (uint32_t)json_integer_value(row)));
    }
    return KY_OK;
}

/* Ids of an array member, each logged as kind: keys of sam, or serials. */
static ky_rc append_ids(struct job *j, const char *member, ky_log_kind kind, uint32_t version)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(j->st.json, member), i, v)
    {
        uint8_t id[KY_ID_SIZE], log_id[KY_LOG_ID_SIZE];
        ky_auto_json holder = json_pack("{s:O}", member, v);
        if (holder == NULL)
            return ky_fail(KY_ENOMEM, "%s", member);
        KY_TRY(ky_json_get_hex(id, KY_ID_SIZE, holder, member));
        if (kind == KY_LOGGED_DEAD)
            ky_record_log_id(log_id, KY_REC_KEY, id);
        else
            ky_log_id(log_id, id);
        KY_TRY(append(j, kind, log_id, version, NULL, KY_TIME_NEVER));
    }
    return KY_OK;
}

/* On an officer's own word. sam kills the keys, ca marks the serials: each is safe alone, both are wanted. */
static ky_rc do_revoke(struct job *j)
{
    int64_t reason;
    KY_TRY(by_officers(j, KY_MAY_APPROVE, 1));
    if (json_object_get(j->st.json, "request") != NULL)
        return ky_fail(KY_EDENIED, "revoke: by an organisation's request, without that request");
    KY_TRY(ky_json_get_int(&reason, j->st.json, "reason", 0, 10));
    KY_TRY(ky_context(ky_reason_check(reason), "revoke"));
    if (j->w->process == KY_PROCESS_SAM)
        return append_ids(j, "keys", KY_LOGGED_DEAD, INT32_MAX);
    return append_ids(j, "serials", KY_LOGGED_REVOKED, (uint32_t)reason);
}

static ky_rc do_remove_device(struct job *j)
{
    uint8_t id[KY_ID_SIZE], log_id[KY_LOG_ID_SIZE];
    KY_TRY(by_device(j));
    KY_TRY(ky_json_get_hex(id, KY_ID_SIZE, j->st.json, "device"));
    const struct ky_record *gone = ky_records_find(&j->records, KY_REC_DEVICE, id);
    if (gone == NULL || memcmp(gone->owner, j->st.actor_owner, KY_OWNER_SIZE) != 0)
        return ky_fail(KY_EDENIED, "remove-device: not a device of this person");
    ky_record_log_id(log_id, KY_REC_DEVICE, id);
    return append(j, KY_LOGGED_DEAD, log_id, INT32_MAX, NULL, gone->not_after);
}

/* The credential of a lock: the actor's own, or any when an officer signs. */
static ky_rc find_credential(struct job *j, uint8_t log_id[KY_LOG_ID_SIZE], bool owner)
{
    uint8_t id[KY_ID_SIZE];
    if (json_object_get(j->st.json, "org") != NULL)
        return ky_fail(KY_EDENIED, "lock: by an organisation, without the request its key was made for");
    KY_TRY(ky_json_get_hex(id, KY_ID_SIZE, j->st.json, "credential"));
    const struct ky_record *key = ky_records_find(&j->records, KY_REC_KEY, id);
    if (key == NULL || (owner && memcmp(key->owner, j->st.actor_owner, KY_OWNER_SIZE) != 0))
        return ky_fail(KY_EDENIED, "lock: not a credential of this person");
    ky_record_log_id(log_id, KY_REC_KEY, id);
    return KY_OK;
}

static ky_rc do_lock(struct job *j)
{
    uint8_t log_id[KY_LOG_ID_SIZE];
    bool owner = j->st.has_actor;
    KY_TRY(owner ? by_device(j) : by_officers(j, KY_MAY_APPROVE, 1));
    KY_TRY(find_credential(j, log_id, owner));
    return append(j, KY_LOGGED_LOCKED, log_id, owner ? KY_LOCK_BY_OWNER : KY_LOCK_BY_OFFICER, j->st.hash,
                  KY_TIME_NEVER);
}

/* That the lock is in force, and that an officer's lock is lifted by an officer, is the keeper's to judge. */
static ky_rc do_unlock(struct job *j)
{
    uint8_t log_id[KY_LOG_ID_SIZE], lock[KY_HASH_SIZE];
    bool owner = j->st.has_actor;
    KY_TRY(owner ? by_device(j) : by_officers(j, KY_MAY_APPROVE, 1));
    KY_TRY(find_credential(j, log_id, owner));
    KY_TRY(ky_json_get_hex(lock, KY_HASH_SIZE, j->st.json, "lock"));
    return append(j, KY_LOGGED_UNLOCKED, log_id, owner ? KY_LOCK_BY_OWNER : KY_LOCK_BY_OFFICER, lock,
                  KY_TIME_NEVER);
}

static const struct {
    ky_statement_type type;
    unsigned processes; /* bit per ky_process */
    ky_rc (*run)(struct job *j);
} jobs[] = {
    {KY_ST_ADMIN, 1u << KY_PROCESS_SAM | 1u << KY_PROCESS_CA, do_admin},
    {KY_ST_REFUSE, 1u << KY_PROCESS_SAM | 1u << KY_PROCESS_CA, do_refuse},
    {KY_ST_REVOKE, 1u << KY_PROCESS_SAM | 1u << KY_PROCESS_CA, do_revoke},
    {KY_ST_REMOVE_DEVICE, 1u << KY_PROCESS_SAM, do_remove_device},
    {KY_ST_LOCK, 1u << KY_PROCESS_SAM, do_lock},
    {KY_ST_UNLOCK, 1u << KY_PROCESS_SAM, do_unlock},
};

static ky_rc run_job(struct job *j)
{
    struct ky_nonce nonce;
    for (size_t i = 0; i < KY_COUNT(jobs); i++) {
        if (jobs[i].type != j->st.type || !(jobs[i].processes >> j->w->process & 1))
            continue;
        KY_TRY(ky_statement_check(&nonce, &j->st, j->st.type, j->w->process, j->w->founding->realm,
                                  ky_worker_now(j->w)));
        ky_worker_head(&j->head, j->w, &j->st, &j->auths);
        return jobs[i].run(j);
    }
    return ky_fail(KY_EDENIED, "%s does not execute %s this way", ky_process_name(j->w->process),
                   ky_statement_type_name(j->st.type));
}

/*
 * The list of new records is kept in the outbox under the nonce, so that a lost answer can be asked for again. What has a
 * short nonce makes no records.
 */
static ky_rc execute(struct job *j, struct ky_buf *reply)
{
    bool repeated;
    ky_auto_buf list = ky_buf_init(KY_RECORD_ENVELOPE_MAX * 2);
    ky_list_begin(&list, j->made_count);
    ky_buf_add(&list, ky_buf_bytes(&j->made));
    KY_TRY(ky_buf_finish(&list));
    j->e.spend_nonce = true;
    if (j->made_count > 0)
        j->e.outbox = ky_buf_bytes(&list);
    if (j->made_count > 0) /* the record itself holds a name */
        j->e.audit = KY_BYTES_OF(j->made_hash);
    KY_TRY(ky_worker_execute(j->w, &j->head, &j->e, &repeated, reply));
    if (reply->n == 0)
        ky_list_begin(reply, 0);
    return ky_buf_finish(reply);
}

static ky_rc parse_and_run(struct job *j, uint16_t type, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    KY_TRY(ky_message_read(fields, type, body));
    KY_TRY(ky_statement_parse(&j->st, fields[0]));
    KY_TRY(ky_authorisations_parse(&j->auths, fields[1]));
    KY_TRY(ky_worker_open_records(j->w, &j->records, fields[2]));
    j->evidence = fields[3];
    KY_TRY(run_job(j));
    return execute(j, reply);
}

ky_rc ky_worker_handle_execute(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                               struct ky_buf *reply)
{
    struct ky_worker *w = worker;
    KY_CLEANUP(clear_job) struct job j = {.w = w, .made = ky_buf_init(KY_RECORD_ENVELOPE_MAX * 2)};
    (void)request;
    uint16_t type = w->process == KY_PROCESS_SAM ? KY_MSG_SAM_EXECUTE : KY_MSG_CA_EXECUTE;
    ky_rc rc = parse_and_run(&j, type, body, reply);
    ky_operation op = j.st.json == NULL ? KY_OP_OTHER : ky_statement_operation(j.st.type);
    return ky_worker_refused(w, op, rc);
}
