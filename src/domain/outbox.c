/* The outbox; see outbox.h. A message is sealed as u8 channel ‖ lv(address) ‖ lv(subject) ‖ lv(body). */
#include "domain/outbox.h"

#include <stdio.h>

#include "base/log.h"
#include "domain/bearer.h"
#include "store/outbox.h"

#define SEALED_MAX 16384
#define ABOUT_MAX 128
#define ARENA_MAX (KY_OUTBOX_BATCH * (SEALED_MAX + 2048))

static const ky_time pauses[] = {KY_MINUTE,   5 * KY_MINUTE, 30 * KY_MINUTE, 2 * KY_HOUR,
                                 6 * KY_HOUR, 12 * KY_HOUR,  KY_DAY};

ky_time ky_outbox_pause(int64_t attempts)
{
    return attempts < (int64_t)KY_COUNT(pauses) ? pauses[attempts] : 0;
}

static void place_of(char out[64], const char *id)
{
    snprintf(out, 64, "outbox/%s", id);
}

static ky_rc seal(struct ky_buf *out, const struct ky_personal *personal, const char *id,
                  const struct ky_notice *n)
{
    char place[64];
    place_of(place, id);
    ky_auto_buf plain = ky_buf_init_secret(SEALED_MAX);
    ky_buf_add_u8(&plain, (uint8_t)n->channel);
    ky_buf_add_lv(&plain, ky_bytes_str(n->address));
    ky_buf_add_lv(&plain, ky_buf_bytes(&n->subject));
    ky_buf_add_lv(&plain, ky_buf_bytes(&n->body));
    KY_TRY(ky_buf_finish(&plain));
    return ky_personal_seal(out, personal, place, ky_buf_bytes(&plain));
}

static ky_rc unseal(struct ky_notice *out, const struct ky_personal *personal, const struct ky_db_outbox *row)
{
    char place[64];
    place_of(place, row->id);
    ky_auto_buf plain = ky_buf_init_secret(SEALED_MAX);
    KY_TRY(ky_personal_open(&plain, personal, place, row->sealed_message));
    ky_auto_notice n = {.subject = ky_buf_init(KY_NOTICE_SUBJECT_MAX),
                        .body = ky_buf_init_secret(KY_NOTICE_BODY_MAX)};
    struct ky_reader r = KY_READER(ky_buf_bytes(&plain));
    uint8_t channel = ky_read_u8(&r);
    struct ky_bytes address = ky_read_lv(&r, sizeof n.address - 1);
    ky_buf_add(&n.subject, ky_read_lv(&r, KY_NOTICE_SUBJECT_MAX));
    ky_buf_add(&n.body, ky_read_lv(&r, KY_NOTICE_BODY_MAX));
    KY_TRY(ky_reader_finish(&r, "outbox message"));
    if (channel >= KY_CHANNEL_COUNT)
        return ky_fail(KY_EFORMAT, "outbox message: channel %u", channel);
    n.channel = channel;
    memcpy(n.address, address.p, address.n);
    *out = n;
    n = (struct ky_notice){.channel = KY_CHANNEL_EMAIL};
    return KY_OK;
}

ky_rc ky_outbox_put(struct ky_store *s, const struct ky_personal *personal, const char *template_name,
                    const char *about, const struct ky_notice *notice, ky_time now)
{
    char id[KY_NEW_ID_TEXT], about_channel[ABOUT_MAX];
    ky_auto_buf sealed = ky_buf_init(SEALED_MAX);
    KY_TRY(ky_new_id(id));
    KY_TRY(seal(&sealed, personal, id, notice));
    snprintf(about_channel, sizeof about_channel, "%s/%s", about, ky_channel_name(notice->channel));
    struct ky_db_outbox row = {.id = id,
                               .about = about_channel,
                               .template = template_name,
                               .channel = ky_channel_name(notice->channel),
                               .sealed_message = ky_buf_bytes(&sealed),
                               .dossier_id = notice->dossier_id,
                               .state = "waiting",
                               .next_try = now,
                               .created_at = now};
    return ky_db_outbox_put(s, &row);
}

/* One message: what became of it, to be written down. */
struct outcome {
    const char *id;
    bool sent;
    const char *error;
    ky_time next_try; /* 0: given up */
};

static ky_rc write_outcome(struct ky_store *s, void *ctx)
{
    const struct outcome *o = ctx;
    return o->sent ? ky_db_outbox_set_sent(s, o->id)
                   : ky_db_outbox_set_failed(s, o->id, o->error, o->next_try);
}

struct due {
    struct ky_arena *arena;
    struct ky_db_outbox *rows;
    size_t n;
    ky_time now;
};

static ky_rc read_due(struct ky_store *s, void *ctx)
{
    struct due *d = ctx;
    return ky_db_outbox_list_due(&d->rows, &d->n, d->arena, s, d->now, KY_OUTBOX_BATCH);
}

static ky_rc send_one(const struct ky_db_outbox *row, const struct ky_personal *personal,
                      struct ky_notifier *const by_channel[KY_CHANNEL_COUNT], ky_time now)
{
    ky_auto_notice n = {.channel = KY_CHANNEL_EMAIL};
    KY_TRY(unseal(&n, personal, row));
    if (by_channel[n.channel] == NULL)
        return ky_fail(KY_EBUSY, "nothing sends %s", ky_channel_name(n.channel));
    return ky_notifier_send(by_channel[n.channel], &n, row->id, now);
}

/* What a refusal for good or a failure to decrypt says does not change with time. */
static bool is_final(ky_rc rc)
{
    return rc == KY_EDENIED || rc == KY_EAUTH || rc == KY_EFORMAT;
}

static ky_rc handle_one(struct ky_outbox_result *out, struct ky_db *db, const struct ky_db_outbox *row,
                        ky_rc rc, ky_time now)
{
    char error[256];
    snprintf(error, sizeof error, "%s", rc == KY_OK ? "" : ky_error());
    ky_time pause = is_final(rc) ? 0 : ky_outbox_pause(row->attempts);
    struct outcome o = {row->id, rc == KY_OK, error, pause == 0 ? 0 : now + pause};
    if (rc == KY_OK)
        out->sent++;
    else if (o.next_try != 0)
        out->later++;
    else
        out->given_up++;
    if (rc != KY_OK)
        ky_log(o.next_try == 0 ? KY_LOG_ERROR : KY_LOG_WARN, "outbox.failed",
               "id=%s template=%s attempt=%lld error=" KY_Q, row->id, row->template,
               (long long)row->attempts + 1, error);
    return ky_store_submit(db, write_outcome, &o);
}

ky_rc ky_outbox_run(struct ky_outbox_result *out, struct ky_db *db, const struct ky_personal *personal,
                    struct ky_notifier *const by_channel[KY_CHANNEL_COUNT], ky_time now)
{
    ky_auto_arena arena = ky_arena_init(ARENA_MAX);
    struct due due = {.arena = &arena, .now = now};
    *out = (struct ky_outbox_result){0};
    KY_TRY(ky_db_read(db, read_due, &due));
    for (size_t i = 0; i < due.n; i++)
        KY_TRY(handle_one(out, db, &due.rows[i], send_one(&due.rows[i], personal, by_channel, now), now));
    return KY_OK;
}
