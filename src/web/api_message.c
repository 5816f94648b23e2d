/* What left the house and what did not: lists, sending once more; the telephone that subscribers are given. */
#include "base/str.h"
#include "domain/resend.h"
#include "domain/vietnamese.h"
#include "store/contact.h"
#include "web/body.h"
#include "web/handlers.h"

#define ID_DIGITS 32
#define PHONE_BYTES 32

struct message_call {
    struct ky_exchange *x;
    struct ky_scope scope;
    const char *id, *dossier, *state, *phone;
    char number[KY_PHONE_MAX];
    int64_t row;
    struct ky_page page;
    struct ky_db_message *list;
    size_t n;
};

static struct message_call begin(struct ky_exchange *x)
{
    return (struct message_call){.x = x, .scope = ky_actor_scope(&x->actor)};
}

/* ---- the list ---- */

static ky_rc check_state(const char *state)
{
    static const char *const states[] = {"waiting", "sent", "bounced", "dead"};
    for (size_t i = 0; state != NULL && i < KY_COUNT(states); i++)
        if (ky_str_eq(states[i], state))
            return KY_OK;
    return state == NULL ? KY_OK : ky_fail(KY_EFORMAT, "state: waiting, sent, bounced or dead");
}

static ky_rc check_dossier(const char *id)
{
    bool is = id == NULL || (strlen(id) == ID_DIGITS && strspn(id, "0123456789abcdef") == ID_DIGITS);
    return is ? KY_OK : ky_fail(KY_EFORMAT, "dossier: not an id");
}

static ky_rc list(struct ky_store *s, void *ctx)
{
    struct message_call *c = ctx;
    return ky_db_message_list(&c->list, &c->n, &c->x->arena, s, &c->scope, c->dossier, c->state, &c->page);
}

/* What our own servers say of one another is for operators. */
static bool shows_error(const struct ky_exchange *x, const struct ky_db_message *m)
{
    return (x->actor.roles & KY_STAFF_OPERATE) != 0 || ky_str_eq(m->state, "bounced");
}

static void put_message(struct ky_json_out *o, const struct ky_exchange *x, const struct ky_db_message *m)
{
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "id", m->id);
    ky_json_put_cstr(o, "template", m->template);
    ky_json_put_cstr(o, "channel", m->channel);
    ky_json_put_text(o, "dossier", m->dossier_id);
    if (m->dossier_row != 0)
        ky_json_put_int(o, "row", m->dossier_row);
    ky_json_put_cstr(o, "state", m->state);
    ky_json_put_int(o, "attempts", m->attempts);
    if (ky_str_eq(m->state, "waiting"))
        ky_json_put_int(o, "next_try", m->next_try);
    ky_json_put_text(o, "last_error", shows_error(x, m) ? m->last_error : NULL);
    ky_json_put_int(o, "created_at", m->created_at);
    ky_json_close_object(o);
}

ky_rc ky_handle_message_list(struct ky_web *w, struct ky_exchange *x)
{
    struct message_call c = begin(x);
    char cursor[KY_CURSOR_MAX];
    c.dossier = ky_exchange_arg(x, "dossier");
    c.state = ky_exchange_arg(x, "state");
    KY_TRY(check_state(c.state));
    KY_TRY(check_dossier(c.dossier));
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_db_read(w->db, list, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "messages");
    for (size_t i = 0; i < c.n; i++)
        put_message(o, x, &c.list[i]);
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        ky_cursor_format(cursor, c.list[c.n - 1].created_at, c.list[c.n - 1].id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

/* ---- once more ---- */

static ky_rc retry(struct ky_store *s, void *ctx)
{
    struct message_call *c = ctx;
    return ky_message_resend(&c->x->why, s, &c->x->actor, c->id, c->x->now);
}

ky_rc ky_handle_message_retry(struct ky_web *w, struct ky_exchange *x)
{
    struct message_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, retry, &c));
    return ky_answer_empty(x);
}

static ky_rc resend(struct ky_store *s, void *ctx)
{
    struct message_call *c = ctx;
    return ky_letter_resend(&c->x->why, s, &c->x->actor, c->dossier, c->row, c->x->now);
}

ky_rc ky_handle_letter_resend(struct ky_web *w, struct ky_exchange *x)
{
    struct message_call c = begin(x);
    uint64_t row;
    KY_TRY(ky_exchange_param_hex(&c.dossier, x, 0, ID_DIGITS));
    KY_TRY(ky_parse_u64(&row, x->params[1], KY_DB_DOSSIER_ROWS_MAX));
    c.row = (int64_t)row;
    KY_TRY(ky_store_submit(w->db, resend, &c));
    return ky_answer_empty(x);
}

/* ---- the telephone of a support person ---- */

static ky_rc set_contact(struct ky_store *s, void *ctx)
{
    struct message_call *c = ctx;
    return ky_db_contact_set(s, &c->scope, c->id, c->phone == NULL ? NULL : c->number);
}

ky_rc ky_handle_staff_contact(struct ky_web *w, struct ky_exchange *x)
{
    struct message_call c = begin(x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_body_find_text(&c.phone, x, "phone", PHONE_BYTES));
    if (c.phone != NULL)
        KY_TRY(ky_phone_normalise(c.number, ky_bytes_str(c.phone)));
    KY_TRY(ky_store_submit(w->db, set_contact, &c));
    return ky_answer_empty(x);
}
