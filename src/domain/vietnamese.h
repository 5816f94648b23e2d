/* What Vietnamese text and numbers need: letters without marks for SMS, telephone numbers, identity numbers. */
#ifndef KY_DOMAIN_VIETNAMESE_H
#define KY_DOMAIN_VIETNAMESE_H

#include "base/buf.h"

/* Appends the text without diacritics, đ as d: "Nguyễn Đình" → "Nguyen Dinh". KY_EFORMAT: not UTF-8. */
ky_rc ky_text_unaccent(struct ky_buf *out, struct ky_bytes text);
/* True when every character is in the GSM 7-bit default alphabet's ASCII part: one septet each (3GPP TS 23.038). */
bool ky_text_is_gsm(struct ky_bytes text);

#define KY_PHONE_MAX 16
/*
 * "0912 345 678", "+84912345678" → "+84912345678". Only the form is judged: 9 digits after the country's code.
 * KY_EFORMAT otherwise.
 */
ky_rc ky_phone_normalise(char out[KY_PHONE_MAX], struct ky_bytes text);

/* Parts of a personal identification number (Decree 137/2015/NĐ-CP article 13). */
struct ky_identity {
    char place[4]; /* birthplace: province "001".."096", or country */
    bool female;
    int birth_year; /* all four digits */
};
/* KY_EFORMAT: not 12 digits. */
ky_rc ky_identity_parse(struct ky_identity *out, struct ky_bytes text);

#endif
