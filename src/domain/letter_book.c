/* The book of letters; see letter_book.h. File: "highest N", then a line "missing FIRST LAST SINCE" for each gap. */
#include "domain/letter_book.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "os/file.h"

#define BOOK_MAX (KY_LETTER_GAPS_MAX * 80 + 64)

static ky_rc bad_line(const struct ky_letter_book *book, int line)
{
    return ky_fail(KY_EFORMAT, "%s: line %d is not of a letter book", book->path, line);
}

/* Gaps lie below highest, in order, and do not touch. */
static bool fits(const struct ky_letter_book *book, const struct ky_letter_gap *g)
{
    uint64_t after = book->count == 0 ? 0 : book->gaps[book->count - 1].last;
    return g->first > after && g->first <= g->last && g->last < book->highest;
}

static ky_rc read_lines(struct ky_letter_book *book, const char *text)
{
    int used = 0;
    if (sscanf(text, "highest %" SCNu64 "\n%n", &book->highest, &used) != 1)
        return bad_line(book, 1);
    text += used;
    for (int line = 2; *text != 0; line++, text += used) {
        struct ky_letter_gap g = {0};
        int got = sscanf(text, "missing %" SCNu64 " %" SCNu64 " %" SCNd64 "\n%n", &g.first, &g.last, &g.since,
                         &used);
        if (got != 3 || book->count == KY_LETTER_GAPS_MAX || !fits(book, &g))
            return bad_line(book, line);
        book->gaps[book->count++] = g;
    }
    return KY_OK;
}

ky_rc ky_letter_book_open(struct ky_letter_book *book, const char *path)
{
    ky_auto_letter_book b = {.gaps = calloc(KY_LETTER_GAPS_MAX, sizeof *b.gaps)};
    if (b.gaps == NULL)
        return ky_fail(KY_ENOMEM, "letter book");
    if (snprintf(b.path, sizeof b.path, "%s", path) >= (int)sizeof b.path)
        return ky_fail(KY_ELIMIT, "letter book: path longer than %zu bytes", sizeof b.path - 1);
    ky_auto_buf text = ky_buf_init(BOOK_MAX);
    ky_rc rc = ky_file_read(&text, path);
    if (rc != KY_ENOTFOUND) {
        KY_TRY(rc);
        KY_TRY(read_lines(&b, ky_buf_str(&text)));
    }
    *book = b;
    b.gaps = NULL;
    return KY_OK;
}

void ky_letter_book_close(struct ky_letter_book *book)
{
    free(book->gaps);
    book->gaps = NULL;
    book->count = 0;
}

static size_t find_gap(const struct ky_letter_book *book, uint64_t number)
{
    size_t i = 0;
    while (i < book->count && (number < book->gaps[i].first || number > book->gaps[i].last))
        i++;
    return i;
}

bool ky_letter_book_has(const struct ky_letter_book *book, uint64_t number)
{
    return number == 0 || (number <= book->highest && find_gap(book, number) == book->count);
}

static ky_rc write_book(const struct ky_letter_book *book)
{
    ky_auto_buf text = ky_buf_init(BOOK_MAX);
    ky_buf_addf(&text, "highest %" PRIu64 "\n", book->highest);
    for (size_t i = 0; i < book->count; i++)
        ky_buf_addf(&text, "missing %" PRIu64 " %" PRIu64 " %" PRId64 "\n", book->gaps[i].first,
                    book->gaps[i].last, book->gaps[i].since);
    KY_TRY(ky_buf_finish(&text));
    return ky_file_write(book->path, ky_buf_bytes(&text), 0600);
}

static ky_rc too_many(void)
{
    return ky_fail(KY_ELIMIT, "letter book: more than %d gaps", KY_LETTER_GAPS_MAX);
}

static ky_rc raise_highest(struct ky_letter_book *book, uint64_t number, ky_time now)
{
    if (number > book->highest + 1) {
        if (book->count == KY_LETTER_GAPS_MAX)
            return too_many();
        book->gaps[book->count++] =
            (struct ky_letter_gap){.first = book->highest + 1, .last = number - 1, .since = now};
    }
    book->highest = number;
    return KY_OK;
}

/* Takes one number out of a gap: it shrinks, splits or goes. */
static ky_rc fill_gap(struct ky_letter_book *book, size_t i, uint64_t number)
{
    struct ky_letter_gap *g = &book->gaps[i], right = *g;
    size_t behind = book->count - i - 1;
    right.first = number + 1;
    bool left_stays = number > g->first, right_stays = number < g->last;
    if (left_stays && right_stays && book->count == KY_LETTER_GAPS_MAX)
        return too_many();
    if (left_stays && right_stays) {
        memmove(g + 2, g + 1, behind * sizeof *g);
        g[1] = right;
        book->count++;
    }
    if (left_stays)
        g->last = number - 1;
    else if (right_stays)
        *g = right;
    else {
        memmove(g, g + 1, behind * sizeof *g);
        book->count--;
    }
    return KY_OK;
}

ky_rc ky_letter_book_take(struct ky_letter_book *book, uint64_t number, ky_time now)
{
    if (ky_letter_book_has(book, number))
        return ky_fail(KY_EEXIST, "letter %" PRIu64 " has been dealt with", number);
    if (number > book->highest)
        KY_TRY(raise_highest(book, number, now));
    else
        KY_TRY(fill_gap(book, find_gap(book, number), number));
    return write_book(book);
}

const struct ky_letter_gap *ky_letter_book_overdue(struct ky_letter_book *book, ky_time now)
{
    for (size_t i = 0; i < book->count; i++) {
        struct ky_letter_gap *g = &book->gaps[i];
        if (!g->told && now - g->since >= KY_LETTER_PATIENCE) {
            g->told = true;
            return g;
        }
    }
    return NULL;
}
