/* People: entering, listing, changing roles, closing; tokens for the programs they run. */
#include "base/str.h"
#include "domain/staff.h"
#include "store/contact.h"
#include "web/body.h"
#include "web/handlers.h"

#define TEXT_MAX 512 /* bytes of one text; the rules are domain/staff's */
#define HEX_ID_DIGITS 32

struct staff_call {
    struct ky_exchange *x;
    struct ky_scope scope;
    const char *id, *phone;
    struct ky_db_staff in, *list;
    struct ky_page page;
    size_t n;
    char fresh[KY_NEW_ID_TEXT], secret[KY_BEARER_TEXT];
};

static struct staff_call begin(struct ky_exchange *x)
{
    return (struct staff_call){.x = x, .scope = ky_actor_scope(&x->actor)};
}

static ky_rc read_person(struct staff_call *c)
{
    KY_TRY(ky_body_text(&c->in.name, c->x, "name", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.email, c->x, "email", TEXT_MAX));
    return ky_body_text(&c->in.roles, c->x, "roles", TEXT_MAX);
}

/* ---- entering ---- */

static ky_rc create(struct ky_store *s, void *ctx)
{
    struct staff_call *c = ctx;
    return ky_staff_create(c->fresh, s, &c->x->arena, &c->x->actor, &c->in, c->x->now);
}

ky_rc ky_handle_staff_create(struct ky_web *w, struct ky_exchange *x)
{
    struct staff_call c = begin(x);
    KY_TRY(ky_body_text(&c.in.org_id, x, "org", HEX_ID_DIGITS));
    KY_TRY(read_person(&c));
    KY_TRY(ky_body_find_text(&c.in.officer_record, x, "officer_record", HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, create, &c));
    ky_json_put_cstr(ky_answer_begin(x, 201), "id", c.fresh);
    return ky_answer_end(x);
}

static ky_rc give_token(struct ky_store *s, void *ctx)
{
    struct staff_call *c = ctx;
    return ky_staff_issue_token(c->secret, s, &c->x->actor, c->id, c->x->now);
}

ky_rc ky_handle_staff_token(struct ky_web *w, struct ky_exchange *x)
{
    struct staff_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, give_token, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "token", c.secret);
    ky_json_put_int(o, "expires_at", x->now + KY_STAFF_TOKEN_LIFE);
    return ky_answer_end(x);
}

/* ---- changing and closing ---- */

static ky_rc change(struct ky_store *s, void *ctx)
{
    struct staff_call *c = ctx;
    return ky_staff_change(&c->x->why, s, &c->x->actor, &c->in, c->x->now);
}

ky_rc ky_handle_staff_change(struct ky_web *w, struct ky_exchange *x)
{
    struct staff_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.in.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(read_person(&c));
    KY_TRY(ky_store_submit(w->db, change, &c));
    return ky_answer_empty(x);
}

static ky_rc close_person(struct ky_store *s, void *ctx)
{
    struct staff_call *c = ctx;
    return ky_staff_close(&c->x->why, s, &c->x->actor, c->id, c->x->now);
}

ky_rc ky_handle_staff_close(struct ky_web *w, struct ky_exchange *x)
{
    struct staff_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, close_person, &c));
    return ky_answer_empty(x);
}

/* ---- finding ---- */

static void put_person(struct ky_json_out *o, const struct ky_db_staff *p)
{
    ky_json_put_cstr(o, "id", p->id);
    ky_json_put_cstr(o, "org", p->org_id);
    ky_json_put_cstr(o, "name", p->name);
    ky_json_put_cstr(o, "email", p->email);
    ky_json_put_cstr(o, "roles", p->roles);
    ky_json_put_text(o, "officer_record", p->officer_record);
    ky_json_put_cstr(o, "state", p->state);
    ky_json_put_int(o, "created_at", p->created_at);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct staff_call *c = ctx;
    KY_TRY(ky_db_staff_get(&c->in, &c->x->arena, s, &c->scope, c->id));
    return ky_db_contact_get(&c->phone, &c->x->arena, s, c->id);
}

ky_rc ky_handle_staff_get(struct ky_web *w, struct ky_exchange *x)
{
    struct staff_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_db_read(w->db, load, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    put_person(o, &c.in);
    ky_json_put_text(o, "phone", c.phone);
    return ky_answer_end(x);
}

static ky_rc list(struct ky_store *s, void *ctx)
{
    struct staff_call *c = ctx;
    return ky_db_staff_list(&c->list, &c->n, &c->x->arena, s, &c->scope, c->id, &c->page);
}

ky_rc ky_handle_staff_list(struct ky_web *w, struct ky_exchange *x)
{
    struct staff_call c = begin(x);
    char cursor[KY_CURSOR_MAX];
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_db_read(w->db, list, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "staff");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        put_person(o, &c.list[i]);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        ky_cursor_format(cursor, c.list[c.n - 1].created_at, c.list[c.n - 1].id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}
