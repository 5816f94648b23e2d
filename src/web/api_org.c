/* Organisations, the people who act for them, and programs that may ask for signatures. */
#include "base/str.h"
#include "domain/api_client.h"
#include "domain/record.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/records.h"

#define TEXT_MAX 512 /* bytes of one text; the rules are domain/org's */
#define HEX_ID_DIGITS ((size_t)(2 * KY_ID_SIZE))

struct org_call {
    struct ky_exchange *x;
    struct ky_db_org in, *list;
    struct ky_db_staff staff;
    struct ky_page page;
    size_t n;
    char id[KY_NEW_ID_TEXT], secret[KY_BEARER_TEXT];
    const char *name, *record_id;
};

static void put_org(struct ky_json_out *o, const char *name, const struct ky_db_org *org)
{
    ky_json_open_object(o, name);
    ky_json_put_cstr(o, "id", org->id);
    ky_json_put_cstr(o, "code", org->code);
    ky_json_put_cstr(o, "name", org->name);
    ky_json_put_text(o, "parent_id", org->parent_id);
    ky_json_put_text(o, "parent_name", org->parent_name);
    ky_json_put_cstr(o, "province", org->province);
    ky_json_put_cstr(o, "place", org->place);
    ky_json_put_cstr(o, "sector", org->sector);
    ky_json_put_text(o, "address", org->address);
    ky_json_put_text(o, "email", org->email);
    ky_json_put_cstr(o, "state", org->state);
    ky_json_put_int(o, "created_at", org->created_at);
    ky_json_close_object(o);
}

static ky_rc read_org(struct org_call *c)
{
    KY_TRY(ky_body_text(&c->in.code, c->x, "code", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.name, c->x, "name", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.parent_id, c->x, "parent_id", HEX_ID_DIGITS));
    KY_TRY(ky_body_find_text(&c->in.parent_name, c->x, "parent_name", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.province, c->x, "province", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.place, c->x, "place", TEXT_MAX));
    KY_TRY(ky_body_text(&c->in.sector, c->x, "sector", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c->in.address, c->x, "address", TEXT_MAX));
    return ky_body_find_text(&c->in.email, c->x, "email", TEXT_MAX);
}

static ky_rc create_org(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_org_create(c->id, s, &c->in, c->x->now);
}

ky_rc ky_handle_org_create(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = {.x = x};
    KY_TRY(read_org(&c));
    KY_TRY(ky_store_submit(w->db, create_org, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "id", c.id);
    return ky_answer_end(x);
}

static ky_rc list_orgs(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_db_org_list(&c->list, &c->n, &c->x->arena, s, &c->page);
}

ky_rc ky_handle_org_list(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = {.x = x};
    char cursor[KY_CURSOR_MAX];
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_db_read(w->db, list_orgs, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "organisations");
    for (size_t i = 0; i < c.n; i++)
        put_org(o, NULL, &c.list[i]);
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        ky_cursor_format(cursor, c.list[c.n - 1].created_at, c.list[c.n - 1].id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

/* ---- people ---- */

static ky_rc create_staff(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    KY_TRY(ky_staff_create(c->id, s, &c->x->arena, &c->staff, c->x->now));
    return ky_staff_issue_token(c->secret, s, c->id, c->x->now);
}

ky_rc ky_handle_staff_create(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = {.x = x};
    KY_TRY(ky_body_text(&c.staff.org_id, x, "org", HEX_ID_DIGITS));
    KY_TRY(ky_body_text(&c.staff.name, x, "name", TEXT_MAX));
    KY_TRY(ky_body_text(&c.staff.email, x, "email", TEXT_MAX));
    KY_TRY(ky_body_text(&c.staff.roles, x, "roles", TEXT_MAX));
    KY_TRY(ky_body_find_text(&c.staff.officer_record, x, "officer_record", HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, create_staff, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "id", c.id);
    ky_json_put_cstr(o, "token", c.secret);
    return ky_answer_end(x);
}

/* ---- programs: the registry record first (an admin statement), then credentials for it ---- */

static ky_rc create_client(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    return ky_api_client_create(c->id, c->secret, s, c->name, c->record_id, c->x->now);
}

static ky_rc read_client_record(struct ky_store *s, void *ctx)
{
    struct org_call *c = ctx;
    struct ky_db_record row;
    ky_auto_record rec = {.json = NULL};
    struct ky_bytes name;
    KY_TRY(ky_db_record_get(&row, &c->x->arena, s, "sam", c->record_id));
    KY_TRY(ky_record_peek(&rec, &row));
    if (rec.type != KY_REC_CLIENT)
        return ky_fail(KY_EDENIED, "record %s is not of a client", c->record_id);
    KY_TRY(ky_json_get_str(&name, rec.json, "name", TEXT_MAX));
    c->name = (const char *)ky_arena_dup(&c->x->arena, name);
    return c->name == NULL ? KY_ENOMEM : KY_OK;
}

ky_rc ky_handle_client_create(struct ky_web *w, struct ky_exchange *x)
{
    struct org_call c = {.x = x};
    KY_TRY(ky_body_text(&c.record_id, x, "record", HEX_ID_DIGITS));
    KY_TRY(ky_db_read(w->db, read_client_record, &c));
    KY_TRY(ky_store_submit(w->db, create_client, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "client_id", c.id);
    ky_json_put_cstr(o, "client_secret", c.secret);
    return ky_answer_end(x);
}
