/* Checks of rows and of values by type; numbers are in person_number.c. See person_check.h. */
#include "domain/person_job.h"

#include <stdio.h>

#include "base/str.h"
#include "codec/jcs.h"
#include "domain/vietnamese.h"

#define LOCAL_PART_MAX 64 /* RFC 5321 §4.5.3.1.1 */
#define YEAR_MIN 1900
#define YEAR_MAX 2099
#define SHEET_EPOCH ((ky_time)-2209161600) /* 1899-12-30: day 0 of spreadsheets, from 1 March 1900 on */
#define SHEET_LEAP_BUG 60                  /* spreadsheets know a 29 February 1900 */
#define SHEET_DAYS_MAX 73050               /* 2099-12-31 */

/* ---- e-mail ---- */

/* addr-spec with a dot-atom local part (RFC 5322 §3.4.1); *host is what follows the @. */
static bool is_address(struct ky_bytes email, struct ky_bytes *host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-";
    const uint8_t *at = memchr(email.p, '@', email.n);
    if (at == NULL || at == email.p || at - email.p > LOCAL_PART_MAX)
        return false;
    *host = KY_BYTES(at + 1, email.n - (size_t)(at - email.p) - 1);
    for (const uint8_t *c = email.p; c < at; c++)
        if (*c == 0 || strchr(allowed, *c) == NULL)
            return false;
    bool label_open = false;
    for (size_t i = 0; i < host->n; i++) {
        uint8_t c = host->p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !(label_open && (c == '.' || c == '-')))
            return false;
        label_open = c != '.';
    }
    return label_open && host->n > 0 && host->p[host->n - 1] != '-' && memchr(host->p, '.', host->n) != NULL;
}

static void find_not_official(const struct ky_job *j)
{
    const struct ky_legal_people *p = j->c->legal->people;
    ky_auto_buf domains = ky_buf_init(4096);
    for (size_t i = 0; i < j->c->n_own_domains; i++)
        ky_buf_addf(&domains, "%s%s", domains.n == 0 ? "" : ", ", j->c->own_domains[i]);
    for (size_t i = 0; i < p->n_mail_domains; i++)
        ky_buf_addf(&domains, "%s%s", domains.n == 0 ? "" : ", ", p->mail_domains[i]);
    ky_job_refuse(j, KY_REFUSE_EMAIL_NOT_OFFICIAL,
                  ky_buf_finish(&domains) == KY_OK ? ky_buf_str(&domains) : "");
}

static void check_email(const struct ky_job *j)
{
    struct ky_bytes host = KY_BYTES_NONE;
    const struct ky_legal_people *p = j->c->legal->people;
    if (!is_address(j->value, &host)) {
        ky_job_refuse(j, KY_REFUSE_EMAIL_FORM, "");
        return;
    }
    if (ky_legal_host_fits(host, p->public_mailers, p->n_public_mailers)) {
        struct ky_refusal *refusal = ky_job_refuse(j, KY_REFUSE_EMAIL_PUBLIC, "");
        ky_refusal_put(refusal->limit, sizeof refusal->limit, host);
        return;
    }
    if (!ky_legal_host_fits(host, p->mail_domains, p->n_mail_domains) &&
        !ky_legal_host_fits(host, j->c->own_domains, j->c->n_own_domains))
        find_not_official(j);
}

/* ---- names ---- */

/* The same text but for white space? */
static bool same_letters(struct ky_bytes a, struct ky_bytes b)
{
    size_t k = 0;
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] == ' ')
            continue;
        while (k < b.n && b.p[k] == ' ')
            k++;
        if (k == b.n || a.p[i] != b.p[k++])
            return false;
    }
    return true;
}

static void check_name(const struct ky_job *j)
{
    ky_auto_buf tidy = ky_buf_init_secret(4 * j->value.n + 16);
    struct ky_bytes stranger = ky_name_stranger(j->value);
    if (stranger.n > 0) {
        struct ky_refusal *refusal = ky_job_refuse(j, KY_REFUSE_NAME_LETTER, "");
        ky_refusal_put(refusal->limit, sizeof refusal->limit, stranger);
        return;
    }
    if (ky_name_tidy(&tidy, j->value) != KY_OK || ky_bytes_eq(ky_buf_bytes(&tidy), j->value))
        return;
    ky_refusal_code code =
        same_letters(ky_buf_bytes(&tidy), j->value) ? KY_REFUSE_SPACES : KY_REFUSE_NAME_CAPITALS;
    ky_job_propose(ky_job_refuse(j, code, ""), ky_buf_bytes(&tidy));
}

/* ---- dates ---- */

static void propose_date(struct ky_refusal *f, const struct ky_date *d)
{
    char text[KY_DATE_TEXT];
    ky_date_text(text, d);
    ky_job_propose(f, ky_bytes_str(text));
}

/* Another form than dd/mm/yyyy: perhaps a spreadsheet's day number, or 1991-05-02. */
static void find_date_form(const struct ky_job *j)
{
    char iso[KY_DATE_TEXT];
    struct ky_date d;
    uint64_t days = 0;
    if (ky_parse_u64(&days, j->value, SHEET_DAYS_MAX) == KY_OK && days > SHEET_LEAP_BUG) {
        d = ky_time_split(SHEET_EPOCH + (ky_time)days * KY_DAY);
        propose_date(ky_job_refuse(j, KY_REFUSE_DATE_SERIAL, "dd/mm/yyyy"), &d);
        return;
    }
    struct ky_refusal *refusal = ky_job_refuse(j, KY_REFUSE_DATE_FORM, "dd/mm/yyyy");
    if (j->value.n == 10 && j->value.p[4] == '-' && j->value.p[7] == '-') {
        const char *p = (const char *)j->value.p;
        snprintf(iso, sizeof iso, "%.2s/%.2s/%.4s", p + 8, p + 5, p);
        if (ky_date_parse(&d, ky_bytes_str(iso)) == KY_OK)
            ky_job_propose(refusal, ky_bytes_str(iso));
    }
}

static void check_date_range(const struct ky_job *j, const struct ky_date *d)
{
    char last[KY_DATE_TEXT], limit[2 * KY_DATE_TEXT + 8];
    const struct ky_date end = {.year = YEAR_MAX, .month = 12, .day = 31};
    struct ky_date today = ky_time_split(j->c->now + KY_TIME_VN_OFFSET_S);
    const struct ky_date *bound = j->f->past ? &today : &end;
    int64_t day = d->year * 10000 + d->month * 100 + d->day;
    if (d->year >= YEAR_MIN && day <= bound->year * 10000 + bound->month * 100 + bound->day)
        return;
    ky_date_text(last, bound);
    snprintf(limit, sizeof limit, "01/01/%d – %s", YEAR_MIN, last);
    ky_job_refuse(j, KY_REFUSE_DATE_RANGE, limit);
}

static void check_date(const struct ky_job *j)
{
    struct ky_date d;
    ky_rc rc = ky_date_parse(&d, j->value);
    if (rc == KY_EFORMAT)
        find_date_form(j);
    else if (rc != KY_OK)
        ky_job_refuse(j, KY_REFUSE_DATE_IMPOSSIBLE, "dd/mm/yyyy");
    else
        check_date_range(j, &d);
}

/* ---- the rest ---- */

static void check_choice(const struct ky_job *j)
{
    ky_auto_buf all = ky_buf_init(4096);
    if (ky_legal_choice_find(j->f, j->value) != NULL)
        return;
    for (size_t i = 0; i < j->f->n_choices; i++)
        ky_buf_addf(&all, "%s%s (%s)", i == 0 ? "" : "; ", j->f->choices[i].key, j->f->choices[i].vi);
    ky_job_refuse(j, KY_REFUSE_CHOICE, ky_buf_finish(&all) == KY_OK ? ky_buf_str(&all) : "");
}

static void check_ground(const struct ky_job *j)
{
    ky_auto_buf all = ky_buf_init(4096);
    if (ky_legal_ground_find(j->c->legal, j->value) != NULL)
        return;
    for (size_t i = 0; i < j->c->legal->n_grounds; i++)
        ky_buf_addf(&all, "%s%s", i == 0 ? "" : "; ", j->c->legal->grounds[i].key);
    ky_job_refuse(j, KY_REFUSE_CHOICE, ky_buf_finish(&all) == KY_OK ? ky_buf_str(&all) : "");
}

static void check_serial(const struct ky_job *j)
{
    bool hex = j->value.n >= 2;
    for (size_t i = 0; i < j->value.n; i++)
        hex = hex && j->value.p[i] != 0 && strchr("0123456789abcdefABCDEF", j->value.p[i]) != NULL;
    if (ky_is_scientific(j->value) && memchr(j->value.p, '+', j->value.n) != NULL)
        ky_job_refuse(j, KY_REFUSE_SCIENTIFIC, "");
    else if (!hex)
        ky_job_refuse_number(j, KY_REFUSE_SERIAL_FORM, j->f->max_chars);
}

static void check_text(const struct ky_job *j)
{
}

static void (*const checks[])(const struct ky_job *j) = {
    [KY_FIELD_TEXT] = check_text,          [KY_FIELD_NAME] = check_name,
    [KY_FIELD_DATE] = check_date,          [KY_FIELD_IDENTITY] = ky_job_check_identity,
    [KY_FIELD_PHONE] = ky_job_check_phone, [KY_FIELD_EMAIL] = check_email,
    [KY_FIELD_CHOICE] = check_choice,      [KY_FIELD_GROUND] = check_ground,
    [KY_FIELD_SERIAL] = check_serial,
};

/* Text that may be shown, in its one form, without spaces around it. False: refusal something. */
static bool check_form(const struct ky_job *j)
{
    struct ky_bytes v = j->value, inner = v;
    while (inner.n > 0 && inner.p[0] == ' ')
        inner = KY_BYTES(inner.p + 1, inner.n - 1);
    while (inner.n > 0 && inner.p[inner.n - 1] == ' ')
        inner.n--;
    if (ky_text_check(j->f->key, v, v.n) != KY_OK)
        ky_job_refuse(j, KY_REFUSE_CHARACTER, "")->value[0] = 0;
    else if (!ky_text_is_nfc(v))
        ky_job_refuse(j, KY_REFUSE_NOT_NFC, "");
    else if (inner.n < v.n)
        ky_job_propose(ky_job_refuse(j, KY_REFUSE_SPACES, ""), inner);
    else
        return true;
    return false;
}

static bool check_length(const struct ky_job *j)
{
    if (ky_utf8_length(j->value) > (size_t)j->f->max_chars)
        ky_job_refuse_number(j, KY_REFUSE_TOO_LONG, j->f->max_chars);
    else if (j->value.n > (size_t)j->f->max_bytes)
        ky_job_refuse_number(j, KY_REFUSE_TOO_MANY_BYTES, j->f->max_bytes);
    else
        return true;
    return false;
}

void ky_field_check(struct ky_refusals *out, const struct ky_check *c, const struct ky_legal_field *f,
                    struct ky_bytes value)
{
    const struct ky_job j = {out, c, f, value};
    size_t before = out->n;
    if (value.n == 0) {
        if (f->required)
            ky_job_refuse(&j, KY_REFUSE_REQUIRED, "");
        return;
    }
    if (!check_form(&j))
        return;
    checks[f->type](&j);
    if (out->n == before)
        check_length(&j);
}

/* ---- rows ---- */

static struct ky_bytes value_of(const struct ky_field_value *cells, size_t n, const char *field)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(cells[i].field, field))
            return cells[i].value;
    return KY_BYTES_NONE;
}

static void check_cells(struct ky_refusals *out, const struct ky_legal_field *fields, size_t n_fields,
                        const struct ky_field_value *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct ky_legal_field *f = ky_legal_field_find(fields, n_fields, cells[i].field);
        struct ky_refusal *refusal = NULL;
        if (f == NULL)
            refusal = ky_refusals_add(out, KY_REFUSE_UNKNOWN_FIELD, "");
        else if (value_of(cells, i, f->key).p != NULL)
            refusal = ky_refusals_add(out, KY_REFUSE_TWICE, f->key);
        else
            continue;
        refusal->field_vi = f == NULL ? NULL : f->vi;
        refusal->field_en = f == NULL ? NULL : f->en;
        ky_refusal_put(refusal->value, sizeof refusal->value, ky_bytes_str(f == NULL ? cells[i].field : ""));
    }
}

/* The identity number against what else is stated; values that are wrong by themselves are left alone. */
static void check_identity_against(struct ky_refusals *out, const struct ky_check *c,
                                   const struct ky_legal_field *f, const struct ky_field_value *cells,
                                   size_t n)
{
    struct ky_identity id;
    struct ky_date birth;
    const struct ky_job j = {out, c, f, value_of(cells, n, f->key)};
    struct ky_bytes gender = value_of(cells, n, "gender");
    if (!ky_is_identity(c, j.value) || ky_identity_parse(&id, j.value) != KY_OK)
        return;
    if (ky_date_parse(&birth, value_of(cells, n, "birth_date")) == KY_OK && birth.year != id.birth_year)
        ky_job_refuse_number(&j, KY_REFUSE_IDENTITY_BIRTH, id.birth_year);
    if (ky_bytes_eq_str(gender, id.female ? "male" : "female"))
        ky_job_refuse(&j, KY_REFUSE_IDENTITY_GENDER, id.female ? "nữ (female)" : "nam (male)");
}

void ky_row_check(struct ky_refusals *out, const struct ky_check *c, const struct ky_legal_field *fields,
                  size_t n_fields, const struct ky_field_value *cells, size_t n_cells)
{
    check_cells(out, fields, n_fields, cells, n_cells);
    for (size_t i = 0; i < n_fields; i++) {
        ky_field_check(out, c, &fields[i], value_of(cells, n_cells, fields[i].key));
        if (fields[i].type == KY_FIELD_IDENTITY)
            check_identity_against(out, c, &fields[i], cells, n_cells);
    }
}
