/* Messages that came back; see bounce_take.h. */
#include "domain/bounce_take.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/dossier_step.h"
#include "domain/outbox.h"
#include "domain/support.h"
#include "store/message.h"
#include "store/outbox.h"

#define ARENA_MAX 65536
#define ABOUT_MAX 110
#define WHY_MAX 160
#define LETTER "letter"

/* What people are told: never what the other server wrote, which may be anything. */
static const struct {
    const char *status, *vi;
} reasons[] = {
    {"5.1.", "địa chỉ thư điện tử không tồn tại"},
    {"5.2.1", "hộp thư đã bị khóa"},
    {"5.2.2", "hộp thư đã đầy"},
    {"5.2.", "hộp thư không nhận được thư"},
    {"5.4.", "không tìm thấy máy chủ thư của địa chỉ"},
    {"5.7.", "máy chủ thư từ chối nhận"},
    {"4.", "máy chủ thư không nhận trong nhiều ngày"},
    {"", "máy chủ thư trả lại"},
};

static void write_why(char out[WHY_MAX], const char *status)
{
    size_t i = 0;
    while (!ky_str_starts(status, reasons[i].status))
        i++; /* ends: everything starts with "" */
    snprintf(out, WHY_MAX, status[0] == 0 ? "%s" : "%s (%s)", reasons[i].vi, status);
}

static ky_rc find_id(char out[KY_LETTER_ID_MAX], const char *id)
{
    uint64_t number;
    if (!ky_str_starts(id, LETTER)) {
        snprintf(out, KY_LETTER_ID_MAX, "%s", id);
        return KY_OK;
    }
    if (ky_parse_u64(&number, ky_bytes_str(id + strlen(LETTER)), INT64_MAX) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "bounce: no letter '%s'", id);
    ky_letter_id(out, (int64_t)number);
    return KY_OK;
}

static ky_rc add_event(struct ky_store *s, const struct ky_dossier *d, int64_t row, ky_time now)
{
    char note[24];
    snprintf(note, sizeof note, "%lld", (long long)row);
    struct ky_db_dossier_event event = {.dossier_id = d->head.id,
                                        .at = now,
                                        .action = "letter-bounced",
                                        .from_state = d->head.state,
                                        .to_state = d->head.state,
                                        .note = note};
    return ky_db_dossier_event_insert(s, &event);
}

static const char *name_of(const struct ky_dossier *d, int64_t row)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->rows[i].number == row)
            return d->rows[i].name;
    return "";
}

/* Each time it comes back: after it was sent again somebody looked at it and thought it was mended. */
static ky_rc alarm(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                   int64_t row, const char *why, ky_time now)
{
    char about[ABOUT_MAX], row_text[24];
    struct ky_support support;
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    snprintf(row_text, sizeof row_text, "%lld", (long long)row);
    snprintf(about, sizeof about, "bounced/%s/%lld/%lld", d->head.id, (long long)row, (long long)now);
    struct ky_place places[] = {{"recipient", d->head.recipient_name},
                                {"name", name_of(d, row)},
                                {"code", d->head.code},
                                {"row", row_text},
                                {"why", why}};
    KY_TRY(ky_dossier_tell_recipient(s, reg, d, "letter-bounced", about, places, KY_COUNT(places), now));
    KY_TRY(ky_support_of(&support, s, d->head.org_id));
    if (support.email[0] == 0 || ky_str_eq(support.email, d->head.recipient_email))
        return KY_OK;
    places[0].value = support.name;
    snprintf(about, sizeof about, "bounced/%s/%lld/%lld/support", d->head.id, (long long)row, (long long)now);
    KY_TRY(ky_notice_make(&notice, reg->notices, "letter-bounced", KY_CHANNEL_EMAIL, support.email, places,
                          KY_COUNT(places)));
    notice.dossier_id = d->head.id;
    return ky_outbox_put(s, reg->personal, "letter-bounced", about, &notice, now);
}

static ky_rc alarm_of(struct ky_store *s, const struct ky_registration *reg, const char *message_id,
                      const char *why, ky_time now)
{
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    ky_auto_dossier d = {.n = 0};
    struct ky_db_message m;
    KY_TRY(ky_db_message_get(&m, &a, s, &reg->scope, message_id));
    if (!ky_str_eq(m.template, "activation-mail") || m.dossier_id == NULL)
        return KY_OK;
    KY_TRY(ky_dossier_load(&d, s, reg, m.dossier_id));
    KY_TRY(add_event(s, &d, m.dossier_row, now));
    return alarm(s, reg, &d, m.dossier_row, why, now);
}

ky_rc ky_bounce_take(struct ky_store *s, const struct ky_registration *reg, const char *id,
                     const char *status, ky_time now)
{
    char message_id[KY_LETTER_ID_MAX], why[WHY_MAX];
    KY_TRY(find_id(message_id, id));
    write_why(why, status);
    KY_TRY(ky_db_message_set_bounced(s, message_id, why));
    return alarm_of(s, reg, message_id, why, now);
}

ky_rc ky_letter_alarm(struct ky_store *s, const struct ky_registration *reg, int64_t number, ky_time now)
{
    char message_id[KY_LETTER_ID_MAX];
    ky_letter_id(message_id, number);
    return alarm_of(s, reg, message_id, "máy chủ thư không nhận", now);
}
