/* Names of people, letter by letter of their decomposed form; see vietnamese.h. */
#include "domain/vietnamese.h"

#include <stdlib.h>

#include <uninorm.h>

#include "base/str.h"

#define D_STROKE_UPPER 0x110
#define D_STROKE_LOWER 0x111
#define APOSTROPHE 0x2019

static void free_u8(uint8_t **p)
{
    free(*p);
}

/* grave, acute, circumflex, tilde, breve, hook above, horn, dot below */
static bool is_mark(int32_t c)
{
    static const int32_t marks[] = {0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31b, 0x323};
    for (size_t i = 0; i < KY_COUNT(marks); i++)
        if (c == marks[i])
            return true;
    return false;
}

static bool is_letter(int32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == D_STROKE_UPPER || c == D_STROKE_LOWER;
}

static bool is_joiner(int32_t c)
{
    return c == '\'' || c == APOSTROPHE || c == '-';
}

/* Every code point of the decomposition of one character. */
static bool is_of_names(struct ky_bytes character)
{
    size_t n = 0;
    KY_CLEANUP(free_u8) uint8_t *nfd = u8_normalize(UNINORM_NFD, character.p, character.n, NULL, &n);
    for (struct ky_bytes left = KY_BYTES(nfd, nfd == NULL ? 0 : n); left.n > 0;) {
        int32_t c = ky_utf8_next(&left);
        if (!is_letter(c) && !is_mark(c) && !is_joiner(c) && c != ' ')
            return false;
    }
    return nfd != NULL;
}

struct ky_bytes ky_name_stranger(struct ky_bytes name)
{
    for (struct ky_bytes left = name; left.n > 0;) {
        struct ky_bytes before = left;
        if (ky_utf8_next(&left) < 0)
            return before;
        struct ky_bytes character = KY_BYTES(before.p, before.n - left.n);
        if (!is_of_names(character))
            return character;
    }
    return KY_BYTES_NONE;
}

static int32_t to_case(int32_t c, bool upper)
{
    if (c == D_STROKE_UPPER || c == D_STROKE_LOWER)
        return upper ? D_STROKE_UPPER : D_STROKE_LOWER;
    if (c >= 'A' && c <= 'Z' && !upper)
        return c - 'A' + 'a';
    return c >= 'a' && c <= 'z' && upper ? c - 'a' + 'A' : c;
}

static void add_letter(struct ky_buf *out, int32_t c, struct ky_bytes as_written)
{
    if (c == D_STROKE_UPPER || c == D_STROKE_LOWER)
        ky_buf_add_str(out, c == D_STROKE_UPPER ? "Đ" : "đ");
    else if (c < 0x80)
        ky_buf_add_u8(out, (uint8_t)c);
    else
        ky_buf_add(out, as_written);
}

/* Decomposed in, decomposed out. */
static void tidy(struct ky_buf *out, struct ky_bytes nfd)
{
    int32_t previous = ' '; /* the last letter, space or joiner; marks belong to the letter before */
    bool space_due = false;
    for (struct ky_bytes left = nfd; left.n > 0;) {
        struct ky_bytes before = left;
        int32_t c = ky_utf8_next(&left);
        struct ky_bytes as_written = KY_BYTES(before.p, before.n - left.n);
        if (c == ' ' || c == '\t' || c == 0xa0) {
            space_due = out->n > 0;
            continue;
        }
        if (space_due)
            ky_buf_add_u8(out, ' ');
        if (space_due || out->n == 0)
            previous = ' ';
        space_due = false;
        add_letter(out, is_letter(c) && !is_joiner(previous) ? to_case(c, previous == ' ') : c, as_written);
        previous = is_mark(c) ? previous : c;
    }
}

ky_rc ky_name_tidy(struct ky_buf *out, struct ky_bytes name)
{
    size_t n = 0;
    if (!ky_utf8_valid(name))
        return ky_fail(KY_EFORMAT, "name: not UTF-8");
    if (name.n == 0)
        return KY_OK;
    KY_CLEANUP(free_u8) uint8_t *nfd = u8_normalize(UNINORM_NFD, name.p, name.n, NULL, &n);
    if (nfd == NULL)
        return ky_fail(KY_ENOMEM, "name");
    ky_auto_buf tidied = ky_buf_init_secret(n + 1);
    tidy(&tidied, KY_BYTES(nfd, n));
    KY_TRY(ky_buf_finish(&tidied));
    if (tidied.n == 0)
        return KY_OK;
    KY_CLEANUP(free_u8) uint8_t *nfc = u8_normalize(UNINORM_NFC, tidied.p, tidied.n, NULL, &n);
    if (nfc == NULL)
        return ky_fail(KY_ENOMEM, "name");
    ky_buf_add(out, KY_BYTES(nfc, n));
    return ky_buf_finish(out);
}
