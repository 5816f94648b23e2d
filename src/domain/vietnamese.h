/* What Vietnamese text and numbers need: letters without marks for SMS, telephone numbers, identity numbers. */
#ifndef KY_DOMAIN_VIETNAMESE_H
#define KY_DOMAIN_VIETNAMESE_H

#include "base/buf.h"
#include "base/time.h"

/* Appends the text without diacritics, đ as d: "Nguyễn Đình" → "Nguyen Dinh". KY_EFORMAT: not UTF-8. */
ky_rc ky_text_unaccent(struct ky_buf *out, struct ky_bytes text);
/* Appends the text as it is searched: without diacritics, small letters, one space for all that is no letter or digit. */
ky_rc ky_text_fold(struct ky_buf *out, struct ky_bytes text);
/* True when every character is in the GSM 7-bit default alphabet's ASCII part: one septet each (3GPP TS 23.038). */
bool ky_text_is_gsm(struct ky_bytes text);

/* The digits of a number that may be written with spaces, dots and hyphens, at most room; 0: something else is in it. */
size_t ky_digits_only(char *out, size_t room, struct ky_bytes text);

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

/* "05/09/1991", strictly. KY_EFORMAT: another form; KY_EINVAL: no such day. */
ky_rc ky_date_parse(struct ky_date *out, struct ky_bytes text);
#define KY_DATE_TEXT 11
/* "05/09/1991"; years 0 to 9999. */
void ky_date_text(char out[KY_DATE_TEXT], const struct ky_date *d);

/*
 * ky_name_tidy — a person's name as it should be written: single spaces, each word with a capital and small letters
 * after it. What follows an apostrophe or hyphen keeps its case (H'Hen, Y-Bhăm). Appends, in NFC.
 *
 * Errors: KY_EFORMAT  not UTF-8
 */
ky_rc ky_name_tidy(struct ky_buf *out, struct ky_bytes name);
/*
 * The first thing in a name that is no letter of Vietnamese, space, apostrophe or hyphen: a view of its bytes; {NULL, 0}
 * when there is none. Letters are Latin ones with the marks of Vietnamese; f, j, w, z are in names of many of its peoples.
 */
struct ky_bytes ky_name_stranger(struct ky_bytes name);

#endif
