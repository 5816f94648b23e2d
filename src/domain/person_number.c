/* Identity and telephone numbers, and what spreadsheets make of them; see person_check.h. */
#include "domain/person_job.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "domain/vietnamese.h"

#define IDENTITY_DIGITS 12
#define IDENTITY_ZEROS_MAX 2 /* that a province code can start with */
#define OLD_IDENTITY_DIGITS 9
#define PHONE_DIGITS 10
#define DIGITS_ROOM 24

struct ky_refusal *ky_job_refuse(const struct ky_job *j, ky_refusal_code code, const char *limit)
{
    struct ky_refusal *refusal = ky_refusals_add(j->out, code, j->f->key);
    refusal->field_vi = j->f->vi;
    refusal->field_en = j->f->en;
    ky_refusal_put(refusal->value, sizeof refusal->value, j->value);
    ky_refusal_put(refusal->limit, sizeof refusal->limit, ky_bytes_str(limit));
    return refusal;
}

void ky_job_propose(struct ky_refusal *f, struct ky_bytes text)
{
    if (text.n < sizeof f->proposal)
        ky_refusal_put(f->proposal, sizeof f->proposal, text);
}

void ky_job_refuse_number(const struct ky_job *j, ky_refusal_code code, int64_t limit)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)limit);
    ky_job_refuse(j, code, text);
}

size_t ky_count_digits(struct ky_bytes text, size_t from)
{
    size_t n = 0;
    while (from + n < text.n && text.p[from + n] >= '0' && text.p[from + n] <= '9')
        n++;
    return n;
}

bool ky_is_scientific(struct ky_bytes text)
{
    size_t whole = ky_count_digits(text, 0), at = whole;
    if (at < text.n && (text.p[at] == ',' || text.p[at] == '.'))
        at += 1 + ky_count_digits(text, at + 1);
    if (whole == 0 || at >= text.n || (text.p[at] != 'E' && text.p[at] != 'e'))
        return false;
    at++;
    at += at < text.n && (text.p[at] == '+' || text.p[at] == '-');
    size_t exponent = ky_count_digits(text, at);
    return exponent > 0 && at + exponent == text.n;
}

static bool has(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

/* ---- identity numbers ---- */

static bool is_place(const struct ky_legal_people *p, const char *code)
{
    return ky_legal_province_find(p, code) != NULL || strtol(code, NULL, 10) >= p->abroad_from;
}

static int64_t last_birth_year(const struct ky_check *c)
{
    return ky_time_split(c->now + KY_TIME_VN_OFFSET_S).year - c->legal->people->age_min;
}

bool ky_is_identity(const struct ky_check *c, struct ky_bytes text)
{
    struct ky_identity id;
    return ky_identity_parse(&id, text) == KY_OK && is_place(c->legal->people, id.place) &&
           id.birth_year <= last_birth_year(c);
}

/* Digits, but not 12 of them. */
static void find_identity_length(const struct ky_job *j)
{
    char padded[IDENTITY_DIGITS + 1];
    size_t zeros = j->value.n < IDENTITY_DIGITS ? IDENTITY_DIGITS - j->value.n : IDENTITY_DIGITS;
    if (j->value.n == OLD_IDENTITY_DIGITS) {
        ky_job_refuse_number(j, KY_REFUSE_IDENTITY_OLD, IDENTITY_DIGITS);
        return;
    }
    if (zeros <= IDENTITY_ZEROS_MAX) {
        snprintf(padded, sizeof padded, "%.*s%.*s", (int)zeros, "00", (int)j->value.n,
                 (const char *)j->value.p);
        if (ky_is_identity(j->c, ky_bytes_str(padded))) {
            ky_job_propose(ky_job_refuse(j, KY_REFUSE_IDENTITY_ZERO, "12"), ky_bytes_str(padded));
            return;
        }
    }
    ky_job_refuse_number(j, KY_REFUSE_IDENTITY_FORM, IDENTITY_DIGITS);
}

void ky_job_check_identity(const struct ky_job *j)
{
    struct ky_identity id;
    if (ky_is_scientific(j->value))
        ky_job_refuse(j, KY_REFUSE_SCIENTIFIC, "");
    else if (ky_count_digits(j->value, 0) < j->value.n)
        ky_job_refuse_number(j, KY_REFUSE_IDENTITY_FORM, IDENTITY_DIGITS);
    else if (ky_identity_parse(&id, j->value) != KY_OK)
        find_identity_length(j);
    else if (!is_place(j->c->legal->people, id.place))
        ky_job_refuse(j, KY_REFUSE_IDENTITY_PLACE, id.place);
    else if (id.birth_year > last_birth_year(j->c))
        ky_job_refuse_number(j, KY_REFUSE_IDENTITY_AGE, last_birth_year(j->c));
}

/* ---- telephones ---- */

/* digits: "0912…" of any length. */
static bool is_mobile(const struct ky_legal_people *p, const char *digits)
{
    char prefix[4];
    snprintf(prefix, sizeof prefix, "%.3s", digits);
    return strlen(digits) == PHONE_DIGITS && has(p->mobile_prefixes, p->n_mobile_prefixes, prefix);
}

/* The number that one of 11 digits became in 2018; false: it is none. */
static bool renumber(char out[PHONE_DIGITS + 1], const struct ky_legal_people *p, const char *digits)
{
    for (size_t i = 0; i < p->n_renumbered && strlen(digits) == PHONE_DIGITS + 1; i++)
        if (ky_str_starts(digits, p->renumbered[i].was)) {
            snprintf(out, PHONE_DIGITS + 1, "%s%s", p->renumbered[i].is, digits + 4);
            return true;
        }
    return false;
}

/* As dialled in the country: "0912345678"; what follows +84 or 84 gets its 0. Sets *taken when one was put in front. */
static void national(char out[DIGITS_ROOM + 2], bool *taken, struct ky_bytes text)
{
    char digits[DIGITS_ROOM];
    bool plus = text.n > 0 && text.p[0] == '+';
    size_t n = ky_digits_only(digits, sizeof digits, KY_BYTES(text.p + plus, text.n - plus));
    bool country = n > 10 && digits[0] == '8' && digits[1] == '4';
    size_t skip = country ? 2 : 0;
    *taken = n > skip && digits[skip] != '0';
    snprintf(out, DIGITS_ROOM + 2, "%s%.*s", *taken ? "0" : "", (int)(n - skip), digits + skip);
}

static void find_phone_form(const struct ky_job *j)
{
    char digits[DIGITS_ROOM + 2], renumbered[PHONE_DIGITS + 1];
    bool taken;
    national(digits, &taken, j->value);
    if (renumber(renumbered, j->c->legal->people, digits))
        ky_job_propose(ky_job_refuse(j, KY_REFUSE_PHONE_OLD, "10"), ky_bytes_str(renumbered));
    else if (taken && is_mobile(j->c->legal->people, digits))
        ky_job_propose(ky_job_refuse(j, KY_REFUSE_PHONE_ZERO, "10"), ky_bytes_str(digits));
    else
        ky_job_refuse_number(j, KY_REFUSE_PHONE_FORM, PHONE_DIGITS);
}

void ky_job_check_phone(const struct ky_job *j)
{
    char number[KY_PHONE_MAX], prefix[4];
    if (ky_is_scientific(j->value)) {
        ky_job_refuse(j, KY_REFUSE_SCIENTIFIC, "");
        return;
    }
    if (ky_phone_normalise(number, j->value) != KY_OK) {
        find_phone_form(j);
        return;
    }
    snprintf(prefix, sizeof prefix, "0%.2s", number + 3);
    if (!has(j->c->legal->people->mobile_prefixes, j->c->legal->people->n_mobile_prefixes, prefix))
        ky_job_refuse(j, KY_REFUSE_PHONE_PREFIX, prefix);
}
