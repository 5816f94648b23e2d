/* Steps of dossiers and rows, with what they bring along: event, notice, time limit. */
#include "domain/dossier_step.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/clock.h"
#include "domain/figure.h"
#include "domain/outbox.h"
#include "domain/subscriber_notice.h"
#include "store/approval.h"
#include "store/signing.h"

#define NOTE_MAX 1000    /* characters */
#define HEAD_ARENA 65536 /* bytes: one row of each table */

/* What the Người tiếp nhận is told (letter, part 2, item 1d). */
static const struct {
    ky_dossier_action action;
    const char *procedure; /* NULL: any */
    const char *template_name;
} told[] = {
    {KY_ACT_SUBMIT, NULL, "request-sent"},          {KY_ACT_RECEIVE, NULL, "request-received"},
    {KY_ACT_LAPSE, NULL, "request-lapsed"},         {KY_ACT_ASK, NULL, "request-incomplete"},
    {KY_ACT_REFUSE, NULL, "request-refused"},       {KY_ACT_NOTIFY, "new", "request-result"},
    {KY_ACT_NOTIFY, "renew", "request-renewed"},    {KY_ACT_NOTIFY, "change", "request-changed"},
    {KY_ACT_COMPLETE, "revoke", "request-revoked"}, {KY_ACT_OVERDUE, NULL, "request-revoked-overdue"},
};

static const char *template_of(ky_dossier_action action, const char *procedure)
{
    for (size_t i = 0; i < KY_COUNT(told); i++)
        if (told[i].action == action &&
            (told[i].procedure == NULL || ky_str_eq(told[i].procedure, procedure)))
            return told[i].template_name;
    return NULL;
}

static ky_rc count_issued(int64_t *out, struct ky_store *s, const char *id)
{
    static const char *const states[] = {"issued", "activating", "active", "revoked"};
    *out = 0;
    for (size_t i = 0; i < KY_COUNT(states); i++) {
        int64_t n = 0;
        KY_TRY(ky_db_dossier_row_count(&n, s, id, states[i]));
        *out += n;
    }
    return KY_OK;
}

ky_rc ky_dossier_tell_recipient(struct ky_store *s, const struct ky_registration *reg,
                                const struct ky_dossier *d, const char *template_name, const char *about,
                                const struct ky_place *places, size_t n, ky_time now)
{
    const ky_channel last = ky_str_eq(d->head.recipient_channel, "sms") ? KY_CHANNEL_SMS : KY_CHANNEL_EMAIL;
    for (ky_channel c = KY_CHANNEL_EMAIL; c <= last; c++) {
        ky_auto_notice notice = {.channel = c};
        const char *address = c == KY_CHANNEL_SMS ? d->recipient_phone : d->head.recipient_email;
        KY_TRY(ky_notice_make(&notice, reg->notices, template_name, c, address, places, n));
        notice.dossier_id = d->head.id;
        KY_TRY(ky_outbox_put(s, reg->personal, template_name, about, &notice, now));
    }
    return KY_OK;
}

ky_rc ky_dossier_tell(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                      const char *template_name, const char *note, ky_time now)
{
    char count[24], issued[24], limit_text[KY_LIMIT_TEXT_MAX], about[96];
    char due[KY_TIME_TEXT_MAX], until[KY_TIME_TEXT_MAX];
    int64_t n = 0;
    struct ky_limit limit;
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_procedure_get(&procedure, d->legal, d->head.procedure));
    KY_TRY(count_issued(&n, s, d->head.id));
    KY_TRY(ky_clock_limit(&limit, reg, &d->head));
    KY_TRY(ky_clock_dates(due, until, s, &reg->scope, d->head.id));
    ky_clock_limit_text(limit_text, limit);
    snprintf(count, sizeof count, "%zu", d->n);
    snprintf(issued, sizeof issued, "%lld", (long long)n);
    const struct ky_place places[] = {
        {"code", d->head.code},
        {"recipient", d->head.recipient_name},
        {"org", d->org.name},
        {"count", count},
        {"issued", issued},
        {"authority", d->legal->authority},
        {"limit", limit_text},
        {"note", note},
        {"due", due},
        {"until", until},
        {"procedure", procedure->vi},
        {"tracking", d->head.tracking},
        {"procedure_en", procedure->en},
    };
    snprintf(about, sizeof about, "%s/%s/%lld", template_name, d->head.id, (long long)now);
    return ky_dossier_tell_recipient(s, reg, d, template_name, about, places, KY_COUNT(places), now);
}

/* What officers were shown is no longer so, and their approvals are void with it; rows that go on are what they approved. */
static ky_rc void_approvals(struct ky_store *s, const char *id, ky_dossier_action action)
{
    static const unsigned go_on =
        1u << KY_ACT_APPROVE | 1u << KY_ACT_ISSUE | 1u << KY_ACT_NOTIFY | 1u << KY_ACT_COMPLETE;
    if ((go_on & 1u << action) != 0)
        return KY_OK;
    return ky_db_statement_void_open(s, id, false, ky_dossier_action_name(action));
}

ky_rc ky_dossier_step(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                      const struct ky_dossier *d, ky_dossier_action action, const char *note, ky_time now)
{
    const char *to;
    KY_TRY(ky_dossier_check(&to, s, reg, actor, &d->head, action));
    KY_TRY(ky_db_dossier_set_state(s, d->head.id, d->head.state, to, note, now));
    struct ky_db_dossier_event event = {.dossier_id = d->head.id,
                                        .at = now,
                                        .staff_id = actor->staff_id,
                                        .action = ky_dossier_action_name(action),
                                        .from_state = d->head.state,
                                        .to_state = to,
                                        .note = note};
    KY_TRY(ky_db_dossier_event_insert(s, &event));
    KY_TRY(ky_db_signing_clear(s, d->head.id)); /* what is being signed belongs to the state that ends here */
    KY_TRY(void_approvals(s, d->head.id, action));
    KY_TRY(ky_figure_count_step(s, d, to, now));
    KY_TRY(ky_clock_follow(s, reg, &d->head, to, now));
    const char *template_name = template_of(action, d->head.procedure);
    return template_name == NULL ? KY_OK : ky_dossier_tell(s, reg, d, template_name, note, now);
}

static ky_rc refuse_rows(struct ky_store *s, const struct ky_dossier *d, const char *reason, ky_time now)
{
    for (size_t i = 0; i < d->n; i++)
        if (ky_str_eq(d->rows[i].state, "entered"))
            KY_TRY(ky_db_dossier_row_set_state(s, d->head.id, d->rows[i].number, "entered", "refused", reason,
                                               now));
    return KY_OK;
}

static ky_rc check_note(ky_dossier_action action, const char *note)
{
    bool needed = action == KY_ACT_ASK || action == KY_ACT_SUPPLEMENT || action == KY_ACT_REFUSE;
    if (note != NULL)
        KY_TRY(ky_text_check("note", ky_bytes_str(note), NOTE_MAX));
    if (needed && (note == NULL || note[0] == 0))
        return ky_fail(KY_EINVAL, "dossier: '%s' needs a reason", ky_dossier_action_name(action));
    return KY_OK;
}

ky_rc ky_dossier_act(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                     const char *id, ky_dossier_action action, const char *note, ky_time now)
{
    static const unsigned here = 1u << KY_ACT_RECEIVE | 1u << KY_ACT_EXAMINE | 1u << KY_ACT_ASK |
                                 1u << KY_ACT_APPROVE | 1u << KY_ACT_REFUSE | 1u << KY_ACT_WITHDRAW |
                                 1u << KY_ACT_REOPEN | 1u << KY_ACT_LAPSE | 1u << KY_ACT_SUPPLEMENT;
    ky_auto_dossier d = {.n = 0};
    if ((here & 1u << action) == 0)
        return ky_fail(KY_EINVAL, "dossier: '%s' is not done like this", ky_dossier_action_name(action));
    KY_TRY(check_note(action, note));
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_step(s, reg, actor, &d, action, note, now));
    if (action == KY_ACT_REOPEN)
        return ky_db_request_retire(s, id);
    return action == KY_ACT_REFUSE ? refuse_rows(s, &d, note, now) : KY_OK;
}

/* How many rows are in one of the states before "issued", before "activating", before the end. */
static ky_rc count_before(int64_t *out, struct ky_store *s, const char *id, size_t stage)
{
    static const char *const order[] = {"entered", "approved", "keyed", "issued", "activating"};
    *out = 0;
    for (size_t i = 0; i < stage; i++) {
        int64_t n = 0;
        KY_TRY(ky_db_dossier_row_count(&n, s, id, order[i]));
        *out += n;
    }
    return KY_OK;
}

static ky_rc step_by_system(struct ky_store *s, const struct ky_registration *reg, const char *id,
                            ky_dossier_action action, ky_time now)
{
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    ky_auto_dossier d = {.n = 0};
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    return ky_dossier_step(s, reg, &system, &d, action, NULL, now);
}

/* Takes the dossier as far as its rows are. */
static ky_rc follow_rows(struct ky_store *s, const struct ky_registration *reg, const char *id, ky_time now)
{
    static const struct {
        const char *from;
        size_t stage; /* rows that must not be there any more, as in count_before */
        ky_dossier_action action;
        bool revokes; /* of a revocation; else of the other procedures */
    } steps[] = {
        {"approved", 3, KY_ACT_ISSUE, false},      {"issued", 4, KY_ACT_NOTIFY, false},
        {"activating", 5, KY_ACT_COMPLETE, false}, {"approved", 3, KY_ACT_COMPLETE, true},
        {"received", 2, KY_ACT_OVERDUE, true},     {"examining", 2, KY_ACT_OVERDUE, true},
        {"supplemented", 2, KY_ACT_OVERDUE, true},
    };
    for (size_t i = 0; i < KY_COUNT(steps); i++) {
        ky_auto_arena a = ky_arena_init(HEAD_ARENA);
        struct ky_db_dossier head;
        int64_t left = 0, revoked = 0;
        KY_TRY(ky_db_dossier_get(&head, &a, s, &reg->scope, id));
        if (!ky_str_eq(head.state, steps[i].from) || ky_str_eq(head.procedure, "revoke") != steps[i].revokes)
            continue;
        KY_TRY(ky_db_dossier_row_count(&revoked, s, id, "revoked"));
        if (steps[i].action == KY_ACT_OVERDUE && revoked == 0)
            continue;
        KY_TRY(count_before(&left, s, id, steps[i].stage));
        if (left == 0)
            KY_TRY(step_by_system(s, reg, id, steps[i].action, now));
    }
    return KY_OK;
}

ky_rc ky_dossier_row_act(struct ky_store *s, const struct ky_registration *reg, const char *id,
                         int64_t number, ky_row_action action, const char *reason, ky_time now)
{
    ky_auto_arena a = ky_arena_init(HEAD_ARENA);
    struct ky_db_dossier_row row;
    const char *to;
    KY_TRY(ky_db_dossier_row_get(&row, &a, s, &reg->scope, id, number));
    KY_TRY(ky_row_next(&to, row.state, action));
    if (action != KY_ROW_APPROVE && ky_str_eq(row.state, "entered"))
        KY_TRY(ky_db_statement_void_open(s, id, true, "row"));
    KY_TRY(ky_db_dossier_row_set_state(s, id, number, row.state, to, reason, now));
    KY_TRY(ky_subscriber_tell(s, reg, &row, action, now));
    return follow_rows(s, reg, id, now);
}
