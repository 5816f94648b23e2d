/* Certificates that end soon; see expiry_timer.h. */
#include "domain/expiry_timer.h"

#include <stdio.h>

#include "base/log.h"
#include "base/str.h"
#include "base/str.h"
#include "domain/dossier_step.h"
#include "domain/outbox.h"
#include "domain/support.h"
#include "store/credential.h"
#include "store/expiry.h"

#define ARENA_MAX                                                                                            \
    ((size_t)2 << 20) /* bytes: a digest's certificates with their rows, an organisation's people */
#define ABOUT_MAX 110
#define LIST_MAX 6000 /* bytes of a digest's lines */
#define SHORT_MAX 16
#define ENDS 4 /* digits of a serial number at each end */

/* One certificate, or one organisation, while it is told of. */
struct telling {
    struct ky_store *s;
    const struct ky_registration *reg;
    ky_time now;
    struct ky_arena arena;
    struct ky_db_cert cert;
    struct ky_db_dossier_row row;
    struct ky_db_dossier head;
};

static void clear_telling(struct telling *t)
{
    ky_arena_clear(&t->arena);
}

static void shorten(char out[SHORT_MAX], const char *serial)
{
    size_t n = strlen(serial);
    snprintf(out, SHORT_MAX, "%.*s…%s", ENDS, serial, n > ENDS ? serial + n - ENDS : "");
}

static ky_rc load(struct telling *t, const char *serial)
{
    KY_TRY(ky_db_cert_get(&t->cert, &t->arena, t->s, serial));
    KY_TRY(
        ky_db_dossier_row_get(&t->row, &t->arena, t->s, &t->reg->scope, t->cert.dossier_id, t->cert.number));
    return ky_db_dossier_get(&t->head, &t->arena, t->s, &t->reg->scope, t->cert.dossier_id);
}

/* ---- the subscriber ---- */

static ky_rc tell_subscriber(struct telling *t, int64_t step)
{
    char about[ABOUT_MAX], serial[SHORT_MAX], until[KY_TIME_TEXT_MAX], days[24];
    char address[KY_NOTICE_ADDRESS_MAX];
    struct ky_support support;
    ky_auto_person person = {.json = NULL};
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    KY_TRY(ky_dossier_open_person(&person, t->reg, &t->row));
    if (person.email.n == 0)
        return KY_OK;
    KY_TRY(ky_support_of(&support, t->s, t->head.org_id));
    snprintf(address, sizeof address, "%.*s", (int)person.email.n, (const char *)person.email.p);
    snprintf(about, sizeof about, "expiry/%s/%lld", t->cert.serial, (long long)step);
    snprintf(days, sizeof days, "%lld", (long long)((t->cert.not_after - t->now + KY_DAY - 1) / KY_DAY));
    ky_notice_time(until, t->cert.not_after);
    shorten(serial, t->cert.serial);
    const struct ky_place places[] = {{"name", t->row.name},   {"serial", serial},
                                      {"until", until},        {"days", days},
                                      {"support", support.vi}, {"support_en", support.en}};
    KY_TRY(ky_notice_make(&notice, t->reg->notices, "expiry-subscriber", KY_CHANNEL_EMAIL, address, places,
                          KY_COUNT(places)));
    notice.dossier_id = t->head.id;
    return ky_outbox_put(t->s, t->reg->personal, "expiry-subscriber", about, &notice, t->now);
}

static int64_t last_step_due(const struct ky_db_expiry *e, ky_time not_after, ky_time now)
{
    int64_t step = e->step;
    while (step + 1 < KY_EXPIRY_STEPS && ky_expiry_at(not_after, step + 1) <= now)
        step++;
    return step;
}

static ky_rc take_step(struct telling *t, const struct ky_db_expiry *e)
{
    int64_t step = last_step_due(e, t->cert.not_after, t->now);
    const struct ky_db_expiry_line line = {t->head.org_id, t->cert.serial, step};
    KY_TRY(tell_subscriber(t, step));
    KY_TRY(ky_db_expiry_digest_put(t->s, &line));
    return step + 1 < KY_EXPIRY_STEPS
               ? ky_db_expiry_move(t->s, e, step + 1, ky_expiry_at(t->cert.not_after, step + 1))
               : ky_db_expiry_finish(t->s, e->serial);
}

struct job {
    const struct ky_registration *reg;
    const struct ky_db_expiry *expiry;
    const char *org_id;
    ky_time now;
};

static ky_rc warn(struct ky_store *s, void *ctx)
{
    const struct job *j = ctx;
    KY_CLEANUP(clear_telling)
    struct telling t = {.s = s, .reg = j->reg, .now = j->now, .arena = ky_arena_init(ARENA_MAX)};
    bool replaced = false;
    KY_TRY(load(&t, j->expiry->serial));
    KY_TRY(ky_db_expiry_replaced(&replaced, s, t.cert.owner, t.cert.not_after));
    if (replaced || !ky_str_eq(t.cert.status, "good") || t.now >= t.cert.not_after)
        return ky_db_expiry_end(s, j->expiry->serial);
    return take_step(&t, j->expiry);
}

static ky_rc postpone(struct ky_store *s, void *ctx)
{
    const struct job *j = ctx;
    return ky_db_expiry_move(s, j->expiry, j->expiry->step, j->now + KY_DAY);
}

static ky_rc warn_or_postpone(struct ky_expiry_result *out, struct ky_db *db, struct job *j)
{
    ky_rc rc = ky_store_submit(db, warn, j);
    if (rc == KY_OK) {
        out->warned++;
        return KY_OK;
    }
    out->failed++;
    ky_log(KY_LOG_ERROR, "expiry.failed", "serial=%s reason=" KY_Q, j->expiry->serial, ky_error());
    return ky_store_submit(db, postpone, j);
}

/* ---- the organisation ---- */

static ky_rc add_line(struct ky_buf *list, struct telling *t, const char *serial)
{
    char shown[SHORT_MAX], until[KY_TIME_TEXT_MAX];
    KY_TRY(load(t, serial));
    shorten(shown, serial);
    ky_notice_time(until, t->cert.not_after);
    ky_buf_addf(list, "- %s, số hiệu %s, hết hiệu lực %s\n", t->row.name, shown, until);
    return ky_buf_finish(list);
}

static ky_rc write_list(struct ky_buf *list, struct telling *t, const char *org_id, int64_t count)
{
    struct ky_db_expiry_line *lines = NULL;
    size_t n = 0;
    KY_TRY(ky_db_expiry_digest_list(&lines, &n, &t->arena, t->s, org_id, KY_EXPIRY_LINES));
    for (size_t i = 0; i < n; i++)
        KY_TRY(add_line(list, t, lines[i].serial));
    if ((int64_t)n < count)
        ky_buf_addf(list, "… và %lld chứng thư số khác (… and %lld more)\n", (long long)(count - (int64_t)n),
                    (long long)(count - (int64_t)n));
    return ky_buf_finish(list);
}

static ky_rc write_digest(struct telling *t, const struct ky_place *places, size_t n, const char *org_id,
                          const char *whom, const char *address)
{
    char about[ABOUT_MAX];
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    snprintf(about, sizeof about, "expiry-digest/%lld/%.32s/%.32s", (long long)t->now, org_id, whom);
    KY_TRY(ky_notice_make(&notice, t->reg->notices, "expiry-digest", KY_CHANNEL_EMAIL, address, places, n));
    return ky_outbox_put(t->s, t->reg->personal, "expiry-digest", about, &notice, t->now);
}

/* Its own address, or else everybody who enters dossiers for it. */
static ky_rc send_digest(struct telling *t, const struct ky_db_org *org, const struct ky_place *places,
                         size_t n_places)
{
    struct ky_db_staff *people = NULL;
    size_t n = 0;
    if (org->email != NULL && org->email[0] != 0)
        return write_digest(t, places, n_places, org->id, "org", org->email);
    KY_TRY(ky_db_staff_list_active(&people, &n, &t->arena, t->s, org->id));
    for (size_t i = 0; i < n; i++) {
        unsigned roles = 0;
        KY_TRY(ky_staff_roles_parse(&roles, people[i].roles));
        if ((roles & KY_STAFF_ENTER) != 0)
            KY_TRY(write_digest(t, places, n_places, org->id, people[i].id, people[i].email));
    }
    return KY_OK;
}

static ky_rc digest(struct ky_store *s, void *ctx)
{
    const struct job *j = ctx;
    KY_CLEANUP(clear_telling)
    struct telling t = {.s = s, .reg = j->reg, .now = j->now, .arena = ky_arena_init(ARENA_MAX)};
    ky_auto_buf list = ky_buf_init(LIST_MAX);
    struct ky_db_org org;
    char count_text[24];
    int64_t count = 0;
    KY_TRY(ky_db_org_get(&org, &t.arena, s, &j->reg->scope, j->org_id));
    KY_TRY(ky_db_expiry_digest_count(&count, s, j->org_id));
    KY_TRY(write_list(&list, &t, j->org_id, count));
    list.n -= list.n > 0; /* the last line's end */
    snprintf(count_text, sizeof count_text, "%lld", (long long)count);
    const struct ky_place places[] = {{"org", org.name}, {"count", count_text}, {"list", ky_buf_str(&list)}};
    KY_TRY(send_digest(&t, &org, places, KY_COUNT(places)));
    return ky_db_expiry_digest_clear(s, j->org_id);
}

/* ---- running ---- */

struct due {
    struct ky_arena arena;
    struct ky_db_expiry *list;
    size_t n;
    struct ky_db_expiry_line next;
    ky_rc found; /* of next */
    ky_time now;
};

static ky_rc read_due(struct ky_store *s, void *ctx)
{
    struct due *d = ctx;
    return ky_db_expiry_list_due(&d->list, &d->n, &d->arena, s, d->now, KY_EXPIRY_BATCH);
}

static ky_rc read_next(struct ky_store *s, void *ctx)
{
    struct due *d = ctx;
    d->found = ky_db_expiry_digest_next(&d->next, &d->arena, s);
    return d->found == KY_ENOTFOUND ? KY_OK : d->found;
}

static void clear_due(struct due *d)
{
    ky_arena_clear(&d->arena);
}

static ky_rc run_digests(struct ky_expiry_result *out, struct ky_db *db, struct due *d, struct job *j)
{
    while (out->digests < KY_EXPIRY_DIGESTS) {
        KY_TRY(ky_db_read(db, read_next, d));
        if (d->found != KY_OK)
            return KY_OK;
        j->org_id = d->next.org_id;
        KY_TRY(ky_context(ky_store_submit(db, digest, j), "digest for organisation %s", j->org_id));
        out->digests++;
    }
    return KY_OK;
}

ky_rc ky_expiry_run(struct ky_expiry_result *out, struct ky_db *db, const struct ky_registration *reg,
                    ky_time now)
{
    KY_CLEANUP(clear_due) struct due d = {.arena = ky_arena_init(ARENA_MAX), .now = now};
    *out = (struct ky_expiry_result){0};
    struct job j = {.reg = reg, .now = now};
    KY_TRY(ky_db_read(db, read_due, &d));
    for (size_t i = 0; i < d.n; i++) {
        j.expiry = &d.list[i];
        KY_TRY(warn_or_postpone(out, db, &j));
    }
    return d.n == 0 ? run_digests(out, db, &d, &j) : KY_OK;
}
