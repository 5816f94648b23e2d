/*
 * The columns of a list of people: what each is called in a spreadsheet, which member of a person (domain/person) it
 * becomes, and what may stand in it. The template for download and the reader of lists are both made from this table.
 */
#ifndef KY_DOMAIN_PEOPLE_COLUMNS_H
#define KY_DOMAIN_PEOPLE_COLUMNS_H

#include "base/buf.h"

#define KY_PEOPLE_LABELS_MAX 10
#define KY_PEOPLE_WORDS_MAX 16

typedef enum ky_people_kind {
    KY_PEOPLE_TEXT,
    KY_PEOPLE_IDENTITY, /* 12 digits that begin with 0 */
    KY_PEOPLE_PHONE,
    KY_PEOPLE_WORD, /* one of a list */
    KY_PEOPLE_BOOL,
    KY_PEOPLE_DATE, /* dd/mm/yyyy */
} ky_people_kind;

/* What a person writes, as ky_people_fold makes it, and what it means. */
struct ky_people_word {
    const char *folded, *value;
};

struct ky_people_column {
    const char *member;
    const char *heading; /* of the template */
    const char *
        labels[KY_PEOPLE_LABELS_MAX]; /* headings that are recognised, folded, beside the member's own name */
    ky_people_kind kind;
    bool required;
    size_t max_chars;
    struct ky_people_word words[KY_PEOPLE_WORDS_MAX]; /* KY_PEOPLE_WORD, KY_PEOPLE_BOOL ("1", "0") */
    const char *choices[6];                           /* to pick from in the template */
    double width;                                     /* characters */
    const char *hint;                                 /* in the template, at most 255 characters */
};

extern const struct ky_people_column ky_people_columns[];
extern const size_t ky_people_column_count;
#define KY_PEOPLE_COLUMNS_MAX 16

/* Appends letters and digits without diacritics, small; what is in parentheses goes: "Số CCCD (*)" → "socccd". */
ky_rc ky_people_fold(struct ky_buf *out, struct ky_bytes text);
/* The column a folded heading names, or NULL. */
const struct ky_people_column *ky_people_column_find(const char *folded);
/* The value of a folded word, or NULL. */
const char *ky_people_word_find(const struct ky_people_column *c, const char *folded);

#endif
