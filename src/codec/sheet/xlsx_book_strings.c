/* Shared strings and the text of one (ECMA-376 part 1 §18.4). */
#include <stdlib.h>

#include "base/str.h"
#include "codec/sheet/xlsx_book.h"

#define FIRST_ROOM 1024

/* ---- text ---- */

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "_xHHHH_" at p: its code; -1 for anything else (ST_Xstring, §22.9.2.19). */
static int escaped_at(const uint8_t *p, size_t n)
{
    int code = 0;
    if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code < 0x80 ? code : -1; /* only control characters and the underscore are written so */
}

/* In place: the decoded form is never longer. NUL becomes a space. */
static void decode_escapes(struct ky_buf *b)
{
    size_t to = 0;
    if (b->n == 0)
        return;
    for (size_t at = 0; at < b->n;) {
        int code = escaped_at(b->p + at, b->n - at);
        b->p[to++] = code > 0 ? (uint8_t)code : code == 0 ? ' ' : b->p[at];
        at += code >= 0 ? 7 : 1;
    }
    b->n = to;
    b->p[to] = '\0';
}

static ky_rc add_run(struct ky_xlsx_xml *x, struct ky_buf *out, struct ky_xlsx_element *run)
{
    struct ky_xlsx_element e;
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, run, &e));
        if (e.name == NULL)
            return KY_OK;
        if (ky_xlsx_is(&e, "t"))
            KY_TRY(ky_xlsx_xml_text(x, out, &e));
    }
}

ky_rc ky_xlsx_rich_text(struct ky_xlsx_xml *x, struct ky_buf *out, struct ky_xlsx_element *string)
{
    struct ky_xlsx_element e;
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, string, &e));
        if (e.name == NULL)
            break;
        if (ky_xlsx_is(&e, "t"))
            KY_TRY(ky_xlsx_xml_text(x, out, &e));
        else if (ky_xlsx_is(&e, "r"))
            KY_TRY(add_run(x, out, &e));
    }
    decode_escapes(out);
    return KY_OK;
}

/* ---- the table ---- */

static ky_rc make_room(struct ky_xlsx_book *b)
{
    struct ky_xlsx_strings *s = &b->shared;
    if (s->n < s->room)
        return KY_OK;
    size_t room = s->room == 0 ? FIRST_ROOM : 2 * s->room;
    struct ky_bytes *items = ky_arena_alloc_array(&b->arena, room, sizeof *items);
    if (s->n == KY_XLSX_STRINGS_MAX || items == NULL)
        return ky_sheet_refuse(b->fault, KY_SHEET_STRINGS, "");
    if (s->n > 0)
        memcpy(items, s->items, s->n * sizeof *items);
    s->items = items;
    s->room = room;
    return KY_OK;
}

static ky_rc add_string(struct ky_xlsx_book *b, struct ky_bytes text, bool too_long)
{
    KY_TRY(make_room(b));
    const uint8_t *copy = too_long ? NULL : ky_arena_dup(&b->arena, text);
    if (copy == NULL && !too_long)
        return ky_sheet_refuse(b->fault, KY_SHEET_STRINGS, "");
    b->shared.items[b->shared.n++] = KY_BYTES(copy, too_long ? 0 : text.n);
    return KY_OK;
}

ky_rc ky_xlsx_strings_load(struct ky_xlsx_book *b)
{
    ky_auto_xlsx_xml x = NULL;
    ky_auto_buf text = ky_buf_init_secret(KY_SHEET_CELL_MAX);
    struct ky_xlsx_element root, e;
    if (b->strings[0] == '\0')
        return KY_OK;
    ky_rc rc = ky_xlsx_xml_open(&x, b->fault, b->zip, b->strings, &root);
    if (rc == KY_ENOTFOUND)
        return ky_sheet_refuse(b->fault, KY_SHEET_DAMAGED, b->strings);
    KY_TRY(rc);
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, &root, &e));
        if (e.name == NULL)
            return KY_OK;
        if (!ky_xlsx_is(&e, "si"))
            continue;
        ky_buf_reset(&text);
        rc = ky_xlsx_rich_text(x, &text, &e);
        if (rc != KY_OK && b->fault->kind != KY_SHEET_NO_FAULT)
            return rc;
        KY_TRY(add_string(b, ky_buf_bytes(&text), rc != KY_OK));
    }
}
