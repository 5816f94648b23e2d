/* Organisations: entering, finding, changing, moving, closing; what is delegated to them; what was done. */
#include "base/str.h"
#include "domain/org.h"
#include "domain/vietnamese.h"
#include "store/org_event.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/records.h"

#define TEXT_MAX 512 /* bytes of one text; the rules are domain/org's */
#define HEX_ID_DIGITS 32
#define SEARCH_MAX 256 /* bytes */
#define SEALS_MAX 32   /* of one organisation: its heads and deputies, its seal */

struct org_call {
    struct ky_exchange *x;
    struct ky_scope scope;
    const char *id, *parent;
    struct ky_db_org in, *list;
    struct ky_db_org_event *events;
    struct ky_db_record *seals;
    struct ky_page page;
    size_t n;
    const char *search; /* folded, or NULL */
    const char *procedures[KY_PROCEDURES_MAX];
    size_t procedure_count;
    bool handles[KY_PROCEDURES_MAX];
    char fresh[KY_NEW_ID_TEXT];
};

static const char *const procedures[KY_PROCEDURES_MAX] = {"new", "renew", "change", "revoke"};

static struct org_call begin(struct ky_exchange *x)
{
    return (struct org_call){.x = x, .scope = ky_actor_scope(&x->actor)};
}

/* ---- entering and changing ---- */

static ky_rc read_org(struct org_call *c)
{
    KY_TRY(ky_body_text(&c->in.name, c->x, "name", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.parent_name, c->x, "parent_name", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.province, c->x, "province", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.place, c->x, "place", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.sector, c->x, "sector", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.address, c->x, "address", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.separation, c->x, "separation", TEXT_MAX));
    return ky_body_find_text(&c->in.email, c->x, "email", TEXT_MAX);
}

static ky_rc create(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_org_create(c->fresh, s, &c->x->actor, &c->in, c->x->now);
}

ky_rc ky_handle_org_create(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_body_text(&c.in.code, x, "code", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c.in.kind, x, "kind", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c.in.parent_id, x, "parent_id", HEX_ID_DIGITS));
    KY_TRY(read_org(&c));
    KY_TRY(ky_store_submit(w->db, create, &c));
    ky_json_put_cstr(ky_answer_begin(x, 201), "id", c.fresh);
    return ky_answer_end(x);
}

static ky_rc change(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_org_change(s, &c->x->actor, &c->in, c->x->now);
}

ky_rc ky_handle_org_change(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.in.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(read_org(&c));
    KY_TRY(ky_store_submit(w->db, change, &c));
    return ky_answer_empty(x);
}

static ky_rc close_org(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_org_close(&c->x->why, s, &c->x->actor, c->id, c->x->now);
}

ky_rc ky_handle_org_close(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, close_org, &c));
    return ky_answer_empty(x);
}

static ky_rc move(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_org_move(&c->x->why, s, &c->x->actor, c->id, c->parent, c->x->now);
}

ky_rc ky_handle_org_move(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_body_text(&c.parent, x, "parent_id", HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, move, &c));
    return ky_answer_empty(x);
}

/* ---- delegation ---- */

static ky_rc delegate(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_org_delegate(s, &c->x->actor, c->id, c->procedures, c->procedure_count, c->x->now);
}

ky_rc ky_handle_org_delegate(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    const json_t *list;
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_json_find_array(&list, x->json, "procedures", KY_PROCEDURES_MAX));
    for (; c.procedure_count < json_array_size(list); c.procedure_count++) {
        const char *name = json_string_value(json_array_get(list, c.procedure_count));
        if (name == NULL)
            return ky_fail(KY_EFORMAT, "procedures: an array of texts");
        c.procedures[c.procedure_count] = name;
    }
    KY_TRY(ky_store_submit(w->db, delegate, &c));
    return ky_answer_empty(x);
}

/* ---- finding ---- */

static void put_org(struct ky_json_out *o, const struct ky_db_org *org)
{
    ky_json_put_cstr(o, "id", org->id);
    ky_json_put_cstr(o, "code", org->code);
    ky_json_put_cstr(o, "name", org->name);
    ky_json_put_cstr(o, "kind", org->kind);
    ky_json_put_text(o, "parent_id", org->parent_id);
    ky_json_put_text(o, "parent_name", org->parent_name);
    ky_json_put_cstr(o, "province", org->province);
    ky_json_put_cstr(o, "place", org->place);
    ky_json_put_cstr(o, "sector", org->sector);
    ky_json_put_text(o, "address", org->address);
    ky_json_put_text(o, "email", org->email);
    ky_json_put_cstr(o, "separation", org->separation);
    ky_json_put_cstr(o, "state", org->state);
    ky_json_put_int(o, "created_at", org->created_at);
}

/* ?q= as it is compared. */
static ky_rc read_search(struct org_call *c)
{
    const char *q = ky_exchange_arg(c->x, "q");
    ky_auto_buf folded = ky_buf_init(SEARCH_MAX);
    if (q == NULL)
        return KY_OK;
    KY_TRY(ky_context(ky_text_fold(&folded, ky_bytes_str(q)), "q"));
    c->search = ky_arena_strdup(&c->x->arena, ky_buf_str(&folded));
    return c->search == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc list(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_db_org_list(&c->list, &c->n, &c->x->arena, s, &c->scope, c->search, &c->page);
}

static void put_next(struct ky_json_out *o, const struct org_call *c, int64_t number, const char *id)
{
    char cursor[KY_CURSOR_MAX];
    if (c->n < (size_t)c->page.limit)
        return;
    ky_cursor_format(cursor, number, id);
    ky_json_put_cstr(o, "next", cursor);
}

ky_rc ky_handle_org_list(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(read_search(&c));
    KY_TRY(ky_db_read(w->db, list, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "organisations");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        put_org(o, &c.list[i]);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n > 0)
        put_next(o, &c, c.list[c.n - 1].created_at, c.list[c.n - 1].id);
    return ky_answer_end(x);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    KY_TRY(ky_db_org_get(&c->in, &c->x->arena, s, &c->scope, c->id));
    for (size_t i = 0; i < KY_PROCEDURES_MAX; i++)
        KY_TRY(ky_db_delegation_has(&c->handles[i], s, c->id, procedures[i]));
    return KY_OK;
}

ky_rc ky_handle_org_get(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_db_read(w->db, load, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    put_org(o, &c.in);
    ky_json_open_array(o, "procedures");
    for (size_t i = 0; i < KY_PROCEDURES_MAX; i++)
        if (c.handles[i])
            ky_json_put_cstr(o, NULL, procedures[i]);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- what was done ---- */

static ky_rc list_events(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_db_org_event_list(&c->events, &c->n, &c->x->arena, s, &c->scope, c->id, &c->page);
}

ky_rc ky_handle_org_events(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_db_read(w->db, list_events, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "events");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_int(o, "at", c.events[i].at);
        ky_json_put_cstr(o, "action", c.events[i].action);
        ky_json_put_text(o, "actor", c.events[i].actor_id);
        ky_json_put_text(o, "staff", c.events[i].staff_id);
        ky_json_put_text(o, "note", c.events[i].note);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n > 0)
        put_next(o, &c, c.events[c.n - 1].sequence, "0");
    return ky_answer_end(x);
}

/* ---- whose signature counts for it ---- */

static ky_rc list_seals(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    KY_TRY(ky_scope_check(s, &c->scope, KY_OBJECT_ORG, c->id));
    return ky_db_record_list_seals(&c->seals, &c->n, &c->x->arena, s, c->id, SEALS_MAX);
}

static ky_rc put_seal(struct ky_json_out *o, const struct ky_db_record *row)
{
    KY_CLEANUP(ky_record_clear) struct ky_record record = {.json = NULL};
    KY_TRY(ky_record_peek(&record, row));
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "id", row->id);
    ky_json_put_text(o, "name", json_string_value(json_object_get(record.json, "name")));
    ky_json_put_text(o, "kind", json_string_value(json_object_get(record.json, "kind")));
    ky_json_put_int(o, "created_at", row->created_at);
    ky_json_close_object(o);
    return KY_OK;
}

ky_rc ky_handle_org_seals(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_db_read(w->db, list_seals, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "seals");
    for (size_t i = 0; i < c.n; i++)
        KY_TRY(put_seal(o, &c.seals[i]));
    ky_json_close_array(o);
    return ky_answer_end(x);
}
