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
    const char *name, *record_id;
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
