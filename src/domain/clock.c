/* Clocks of dossiers: what happened in rows, what follows from it beside the dossier; see clock.h. */
#include "domain/clock.h"

#include <stdio.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/calendar_list.h"

#define ARENA_MAX ((size_t)4 << 20) /* bytes: one dossier with all its pauses, or a batch of clocks */

const char *const ky_timer_stages[KY_CLOCK_STAGES] = {"warn-1", "warn-2", "overdue"};

static const char *const units[] = {[KY_DEADLINE_WORKING_DAYS] = "working-day", [KY_DEADLINE_HOURS] = "hour"};

ky_rc ky_clock_limit(struct ky_limit *out, const struct ky_registration *reg,
                     const struct ky_db_dossier *head)
{
    const struct ky_legal *legal;
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_get(&legal, reg->legal, head->legal));
    KY_TRY(ky_legal_procedure_get(&procedure, legal, head->procedure));
    const struct ky_legal_limit *answer = ky_legal_limit_find(procedure, KY_LIMIT_ANSWER);
    if (answer->unit != KY_UNIT_HOUR && answer->unit != KY_UNIT_WORKING_DAY)
        return ky_fail(KY_EFORMAT,
                       "legal profile %s: %s: the time to answer is neither in hours nor in working days",
                       legal->id, procedure->key);
    *out = (struct ky_limit){answer->unit == KY_UNIT_HOUR ? KY_DEADLINE_HOURS : KY_DEADLINE_WORKING_DAYS,
                             answer->amount};
    return KY_OK;
}

void ky_clock_limit_text(char out[KY_LIMIT_TEXT_MAX], struct ky_limit limit)
{
    snprintf(out, KY_LIMIT_TEXT_MAX, "%lld %s", (long long)limit.count,
             limit.unit == KY_DEADLINE_HOURS ? "giờ" : "ngày làm việc");
}

static ky_rc limit_of_row(struct ky_limit *out, const struct ky_db_clock *row)
{
    for (size_t i = 0; i < KY_COUNT(units); i++) {
        if (ky_str_eq(units[i], row->unit)) {
            *out = (struct ky_limit){(ky_deadline_unit)i, row->amount};
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "clock of dossier %s: unit '%s'", row->dossier_id, row->unit);
}

/* ---- reckoning ---- */

static ky_rc reckon(struct ky_clock_view *v, struct ky_arena *a, const struct ky_calendar *calendar)
{
    struct ky_limit limit;
    struct ky_pause *stood = ky_arena_alloc_array(a, v->n_pauses + 1, sizeof *stood);
    if (stood == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < v->n_pauses; i++)
        stood[i] = (struct ky_pause){v->pauses[i].from_at,
                                     v->pauses[i].to_at == 0 ? KY_TIME_NEVER : v->pauses[i].to_at};
    KY_TRY(limit_of_row(&limit, &v->row));
    return ky_deadline_reckon(&v->deadline, calendar, limit, v->row.arrived_at, stood, v->n_pauses);
}

ky_rc ky_clock_get(struct ky_clock_view *out, struct ky_arena *a, struct ky_store *s,
                   const struct ky_calendar *calendar, const char *dossier_id)
{
    KY_TRY(ky_db_clock_get(&out->row, a, s, dossier_id));
    KY_TRY(ky_db_pause_list(&out->pauses, &out->n_pauses, a, s, dossier_id));
    return ky_context(reckon(out, a, calendar), "clock of dossier %s", dossier_id);
}

/* When each stage begins; the last: the first moment after due. */
static ky_rc stage_begins(ky_time *out, const struct ky_clock_view *v, const struct ky_calendar *calendar,
                          const struct ky_settings_clocks *cfg, int stage)
{
    const int64_t percent[] = {cfg->warn_first, cfg->warn_second};
    if (stage < KY_CLOCK_STAGES)
        return ky_deadline_when(out, &v->deadline, calendar,
                                ky_deadline_share_s(&v->deadline, (int)percent[stage - 1]));
    *out = v->deadline.stopped == KY_TIME_NEVER ? v->deadline.due + 1 : KY_TIME_NEVER;
    return KY_OK;
}

/*
 * A stage is entered by its timer alone, which also tells people; here one is only left again, when a new list has put
 * the deadline off.
 */
static ky_rc set_stages(int64_t *stage, struct ky_store *s, const struct ky_clock_view *v,
                        const struct ky_calendar *calendar, const struct ky_settings_clocks *cfg, ky_time now)
{
    bool stands = v->deadline.stopped != KY_TIME_NEVER;
    for (int i = KY_CLOCK_STAGES; i >= 1; i--) {
        ky_time at;
        KY_TRY(stage_begins(&at, v, calendar, cfg, i));
        if (!stands && at > now && *stage >= i)
            *stage = i - 1;
        if (at == KY_TIME_NEVER || *stage >= i)
            KY_TRY(ky_db_timer_delete(s, v->row.dossier_id, ky_timer_stages[i - 1]));
        else
            KY_TRY(ky_db_timer_set(s, v->row.dossier_id, ky_timer_stages[i - 1], at));
    }
    return KY_OK;
}

/* Everything that follows from the rows, written. stage: as it was. */
static ky_rc refresh(struct ky_store *s, const struct ky_registration *reg, const char *id, int64_t stage,
                     const struct ky_calendar *calendar, ky_time now)
{
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    struct ky_clock_view v;
    int64_t number = 0;
    KY_TRY(ky_clock_get(&v, &a, s, calendar, id));
    KY_TRY(ky_db_calendar_number(&number, s));
    KY_TRY(set_stages(&stage, s, &v, calendar, reg->clocks, now));
    KY_TRY(ky_db_clock_set_reckoned(s, id, v.deadline.confirmed, number));
    return ky_db_dossier_set_clock(s, id, v.deadline.stopped == KY_TIME_NEVER ? "runs" : "stands", stage,
                                   v.deadline.start, v.deadline.due);
}

/* ---- what a state does to the clock ---- */

static ky_rc start(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                   const struct ky_calendar *calendar, ky_time now)
{
    struct ky_limit limit;
    KY_TRY(ky_clock_limit(&limit, reg, head));
    const struct ky_db_clock row = {
        .dossier_id = head->id, .unit = units[limit.unit], .amount = limit.count, .arrived_at = now};
    KY_TRY(ky_db_clock_insert(s, &row));
    if (limit.unit == KY_DEADLINE_HOURS)
        KY_TRY(ky_db_timer_set(s, head->id, KY_TIMER_ARRIVED, now));
    return refresh(s, reg, head->id, 0, calendar, now);
}

/* The addition is due when work ends on the last of its working days. */
static ky_rc stop(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                  const struct ky_calendar *calendar, ky_time now)
{
    const struct ky_settings_clocks *cfg = reg->clocks;
    struct ky_deadline answer, notice;
    const struct ky_limit limit = {KY_DEADLINE_WORKING_DAYS, cfg->addition_days};
    KY_TRY(ky_deadline_reckon(&answer, calendar, limit, now, NULL, 0));
    KY_TRY(ky_db_pause_begin(s, head->id, now, answer.due));
    KY_TRY(ky_db_timer_set(s, head->id, KY_TIMER_ADDITION_LATE, answer.due + 1));
    if (cfg->addition_notice_days > 0 && cfg->addition_notice_days < cfg->addition_days) {
        const struct ky_limit before = {KY_DEADLINE_WORKING_DAYS,
                                        cfg->addition_days - cfg->addition_notice_days};
        KY_TRY(ky_deadline_reckon(&notice, calendar, before, now, NULL, 0));
        KY_TRY(ky_db_timer_set(s, head->id, KY_TIMER_ADDITION_SOON, notice.due));
    }
    return refresh(s, reg, head->id, head->stage, calendar, now);
}

static ky_rc forget_addition(struct ky_store *s, const char *id)
{
    KY_TRY(ky_db_timer_delete(s, id, KY_TIMER_ADDITION_SOON));
    return ky_db_timer_delete(s, id, KY_TIMER_ADDITION_LATE);
}

static ky_rc resume(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                    const struct ky_calendar *calendar, ky_time now)
{
    KY_TRY(ky_db_pause_end(s, head->id, now));
    KY_TRY(forget_addition(s, head->id));
    return refresh(s, reg, head->id, head->stage, calendar, now);
}

/* The colour stays as it was: whether the answer came in time can be seen afterwards. */
static ky_rc end(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                 const struct ky_calendar *calendar, ky_time now)
{
    (void)reg, (void)calendar;
    if (ky_str_eq(head->clock, "stands"))
        KY_TRY(ky_db_pause_end(s, head->id, now));
    KY_TRY(forget_addition(s, head->id));
    KY_TRY(ky_db_timer_delete(s, head->id, KY_TIMER_ARRIVED));
    for (size_t i = 0; i < KY_COUNT(ky_timer_stages); i++)
        KY_TRY(ky_db_timer_delete(s, head->id, ky_timer_stages[i]));
    KY_TRY(ky_db_clock_set_ended(s, head->id, now));
    return ky_db_dossier_set_clock(s, head->id, "ended", head->stage, head->received_at, head->due_at);
}

static const struct {
    const char *clock; /* as it is */
    ky_state_clock wanted;
    ky_rc (*act)(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                 const struct ky_calendar *calendar, ky_time now);
} changes[] = {
    {"none", KY_CLOCK_RUNS, start}, {"runs", KY_CLOCK_STANDS, stop}, {"stands", KY_CLOCK_RUNS, resume},
    {"runs", KY_CLOCK_ENDS, end},   {"stands", KY_CLOCK_ENDS, end},
};

ky_rc ky_clock_follow(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                      const char *to, ky_time now)
{
    ky_auto_calendar calendar = NULL;
    const struct ky_state_info *state = ky_dossier_state_find(to);
    if (state == NULL)
        return ky_fail(KY_EINTERNAL, "dossier: no state '%s'", to);
    for (size_t i = 0; i < KY_COUNT(changes); i++) {
        if (changes[i].wanted != state->clock || !ky_str_eq(changes[i].clock, head->clock))
            continue;
        KY_TRY(ky_calendar_load(&calendar, s, head->created_at < now ? head->created_at : now, now));
        return changes[i].act(s, reg, head, calendar, now);
    }
    return KY_OK;
}

ky_rc ky_clock_dates(char due[KY_TIME_TEXT_MAX], char until[KY_TIME_TEXT_MAX], struct ky_store *s,
                     const struct ky_scope *scope, const char *dossier_id)
{
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    struct ky_db_dossier head;
    struct ky_db_pause *pauses = NULL;
    size_t n = 0;
    KY_TRY(ky_db_dossier_get(&head, &a, s, scope, dossier_id));
    KY_TRY(ky_db_pause_list(&pauses, &n, &a, s, dossier_id));
    due[0] = until[0] = 0;
    if (head.due_at != 0)
        ky_notice_time(due, head.due_at);
    if (n > 0 && pauses[n - 1].to_at == 0)
        ky_notice_time(until, pauses[n - 1].answer_by);
    return KY_OK;
}

/* ---- after a list was confirmed ---- */

struct batch {
    const struct ky_registration *reg;
    struct ky_arena arena;
    struct ky_calendar *calendar;
    struct ky_db_clock *clocks;
    size_t n;
    int64_t number;
    ky_time now;
};

static ky_rc list_stale(struct ky_store *s, void *ctx)
{
    struct batch *b = ctx;
    KY_TRY(ky_db_calendar_number(&b->number, s));
    return ky_db_clock_list_stale(&b->clocks, &b->n, &b->arena, s, b->number, KY_CLOCK_BATCH);
}

static ky_rc refresh_one(struct ky_store *s, struct batch *b, const char *id)
{
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    struct ky_db_dossier head;
    KY_TRY(ky_db_dossier_get(&head, &a, s, &b->reg->scope, id));
    return refresh(s, b->reg, id, head.stage, b->calendar, b->now);
}

/* One that fails must not hold up those behind it for ever. */
static ky_rc refresh_or_skip(struct ky_store *s, struct batch *b, const struct ky_db_clock *c)
{
    ky_rc rc = refresh_one(s, b, c->dossier_id);
    if (rc == KY_OK || (rc != KY_EINVAL && rc != KY_ELIMIT && rc != KY_EFORMAT))
        return rc;
    ky_log(KY_LOG_ERROR, "clock.failed", "dossier=%s reason=" KY_Q, c->dossier_id, ky_error());
    return ky_db_clock_set_reckoned(s, c->dossier_id, c->confirmed, b->number);
}

static ky_rc refresh_batch(struct ky_store *s, void *ctx)
{
    struct batch *b = ctx;
    ky_time first = b->now;
    for (size_t i = 0; i < b->n; i++)
        first = b->clocks[i].arrived_at < first ? b->clocks[i].arrived_at : first;
    KY_TRY(ky_calendar_load(&b->calendar, s, first, b->now));
    for (size_t i = 0; i < b->n; i++)
        KY_TRY(refresh_or_skip(s, b, &b->clocks[i]));
    return KY_OK;
}

static void clear_batch(struct batch *b)
{
    ky_calendar_free(b->calendar);
    ky_arena_clear(&b->arena);
}

ky_rc ky_clock_catch_up(size_t *done, struct ky_db *db, const struct ky_registration *reg, ky_time now)
{
    KY_CLEANUP(clear_batch) struct batch b = {.reg = reg, .arena = ky_arena_init(ARENA_MAX), .now = now};
    KY_TRY(ky_db_read(db, list_stale, &b));
    *done = b.n;
    return b.n == 0 ? KY_OK : ky_store_submit(db, refresh_batch, &b);
}
