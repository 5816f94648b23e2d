/* Programs that may ask for signatures: the registry record first (an admin statement), then credentials for it. */
#include "domain/api_client.h"
#include "domain/record.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/records.h"

#define TEXT_MAX 512 /* bytes of one text */
#define HEX_ID_DIGITS ((size_t)(2 * KY_ID_SIZE))

struct client_call {
    struct ky_exchange *x;
    char id[KY_NEW_ID_TEXT], secret[KY_BEARER_TEXT];
    const char *name, *record_id, *client_id;
};

static ky_rc create_client(struct ky_store *s, void *ctx)
{
    struct client_call *c = ctx;
    return ky_api_client_create(c->id, c->secret, s, c->name, c->record_id, c->x->now);
}

static ky_rc read_client_record(struct ky_store *s, void *ctx)
{
    struct client_call *c = ctx;
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

/* ---- those that there are ---- */

struct listing {
    struct ky_exchange *x;
    struct ky_page page;
    struct ky_db_record *records;
    struct ky_db_client **clients; /* of each record */
    size_t *counts, n;
};

static ky_rc list(struct ky_store *s, void *ctx)
{
    struct listing *l = ctx;
    struct ky_arena *a = &l->x->arena;
    KY_TRY(
        ky_db_record_list_type(&l->records, &l->n, a, s, "sam", "client", l->page.before_id, l->page.limit));
    l->clients = ky_arena_alloc_array(a, l->n + 1, sizeof *l->clients);
    l->counts = ky_arena_alloc_array(a, l->n + 1, sizeof *l->counts);
    if (l->clients == NULL || l->counts == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < l->n; i++)
        KY_TRY(ky_db_client_list_record(&l->clients[i], &l->counts[i], a, s, l->records[i].id));
    return KY_OK;
}

static void put_client(struct ky_json_out *o, const struct ky_db_client *c)
{
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "client_id", c->client_id);
    ky_json_put_cstr(o, "state", c->state);
    ky_json_put_int(o, "created_at", c->created_at);
    ky_json_close_object(o);
}

static ky_rc put_system(struct ky_json_out *o, const struct ky_db_record *row,
                        const struct ky_db_client *clients, size_t n)
{
    ky_auto_record rec = {.json = NULL};
    struct ky_bytes name;
    KY_TRY(ky_record_peek(&rec, row));
    KY_TRY(ky_json_get_str(&name, rec.json, "name", TEXT_MAX));
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "record", row->id);
    ky_json_put_str(o, "name", name);
    ky_json_put_int(o, "not_after", rec.not_after);
    ky_json_open_array(o, "credentials");
    for (size_t i = 0; i < n; i++)
        put_client(o, &clients[i]);
    ky_json_close_array(o);
    ky_json_close_object(o);
    return KY_OK;
}

ky_rc ky_handle_client_list(struct ky_web *w, struct ky_exchange *x)
{
    struct listing l = {.x = x};
    char cursor[KY_CURSOR_MAX];
    if (!x->actor.department)
        return ky_why_deny(&x->why, x->actor.name, "chỉ Cục xem các hệ thống tích hợp",
                           "only the department sees the integrating systems");
    KY_TRY(ky_body_page(&l.page, x));
    KY_TRY(ky_db_read(w->db, list, &l));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "clients");
    for (size_t i = 0; i < l.n; i++)
        KY_TRY(put_system(o, &l.records[i], l.clients[i], l.counts[i]));
    ky_json_close_array(o);
    if (l.n == (size_t)l.page.limit) {
        ky_cursor_format(cursor, 0, l.records[l.n - 1].id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

static ky_rc close_client(struct ky_store *s, void *ctx)
{
    struct client_call *c = ctx;
    return ky_db_client_set_state(s, c->client_id, "closed");
}

ky_rc ky_handle_client_close(struct ky_web *w, struct ky_exchange *x)
{
    struct client_call c = {.x = x};
    if (!x->actor.department)
        return ky_why_deny(&x->why, x->actor.name, "chỉ quản trị viên của Cục đóng tài khoản tích hợp",
                           "only admins of the department close credentials");
    KY_TRY(ky_exchange_param_hex(&c.client_id, x, 0, HEX_ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, close_client, &c));
    return ky_answer_empty(x);
}

/* ---- a new one ---- */

ky_rc ky_handle_client_create(struct ky_web *w, struct ky_exchange *x)
{
    struct client_call c = {.x = x};
    if (!x->actor.department)
        return ky_why_deny(&x->why, x->actor.name, "chỉ quản trị viên của Cục được thêm hệ thống tích hợp",
                           "only admins of the department add integrating systems");
    KY_TRY(ky_body_text(&c.record_id, x, "record", HEX_ID_DIGITS));
    KY_TRY(ky_db_read(w->db, read_client_record, &c));
    KY_TRY(ky_store_submit(w->db, create_client, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "client_id", c.id);
    ky_json_put_cstr(o, "client_secret", c.secret);
    return ky_answer_end(x);
}
