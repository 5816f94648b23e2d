/* Dossiers as people work with them: enter, list, read, correct, take the steps that need no signature. */
#include "base/hex.h"
#include "base/str.h"
#include "domain/approval.h"
#include "store/message.h"
#include "web/api_clock.h"
#include "web/body.h"
#include "web/dossier_list.h"
#include "web/execute.h"
#include "web/handlers.h"

#define TEXT_MAX 1024 /* bytes of one text; the rules are domain/dossier's */
#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))

struct dossier_call {
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id;
    char fresh[KY_NEW_ID_TEXT];
    struct ky_dossier_new in;
    json_t *people; /* borrowed */
    struct ky_person_result *results;
    int64_t replaced; /* row that the person takes the place of; 0: none */
    struct ky_dossier dossier;
    struct ky_db_dossier_event *events;
    size_t event_count;
    const char *handler_name; /* or NULL */
    struct ky_db_dossier *list;
    size_t n;
    struct ky_page page;
    struct ky_dossier_query query;
    struct ky_api_clock clock;
    ky_dossier_action action;
    const char *note;
    struct ky_db_row_letter *letters;
    size_t letter_count;
    const struct ky_founding *founding; /* borrowed */
    struct ky_approval_count approvals;
};

/* ---- entering ---- */

static ky_rc read_new(struct dossier_call *c)
{
    int64_t date;
    struct ky_exchange *x = c->x;
    KY_TRY(ky_body_text(&c->in.procedure, x, "procedure", 16));
    KY_TRY(ky_body_find_text(&c->in.document_number, x, "document_number", TEXT_MAX));
    KY_TRY(ky_json_find_int(&date, x->json, "document_date", 0, KY_JSON_INT_MAX, x->now));
    KY_TRY(ky_body_find_text(&c->in.signer_title, x, "signer_title", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.signer_name, x, "signer_name", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.recipient_name, x, "recipient_name", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.recipient_title, x, "recipient_title", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.recipient_channel, x, "recipient_channel", 8));
    KY_TRY(ky_body_text(&c->in.recipient_email, x, "recipient_email", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.recipient_phone, x, "recipient_phone", TEXT_MAX));
    c->in.document_date = date;
    return KY_OK;
}

static ky_rc read_people(struct dossier_call *c)
{
    c->people = json_object_get(c->x->json, "people");
    if (!json_is_array(c->people) || json_array_size(c->people) > KY_DB_DOSSIER_ROWS_MAX)
        return ky_fail(KY_EFORMAT, "people: an array of at most %d", KY_DB_DOSSIER_ROWS_MAX);
    c->results = ky_arena_alloc_array(&c->x->arena, json_array_size(c->people) + 1, sizeof *c->results);
    return c->results == NULL ? KY_ENOMEM : KY_OK;
}

static void put_results(struct ky_json_out *o, const struct dossier_call *c)
{
    ky_json_open_array(o, "people");
    for (size_t i = 0; i < json_array_size(c->people); i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_int(o, "row", c->results[i].number);
        ky_refusals_write(o, "refusals", &c->results[i].refusals);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static ky_rc create(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    KY_TRY(ky_dossier_create(c->fresh, s, &c->reg, &c->x->actor, &c->in, c->x->now));
    if (json_array_size(c->people) == 0)
        return KY_OK;
    return ky_dossier_add_people(c->results, s, &c->reg, &c->x->actor, c->fresh, c->people, c->x->now);
}

ky_rc ky_handle_dossier_create(struct ky_web *w, struct ky_exchange *x)
{
    struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(read_new(&c));
    KY_TRY(read_people(&c));
    KY_TRY(ky_store_submit(w->db, create, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "id", c.fresh);
    put_results(o, &c);
    return ky_answer_end(x);
}

static ky_rc add_people(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    if (c->replaced != 0)
        KY_TRY(ky_dossier_remove_person(s, &c->reg, &c->x->actor, c->id, c->replaced));
    KY_TRY(ky_dossier_add_people(c->results, s, &c->reg, &c->x->actor, c->id, c->people, c->x->now));
    if (c->replaced != 0 && c->results[0].refusals.n > 0) /* the row that was there stays */
        return ky_refusals_result(&c->results[0].refusals);
    return KY_OK;
}

ky_rc ky_handle_people_add(struct ky_web *w, struct ky_exchange *x)
{
    struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(read_people(&c));
    KY_TRY(ky_store_submit(w->db, add_people, &c));
    put_results(ky_answer_begin(x, 200), &c);
    return ky_answer_end(x);
}

static ky_rc read_row(struct dossier_call *c)
{
    uint64_t row;
    KY_TRY(ky_exchange_param_hex(&c->id, c->x, 0, ID_DIGITS));
    KY_TRY(ky_parse_u64(&row, c->x->params[1], KY_DB_DOSSIER_ROWS_MAX));
    c->replaced = (int64_t)row;
    return row > 0 ? KY_OK : ky_fail(KY_ENOTFOUND, "no row 0");
}

/* The corrected person gets the next free number: a number is never used for two people. */
ky_rc ky_handle_person_replace(struct ky_web *w, struct ky_exchange *x)
{
    struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    ky_auto_json list = json_array();
    struct ky_person_result result;
    KY_TRY(read_row(&c));
    if (list == NULL || json_array_append(list, x->json) != 0)
        return ky_fail(KY_ENOMEM, "person");
    c.people = list;
    c.results = &result;
    result.refusals.n = 0;
    KY_TRY(ky_store_submit(w->db, add_people, &c));
    put_results(ky_answer_begin(x, 200), &c);
    return ky_answer_end(x);
}

static ky_rc remove_person(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    return ky_dossier_remove_person(s, &c->reg, &c->x->actor, c->id, c->replaced);
}

ky_rc ky_handle_person_remove(struct ky_web *w, struct ky_exchange *x)
{
    struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(read_row(&c));
    KY_TRY(ky_store_submit(w->db, remove_person, &c));
    return ky_answer_empty(x);
}

/* ---- reading ---- */

static void put_state(struct ky_json_out *o, const struct ky_state_info *info, const char *state)
{
    ky_json_put_cstr(o, "state", state);
    ky_json_put_text(o, "state_vi", info == NULL ? NULL : info->vi);
}

static void put_head(struct ky_json_out *o, const struct ky_db_dossier *d)
{
    ky_json_put_cstr(o, "id", d->id);
    ky_json_put_cstr(o, "code", d->code);
    ky_json_put_cstr(o, "org", d->org_id);
    ky_json_put_cstr(o, "procedure", d->procedure);
    put_state(o, ky_dossier_state_find(d->state), d->state);
    ky_json_put_text(o, "document_number", d->document_number);
    ky_json_put_int(o, "document_date", d->document_date);
    ky_json_put_cstr(o, "recipient_name", d->recipient_name);
    ky_json_put_text(o, "note", d->note);
    ky_json_put_text(o, "handler", d->handler);
    ky_json_put_int(o, "created_at", d->created_at);
    ky_json_put_int(o, "updated_at", d->updated_at);
    ky_json_put_int(o, "received_at", d->received_at);
    ky_json_put_int(o, "due_at", d->due_at);
    ky_json_put_cstr(o, "clock", d->clock);
    ky_json_put_int(o, "stage", d->stage);
    ky_json_put_text(o, "tracking", d->tracking);
    if (d->sent_at > 0)
        ky_json_put_int(o, "sent_at", d->sent_at);
}

static ky_rc list_dossiers(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    return ky_dossier_query_list(&c->list, &c->n, &c->x->arena, s, &c->query, &c->page);
}

ky_rc ky_handle_dossier_list(struct ky_web *w, struct ky_exchange *x)
{
    struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    char cursor[KY_CURSOR_MAX];
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_dossier_query_read(&c.query, w, x, &c.reg.scope));
    KY_TRY(ky_db_read(w->db, list_dossiers, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "dossiers");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        put_head(o, &c.list[i]);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        const struct ky_db_dossier *last = &c.list[c.n - 1];
        ky_cursor_format(cursor, ky_dossier_query_number(&c.query, last), last->id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

/* Everybody may know by what name the authority goes that decides, also from below it. */
static ky_rc name_handler(struct ky_store *s, struct dossier_call *c)
{
    struct ky_db_org handler;
    const struct ky_scope all = ky_scope_everything();
    if (c->dossier.head.handler == NULL)
        return KY_OK;
    KY_TRY(ky_db_org_get(&handler, &c->x->arena, s, &all, c->dossier.head.handler));
    c->handler_name = handler.name;
    return KY_OK;
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    KY_TRY(ky_dossier_load(&c->dossier, s, &c->reg, c->id));
    KY_TRY(ky_db_row_letter_list(&c->letters, &c->letter_count, &c->x->arena, s, &c->reg.scope, c->id));
    KY_TRY(ky_api_clock_read(&c->clock, &c->x->arena, s, &c->dossier.head, c->x->now));
    KY_TRY(name_handler(s, c));
    return ky_db_dossier_event_list(&c->events, &c->event_count, &c->x->arena, s, &c->reg.scope, c->id);
}

/* How far the row's account letter came. Both lists are in the order of the rows. */
static void put_letter(struct ky_json_out *o, const struct dossier_call *c, int64_t row, size_t *next)
{
    while (*next < c->letter_count && c->letters[*next].dossier_row < row)
        (*next)++;
    if (*next == c->letter_count || c->letters[*next].dossier_row != row)
        return;
    const struct ky_db_row_letter *l = &c->letters[*next];
    ky_json_open_object(o, "letter");
    ky_json_put_cstr(o, "message", l->id);
    ky_json_put_cstr(o, "state", l->state);
    ky_json_put_int(o, "created_at", l->created_at);
    ky_json_put_int(o, "expires_at", l->expires_at);
    ky_json_close_object(o);
}

static ky_rc put_rows(struct ky_json_out *o, const struct dossier_call *c)
{
    const struct ky_dossier *d = &c->dossier;
    size_t next = 0;
    ky_json_open_array(o, "rows");
    for (size_t i = 0; i < d->n; i++) {
        ky_auto_buf person = ky_buf_init_secret(KY_PERSON_MAX);
        KY_TRY(ky_jcs_encode(&person, d->people[i].json, KY_PERSON_DEPTH));
        ky_json_open_object(o, NULL);
        ky_json_put_int(o, "row", d->rows[i].number);
        put_state(o, ky_row_state_find(d->rows[i].state), d->rows[i].state);
        ky_json_put_raw(o, "person", ky_buf_bytes(&person));
        ky_json_put_text(o, "owner", d->rows[i].owner);
        ky_json_put_text(o, "credential", d->rows[i].key_id);
        ky_json_put_text(o, "serial", d->rows[i].serial);
        ky_json_put_text(o, "reason", d->rows[i].reason);
        put_letter(o, c, d->rows[i].number, &next);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return KY_OK;
}

static void put_events(struct ky_json_out *o, const struct dossier_call *c)
{
    ky_json_open_array(o, "events");
    for (size_t i = 0; i < c->event_count; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_int(o, "at", c->events[i].at);
        ky_json_put_cstr(o, "action", c->events[i].action);
        ky_json_put_cstr(o, "from", c->events[i].from_state);
        ky_json_put_cstr(o, "to", c->events[i].to_state);
        ky_json_put_text(o, "staff", c->events[i].staff_id);
        ky_json_put_text(o, "note", c->events[i].note);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

/* What several officers are approving; needed is 0 where nothing waits for the next of them. */
static ky_rc count_approvals(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    struct ky_db_statement st;
    ky_rc rc = ky_db_statement_get_gathered(&st, &c->x->arena, s, c->id, c->x->now);
    if (rc != KY_OK)
        return rc == KY_ENOTFOUND ? KY_OK : rc;
    return ky_approval_count(&c->approvals, &c->x->arena, s, c->founding, &st, &c->x->actor);
}

static void put_approvals(struct ky_json_out *o, const struct ky_approval_count *count)
{
    if (count->needed == 0)
        return;
    ky_json_open_object(o, "approvals");
    ky_json_put_int(o, "given", count->given);
    ky_json_put_int(o, "needed", count->needed);
    ky_json_put_bool(o, "mine", count->mine);
    ky_json_close_object(o);
}

static void clear_call(struct dossier_call *c)
{
    ky_dossier_clear(&c->dossier);
}

ky_rc ky_handle_dossier_get(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(clear_call) struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_db_read(w->db, load, &c));
    c.founding = w->founding;
    KY_TRY(ky_db_read(w->db, count_approvals, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    put_head(o, &c.dossier.head);
    put_approvals(o, &c.approvals);
    ky_json_put_text(o, "handler_name", c.handler_name);
    ky_json_put_cstr(o, "recipient_channel", c.dossier.head.recipient_channel);
    ky_json_put_cstr(o, "recipient_email", c.dossier.head.recipient_email);
    ky_json_put_cstr(o, "recipient_phone", c.dossier.recipient_phone);
    ky_api_clock_write(o, &c.clock);
    KY_TRY(put_rows(o, &c));
    put_events(o, &c);
    return ky_answer_end(x);
}

/* ---- steps that carry nothing but a note; approving and refusing carry statements (api_decide.c) ---- */

static ky_rc act(struct ky_store *s, void *ctx)
{
    struct dossier_call *c = ctx;
    KY_TRY(ky_dossier_act(s, &c->reg, &c->x->actor, c->id, c->action, c->note, c->x->now));
    return ky_dossier_load(&c->dossier, s, &c->reg, c->id);
}

ky_rc ky_handle_dossier_act(struct ky_web *w, struct ky_exchange *x)
{
    static const unsigned here = 1u << KY_ACT_RECEIVE | 1u << KY_ACT_EXAMINE | 1u << KY_ACT_ASK |
                                 1u << KY_ACT_SUPPLEMENT | 1u << KY_ACT_WITHDRAW | 1u << KY_ACT_REOPEN;
    KY_CLEANUP(clear_call) struct dossier_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    const char *name = (const char *)ky_arena_dup(&x->arena, x->params[1]);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    if (name == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_dossier_action_parse(&c.action, name));
    if ((here & 1u << c.action) == 0)
        return ky_fail(KY_ENOTFOUND, "no such action here: %s", name);
    KY_TRY(ky_body_find_text(&c.note, x, "note", 4 * TEXT_MAX));
    KY_TRY(ky_store_submit(w->db, act, &c));
    put_state(ky_answer_begin(x, 200), ky_dossier_state_find(c.dossier.head.state), c.dossier.head.state);
    return ky_answer_end(x);
}
