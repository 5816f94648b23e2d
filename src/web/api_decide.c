/* What officers decide about dossiers: the texts they sign. What they have signed comes to api_approve.c. */
#include <stdio.h>

#include "base/hex.h"
#include "base/str.h"
#include "domain/approval.h"
#include "domain/dossier_right.h"
#include "pki/profile.h"
#include "store/credential.h"
#include "web/dispatch.h"
#include "web/execute.h"
#include "web/body.h"
#include "web/compose.h"
#include "web/handlers.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))
#define YEARS_DEFAULT 3
#define YEARS_MAX 5
#define REASON_MAX 2000 /* bytes */

struct decision {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id;
    struct ky_arena arena;
    struct ky_db_dossier head;
    struct ky_db_dossier_row *rows;
    size_t row_count;
    ky_time *ends;   /* as many as rows: of the certificate that the row is about, 0: about none */
    bool *activated; /* its subscriber has a device */
    struct ky_db_request request;
    struct ky_buf request_text;
    struct ky_statement request_st, st;
    size_t first;                   /* place of the first row that is decided: the others are of its kind */
    size_t left;                    /* open rows that wait for another approval */
    struct ky_approval_count count; /* st has been approved by so many */
};

static void clear_decision(struct decision *d)
{
    ky_arena_clear(&d->arena);
    ky_buf_clear(&d->request_text);
    ky_statement_clear(&d->request_st);
    ky_statement_clear(&d->st);
}
#define auto_decision KY_CLEANUP(clear_decision) struct decision

/* What decides which rows one approval can be about. */
static ky_rc load_olds(struct ky_store *s, struct decision *d)
{
    struct ky_arena *a = &d->arena;
    const struct ky_scope all = ky_scope_everything();
    d->ends = ky_arena_alloc_array(a, d->row_count + 1, sizeof *d->ends);
    d->activated = ky_arena_alloc_array(a, d->row_count + 1, sizeof *d->activated);
    if (d->ends == NULL || d->activated == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < d->row_count; i++) {
        struct ky_db_cert cert;
        struct ky_db_dossier_row origin;
        d->ends[i] = 0;
        d->activated[i] = false;
        if (d->rows[i].old_serial == NULL)
            continue;
        KY_TRY(ky_db_cert_get(&cert, a, s, d->rows[i].old_serial));
        KY_TRY(ky_db_dossier_row_get(&origin, a, s, &all, cert.dossier_id, cert.number));
        d->ends[i] = cert.not_after;
        d->activated[i] = ky_str_eq(origin.state, "active");
    }
    return KY_OK;
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct decision *d = ctx;
    struct ky_arena *a = &d->arena;
    KY_TRY(ky_db_dossier_get(&d->head, a, s, &d->reg.scope, d->id));
    KY_TRY(ky_db_dossier_row_list(&d->rows, &d->row_count, a, s, &d->reg.scope, d->id));
    KY_TRY(load_olds(s, d));
    return ky_dossier_open_request(&d->request, &d->request_text, NULL, a, s, &d->reg, d->id);
}

static ky_rc begin(struct decision *d, struct ky_web *w, struct ky_exchange *x, const char *id)
{
    *d = (struct decision){.w = w,
                           .x = x,
                           .id = id,
                           .reg = ky_web_registration_of(w, x),
                           .arena = ky_arena_init(KY_DOSSIER_ARENA),
                           .request_text = ky_buf_init(KY_REQUEST_MAX)};
    KY_TRY(ky_db_read(w->db, load, d));
    return ky_statement_parse(&d->request_st, ky_buf_bytes(&d->request_text));
}

static bool is_of(const struct decision *d, const char *procedure)
{
    return ky_str_eq(d->head.procedure, procedure);
}

static bool is_open(const struct decision *d, size_t i)
{
    return ky_str_eq(d->rows[i].state, "entered");
}

static ky_rc find_open(size_t *out, const struct decision *d, int64_t number)
{
    for (size_t i = 0; i < d->row_count; i++) {
        if (d->rows[i].number == number && is_open(d, i)) {
            *out = i;
            return KY_OK;
        }
    }
    return ky_fail(KY_EDENIED, "row %lld is not there or decided already", (long long)number);
}

/*
 * One `issue` has one end and one word about activation, so a change's certificates that end at another moment, and
 * people who have no device yet, stand in another one.
 */
static bool goes_with_first(const struct decision *d, size_t i)
{
    bool same_end = !is_of(d, "change") || d->ends[i] == d->ends[d->first];
    bool told = json_object_get(d->x->json, "activate") != NULL || is_of(d, "revoke");
    return same_end && (told || d->activated[i] == d->activated[d->first]);
}

static ky_rc add_row(json_t *rows, struct decision *d, size_t i, bool apart)
{
    if (json_array_size(rows) == 0)
        d->first = i;
    if (apart && !goes_with_first(d, i))
        return ky_fail(KY_EDENIED, "row %lld cannot stand in one approval with row %lld",
                       (long long)d->rows[i].number, (long long)d->rows[d->first].number);
    return json_array_append_new(rows, json_integer(d->rows[i].number)) == 0 ? KY_OK
                                                                             : ky_fail(KY_ENOMEM, "rows");
}

static ky_rc choose_asked(json_t *rows, struct decision *d, const json_t *asked, bool apart)
{
    for (size_t k = 0; k < json_array_size(asked); k++) {
        size_t i;
        KY_TRY(find_open(&i, d, json_integer_value(json_array_get(asked, k))));
        KY_TRY(add_row(rows, d, i, apart));
    }
    return KY_OK;
}

static ky_rc choose_open(json_t *rows, struct decision *d, bool apart)
{
    for (size_t i = 0; i < d->row_count; i++)
        if (is_open(d, i) && (json_array_size(rows) == 0 || !apart || goes_with_first(d, i)))
            KY_TRY(add_row(rows, d, i, apart));
    return KY_OK;
}

static void count_left(struct decision *d, size_t decided)
{
    for (size_t i = 0; i < d->row_count; i++)
        d->left += is_open(d, i);
    d->left -= decided < d->left ? decided : d->left;
}

/* Those that were asked for, or else all that are undecided. apart: only those that can stand in one approval. */
static ky_rc choose_rows(json_t *members, struct decision *d, bool apart)
{
    const json_t *asked;
    ky_auto_json rows = json_array();
    KY_TRY(ky_json_find_array(&asked, d->x->json, "rows", KY_DB_DOSSIER_ROWS_MAX));
    KY_TRY(asked != NULL ? choose_asked(rows, d, asked, apart) : choose_open(rows, d, apart));
    if (json_array_size(rows) == 0)
        return ky_fail(KY_EDENIED, "no row is left to decide");
    count_left(d, json_array_size(rows));
    return json_object_set(members, "rows", rows) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "rows");
}

/* The same day and time so many years later, less a second; 29 February becomes the 28th. */
static ky_rc add_years(ky_time *out, ky_time from, int years)
{
    struct ky_date date = ky_time_split(from);
    date.year += years;
    if (date.month == 2 && date.day == 29)
        date.day = 28;
    KY_TRY(ky_time_join(out, &date));
    *out -= 1;
    return KY_OK;
}

/* So many years at most by the legal profile. */
static ky_rc read_years(int *out, const struct decision *d)
{
    int64_t years, most = YEARS_MAX;
    const struct ky_legal *legal;
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_get(&legal, &d->w->legal, d->head.legal));
    KY_TRY(ky_legal_procedure_get(&procedure, legal, d->head.procedure));
    const struct ky_legal_limit *limit = ky_legal_limit_find(procedure, KY_LIMIT_VALIDITY);
    if (limit != NULL && limit->unit == KY_UNIT_YEAR && limit->amount < most)
        most = limit->amount;
    KY_TRY(ky_json_find_int(&years, d->x->json, "years", 1, most, YEARS_DEFAULT));
    *out = (int)years;
    return KY_OK;
}

static ky_rc set_validity(json_t *members, const struct decision *d)
{
    int years;
    ky_time until;
    KY_TRY(read_years(&years, d));
    KY_TRY(add_years(&until, d->x->now, years));
    if (until > d->w->founding->issuing->not_after)
        until = d->w->founding->issuing->not_after;
    if (is_of(d, "change"))
        until = d->ends[d->first];
    KY_TRY(ky_body_set_int(members, "not_before", d->x->now));
    return ky_body_set_int(members, "not_after", until);
}

/* What an approval names, whatever it approves. */
static ky_rc set_request(json_t *members, struct decision *d)
{
    const json_t *request = d->request_st.json;
    if (json_object_set(members, "dossier", json_object_get(request, "dossier")) != 0 ||
        json_object_set(members, "document", json_object_get(request, "document")) != 0)
        return ky_fail(KY_ENOMEM, "approval");
    KY_TRY(choose_rows(members, d, true));
    return ky_body_set_hex(members, "request", KY_BYTES_OF(d->request_st.hash));
}

static ky_rc compose_issue(struct decision *d)
{
    bool activate;
    ky_auto_json members = json_object();
    if (members == NULL)
        return ky_fail(KY_ENOMEM, "issue");
    KY_TRY(set_request(members, d));
    KY_TRY(ky_json_find_bool(&activate, d->x->json, "activate", !d->activated[d->first]));
    KY_TRY(set_validity(members, d));
    KY_TRY(ky_body_set_text(members, "profile", ky_bytes_str(ky_profile(KY_PROFILE_SUBSCRIBER)->name)));
    KY_TRY(ky_body_set_bool(members, "activate", activate));
    return ky_compose_statement(&d->st, d->w, members, "issue", KY_FOR_SAM | KY_FOR_CA, KY_NONCE_LONG,
                                d->x->now);
}

/* Serials, reasons and times are those of the rows. */
static ky_rc compose_revoke(struct decision *d)
{
    ky_auto_json members = json_object();
    if (members == NULL)
        return ky_fail(KY_ENOMEM, "revoke");
    KY_TRY(set_request(members, d));
    return ky_compose_statement(&d->st, d->w, members, "revoke", KY_FOR_SAM | KY_FOR_CA, KY_NONCE_LONG,
                                d->x->now);
}

static ky_rc insert_open(struct ky_store *s, void *ctx)
{
    struct decision *d = ctx;
    const struct ky_db_statement row = {.hash = KY_BYTES_OF(d->st.hash),
                                        .type = ky_statement_type_name(d->st.type),
                                        .dossier_id = d->id,
                                        .json = ky_statement_text(&d->st),
                                        .state = "open",
                                        .expires_at = d->st.exp,
                                        .created_at = d->x->now};
    return ky_db_statement_insert(s, &row);
}

static void put_rows(struct ky_json_out *o, const struct decision *d)
{
    size_t i;
    json_t *v;
    ky_json_open_array(o, "rows");
    json_array_foreach(json_object_get(d->st.json, "rows"), i, v)
    {
        ky_json_put_int(o, NULL, json_integer_value(v));
    }
    ky_json_close_array(o);
    ky_json_put_int(o, "left", (int64_t)d->left);
}

/* What is to be decided, and upon what: the officer's tool shows the request as the organisation signed it. */
static void put_text(struct ky_json_out *o, const struct decision *d)
{
    ky_json_put_str(o, "statement", ky_statement_text(&d->st));
    ky_json_put_hex(o, "hash", KY_BYTES_OF(d->st.hash));
    ky_json_put_str(o, "request", ky_buf_bytes(&d->request_text));
    put_rows(o, d);
}

static void put_approval(struct ky_json_out *o, const struct decision *d)
{
    put_text(o, d);
    ky_json_open_object(o, "approvals");
    ky_json_put_int(o, "given", d->count.given);
    ky_json_put_int(o, "needed", d->count.needed);
    ky_json_put_bool(o, "mine", d->count.mine);
    ky_json_close_object(o);
}

/* ---- approving ---- */

/* What another officer has approved already is what this one is asked to. */
static ky_rc find_gathered(struct ky_store *s, struct decision *d)
{
    struct ky_db_statement row;
    ky_rc rc = ky_approval_find(&row, &d->arena, s, d->id, d->request.statement_hash, d->x->now);
    d->count.needed = ky_approval_needed(d->w->founding, is_of(d, "revoke") ? KY_ST_REVOKE : KY_ST_ISSUE);
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    KY_TRY(rc);
    KY_TRY(ky_statement_parse(&d->st, row.json));
    count_left(d, json_array_size(json_object_get(d->st.json, "rows")));
    return ky_approval_count(&d->count, &d->arena, s, d->w->founding, &row, &d->x->actor);
}

static ky_rc check_approver(struct ky_store *s, void *ctx)
{
    struct decision *d = ctx;
    KY_TRY(ky_dossier_check(NULL, s, &d->reg, &d->x->actor, &d->head, KY_ACT_APPROVE));
    return find_gathered(s, d);
}

static ky_rc prepare_approval(struct decision *d)
{
    KY_TRY(ky_db_read(d->w->db, check_approver, d));
    if (d->st.json != NULL)
        return KY_OK;
    KY_TRY(is_of(d, "revoke") ? compose_revoke(d) : compose_issue(d));
    return ky_store_submit(d->w->db, insert_open, d);
}

ky_rc ky_handle_approval(struct ky_web *w, struct ky_exchange *x)
{
    const char *id;
    auto_decision d = {.id = NULL};
    KY_TRY(ky_exchange_param_hex(&id, x, 0, ID_DIGITS));
    KY_TRY(begin(&d, w, x, id));
    KY_TRY(prepare_approval(&d));
    put_approval(ky_answer_begin(x, 200), &d);
    return ky_answer_end(x);
}

/* ---- several dossiers for one signature ---- */

/* One list has room for so many rows: what is over comes with the next. */
static ky_rc prepare_one(struct decision *d, struct ky_web *w, struct ky_exchange *x, const char *id,
                         size_t *rows)
{
    KY_TRY(begin(d, w, x, id));
    KY_TRY(prepare_approval(d));
    if (d->count.mine)
        return ky_why_deny(&x->why, x->actor.name, "đã phê duyệt hồ sơ này rồi; cần cán bộ khác",
                           "has approved this dossier; another officer must");
    size_t more = json_array_size(json_object_get(d->st.json, "rows"));
    if (*rows + more > KY_STATEMENT_LIST_ROWS_MAX)
        return ky_why_deny(&x->why, d->head.code, "vượt quá số dòng của một lần ký; đề nghị ký ở lần sau",
                           "more rows than one signature takes; sign it with the next");
    *rows += more;
    return KY_OK;
}

static ky_rc put_one(struct ky_json_out *o, struct ky_web *w, struct ky_exchange *x, const char *id,
                     size_t *rows)
{
    auto_decision d = {.id = NULL};
    ky_rc rc = prepare_one(&d, w, x, id, rows);
    if (rc != KY_OK && !ky_rc_is_refusal(rc))
        return rc;
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "dossier", id);
    ky_json_put_text(o, "code", d.head.code);
    if (rc == KY_OK)
        put_approval(o, &d);
    else
        ky_failure_put(o, "refused", x, rc);
    ky_json_close_object(o);
    return KY_OK;
}

/* What is said of all of them is well formed, before any is looked at. */
static ky_rc read_several(const json_t **ids, const json_t *body)
{
    bool activate;
    int64_t years;
    uint8_t id[KY_ID_SIZE];
    KY_TRY(ky_json_get_array(ids, body, "dossiers", KY_STATEMENT_LIST_MAX));
    if (json_array_size(*ids) == 0 || json_object_get(body, "rows") != NULL)
        return ky_fail(KY_EFORMAT, "dossiers: one or more, and all open rows of each");
    KY_TRY(ky_json_find_int(&years, body, "years", 1, YEARS_MAX, YEARS_DEFAULT));
    KY_TRY(ky_json_find_bool(&activate, body, "activate", false));
    for (size_t i = 0; i < json_array_size(*ids); i++)
        KY_TRY(ky_context(ky_hex_decode(id, sizeof id, ky_json_str(json_array_get(*ids, i))), "dossiers: %zu",
                          i + 1));
    return KY_OK;
}

/* Each is checked alone, and one that cannot be approved does not hold the others. */
ky_rc ky_handle_approvals(struct ky_web *w, struct ky_exchange *x)
{
    const json_t *ids;
    size_t rows = 0;
    KY_TRY(read_several(&ids, x->json));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "dossiers");
    for (size_t i = 0; i < json_array_size(ids); i++)
        KY_TRY(put_one(o, w, x, json_string_value(json_array_get(ids, i)), &rows));
    ky_json_close_array(o);
    ky_json_put_int(o, "rows", (int64_t)rows);
    return ky_answer_end(x);
}

/* ---- refusing ---- */

static ky_rc compose_refusal(struct decision *d)
{
    struct ky_bytes reason;
    ky_auto_json members = json_object();
    if (members == NULL)
        return ky_fail(KY_ENOMEM, "refuse");
    KY_TRY(ky_json_get_str(&reason, d->x->json, "reason", REASON_MAX));
    KY_TRY(choose_rows(members, d, false));
    KY_TRY(ky_body_set_text(members, "reason", reason));
    KY_TRY(ky_body_set_hex(members, "request", KY_BYTES_OF(d->request_st.hash)));
    return ky_compose_statement(&d->st, d->w, members, "refuse", KY_FOR_SAM | KY_FOR_CA, KY_NONCE_LONG,
                                d->x->now);
}

/* The text; once signed it goes to /api/v1/statements like every other. */
ky_rc ky_handle_refusal(struct ky_web *w, struct ky_exchange *x)
{
    const char *id;
    auto_decision d = {.id = NULL};
    KY_TRY(ky_exchange_param_hex(&id, x, 0, ID_DIGITS));
    KY_TRY(begin(&d, w, x, id));
    if ((ky_dossier_roles(&d.head, &x->actor) & KY_STAFF_APPROVE) == 0)
        return ky_why_deny(&x->why, x->actor.name, "không thuộc cơ quan giải quyết hồ sơ này",
                           "not of the authority that handles this dossier");
    KY_TRY(compose_refusal(&d));
    put_text(ky_answer_begin(x, 200), &d);
    return ky_answer_end(x);
}
