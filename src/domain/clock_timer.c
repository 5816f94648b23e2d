/* Timers of dossiers, by kind; see clock_timer.h. */
#include "domain/clock_timer.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/calendar_list.h"
#include "domain/dossier_step.h"
#include "domain/outbox.h"

#define ARENA_MAX ((size_t)8 << 20) /* bytes: one dossier's rows of every table, the authority's people */
#define ABOUT_MAX 110               /* with room for the channel, domain/outbox */

struct timer_kind;

/* One timer while it is being done. */
struct firing {
    struct ky_store *s;
    const struct ky_registration *reg;
    const struct ky_db_timer *timer;
    const struct timer_kind *kind;
    ky_time now;
    struct ky_arena arena;
    struct ky_db_dossier head;
    struct ky_db_org org;
    struct ky_calendar *calendar;
    struct ky_clock_view clock;
    int percent;
};

struct timer_kind {
    const char *name;
    ky_rc (*act)(struct firing *f);
    const char *template_name;
    int64_t stage;  /* that the dossier enters */
    unsigned roles; /* told beside the officer who works on it */
};

static void clear_firing(struct firing *f)
{
    ky_calendar_free(f->calendar);
    ky_arena_clear(&f->arena);
}

/* ---- notices ---- */

static ky_rc write_notice(struct firing *f, const char *template_name, ky_channel channel, const char *whom,
                          const char *address)
{
    char about[ABOUT_MAX], due[KY_TIME_TEXT_MAX], percent[16];
    ky_auto_notice notice = {.channel = channel};
    const struct ky_state_info *state = ky_dossier_state_find(f->head.state);
    snprintf(about, sizeof about, "clock/%s/%s/%s", f->kind->name, f->head.id, whom);
    snprintf(percent, sizeof percent, "%d", f->percent);
    ky_notice_time(due, f->clock.deadline.due);
    const struct ky_place places[] = {
        {"code", f->head.code},
        {"org", f->org.name},
        {"due", due},
        {"percent", percent},
        {"state", state == NULL ? "" : state->vi},
    };
    KY_TRY(
        ky_notice_make(&notice, f->reg->notices, template_name, channel, address, places, KY_COUNT(places)));
    notice.dossier_id = f->head.id;
    return ky_outbox_put(f->s, f->reg->personal, template_name, about, &notice, f->now);
}

/* Who last took a step for the authority; *found stays false when nobody did, or has left. */
static ky_rc find_handler(struct ky_db_staff *out, bool *found, struct firing *f,
                          const struct ky_db_staff *people, size_t n)
{
    struct ky_db_dossier_event *events = NULL;
    size_t count = 0;
    KY_TRY(ky_db_dossier_event_list(&events, &count, &f->arena, f->s, &f->reg->scope, f->head.id));
    for (size_t i = count; i-- > 0 && !*found;)
        for (size_t k = 0; k < n && !*found; k++)
            if (events[i].staff_id != NULL && ky_str_eq(events[i].staff_id, people[k].id)) {
                *out = people[k];
                *found = true;
            }
    return KY_OK;
}

/* Who handles the dossier is the department or an authority it delegated to. */
static ky_rc tell_authority(struct firing *f)
{
    struct ky_db_staff *people = NULL, handler;
    size_t n = 0;
    bool found = false;
    KY_TRY(ky_db_staff_list_active(&people, &n, &f->arena, f->s, f->head.handler));
    KY_TRY(find_handler(&handler, &found, f, people, n));
    unsigned roles = f->kind->roles | (found ? 0 : KY_STAFF_RECEIVE | KY_STAFF_APPROVE);
    for (size_t i = 0; i < n; i++) {
        unsigned has = 0;
        KY_TRY(ky_staff_roles_parse(&has, people[i].roles));
        if ((found && ky_str_eq(people[i].id, handler.id)) || (has & roles) != 0)
            KY_TRY(write_notice(f, f->kind->template_name, KY_CHANNEL_EMAIL, people[i].id, people[i].email));
    }
    return KY_OK;
}

/* Before the first, after the last working hour, or on a day off; the lunch break is not. */
static ky_rc is_closed(bool *out, const struct ky_calendar *calendar, ky_time now)
{
    struct ky_calendar_status day;
    int64_t number = ky_time_day_vn(now);
    int64_t second = now - ky_time_of_day_vn(number);
    KY_TRY(ky_calendar_day_status(&day, calendar, number));
    *out =
        !day.working || second < day.hours->span[0].from_s || second > day.hours->span[day.hours->n - 1].to_s;
    return KY_OK;
}

/* addresses: those of a setting, with commas between. */
static ky_rc page_each(struct firing *f, const char *template_name, ky_channel channel, const char *addresses)
{
    char whom[32], address[KY_NOTICE_ADDRESS_MAX];
    for (int i = 1; *addresses != 0; i++) {
        size_t n = strcspn(addresses, ",");
        snprintf(whom, sizeof whom, "on-call-%d", i);
        snprintf(address, sizeof address, "%.*s", (int)n, addresses);
        KY_TRY(write_notice(f, template_name, channel, whom, address));
        addresses += n + (addresses[n] == ',');
    }
    return KY_OK;
}

/* Of limits in hours: out of working hours, and at any hour once it is overdue. */
static ky_rc page_on_call(struct firing *f)
{
    bool closed;
    const struct ky_settings_clocks *cfg = f->reg->clocks;
    if (f->clock.deadline.limit.unit != KY_DEADLINE_HOURS)
        return KY_OK;
    KY_TRY(is_closed(&closed, f->calendar, f->now));
    if (!closed && f->kind->stage < KY_CLOCK_STAGES)
        return KY_OK;
    KY_TRY(page_each(f, f->kind->template_name, KY_CHANNEL_EMAIL, cfg->oncall_email));
    return page_each(f, f->kind->stage < KY_CLOCK_STAGES ? "clock-oncall" : "clock-oncall-overdue",
                     KY_CHANNEL_SMS, cfg->oncall_phone);
}

/* ---- kinds ---- */

static ky_rc enter_stage(struct firing *f)
{
    struct ky_progress p;
    KY_TRY(ky_calendar_load(&f->calendar, f->s, f->head.created_at, f->now));
    KY_TRY(ky_clock_get(&f->clock, &f->arena, f->s, f->calendar, f->head.id));
    KY_TRY(ky_deadline_progress(&p, &f->clock.deadline, f->calendar, f->now));
    f->percent = p.percent;
    if (f->kind->stage > f->head.stage)
        KY_TRY(ky_db_dossier_set_clock(f->s, f->head.id, f->head.clock, f->kind->stage, f->head.received_at,
                                       f->head.due_at));
    KY_TRY(tell_authority(f));
    return page_on_call(f);
}

static ky_rc remind_of_addition(struct firing *f)
{
    ky_auto_dossier d = {.n = 0};
    KY_TRY(ky_dossier_load(&d, f->s, f->reg, f->head.id));
    return ky_dossier_tell(f->s, f->reg, &d, f->kind->template_name, f->head.note, f->now);
}

static ky_rc lapse(struct firing *f)
{
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    return ky_dossier_act(f->s, f->reg, &system, f->head.id, KY_ACT_LAPSE, NULL, f->now);
}

static const struct timer_kind kinds[] = {
    {KY_TIMER_ARRIVED, enter_stage, "clock-arrived", 0, KY_STAFF_RECEIVE | KY_STAFF_APPROVE},
    {"warn-1", enter_stage, "clock-warning", 1, 0},
    {"warn-2", enter_stage, "clock-warning", 2, 0},
    {"overdue", enter_stage, "clock-overdue", 3, KY_STAFF_APPROVE},
    {KY_TIMER_ADDITION_SOON, remind_of_addition, "addition-soon", 0, 0},
    {KY_TIMER_ADDITION_LATE, lapse, NULL, 0, 0},
};

static ky_rc find_kind(struct firing *f)
{
    for (size_t i = 0; i < KY_COUNT(kinds); i++) {
        if (ky_str_eq(kinds[i].name, f->timer->kind)) {
            f->kind = &kinds[i];
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "timer of dossier %s: kind '%s'", f->timer->dossier_id, f->timer->kind);
}

/* ---- running ---- */

struct job {
    const struct ky_registration *reg;
    const struct ky_db_timer *timer;
    ky_time now;
};

static ky_rc fire(struct ky_store *s, void *ctx)
{
    const struct job *j = ctx;
    KY_CLEANUP(clear_firing)
    struct firing f = {
        .s = s, .reg = j->reg, .timer = j->timer, .now = j->now, .arena = ky_arena_init(ARENA_MAX)};
    ky_rc taken = ky_db_timer_take(s, j->timer);
    if (taken != KY_OK) /* set to another moment since it was read */
        return taken == KY_ENOTFOUND ? KY_OK : taken;
    KY_TRY(find_kind(&f));
    KY_TRY(ky_db_dossier_get(&f.head, &f.arena, s, &j->reg->scope, j->timer->dossier_id));
    KY_TRY(ky_db_org_get(&f.org, &f.arena, s, &j->reg->scope, f.head.org_id));
    return ky_context(f.kind->act(&f), "dossier %s: %s", f.head.code, f.kind->name);
}

/* Unless the dossier has moved on meanwhile: nobody is told that something is late which was answered. */
static ky_rc postpone(struct ky_store *s, void *ctx)
{
    const struct job *j = ctx;
    return ky_db_timer_postpone(s, j->timer, j->now + KY_TIMER_RETRY_S);
}

struct due {
    struct ky_arena arena;
    struct ky_db_timer *timers;
    size_t n;
    ky_time now;
};

static ky_rc read_due(struct ky_store *s, void *ctx)
{
    struct due *d = ctx;
    return ky_db_timer_list_due(&d->timers, &d->n, &d->arena, s, d->now, KY_TIMERS_BATCH);
}

static void clear_due(struct due *d)
{
    ky_arena_clear(&d->arena);
}

ky_rc ky_timers_run(struct ky_timers_result *out, struct ky_db *db, const struct ky_registration *reg,
                    ky_time now)
{
    KY_CLEANUP(clear_due) struct due due = {.arena = ky_arena_init(ARENA_MAX), .now = now};
    *out = (struct ky_timers_result){0};
    KY_TRY(ky_db_read(db, read_due, &due));
    for (size_t i = 0; i < due.n; i++) {
        struct job job = {.reg = reg, .timer = &due.timers[i], .now = now};
        ky_rc rc = ky_store_submit(db, fire, &job);
        if (rc == KY_OK) {
            out->done++;
            ky_log(KY_LOG_INFO, "timer.done", "dossier=%s kind=%s", due.timers[i].dossier_id,
                   due.timers[i].kind);
            continue;
        }
        out->failed++;
        ky_log(KY_LOG_ERROR, "timer.failed", "dossier=%s kind=%s reason=" KY_Q, due.timers[i].dossier_id,
               due.timers[i].kind, ky_error());
        KY_TRY(ky_store_submit(db, postpone, &job));
    }
    return KY_OK;
}
