/* Sending once more; see resend.h. */
#include "domain/resend.h"

#include <stdio.h>

#include "base/str.h"

#define ARENA_MAX 65536
#define NOTE_MAX 64

static ky_rc check_alive(struct ky_why *why, const struct ky_actor *actor, const struct ky_db_row_letter *l,
                         ky_time now)
{
    if (ky_str_eq(l->state, "activated"))
        return ky_why_deny(why, actor->name, "thuê bao đã kích hoạt tài khoản ký số",
                           "the subscriber has activated the account");
    if (now < l->expires_at)
        return KY_OK;
    return ky_why_deny(why, actor->name,
                       "liên kết kích hoạt đã hết hạn; cần hồ sơ gia hạn được phê duyệt để tạo liên kết mới",
                       "the link has ended; a new one needs an approved dossier of renewal");
}

static ky_rc check_message(struct ky_why *why, struct ky_arena *a, struct ky_store *s,
                           const struct ky_actor *actor, const struct ky_scope *scope,
                           const struct ky_db_message *m, ky_time now)
{
    struct ky_db_row_letter letter;
    if (!ky_str_eq(m->state, "dead") && !ky_str_eq(m->state, "bounced"))
        return ky_fail(KY_EEXIST, "message %s is %s", m->id, m->state);
    if (!ky_message_is_letter(m->id))
        return KY_OK;
    if (!ky_str_eq(m->template, "activation-mail"))
        return ky_why_deny(why, actor->name, "mã và thông báo này chỉ có giá trị trong thời gian ngắn",
                           "codes and notices of devices have had their time");
    KY_TRY(ky_db_row_letter_get(&letter, a, s, scope, m->dossier_id, m->dossier_row));
    return check_alive(why, actor, &letter, now);
}

ky_rc ky_message_resend(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                        ky_time now)
{
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    struct ky_db_message m;
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_message_get(&m, &a, s, &scope, id));
    KY_TRY(check_message(why, &a, s, actor, &scope, &m, now));
    return ky_db_message_retry(s, id, now);
}

ky_rc ky_letter_resend(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor,
                       const char *dossier_id, int64_t row, ky_time now)
{
    char note[NOTE_MAX];
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    struct ky_db_dossier head;
    struct ky_db_row_letter letter;
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_dossier_get(&head, &a, s, &scope, dossier_id));
    KY_TRY(ky_db_row_letter_get(&letter, &a, s, &scope, dossier_id, row));
    KY_TRY(check_alive(why, actor, &letter, now));
    if (ky_str_eq(letter.sending, "waiting"))
        return ky_fail(KY_EEXIST, "row %lld: the letter is on its way", (long long)row);
    KY_TRY(ky_db_row_letter_resend(s, letter.id, now));
    snprintf(note, sizeof note, "%lld", (long long)row);
    struct ky_db_dossier_event event = {.dossier_id = dossier_id,
                                        .at = now,
                                        .staff_id = actor->staff_id,
                                        .action = "letter-resent",
                                        .from_state = head.state,
                                        .to_state = head.state,
                                        .note = note};
    return ky_db_dossier_event_insert(s, &event);
}
