/* Executing statements: collect records, ask, store; see execute.h. */
#include "web/execute.h"

#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "domain/holding.h"
#include "store/credential.h"
#include "store/crl.h"
#include "store/org_event.h"

struct execution {
    struct ky_web *w;
    struct ky_arena *a;
    const struct ky_statement_in *in;
    ky_process process;
    bool last; /* nobody executes after this process */
    ky_time now;
    size_t made;                   /* records that came back */
    struct ky_record_list records; /* to send */
    struct ky_buf reply;           /* list of records */
};

static void clear_execution(struct execution *e)
{
    ky_record_list_clear(&e->records);
    ky_buf_clear(&e->reply);
}

struct ky_registration ky_web_registration(const struct ky_web *w, const struct ky_actor *actor,
                                           struct ky_why *why)
{
    return (struct ky_registration){.legal = &w->legal,
                                    .personal = &w->personal,
                                    .notices = w->notices,
                                    .clocks = w->clocks,
                                    .scope = ky_actor_scope(actor),
                                    .why = why};
}

struct ky_registration ky_web_registration_of(const struct ky_web *w, struct ky_exchange *x)
{
    return ky_web_registration(w, &x->actor, &x->why);
}

static const char *text_of(const json_t *obj, const char *name)
{
    const char *v = json_string_value(json_object_get(obj, name));
    return v == NULL ? "" : v;
}

/* Who signed, and what the statement is about. */
static ky_rc collect(struct ky_store *s, void *ctx)
{
    struct execution *e = ctx;
    const json_t *st = e->in->st.json;
    const char *about[] = {text_of(json_object_get(st, "record"), "id"), text_of(st, "credential"),
                           text_of(st, "device"), text_of(json_object_get(st, "actor"), "device")};
    KY_TRY(ky_record_list_add_signers(&e->records, s, e->a, &e->in->auths));
    for (size_t i = 0; i < KY_COUNT(about); i++)
        if (about[i][0] != 0)
            KY_TRY(ky_record_list_add_hex(&e->records, s, e->a, about[i]));
    return KY_OK;
}

static ky_rc ask(struct execution *e)
{
    uint16_t type = e->process == KY_PROCESS_SAM ? KY_MSG_SAM_EXECUTE : KY_MSG_CA_EXECUTE;
    ky_auto_buf records = ky_buf_init(KY_MESSAGE_BODY_MAX);
    ky_record_list_write(&records, &e->records);
    KY_TRY(ky_buf_finish(&records));
    const struct ky_bytes fields[] = {ky_statement_text(&e->in->st), ky_buf_bytes(&e->in->auth_list),
                                      ky_buf_bytes(&records), ky_buf_bytes(&e->in->evidence)};
    ky_rc rc = ky_web_ask(e->w, e->process, type, fields, KY_COUNT(fields), &e->reply);
    if (rc != KY_EEXIST)
        return rc;
    ky_buf_reset(&e->reply); /* done before, and what came of it was acknowledged, or nothing was to come */
    ky_list_begin(&e->reply, 0);
    return ky_buf_finish(&e->reply);
}

/* ---- effects in the database, by type ---- */

static ky_rc after_admin(struct ky_store *s, struct execution *e)
{
    const json_t *st = e->in->st.json;
    if (!json_is_true(json_object_get(st, "remove")))
        return KY_OK;
    return ky_db_record_retire(s, ky_process_name(e->process), text_of(json_object_get(st, "record"), "id"));
}

static ky_rc after_remove_device(struct ky_store *s, struct execution *e)
{
    return ky_db_record_retire(s, "sam", text_of(e->in->st.json, "device"));
}

static ky_rc only_when_there(ky_rc rc)
{
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

static ky_rc after_revoke(struct ky_store *s, struct execution *e)
{
    size_t i;
    json_t *v;
    const json_t *st = e->in->st.json;
    if (e->process == KY_PROCESS_SAM) {
        json_array_foreach(json_object_get(st, "keys"), i, v)
        {
            KY_TRY(only_when_there(ky_db_key_blob_delete(s, json_string_value(v))));
        }
        return KY_OK;
    }
    int64_t reason = json_integer_value(json_object_get(st, "reason"));
    json_array_foreach(json_object_get(st, "serials"), i, v)
    {
        KY_TRY(only_when_there(ky_holding_end(s, json_string_value(v), e->now, reason)));
        KY_TRY(only_when_there(ky_db_ocsp_delete(s, json_string_value(v))));
    }
    return KY_OK;
}

static ky_rc refuse_row(struct ky_store *s, struct execution *e, const char *dossier, int64_t number)
{
    struct ky_db_dossier_row row;
    const struct ky_registration reg = ky_web_registration(e->w, &KY_ACTOR_SYSTEM, NULL);
    KY_TRY(ky_db_dossier_row_get(&row, e->a, s, &reg.scope, dossier, number));
    if (ky_str_eq(row.state, "refused"))
        return KY_OK;
    return ky_dossier_row_act(s, &reg, dossier, number, KY_ROW_REFUSE, text_of(e->in->st.json, "reason"),
                              e->now);
}

/* Rows are refused where sam has spent them; when none is left the dossier is refused with them. */
static ky_rc after_refuse(struct ky_store *s, struct execution *e)
{
    size_t i;
    json_t *v;
    uint8_t request[KY_HASH_SIZE];
    struct ky_db_request row;
    int64_t refused = 0, all = 0;
    const struct ky_actor system = {.name = "system", .roles = KY_STAFF_SYSTEM | KY_STAFF_APPROVE};
    const struct ky_registration reg = ky_web_registration(e->w, &KY_ACTOR_SYSTEM, NULL);
    if (e->process != KY_PROCESS_SAM)
        return KY_OK;
    KY_TRY(ky_json_get_hex(request, sizeof request, e->in->st.json, "request"));
    KY_TRY(ky_db_request_get_by_statement(&row, e->a, s, &reg.scope, KY_BYTES_OF(request)));
    json_array_foreach(json_object_get(e->in->st.json, "rows"), i, v)
    {
        KY_TRY(refuse_row(s, e, row.dossier_id, json_integer_value(v)));
    }
    KY_TRY(ky_db_dossier_row_count(&all, s, row.dossier_id, NULL));
    KY_TRY(ky_db_dossier_row_count(&refused, s, row.dossier_id, "refused"));
    if (refused < all)
        return KY_OK;
    ky_rc rc = ky_dossier_act(s, &reg, &system, row.dossier_id, KY_ACT_REFUSE,
                              text_of(e->in->st.json, "reason"), e->now);
    return rc == KY_EDENIED ? KY_OK : rc; /* refused already: the statement came again */
}

static ky_rc nothing_more(struct ky_store *s, struct execution *e)
{
    (void)s;
    (void)e;
    return KY_OK;
}

static const struct effect {
    ky_statement_type type;
    ky_rc (*after)(struct ky_store *s, struct execution *e);
} effects[] = {
    {KY_ST_ADMIN, after_admin}, {KY_ST_REFUSE, after_refuse}, {KY_ST_REVOKE, after_revoke},
    {KY_ST_LOCK, nothing_more}, {KY_ST_UNLOCK, nothing_more}, {KY_ST_REMOVE_DEVICE, after_remove_device},
};

static const struct effect *find_effect(ky_statement_type type)
{
    for (size_t i = 0; i < KY_COUNT(effects); i++)
        if (effects[i].type == type)
            return &effects[i];
    return NULL;
}

/* Kept with who authorised it: what was done can be shown and proved later. */
static ky_rc keep_statement(struct ky_store *s, struct execution *e)
{
    const struct ky_statement *st = &e->in->st;
    const struct ky_db_statement row = {.hash = KY_BYTES_OF(st->hash),
                                        .type = ky_statement_type_name(st->type),
                                        .json = ky_statement_text(st),
                                        .authorisations = ky_buf_bytes(&e->in->auth_list),
                                        .evidence = ky_buf_bytes(&e->in->evidence),
                                        .state = e->last ? "executed" : "authorised",
                                        .expires_at = st->exp,
                                        .created_at = e->now};
    ky_rc rc = ky_db_statement_insert(s, &row);
    if (rc == KY_EEXIST)
        rc = ky_db_statement_set_state(s, row.hash, "authorised", "executed");
    return rc;
}

/* So that who signs for the organisation need not know the number of the record. */
static ky_rc tell_org_of_seal(struct ky_store *s, const struct execution *e, const struct ky_db_record *row)
{
    KY_CLEANUP(ky_record_clear) struct ky_record record = {.json = NULL};
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    const struct ky_scope everything = ky_actor_scope(&system);
    struct ky_seal_record seal;
    struct ky_db_org known;
    char org[KY_HEX_ID];
    if (e->process != KY_PROCESS_SAM || !ky_str_eq(row->type, "seal"))
        return KY_OK;
    KY_TRY(ky_record_peek(&record, row));
    KY_TRY(ky_record_seal_of(&seal, &record));
    ky_hex_encode(org, KY_BYTES_OF(seal.org));
    ky_rc rc = ky_db_org_get(&known, e->a, s, &everything, org);
    if (rc != KY_OK)
        return rc == KY_ENOTFOUND ? KY_OK : rc;
    const struct ky_db_org_event event = {
        .org_id = org, .at = e->now, .action = KY_EVENT_SEAL, .note = row->id};
    return ky_db_org_event_insert(s, &event);
}

static ky_rc store_result(struct ky_store *s, void *ctx)
{
    struct execution *e = ctx;
    struct ky_bytes items[KY_WEB_RECORDS_MAX];
    size_t count;
    KY_TRY(ky_list_read(items, &count, KY_WEB_RECORDS_MAX, ky_buf_bytes(&e->reply), "records"));
    for (size_t i = 0; i < count; i++) {
        struct ky_db_record row;
        KY_TRY(ky_record_to_row(&row, e->a, e->process, items[i], e->now));
        KY_TRY(ky_db_record_put(s, &row));
        KY_TRY(tell_org_of_seal(s, e, &row));
    }
    KY_TRY(find_effect(e->in->st.type)->after(s, e));
    e->made = count;
    return keep_statement(s, e);
}

/* The process may forget its answer: it is stored. */
static void acknowledge(const struct execution *e)
{
    uint8_t id[KY_HASH_SIZE];
    ky_auto_buf reply = ky_buf_init(64);
    uint16_t type = e->process == KY_PROCESS_SAM ? KY_MSG_SAM_ACK : KY_MSG_CA_ACK;
    const struct ky_bytes field = KY_BYTES_OF(id);
    if (ky_nonce_id(id, e->in->st.nonce[e->process]) != KY_OK ||
        ky_web_ask(e->w, e->process, type, &field, 1, &reply) != KY_OK)
        ky_log(KY_LOG_WARN, "statement.ack-failed", "reason=" KY_Q, ky_error());
}

static ky_rc execute_at(struct ky_web *w, struct ky_arena *a, const struct ky_statement_in *in,
                        ky_process process, bool last, ky_time now)
{
    KY_CLEANUP(clear_execution)
    struct execution e = {.w = w,
                          .a = a,
                          .in = in,
                          .process = process,
                          .last = last,
                          .now = now,
                          .records = ky_record_list_init(process),
                          .reply = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    KY_TRY(ky_db_read(w->db, collect, &e));
    KY_TRY(ask(&e));
    KY_TRY(ky_store_submit(w->db, store_result, &e));
    if (e.made > 0)
        acknowledge(&e);
    ky_log(KY_LOG_INFO, "statement.executed", "type=%s at=%s", ky_statement_type_name(in->st.type),
           ky_process_name(process));
    return KY_OK;
}

/* How far an earlier call got: state of the stored statement, "" when there is none. */
struct progress {
    struct ky_arena *a;
    struct ky_bytes hash;
    const char *state;
};

static ky_rc read_progress(struct ky_store *s, void *ctx)
{
    struct progress *p = ctx;
    struct ky_db_statement row;
    ky_rc rc = ky_db_statement_get(&row, p->a, s, p->hash);
    p->state = rc == KY_OK ? row.state : "";
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

ky_rc ky_execute_statement(struct ky_web *w, struct ky_arena *a, const struct ky_statement_in *in,
                           ky_time now)
{
    struct progress before = {.a = a, .hash = KY_BYTES_OF(in->st.hash)};
    bool at_sam = in->st.has_nonce[KY_PROCESS_SAM], at_ca = in->st.has_nonce[KY_PROCESS_CA];
    if (find_effect(in->st.type) == NULL)
        return ky_fail(KY_EDENIED, "a statement of type %s is not executed this way",
                       ky_statement_type_name(in->st.type));
    KY_TRY(ky_db_read(w->db, read_progress, &before));
    if (ky_str_eq(before.state, "executed"))
        return KY_OK;
    if (at_sam && !ky_str_eq(before.state, "authorised"))
        KY_TRY(execute_at(w, a, in, KY_PROCESS_SAM, !at_ca, now));
    return at_ca ? execute_at(w, a, in, KY_PROCESS_CA, true, now) : KY_OK;
}
