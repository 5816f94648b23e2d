/* See dossier_message.h. */
#include "domain/dossier_message.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/dossier_right.h"
#include "domain/outbox.h"

#define TEMPLATE "dossier-message"
#define ABOUT_MAX 110

struct message {
    struct ky_store *s;
    const struct ky_registration *reg;
    const struct ky_actor *actor;
    struct ky_dossier *d;
    const char *text;
    int64_t number; /* of this dossier's messages */
    ky_time now;
};

/* Lines are kept: each is judged by itself. */
static ky_rc check_text(const char *text)
{
    struct ky_bytes left = ky_bytes_str(text);
    if (left.n == 0)
        return ky_fail(KY_EINVAL, "message: there is nothing in it");
    if (!ky_utf8_valid(left))
        return ky_fail(KY_EFORMAT, "message: not UTF-8");
    if (ky_utf8_length(left) > KY_MESSAGE_CHARS_MAX)
        return ky_fail(KY_ELIMIT, "message: more than %d characters", KY_MESSAGE_CHARS_MAX);
    while (left.n > 0) {
        const uint8_t *end = memchr(left.p, '\n', left.n);
        size_t n = end == NULL ? left.n : (size_t)(end - left.p);
        if (n > 0)
            KY_TRY(ky_text_check("message", KY_BYTES(left.p, n), KY_MESSAGE_CHARS_MAX));
        n += end != NULL;
        left = KY_BYTES(left.p + n, left.n - n);
    }
    return KY_OK;
}

/* whom: names the addressee in what the notice is about, and is no address. */
static ky_rc tell(const struct message *m, const char *sender, const char *whom, const char *name,
                  const char *address)
{
    char about[ABOUT_MAX];
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    const struct ky_place places[] = {{"code", m->d->head.code},
                                      {"org", m->d->org.name},
                                      {"note", m->text},
                                      {"recipient", name},
                                      {"sender", sender}};
    snprintf(about, sizeof about, "message/%s/%lld/%.32s", m->d->head.id, (long long)m->number, whom);
    KY_TRY(ky_notice_make(&notice, m->reg->notices, TEMPLATE, KY_CHANNEL_EMAIL, address, places,
                          KY_COUNT(places)));
    return ky_outbox_put(m->s, m->reg->personal, TEMPLATE, about, &notice, m->now);
}

/* The one of them who last took a step; NULL: none did, or has left. */
static ky_rc find_officer(const struct ky_db_staff **out, const struct message *m,
                          const struct ky_db_staff *people, size_t n)
{
    struct ky_db_dossier_event *events = NULL;
    size_t count = 0;
    *out = NULL;
    KY_TRY(ky_db_dossier_event_list(&events, &count, &m->d->arena, m->s, &m->reg->scope, m->d->head.id));
    for (size_t i = count; i-- > 0 && *out == NULL;)
        for (size_t k = 0; k < n && *out == NULL; k++)
            if (ky_str_eq(events[i].staff_id, people[k].id))
                *out = &people[k];
    return KY_OK;
}

static ky_rc tell_authority(const struct message *m)
{
    size_t n = 0;
    struct ky_db_staff *people = NULL;
    const struct ky_db_staff *officer;
    KY_TRY(ky_db_staff_list_active(&people, &n, &m->d->arena, m->s, m->d->head.handler));
    KY_TRY(find_officer(&officer, m, people, n));
    if (officer != NULL)
        return tell(m, m->d->org.name, officer->id, officer->name, officer->email);
    for (size_t i = 0; i < n; i++) {
        unsigned roles = 0;
        KY_TRY(ky_staff_roles_parse(&roles, people[i].roles));
        if ((roles & (KY_STAFF_RECEIVE | KY_STAFF_APPROVE)) != 0)
            KY_TRY(tell(m, m->d->org.name, people[i].id, people[i].name, people[i].email));
    }
    return KY_OK;
}

static ky_rc write_down(const struct message *m)
{
    struct ky_db_dossier_event event = {.dossier_id = m->d->head.id,
                                        .at = m->now,
                                        .staff_id = m->actor->staff_id,
                                        .action = KY_MESSAGE_ACTION,
                                        .from_state = m->d->head.state,
                                        .to_state = m->d->head.state,
                                        .note = m->text};
    return ky_db_dossier_event_insert(m->s, &event);
}

static ky_rc send(struct message *m)
{
    unsigned roles = ky_dossier_roles(&m->d->head, m->actor);
    if (m->d->head.handler == NULL)
        return ky_fail(KY_EDENIED, "message: the dossier is not sent yet");
    if ((roles & (KY_STAFF_OF_ORG | KY_STAFF_OF_AUTHORITY)) == 0)
        return ky_fail(KY_EDENIED, "message: for the organisation and the authority that decides");
    KY_TRY(ky_db_dossier_event_count(&m->number, m->s, m->d->head.id, KY_MESSAGE_ACTION));
    if (m->number >= KY_DOSSIER_MESSAGES_MAX)
        return ky_fail(KY_ELIMIT, "message: a dossier has at most %d", KY_DOSSIER_MESSAGES_MAX);
    KY_TRY(write_down(m));
    return (roles & KY_STAFF_OF_AUTHORITY) != 0 ? tell(m, m->d->legal->authority, "recipient",
                                                       m->d->head.recipient_name, m->d->head.recipient_email)
                                                : tell_authority(m);
}

ky_rc ky_dossier_say(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                     const char *id, const char *text, ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    KY_TRY(check_text(text));
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    struct message m = {.s = s, .reg = reg, .actor = actor, .d = &d, .text = text, .now = now};
    return send(&m);
}
