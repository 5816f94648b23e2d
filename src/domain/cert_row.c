/* Rows about certificates; see cert_row.h. */
#include "domain/cert_row.h"

#include <stdio.h>
#include <strings.h>

#include "base/hex.h"
#include "base/str.h"
#include "domain/dossier_step.h"
#include "domain/request.h"
#include "domain/subject.h"
#include "domain/vietnamese.h"
#include "pki/cert.h"
#include "store/credential.h"

#define SERIAL_DIGITS (2 * KY_SERIAL_SIZE)
#define VALUE_MAX 1024              /* bytes: what a wrong value may have, to be told so */
#define WORDS_MAX 1024              /* bytes of what was and what becomes */
#define ARENA_MAX ((size_t)4 << 20) /* bytes: 200 rows about the certificate, and it */

/* ---- what is sent ---- */

#define STR(name_, required_)                                                                                \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_STR, .required = required_, .min = 0, .max = VALUE_MAX                \
    }
#define BOOL(name_)                                                                                          \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_BOOL                                                                  \
    }
#define REPLACING                                                                                            \
    STR("serial", true), BOOL("same_key"), STR("key", false), STR("name", false), STR("identity", false),    \
        STR("email", false), STR("phone", false), BOOL("phone_own"), BOOL("authority"), BOOL("finance")

static const struct ky_json_member renew_members[] = {REPLACING};
static const struct ky_json_member change_members[] = {REPLACING, STR("unit", false), STR("title", false),
                                                       STR("sector", false)};
static const struct ky_json_member revoke_members[] = {STR("serial", true), STR("ground", true),
                                                       STR("happened_on", false), STR("confirmed_by", false),
                                                       STR("remark", false)};

/* One row while it is made. */
struct making {
    const struct ky_cert_check *c;
    struct ky_refusals *refusals;
    const json_t *item;
    char serial[SERIAL_DIGITS + 1];
    struct ky_arena arena;
    struct ky_db_cert row;
    struct ky_cert *cert;
    struct ky_person person; /* of its record */
    json_t *made;
};

static void clear_making(struct making *m)
{
    ky_cert_free(m->cert);
    ky_person_clear(&m->person);
    json_decref(m->made);
    ky_arena_clear(&m->arena);
}

struct kind {
    const struct ky_json_member *members;
    size_t member_count;
    ky_rc (*make)(struct making *m);
    bool only_in_force; /* a certificate past its end is refused */
    bool
        waits_for_all; /* any open dossier about the certificate is in the way, not only one of the same kind */
};

/* ---- refusals ---- */

static struct ky_refusal *refuse(struct making *m, ky_refusal_code code, const char *field,
                                 struct ky_bytes value)
{
    const struct ky_legal_procedure *p = m->c->procedure;
    const struct ky_legal_field *f = ky_legal_field_find(p->fields, p->n_fields, field);
    struct ky_refusal *r = ky_refusals_add(m->refusals, code, field);
    r->field_vi = f == NULL ? field : f->vi;
    r->field_en = f == NULL ? field : f->en;
    ky_refusal_put(r->value, sizeof r->value, value);
    return r;
}

static struct ky_refusal *refuse_cert(struct making *m, ky_refusal_code code)
{
    return refuse(m, code, "serial", ky_json_str(json_object_get(m->item, "serial")));
}

static void date_text(char out[KY_DATE_TEXT], ky_time t)
{
    struct ky_date d = ky_time_split(t + KY_TIME_VN_OFFSET_S);
    ky_date_text(out, &d);
}

/* A field of the procedure, as the legal profile says it must be. */
static void check_field(struct making *m, const char *key)
{
    const struct ky_legal_procedure *p = m->c->procedure;
    const struct ky_check check = {.legal = m->c->d->legal, .now = m->c->now};
    const struct ky_legal_field *f = ky_legal_field_find(p->fields, p->n_fields, key);
    if (f != NULL)
        ky_field_check(m->refusals, &check, f, ky_json_str(json_object_get(m->item, key)));
}

/* ---- the certificate ---- */

/* As people copy it: letters of either case. */
static bool read_serial(struct making *m)
{
    struct ky_bytes text = ky_json_str(json_object_get(m->item, "serial"));
    check_field(m, "serial");
    if (m->refusals->n > 0)
        return false;
    bool fits = text.n == SERIAL_DIGITS;
    for (size_t i = 0; fits && i < text.n; i++)
        m->serial[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'F' ? text.p[i] + ('a' - 'A') : text.p[i]);
    if (!fits)
        refuse_cert(m, KY_REFUSE_CERT_UNKNOWN);
    return fits;
}

/* Another organisation's looks like none. */
static ky_rc find_cert(bool *found, struct making *m)
{
    const struct ky_cert_check *c = m->c;
    struct ky_db_dossier origin;
    *found = false;
    ky_rc rc = ky_db_cert_get(&m->row, &m->arena, c->s, m->serial);
    if (rc == KY_OK && !ky_str_eq(m->row.status, "waiting"))
        rc = ky_db_dossier_get(&origin, &m->arena, c->s, &c->reg->scope, m->row.dossier_id);
    else if (rc == KY_OK)
        rc = KY_ENOTFOUND;
    if (rc == KY_OK)
        *found = ky_str_eq(origin.org_id, c->d->head.org_id);
    if (rc != KY_OK && rc != KY_ENOTFOUND)
        return rc;
    if (!*found) {
        refuse_cert(m, KY_REFUSE_CERT_UNKNOWN);
        return KY_OK;
    }
    KY_TRY(ky_cert_parse(&m->cert, m->row.der));
    return m->cert->email != NULL ? KY_OK
                                  : ky_fail(KY_EFORMAT, "certificate %s has no e-mail address", m->serial);
}

static void check_in_force(struct making *m, bool also_end)
{
    bool revoked = ky_str_eq(m->row.status, "revoked");
    if (!revoked && (!also_end || m->row.not_after > m->c->now))
        return;
    struct ky_refusal *r = refuse_cert(m, KY_REFUSE_CERT_ENDED);
    date_text(r->limit, revoked ? m->row.revoked_at : m->row.not_after);
}

static bool is_final(const struct ky_state_info *state)
{
    return state == NULL || state->final;
}

/* A dossier that is still under way and wants something of this certificate. */
static ky_rc check_taken(struct making *m, bool by_any)
{
    const struct ky_cert_check *c = m->c;
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_dossier_row *rows = NULL;
    struct ky_db_dossier other;
    size_t n = 0;
    KY_TRY(ky_db_dossier_row_list_about(&rows, &n, &m->arena, c->s, m->serial));
    for (size_t i = 0; i < n; i++) {
        KY_TRY(ky_db_dossier_get(&other, &m->arena, c->s, &all, rows[i].dossier_id));
        bool same_kind = ky_str_eq(other.procedure, c->procedure->key);
        if (is_final(ky_row_state_find(rows[i].state)) || is_final(ky_dossier_state_find(other.state)) ||
            (!by_any && !same_kind))
            continue;
        bool here = ky_str_eq(other.id, c->d->head.id);
        struct ky_refusal *r = refuse_cert(m, here ? KY_REFUSE_CERT_TWICE : KY_REFUSE_CERT_TAKEN);
        if (!here)
            ky_refusal_put(r->proposal, sizeof r->proposal, ky_bytes_str(other.code));
        return KY_OK;
    }
    return KY_OK;
}

static void check_remaining(struct making *m)
{
    const struct ky_legal_limit *limit = ky_legal_limit_find(m->c->procedure, KY_LIMIT_REMAINING);
    if (limit == NULL || m->row.not_after - m->c->now >= limit->amount * KY_DAY)
        return;
    struct ky_refusal *r = refuse_cert(m, KY_REFUSE_CERT_REMAINING);
    snprintf(r->limit, sizeof r->limit, "%lld", (long long)limit->amount);
}

/* How often this certificate and those that it took the place of were renewed. */
static ky_rc count_renewals(int64_t *out, struct making *m)
{
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_cert at = m->row;
    struct ky_db_dossier dossier;
    struct ky_db_dossier_row row;
    *out = 0;
    for (size_t i = 0; i < KY_RENEWALS_MAX; i++) {
        KY_TRY(ky_db_dossier_get(&dossier, &m->arena, m->c->s, &all, at.dossier_id));
        KY_TRY(ky_db_dossier_row_get(&row, &m->arena, m->c->s, &all, at.dossier_id, at.number));
        *out += ky_str_eq(dossier.procedure, "renew");
        if (row.old_serial == NULL)
            break;
        KY_TRY(ky_db_cert_get(&at, &m->arena, m->c->s, row.old_serial));
    }
    return KY_OK;
}

static ky_rc check_times(struct making *m)
{
    int64_t renewals;
    const struct ky_legal_limit *limit = ky_legal_limit_find(m->c->procedure, KY_LIMIT_TIMES);
    if (limit == NULL)
        return KY_OK;
    KY_TRY(count_renewals(&renewals, m));
    if (renewals < limit->amount)
        return KY_OK;
    struct ky_refusal *r = refuse_cert(m, KY_REFUSE_CERT_TIMES);
    snprintf(r->limit, sizeof r->limit, "%lld", (long long)limit->amount);
    return KY_OK;
}

/* ---- the person ---- */

/* The person of the dossier that the certificate was issued by; what that dossier said of another certificate stays there. */
static ky_rc open_record(struct making *m)
{
    static const char *const own[] = {"serial",  "not_after",  "change",      "was",         "becomes",
                                      "ground",  "remark",     "happened_on", "old",         "same_key",
                                      "subject", "old_serial", "system",      "confirmed_by"};
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_dossier_row row;
    KY_TRY(ky_db_dossier_row_get(&row, &m->arena, m->c->s, &all, m->row.dossier_id, m->row.number));
    KY_TRY(ky_dossier_open_person(&m->person, m->c->reg, &row));
    m->made = json_copy(m->person.json);
    if (m->made == NULL)
        return ky_fail(KY_ENOMEM, "row");
    for (size_t i = 0; i < KY_COUNT(own); i++)
        json_object_del(m->made, own[i]);
    return KY_OK;
}

static void set_text(struct making *m, const char *name, const char *text)
{
    json_object_set_new(m->made, name, json_string(text));
}

static void set_common(struct making *m)
{
    char end[KY_DATE_TEXT];
    date_text(end, m->cert->not_after);
    set_text(m, "serial", m->serial);
    set_text(m, "not_after", end);
}

/* What is sent counts; an empty text takes away. */
static void take_over(struct making *m, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_t *v = json_object_get(m->item, names[i]);
        if (json_is_string(v) && json_string_length(v) == 0)
            json_object_del(m->made, names[i]);
        else if (v != NULL)
            json_object_set(m->made, names[i], v);
    }
}

static void check_kept(struct making *m, const char *name, struct ky_bytes is)
{
    struct ky_bytes sent = ky_json_str(json_object_get(m->item, name));
    if (sent.n > 0 && !ky_bytes_eq(sent, is))
        refuse(m, KY_REFUSE_PERSON_KEPT, name, sent);
}

static void set_key(struct making *m)
{
    bool same = json_is_true(json_object_get(m->item, "same_key"));
    json_object_set_new(m->made, "same_key", json_boolean(same));
    if (!same && json_object_get(m->item, "key") != NULL)
        json_object_set(m->made, "key", json_object_get(m->item, "key"));
}

static void check_same_key(struct making *m)
{
    struct ky_bytes wanted = ky_json_str(json_object_get(m->item, "key"));
    bool same = json_is_true(json_object_get(m->item, "same_key"));
    if (!same || wanted.n == 0 || ky_bytes_eq(wanted, m->person.key))
        return;
    struct ky_refusal *r = refuse(m, KY_REFUSE_SAME_KEY, "key", wanted);
    ky_refusal_put(r->limit, sizeof r->limit, m->person.key);
}

/* Whoever gets a certificate meets the conditions of today. */
static ky_rc check_person(struct making *m)
{
    ky_auto_person p = {.json = NULL};
    const struct ky_check check = {.legal = m->c->d->legal, .now = m->c->now};
    set_key(m);
    KY_TRY(ky_person_read_kept(&p, m->made));
    ky_eligibility_check(m->refusals, &p, &check);
    check_kept(m, "name", m->person.name);
    check_kept(m, "identity", m->person.identity);
    check_same_key(m);
    return KY_OK;
}

/* ---- renewal and change ---- */

static ky_rc set_old(struct making *m, json_t *subject)
{
    ky_auto_json old =
        json_pack("{s:s, s:I}", "serial", m->serial, "not_after", (json_int_t)m->cert->not_after);
    if (old == NULL)
        return ky_fail(KY_ENOMEM, "row");
    if (subject != NULL) {
        json_object_set(old, "subject", subject);
        json_object_set_new(old, "email", json_string(m->cert->email));
    }
    json_object_set(m->made, "old", old);
    set_common(m);
    return KY_OK;
}

static ky_rc make_renewal(struct making *m)
{
    static const char *const sent[] = {"phone", "phone_own", "authority", "finance"};
    struct ky_bytes email = ky_json_str(json_object_get(m->item, "email"));
    ky_auto_json subject = NULL;
    KY_TRY(ky_subject_of_name(&subject, m->cert->subject));
    set_text(m, "email", m->cert->email);
    take_over(m, sent, KY_COUNT(sent));
    KY_TRY(check_person(m));
    if (email.n > 0 && !ky_bytes_eq_str(email, m->cert->email))
        refuse(m, KY_REFUSE_EMAIL_KEPT, "email", email);
    check_remaining(m);
    KY_TRY(check_times(m));
    json_object_set(m->made, "subject", subject);
    return set_old(m, NULL);
}

/* What changes, in words: key of the profile's choice, as it was, as it becomes. */
static ky_rc set_words(struct making *m, const json_t *was, const json_t *becomes, struct ky_bytes email)
{
    ky_auto_buf before = ky_buf_init(WORDS_MAX), after = ky_buf_init(WORDS_MAX);
    bool moved = !json_equal(was, becomes), readdressed = !ky_bytes_eq_str(email, m->cert->email);
    if (moved) {
        ky_subject_text(&before, was);
        ky_subject_text(&after, becomes);
    }
    if (readdressed) {
        ky_buf_addf(&before, "%s%s", moved ? "; " : "", m->cert->email);
        ky_buf_addf(&after, "%s%.*s", moved ? "; " : "", (int)email.n, (const char *)email.p);
    }
    KY_TRY(ky_buf_finish(&before));
    KY_TRY(ky_buf_finish(&after));
    set_text(m, "change", moved ? "employer" : "email");
    set_text(m, "was", ky_buf_str(&before));
    set_text(m, "becomes", ky_buf_str(&after));
    if (!moved && !readdressed)
        refuse_cert(m, KY_REFUSE_NO_CHANGE);
    return KY_OK;
}

static ky_rc make_change(struct making *m)
{
    static const char *const sent[] = {"unit",      "title",  "email",     "phone",
                                       "phone_own", "sector", "authority", "finance"};
    ky_auto_json was = NULL;
    ky_auto_json becomes = NULL;
    ky_auto_person p = {.json = NULL};
    KY_TRY(ky_subject_of_name(&was, m->cert->subject));
    take_over(m, sent, KY_COUNT(sent));
    KY_TRY(check_person(m));
    KY_TRY(ky_person_read_kept(&p, m->made));
    becomes = ky_subject_of_person(&m->c->d->org, &p);
    KY_TRY(set_words(m, was, becomes, p.email));
    check_remaining(m);
    return set_old(m, was);
}

/* ---- revocation ---- */

static ky_rc make_revocation(struct making *m)
{
    static const char *const sent[] = {"ground", "happened_on", "confirmed_by", "remark"};
    const struct ky_legal_ground *ground =
        ky_legal_ground_find(m->c->d->legal, ky_json_str(json_object_get(m->item, "ground")));
    for (size_t i = 0; i < KY_COUNT(sent); i++)
        check_field(m, sent[i]);
    if (ground != NULL && (ground->who & (KY_ASKER_SUBSCRIBER | KY_ASKER_BODY)) == 0)
        refuse(m, KY_REFUSE_GROUND_NOT_YOURS, "ground", ky_bytes_str(ground->vi));
    take_over(m, sent, KY_COUNT(sent));
    set_common(m);
    return KY_OK;
}

static const struct kind kinds[KY_PROCEDURE_COUNT] = {
    [KY_PROCEDURE_RENEW] = {renew_members, KY_COUNT(renew_members), make_renewal, true, true},
    [KY_PROCEDURE_CHANGE] = {change_members, KY_COUNT(change_members), make_change, true, true},
    [KY_PROCEDURE_REVOKE] = {revoke_members, KY_COUNT(revoke_members), make_revocation, false, false},
};

static ky_rc kind_of(const struct kind **out, const struct ky_legal_procedure *procedure)
{
    for (ky_procedure p = 0; p < KY_PROCEDURE_COUNT; p++) {
        if (kinds[p].make != NULL && ky_str_eq(ky_procedure_name(p), procedure->key)) {
            *out = &kinds[p];
            return KY_OK;
        }
    }
    return ky_fail(KY_EINVAL, "procedure '%s': its rows are not about certificates", procedure->key);
}

static ky_rc make(struct making *m, const struct kind *kind)
{
    bool found;
    m->refusals->n = 0;
    if (!read_serial(m))
        return KY_OK;
    KY_TRY(find_cert(&found, m));
    if (!found)
        return KY_OK;
    KY_TRY(open_record(m));
    KY_TRY(kind->make(m));
    check_in_force(m, kind->only_in_force);
    return check_taken(m, kind->waits_for_all);
}

ky_rc ky_cert_row_make(json_t **out, struct ky_refusals *refusals, const struct ky_cert_check *c,
                       const json_t *item)
{
    const struct kind *kind;
    KY_CLEANUP(clear_making)
    struct making m = {.c = c, .refusals = refusals, .item = item, .arena = ky_arena_init(ARENA_MAX)};
    *out = NULL;
    KY_TRY(kind_of(&kind, c->procedure));
    KY_TRY(ky_json_check_closed(item, kind->members, kind->member_count, c->procedure->key));
    KY_TRY(make(&m, kind));
    if (refusals->n == 0)
        *out = json_incref(m.made);
    return KY_OK;
}

ky_rc ky_cert_rows_check(struct ky_store *s, const struct ky_dossier *d)
{
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    for (size_t i = 0; i < d->n; i++) {
        struct ky_db_cert cert;
        if (d->rows[i].old_serial == NULL)
            continue;
        KY_TRY(ky_db_cert_get(&cert, &a, s, d->rows[i].old_serial));
        if (!ky_str_eq(cert.status, "good"))
            return ky_fail(KY_EDENIED, "row %lld: its certificate is not in force any more",
                           (long long)d->rows[i].number);
    }
    return KY_OK;
}
