/*
 * What checks of entered data find: a stable code, the field, and enough to
 * tell the person who typed it what is wrong and what would be right, in
 * both languages. Values are shown to that person only: what goes to a log has none.
 */
#ifndef KY_DOMAIN_REFUSAL_H
#define KY_DOMAIN_REFUSAL_H

#include "codec/json.h"

#define KY_REFUSALS_MAX 16      /* of one row; more are not told */
#define KY_REFUSAL_VALUE_MAX 64 /* bytes with NUL; a longer value is cut, with "…" */
#define KY_REFUSAL_LIMIT_MAX 96
#define KY_REFUSAL_TEXT_MAX 2048 /* bytes of a message */

typedef enum ky_refusal_code {
    KY_REFUSE_REQUIRED,
    KY_REFUSE_TOO_LONG,
    KY_REFUSE_TOO_MANY_BYTES,
    KY_REFUSE_CHARACTER, /* control, bidirectional, zero-width …, or not UTF-8 */
    KY_REFUSE_NOT_NFC,   /* proposal: the text in NFC */
    KY_REFUSE_SPACES,    /* proposal: single spaces, none at the ends */
    KY_REFUSE_UNKNOWN_FIELD,
    KY_REFUSE_TWICE, /* a field stands in the row twice */
    KY_REFUSE_CHOICE,
    KY_REFUSE_SCIENTIFIC,    /* 5,10800E+10 */
    KY_REFUSE_IDENTITY_FORM, /* not 12 digits */
    KY_REFUSE_IDENTITY_ZERO, /* proposal: with the zeros a spreadsheet took */
    KY_REFUSE_IDENTITY_OLD,  /* chứng minh nhân dân, 9 digits */
    KY_REFUSE_IDENTITY_PLACE,
    KY_REFUSE_IDENTITY_AGE,
    KY_REFUSE_IDENTITY_BIRTH,  /* another year than the date of birth */
    KY_REFUSE_IDENTITY_GENDER, /* another gender than stated */
    KY_REFUSE_PHONE_FORM,
    KY_REFUSE_PHONE_ZERO,   /* proposal */
    KY_REFUSE_PHONE_OLD,    /* 11 digits; proposal: the number since 2018 */
    KY_REFUSE_PHONE_PREFIX, /* not a mobile range */
    KY_REFUSE_EMAIL_FORM,
    KY_REFUSE_EMAIL_PUBLIC,
    KY_REFUSE_EMAIL_NOT_OFFICIAL,
    KY_REFUSE_NAME_LETTER,
    KY_REFUSE_NAME_CAPITALS, /* proposal */
    KY_REFUSE_DATE_FORM,     /* proposal where the date is plain */
    KY_REFUSE_DATE_SERIAL,   /* a spreadsheet's day number; proposal */
    KY_REFUSE_DATE_IMPOSSIBLE,
    KY_REFUSE_DATE_RANGE,
    KY_REFUSE_SERIAL_FORM,
    KY_REFUSE_AUTHORITY, /* the letter's conditions, and people among each other */
    KY_REFUSE_FINANCE,
    KY_REFUSE_PHONE_NOT_OWN,
    KY_REFUSE_KEY,
    KY_REFUSE_SAME_IDENTITY,
    KY_REFUSE_SAME_EMAIL,
    KY_REFUSE_SAME_PHONE,
    KY_REFUSE_CERT_UNKNOWN, /* rows about a certificate: none of this organisation */
    KY_REFUSE_CERT_ENDED,
    KY_REFUSE_CERT_TAKEN, /* by another open dossier; proposal: its code */
    KY_REFUSE_CERT_TWICE,
    KY_REFUSE_CERT_REMAINING,
    KY_REFUSE_CERT_TIMES,
    KY_REFUSE_SAME_KEY, /* of another kind than asked for */
    KY_REFUSE_EMAIL_KEPT,
    KY_REFUSE_PERSON_KEPT,
    KY_REFUSE_NO_CHANGE,
    KY_REFUSE_GROUND_NOT_YOURS,
    KY_REFUSE_COUNT,
} ky_refusal_code;

struct ky_refusal {
    ky_refusal_code code;
    const char *field;                   /* key; borrowed from the legal profile or a literal */
    const char *field_vi, *field_en;     /* labels, borrowed as well; NULL: the message needs none */
    char value[KY_REFUSAL_VALUE_MAX];    /* as typed: personal data */
    char limit[KY_REFUSAL_LIMIT_MAX];    /* what it was measured by; "" where there is none */
    char proposal[KY_REFUSAL_LIMIT_MAX]; /* probably meant: personal data; "" where nothing can be guessed */
};

struct ky_refusals {
    struct ky_refusal list[KY_REFUSALS_MAX + 1]; /* the last takes what is not told */
    size_t n;
};

typedef enum ky_language { KY_VIETNAMESE, KY_ENGLISH } ky_language;

/* "IDENTITY_PLACE": stable, for programs. */
const char *ky_refusal_code_name(ky_refusal_code code);

/* Appends one, its texts empty, to be filled in; never NULL. */
struct ky_refusal *ky_refusals_add(struct ky_refusals *out, ky_refusal_code code, const char *field);
/* Copies what fits, whole characters only, "…" for the rest. */
void ky_refusal_put(char *out, size_t room, struct ky_bytes text);

/* Appends the message; with_value false (logs, answers that are logged): "…" stands for value and proposal. */
ky_rc ky_refusal_text(struct ky_buf *out, const struct ky_refusal *f, ky_language lang, bool with_value);

/* KY_EDENIED with the first one's code and English message without its value, when there is one. */
ky_rc ky_refusals_result(const struct ky_refusals *r);
/* [{"code","field","vi","en","proposal"?} …] as member `name`, for the person who typed the values. */
void ky_refusals_write(struct ky_json_out *o, const char *name, const struct ky_refusals *r);

#endif
