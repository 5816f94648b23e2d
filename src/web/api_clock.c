/* Where the dossiers stand: the board, and the clock of one dossier. */
#include "web/api_clock.h"

#include "base/str.h"
#include "domain/calendar_list.h"
#include "store/figure.h"
#include "web/handlers.h"

/* ---- the board ---- */

struct board {
    struct ky_exchange *x;
    struct ky_db_dossier_count *counts;
    size_t n;
};

static ky_rc load_counts(struct ky_store *s, void *ctx)
{
    struct board *b = ctx;
    const struct ky_scope scope = ky_actor_scope(&b->x->actor);
    return ky_db_dossier_counts(&b->counts, &b->n, &b->x->arena, s, &scope);
}

static int64_t count_of(const struct board *b, const char *state, int64_t stage)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->counts[i].stage == stage && ky_str_eq(b->counts[i].state, state))
            return b->counts[i].dossiers;
    return 0;
}

static void put_state(struct ky_json_out *o, const struct board *b, const struct ky_state_info *state)
{
    static const char *const colours[] = {"calm", "half", "most", "overdue"};
    int64_t all = 0;
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "state", state->id);
    ky_json_put_cstr(o, "state_vi", state->vi);
    for (size_t i = 0; i < KY_COUNT(colours); i++) {
        int64_t n = count_of(b, state->id, (int64_t)i);
        ky_json_put_int(o, colours[i], n);
        all += n;
    }
    ky_json_put_int(o, "all", all);
    ky_json_close_object(o);
}

ky_rc ky_handle_board(struct ky_web *w, struct ky_exchange *x)
{
    struct board b = {.x = x};
    const struct ky_state_info *state;
    KY_TRY(ky_db_read(w->db, load_counts, &b));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "states");
    for (size_t i = 0; (state = ky_dossier_state_at(i)) != NULL; i++)
        if (!state->final)
            put_state(o, &b, state);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- one dossier ---- */

static ky_rc read_clock(struct ky_api_clock *c, struct ky_arena *a, struct ky_store *s,
                        const struct ky_db_dossier *head, ky_time now)
{
    ky_auto_calendar calendar = NULL;
    KY_TRY(ky_calendar_load(&calendar, s, head->created_at, now));
    KY_TRY(ky_clock_get(&c->view, a, s, calendar, head->id));
    return ky_deadline_progress(&c->progress, &c->view.deadline, calendar,
                                c->view.row.ended_at != 0 ? c->view.row.ended_at : now);
}

ky_rc ky_api_clock_read(struct ky_api_clock *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_db_dossier *head, ky_time now)
{
    out->present = !ky_str_eq(head->clock, "none");
    return out->present ? read_clock(out, a, s, head, now) : KY_OK;
}

static void put_pauses(struct ky_json_out *o, const struct ky_clock_view *v)
{
    ky_json_open_array(o, "pauses");
    for (size_t i = 0; i < v->n_pauses; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_int(o, "from", v->pauses[i].from_at);
        if (v->pauses[i].to_at != 0)
            ky_json_put_int(o, "to", v->pauses[i].to_at);
        ky_json_put_int(o, "answer_by", v->pauses[i].answer_by);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

void ky_api_clock_write(struct ky_json_out *o, const struct ky_api_clock *c)
{
    const struct ky_clock_view *v = &c->view;
    if (!c->present)
        return;
    ky_json_open_object(o, "limit");
    ky_json_put_cstr(o, "unit", v->row.unit);
    ky_json_put_int(o, "amount", v->row.amount);
    ky_json_put_int(o, "arrived_at", v->row.arrived_at);
    ky_json_put_int(o, "start_at", v->deadline.start);
    ky_json_put_int(o, "due_at", v->deadline.due);
    ky_json_put_bool(o, "confirmed", v->deadline.confirmed);
    ky_json_put_int(o, "percent", c->progress.percent);
    ky_json_put_int(o, "used_s", c->progress.used_s);
    ky_json_put_int(o, "left_s", c->progress.left_s);
    ky_json_put_int(o, "late_s", c->progress.late_s);
    if (v->row.ended_at != 0)
        ky_json_put_int(o, "ended_at", v->row.ended_at);
    put_pauses(o, v);
    ky_json_close_object(o);
}
