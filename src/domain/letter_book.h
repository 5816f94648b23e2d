/*
 * The courier's own book of letters: which numbers have been dealt with, which
 * are missing. It is what makes a repeated letter harmless and a letter that
 * somebody let disappear visible (docs/protocol/statements.md §8).
 */
#ifndef KY_DOMAIN_LETTER_BOOK_H
#define KY_DOMAIN_LETTER_BOOK_H

#include "base/buf.h"
#include "base/time.h"

#define KY_LETTER_GAPS_MAX 4096
#define KY_LETTER_PATIENCE KY_MINUTE /* so long a letter may come later than its successor */

/* Numbers first to last have not come, and a higher one has. */
struct ky_letter_gap {
    uint64_t first, last;
    ky_time since;
    bool told; /* the alarm has been given, since the start of this process */
};

struct ky_letter_book {
    char path[512];
    uint64_t highest; /* every number up to it is dealt with, gaps excepted */
    struct ky_letter_gap *gaps;
    size_t count; /* of gaps */
};
#define ky_auto_letter_book KY_CLEANUP(ky_letter_book_close) struct ky_letter_book

/* Reads the file; an absent one is an empty book. KY_EFORMAT, KY_ELIMIT. */
ky_rc ky_letter_book_open(struct ky_letter_book *book, const char *path);
void ky_letter_book_close(struct ky_letter_book *book);

/* Has it been dealt with? */
bool ky_letter_book_has(const struct ky_letter_book *book, uint64_t number);
/* Writes it down; durable on return. KY_EEXIST: it is there already; KY_ELIMIT: too many gaps; KY_EIO. */
ky_rc ky_letter_book_take(struct ky_letter_book *book, uint64_t number, ky_time now);
/* The next gap that has lasted too long and was not told yet, marked as told; NULL when there is none. */
const struct ky_letter_gap *ky_letter_book_overdue(struct ky_letter_book *book, ky_time now);

#endif
