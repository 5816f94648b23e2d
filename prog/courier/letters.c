/* Letters of sam: opened, judged, sent, each number once; see courier.h. */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/secret.h"
#include "domain/bounce_take.h"
#include "prog/courier/courier.h"
#include "store/dossier.h"
#include "store/outbox.h"

#define ERROR_MAX 256
#define SUPPORT_ARENA 65536
#define ARENA_MAX (COURIER_LETTERS * (KY_LETTER_SEALED_MAX + 1024))

/* What became of one letter, to be written down. */
struct outcome {
    const struct ky_registration *reg;
    int64_t number;
    bool sent;
    bool alarm; /* it reaches nobody */
    ky_time now;
    char error[ERROR_MAX];
    ky_time next_try; /* 0: never again */
};

static ky_rc write_outcome(struct ky_store *s, void *ctx)
{
    const struct outcome *o = ctx;
    if (o->sent)
        return ky_db_letter_set_sent(s, o->number);
    KY_TRY(ky_db_letter_set_failed(s, o->number, o->error, o->next_try));
    return o->alarm ? ky_letter_alarm(s, o->reg, o->number, o->now) : KY_OK;
}

struct due {
    struct ky_arena *arena;
    struct ky_db_letter *rows;
    size_t count;
    ky_time now;
};

static ky_rc read_due(struct ky_store *s, void *ctx)
{
    struct due *d = ctx;
    return ky_db_letter_list_due(&d->rows, &d->count, d->arena, s, d->now, COURIER_LETTERS);
}

struct asking {
    const char *dossier_id; /* or NULL */
    struct ky_support support;
};

static ky_rc read_support(struct ky_store *s, void *ctx)
{
    struct asking *a = ctx;
    ky_auto_arena arena = ky_arena_init(SUPPORT_ARENA);
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_dossier head = {.org_id = ""};
    if (a->dossier_id != NULL)
        KY_TRY(ky_db_dossier_get(&head, &arena, s, &all, a->dossier_id));
    return ky_support_of(&a->support, s, head.org_id);
}

static ky_rc send_letter(struct courier *c, const struct ky_letter *l, const char *dossier_id, ky_time now)
{
    char id[32];
    struct asking asking = {.dossier_id = dossier_id};
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    if (l->sms)
        KY_TRY(ky_sms_quota_check(&c->quota, l->address, now));
    KY_TRY(ky_db_read(c->db, read_support, &asking));
    KY_TRY(courier_compose(&notice, c, l, &asking.support));
    snprintf(id, sizeof id, "letter%" PRIu64, l->number);
    KY_TRY(ky_notifier_send(c->by_channel[notice.channel], &notice, id, now));
    return l->sms ? ky_sms_quota_count(&c->quota, l->address, now) : KY_OK;
}

/*
 * An account letter that somebody wants sent once more: the same letter to the same address, while its link lives, and
 * not often. The database asks for it, so it can make nobody a nuisance with it.
 */
static ky_rc count_again(struct courier *c, const struct ky_letter *l, ky_time now)
{
    char whom[KY_LETTER_TEXT_MAX + 8];
    if (l->kind != KY_LETTER_ACTIVATION_MAIL)
        return ky_fail(KY_EDENIED, "letter %" PRIu64 " is none that is sent twice", l->number);
    snprintf(whom, sizeof whom, "again %s", l->address);
    KY_TRY(ky_context(ky_sms_quota_check(&c->quota, whom, now), "letter %" PRIu64, l->number));
    return ky_sms_quota_count(&c->quota, whom, now);
}

/* A letter that is ours: late and repeated ones are not sent. *taken: its number is dealt with, come what may. */
static ky_rc handle_genuine(struct courier *c, const struct ky_letter *l, const struct ky_db_letter *row,
                            bool *taken, ky_time now)
{
    bool known = ky_letter_book_has(&c->book, l->number);
    if (known && row->again == 0)
        return ky_fail(KY_EEXIST, "letter %" PRIu64 " comes again", l->number);
    *taken = !known;
    if (now > l->not_after)
        return ky_fail(KY_EEXPIRED, "letter %" PRIu64 " comes too late", l->number);
    if (known)
        KY_TRY(count_again(c, l, now));
    return send_letter(c, l, row->dossier_id, now);
}

/* Only what may pass with time is tried again. */
static ky_time next_try(ky_rc rc, int64_t attempts, ky_time now)
{
    bool passing = rc == KY_EBUSY || rc == KY_EIO || rc == KY_ENOMEM;
    ky_time pause = passing ? ky_outbox_pause(attempts) : 0;
    return pause == 0 ? 0 : now + pause;
}

/* The mail server refuses it for good, or was not to be had all the time; not: forged, late, too often. */
static bool reaches_nobody(ky_rc rc, ky_time next_try)
{
    return next_try == 0 && (rc == KY_EDENIED || rc == KY_EBUSY || rc == KY_EIO);
}

static ky_rc handle(struct courier *c, const struct ky_db_letter *row, ky_time now)
{
    struct ky_letter letter = {.number = 0};
    struct outcome o = {.reg = &c->registration, .number = row->number, .now = now};
    bool genuine = false;
    ky_rc rc = ky_letter_open(&letter, row->sealed, (uint64_t)row->number, c->key, c->founding->sam_att,
                              c->founding->realm);
    bool opened = rc == KY_OK;
    if (opened)
        rc = handle_genuine(c, &letter, row, &genuine, now);
    ky_wipe(&letter, sizeof letter);
    o.sent = rc == KY_OK;
    o.next_try = o.sent ? 0 : next_try(rc, row->attempts, now);
    o.alarm = opened && reaches_nobody(rc, o.next_try);
    if (!o.sent) {
        snprintf(o.error, sizeof o.error, "%s", ky_error());
        ky_log(o.next_try == 0 ? KY_LOG_ERROR : KY_LOG_WARN,
               o.next_try == 0 ? "letter.refused" : "letter.later",
               "number=%" PRId64 " attempt=%" PRId64 " reason=%s text=" KY_Q, row->number, row->attempts + 1,
               ky_rc_name(rc), o.error);
    }
    if (genuine && o.next_try == 0)
        KY_TRY(ky_letter_book_take(&c->book, (uint64_t)row->number, now));
    if (o.sent)
        ky_log(KY_LOG_INFO, "letter.sent", "number=%" PRId64, row->number);
    return ky_store_submit(c->db, write_outcome, &o);
}

static void tell_missing(struct courier *c, ky_time now)
{
    const struct ky_letter_gap *g;
    while ((g = ky_letter_book_overdue(&c->book, now)) != NULL)
        ky_log(KY_LOG_ERROR, "letter.missing", "first=%" PRIu64 " last=%" PRIu64, g->first, g->last);
}

ky_rc courier_letters(struct courier *c, ky_time now)
{
    ky_auto_arena arena = ky_arena_init(ARENA_MAX);
    struct due due = {.arena = &arena, .now = now};
    KY_TRY(ky_db_read(c->db, read_due, &due));
    for (size_t i = 0; i < due.count; i++)
        KY_TRY(handle(c, &due.rows[i], now));
    tell_missing(c, now);
    return KY_OK;
}
