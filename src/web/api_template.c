/* The texts that go to people: templates of notices as they were loaded, and the reasons that officers refuse with. */
#include <stdlib.h>

#include "base/str.h"
#include "store/setting.h"
#include "web/handlers.h"

#define REASONS "refusal-reasons"
#define REASONS_MAX 50
#define REASON_MAX_CHARS 300

struct template_call {
    struct ky_exchange *x;
    struct ky_bytes json;
};

/* Operators change the files (docs/design/025-messages.md); here they are read. */
ky_rc ky_handle_template_list(struct ky_web *w, struct ky_exchange *x)
{
    struct ky_notice_template t;
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "templates");
    for (size_t i = 0; ky_notices_at(&t, w->notices, i); i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "name", t.name);
        ky_json_put_cstr(o, "channel", ky_channel_name(t.channel));
        if (t.channel == KY_CHANNEL_EMAIL)
            ky_json_put_str(o, "subject", t.subject);
        ky_json_put_str(o, "text", t.body);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- reasons of refusals ---- */

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct template_call *c = ctx;
    ky_rc rc = ky_db_setting_get(&c->json, &c->x->arena, s, REASONS);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

ky_rc ky_handle_refusal_reasons_get(struct ky_web *w, struct ky_exchange *x)
{
    struct template_call c = {.x = x};
    KY_TRY(ky_db_read(w->db, load, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    if (c.json.n > 0)
        ky_json_put_raw(o, "reasons", c.json);
    return ky_answer_end(x);
}

static ky_rc check_reasons(const json_t *reasons)
{
    if (!json_is_array(reasons) || json_array_size(reasons) > REASONS_MAX)
        return ky_fail(KY_EFORMAT, "reasons: an array of at most %d texts", REASONS_MAX);
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const json_t *reason = json_array_get(reasons, i);
        if (!json_is_string(reason) || json_string_length(reason) == 0)
            return ky_fail(KY_EFORMAT, "reasons: each is a text, none is empty");
        KY_TRY(ky_text_check("reasons", ky_json_str(reason), REASON_MAX_CHARS));
    }
    return KY_OK;
}

static ky_rc save(struct ky_store *s, void *ctx)
{
    struct template_call *c = ctx;
    return ky_db_setting_put(s, REASONS, c->json, c->x->now);
}

ky_rc ky_handle_refusal_reasons_put(struct ky_web *w, struct ky_exchange *x)
{
    struct template_call c = {.x = x};
    const json_t *reasons = json_object_get(x->json, "reasons");
    if (!x->actor.department)
        return ky_why_deny(&x->why, x->actor.name, "chỉ quản trị viên của Cục sửa mẫu lý do từ chối",
                           "only admins of the department change the reasons of refusals");
    KY_TRY(check_reasons(reasons));
    char *text = json_dumps(reasons, JSON_COMPACT);
    if (text == NULL)
        return ky_fail(KY_ENOMEM, "reasons");
    c.json = ky_bytes_str(text);
    ky_rc rc = ky_store_submit(w->db, save, &c);
    free(text);
    KY_TRY(rc);
    return ky_answer_empty(x);
}
