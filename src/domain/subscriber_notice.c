/* Notices to subscribers; see subscriber_notice.h. */
#include "domain/subscriber_notice.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/dossier_step.h"
#include "domain/outbox.h"
#include "domain/support.h"

#define ARENA_MAX ((size_t)1 << 20) /* bytes: one row of each table */
#define ABOUT_MAX 110               /* with room for the channel, domain/outbox */
#define TEXT_MAX 300                /* bytes of a name, an address */

static const struct {
    ky_row_action action;
    const char *procedure, *template_name;
} told[] = {
    {KY_ROW_NOTIFY, "renew", "renewed"},
    {KY_ROW_NOTIFY, "change", "changed"},
    {KY_ROW_REVOKE, "revoke", "revoked"},
    {KY_ROW_OVERDUE, "revoke", "revoked-overdue"},
};

static const char *template_of(ky_row_action action, const char *procedure)
{
    for (size_t i = 0; i < KY_COUNT(told); i++)
        if (told[i].action == action && ky_str_eq(told[i].procedure, procedure))
            return told[i].template_name;
    return NULL;
}

static bool is_told(ky_row_action action)
{
    for (size_t i = 0; i < KY_COUNT(told); i++)
        if (told[i].action == action)
            return true;
    return false;
}

/* One row with what its notice says. */
struct telling {
    struct ky_store *s;
    const struct ky_registration *reg;
    const char *template_name;
    const struct ky_db_dossier_row *row;
    struct ky_db_dossier head;
    struct ky_db_org org;
    const struct ky_legal *legal;
    struct ky_person person;
    ky_time now;
};

static void clear_telling(struct telling *t)
{
    ky_person_clear(&t->person);
}

static void put(char out[TEXT_MAX], struct ky_bytes text)
{
    snprintf(out, TEXT_MAX, "%.*s", (int)text.n, text.n == 0 ? "" : (const char *)text.p);
}

static ky_rc write_to(struct telling *t, const char *which, struct ky_bytes address)
{
    char about[ABOUT_MAX], name[TEXT_MAX], serial[TEXT_MAX], to[TEXT_MAX];
    const struct ky_legal_ground *ground = ky_legal_ground_find(t->legal, t->person.ground);
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    snprintf(about, sizeof about, "%s/%s/%lld/%s", t->template_name, t->row->dossier_id,
             (long long)t->row->number, which);
    put(name, t->person.name);
    put(serial, t->person.serial);
    put(to, address);
    struct ky_support support;
    KY_TRY(ky_support_of(&support, t->s, t->head.org_id));
    const struct ky_place places[] = {
        {"name", name},
        {"serial", serial},
        {"code", t->head.code},
        {"org", t->org.name},
        {"ground", ground == NULL ? NULL : ground->vi},
        {"support", support.vi},
        {"support_en", support.en},
    };
    KY_TRY(ky_notice_make(&notice, t->reg->notices, t->template_name, KY_CHANNEL_EMAIL, to, places,
                          KY_COUNT(places)));
    notice.dossier_id = t->head.id;
    return ky_outbox_put(t->s, t->reg->personal, t->template_name, about, &notice, t->now);
}

static ky_rc tell(struct telling *t)
{
    struct ky_bytes old_email = ky_json_str(json_object_get(t->person.old, "email"));
    if (t->person.email.n > 0)
        KY_TRY(write_to(t, "own", t->person.email));
    return old_email.n == 0 || ky_bytes_eq(old_email, t->person.email) ? KY_OK
                                                                       : write_to(t, "old", old_email);
}

ky_rc ky_subscriber_tell(struct ky_store *s, const struct ky_registration *reg,
                         const struct ky_db_dossier_row *row, ky_row_action action, ky_time now)
{
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    KY_CLEANUP(clear_telling) struct telling t = {.s = s, .reg = reg, .row = row, .now = now};
    if (!is_told(action))
        return KY_OK;
    KY_TRY(ky_db_dossier_get(&t.head, &a, s, &reg->scope, row->dossier_id));
    t.template_name = template_of(action, t.head.procedure);
    if (t.template_name == NULL)
        return KY_OK;
    KY_TRY(ky_db_org_get(&t.org, &a, s, &reg->scope, t.head.org_id));
    KY_TRY(ky_legal_get(&t.legal, reg->legal, t.head.legal));
    KY_TRY(ky_dossier_open_person(&t.person, reg, row));
    return tell(&t);
}
