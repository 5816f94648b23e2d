/* The lists of working days: read by all staff, edited by one administrator, confirmed by another. */
#include "base/str.h"
#include "domain/calendar_check.h"
#include "domain/calendar_json.h"
#include "domain/calendar_list.h"
#include "web/body.h"
#include "web/handlers.h"

struct calendar_call {
    struct ky_exchange *x;
    int year;
    struct ky_calendar_draft draft;
    uint8_t hash[KY_SHA256_SIZE];
    struct ky_db_calendar *versions;
    size_t n;
};

static ky_rc read_year(struct calendar_call *c)
{
    uint64_t year;
    if (ky_parse_u64(&year, c->x->params[0], KY_CALENDAR_YEAR_MAX) != KY_OK || year < KY_CALENDAR_YEAR_MIN)
        return ky_fail(KY_ENOTFOUND, "calendar: years %d to %d", KY_CALENDAR_YEAR_MIN, KY_CALENDAR_YEAR_MAX);
    c->year = (int)year;
    return KY_OK;
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct calendar_call *c = ctx;
    return ky_db_calendar_list(&c->versions, &c->n, &c->x->arena, s, c->year);
}

static ky_rc put_proposal(struct ky_json_out *o, int year)
{
    struct ky_calendar_year list;
    ky_auto_buf text = ky_buf_init(KY_CALENDAR_FILE_MAX);
    KY_TRY(ky_calendar_propose(&list, year));
    KY_TRY(ky_calendar_year_encode(&text, &list));
    ky_json_put_raw(o, "proposal", ky_buf_bytes(&text));
    return KY_OK;
}

static void put_version(struct ky_json_out *o, const struct ky_db_calendar *v)
{
    ky_json_open_object(o, NULL);
    ky_json_put_int(o, "version", v->version);
    ky_json_put_cstr(o, "state", v->state);
    ky_json_put_hex(o, "hash", v->hash);
    ky_json_put_raw(o, "list", v->list);
    ky_json_put_cstr(o, "edited_by", v->edited_by);
    ky_json_put_int(o, "edited_at", v->edited_at);
    ky_json_put_text(o, "confirmed_by", v->confirmed_by);
    if (v->confirmed_at != 0)
        ky_json_put_int(o, "confirmed_at", v->confirmed_at);
    ky_json_close_object(o);
}

ky_rc ky_handle_calendar_get(struct ky_web *w, struct ky_exchange *x)
{
    struct calendar_call c = {.x = x};
    KY_TRY(read_year(&c));
    KY_TRY(ky_db_read(w->db, load, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_int(o, "year", c.year);
    KY_TRY(put_proposal(o, c.year));
    ky_json_open_array(o, "versions");
    for (size_t i = 0; i < c.n; i++)
        put_version(o, &c.versions[i]);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* 400 with every mistake beside the day it is in. */
static ky_rc answer_problems(struct ky_exchange *x, const struct ky_calendar_problems *p)
{
    struct ky_json_out *o = ky_answer_begin(x, 400);
    ky_json_put_cstr(o, "error", "invalid_request");
    ky_json_put_cstr(o, "error_description", "the list has mistakes, see problems");
    ky_json_put_cstr(o, "vi", "Danh sách ngày nghỉ, làm bù có lỗi.");
    ky_json_put_cstr(o, "request", x->id);
    ky_calendar_problems_write(o, "problems", p, x->json);
    return ky_answer_end(x);
}

static ky_rc put(struct ky_store *s, void *ctx)
{
    struct calendar_call *c = ctx;
    return ky_calendar_list_put(&c->draft, s, &c->x->actor, c->year, c->x->json, c->x->now);
}

ky_rc ky_handle_calendar_put(struct ky_web *w, struct ky_exchange *x)
{
    struct calendar_call c = {.x = x};
    struct ky_calendar_problems problems = {.n = 0};
    KY_TRY(read_year(&c));
    ky_calendar_check(&problems, x->json, c.year);
    if (problems.n > 0)
        return answer_problems(x, &problems);
    KY_TRY(ky_store_submit(w->db, put, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_int(o, "version", c.draft.version);
    ky_json_put_hex(o, "hash", KY_BYTES_OF(c.draft.hash));
    return ky_answer_end(x);
}

static ky_rc confirm(struct ky_store *s, void *ctx)
{
    struct calendar_call *c = ctx;
    return ky_calendar_list_confirm(s, &c->x->actor, c->year, KY_BYTES_OF(c->hash), c->x->now);
}

ky_rc ky_handle_calendar_confirm(struct ky_web *w, struct ky_exchange *x)
{
    struct calendar_call c = {.x = x};
    KY_TRY(read_year(&c));
    KY_TRY(ky_json_get_hex(c.hash, sizeof c.hash, x->json, "hash"));
    KY_TRY(ky_store_submit(w->db, confirm, &c));
    return ky_answer_empty(x);
}
