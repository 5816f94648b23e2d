/* A message on a dossier, to the other side; see domain/dossier_message.h. */
#include "domain/dossier_message.h"
#include "web/body.h"
#include "web/execute.h"
#include "web/handlers.h"

#define ID_DIGITS 32

struct message_call {
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id, *text;
};

static ky_rc say(struct ky_store *s, void *ctx)
{
    struct message_call *c = ctx;
    return ky_dossier_say(s, &c->reg, &c->x->actor, c->id, c->text, c->x->now);
}

ky_rc ky_handle_message(struct ky_web *w, struct ky_exchange *x)
{
    struct message_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_body_text(&c.text, x, "text", 4 * KY_MESSAGE_CHARS_MAX));
    KY_TRY(ky_store_submit(w->db, say, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_int(o, "at", x->now);
    return ky_answer_end(x);
}
