/*
 * Values of a row: the first byte chooses the field, the rest is what somebody
 * typed. A refusal can be told in both languages; a proposal is right by itself.
 */
#include <stdlib.h>

#include "base/str.h"
#include "domain/person_check.h"
#include "domain/vietnamese.h"

static const struct ky_legal_choice choices[] = {{"male", "Nam", "Male"}, {"female", "Nữ", "Female"}};
static const struct ky_legal_ground grounds[] = {{.key = "left", .vi = "Nghỉ hưu", .en = "Retired"}};
static const struct ky_legal_province provinces[] = {{"001", "Hà Nội", NULL}, {"068", "Lâm Đồng", NULL}};
static const struct ky_legal_renumbering renumbered[] = {{"0162", "032"}};
static const char *const prefixes[] = {"032", "091"};
static const char *const domains[] = {"*.gov.vn", "*.edu.vn"};
static const char *const mailers[] = {"gmail.com"};
static const struct ky_legal_people people = {.provinces = provinces,
                                              .n_provinces = KY_COUNT(provinces),
                                              .abroad_from = 101,
                                              .age_min = 15,
                                              .mobile_prefixes = prefixes,
                                              .n_mobile_prefixes = KY_COUNT(prefixes),
                                              .renumbered = renumbered,
                                              .n_renumbered = KY_COUNT(renumbered),
                                              .mail_domains = domains,
                                              .n_mail_domains = KY_COUNT(domains),
                                              .public_mailers = mailers,
                                              .n_public_mailers = KY_COUNT(mailers)};
static const struct ky_legal legal = {.grounds = grounds, .n_grounds = KY_COUNT(grounds), .people = &people};

#define FIELD(key_, type_, max_)                                                                             \
    {                                                                                                        \
        .key = key_, .vi = key_, .en = key_, .type = type_, .required = true, .max_chars = max_,             \
        .max_bytes = 4 * max_                                                                                \
    }
static const struct ky_legal_field fields[] = {
    FIELD("identity", KY_FIELD_IDENTITY, 12),
    FIELD("birth_date", KY_FIELD_DATE, 10),
    {.key = "gender",
     .type = KY_FIELD_CHOICE,
     .max_chars = 8,
     .max_bytes = 8,
     .choices = choices,
     .n_choices = 2},
    FIELD("name", KY_FIELD_NAME, 64),
    FIELD("phone", KY_FIELD_PHONE, 16),
    FIELD("email", KY_FIELD_EMAIL, 254),
    FIELD("ground", KY_FIELD_GROUND, 32),
    FIELD("serial", KY_FIELD_SERIAL, 40),
    FIELD("title", KY_FIELD_TEXT, 128),
};

static const struct ky_check check = {.legal = &legal, .now = 1795500000};

static void check_told(const struct ky_refusal *r)
{
    for (ky_language lang = KY_VIETNAMESE; lang <= KY_ENGLISH; lang++) {
        ky_auto_buf text = ky_buf_init(KY_REFUSAL_TEXT_MAX);
        if (ky_refusal_text(&text, r, lang, true) != KY_OK)
            abort();
    }
}

/* Spaces may hide a second mistake; every other proposal is what the person would have had to type. */
static void check_proposal(const struct ky_legal_field *f, const struct ky_refusal *r)
{
    struct ky_refusals again = {.n = 0};
    bool final = r->code == KY_REFUSE_IDENTITY_ZERO || r->code == KY_REFUSE_PHONE_ZERO;
    ky_field_check(&again, &check, f, ky_bytes_str(r->proposal));
    if (final && again.n > 0)
        abort();
}

static void check_field(const struct ky_legal_field *f, struct ky_bytes value)
{
    struct ky_refusals r = {.n = 0};
    char phone[KY_PHONE_MAX];
    ky_field_check(&r, &check, f, value);
    for (size_t i = 0; i < r.n; i++) {
        check_told(&r.list[i]);
        if (r.list[i].proposal[0] != 0)
            check_proposal(f, &r.list[i]);
    }
    if (r.n > 0)
        return;
    if (value.n == 0 ? f->required : ky_utf8_length(value) > (size_t)f->max_chars)
        abort();
    if (f->type == KY_FIELD_PHONE && ky_phone_normalise(phone, value) != KY_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct ky_bytes value = KY_BYTES(data + 1, size - 1);
    struct ky_refusals r = {.n = 0};
    check_field(&fields[data[0] % KY_COUNT(fields)], value);
    const struct ky_field_value row[] = {{"identity", value}, {"birth_date", value}, {"gender", value}};
    ky_row_check(&r, &check, fields, KY_COUNT(fields), row, KY_COUNT(row));
    if (r.n > KY_REFUSALS_MAX)
        abort();
    return 0;
}
