/* Which cell formats show dates (ECMA-376 part 1 §18.8.30, §18.8.10). */
#include <stdlib.h>

#include "base/str.h"
#include "codec/sheet/xlsx_book.h"

#define OWN_FORMATS_FROM 164 /* ids below are built in */

struct date_ids {
    uint32_t ids[KY_XLSX_DATE_IDS_MAX];
    size_t n;
};

/* Built-in formats that show dates or times of day, those of East Asian locales among them. */
static bool is_built_in_date(uint32_t id)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{14, 22}, {27, 36}, {45, 47}, {50, 58}};
    for (size_t i = 0; i < KY_COUNT(ranges); i++)
        if (id >= ranges[i].first && id <= ranges[i].last)
            return true;
    return false;
}

/* Skips text in quotes or brackets; returns where it ends. */
static const char *skip_to(const char *p, char end)
{
    const char *found = strchr(p + 1, end);
    return found != NULL ? found : p + strlen(p) - 1;
}

bool ky_xlsx_format_is_date(const char *code)
{
    for (const char *p = code; *p != '\0' && *p != ';'; p++) {
        if (*p == '"')
            p = skip_to(p, '"');
        else if (*p == '[')
            p = skip_to(p, ']');
        else if ((*p == '\\' || *p == '_' || *p == '*') && p[1] != '\0')
            p++;
        else if (strchr("dDmMyYhHsS", *p) != NULL)
            return true;
    }
    return false;
}

static bool is_date(const struct date_ids *own, uint32_t id)
{
    for (size_t i = 0; i < own->n; i++)
        if (own->ids[i] == id)
            return true;
    return is_built_in_date(id);
}

static uint32_t to_id(const char *text)
{
    uint64_t v;
    return ky_parse_u64(&v, ky_bytes_str(text), UINT32_MAX) == KY_OK ? (uint32_t)v : 0;
}

static ky_rc read_formats(struct ky_xlsx_book *b, struct ky_xlsx_xml *x, struct ky_xlsx_element *list,
                          struct date_ids *own)
{
    struct ky_xlsx_element e;
    char id[KY_XLSX_ATTRIBUTE_MAX], code[KY_XLSX_ATTRIBUTE_MAX];
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, list, &e));
        if (e.name == NULL)
            return KY_OK;
        KY_TRY(ky_xlsx_xml_attribute(x, id, "numFmtId", false));
        KY_TRY(ky_xlsx_xml_attribute(x, code, "formatCode", false));
        if (to_id(id) < OWN_FORMATS_FROM || !ky_xlsx_format_is_date(code))
            continue;
        if (own->n == KY_XLSX_DATE_IDS_MAX)
            return ky_sheet_refuse(b->fault, KY_SHEET_XML_LIMIT, b->styles);
        own->ids[own->n++] = to_id(id);
    }
}

static ky_rc read_cell_formats(struct ky_xlsx_book *b, struct ky_xlsx_xml *x, struct ky_xlsx_element *list,
                               const struct date_ids *own)
{
    struct ky_xlsx_element e;
    char id[KY_XLSX_ATTRIBUTE_MAX];
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, list, &e));
        if (e.name == NULL)
            break;
        KY_TRY(ky_xlsx_xml_attribute(x, id, "numFmtId", false));
        ky_buf_add_u8(&b->dates, is_date(own, to_id(id)));
    }
    return ky_buf_finish(&b->dates) == KY_OK ? KY_OK
                                             : ky_sheet_refuse(b->fault, KY_SHEET_XML_LIMIT, b->styles);
}

ky_rc ky_xlsx_styles_load(struct ky_xlsx_book *b)
{
    ky_auto_xlsx_xml x = NULL;
    struct ky_xlsx_element root, e;
    struct date_ids own = {.n = 0};
    if (b->styles[0] == '\0')
        return KY_OK;
    ky_rc rc = ky_xlsx_xml_open(&x, b->fault, b->zip, b->styles, &root);
    if (rc == KY_ENOTFOUND)
        return ky_sheet_refuse(b->fault, KY_SHEET_DAMAGED, b->styles);
    KY_TRY(rc);
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, &root, &e));
        if (e.name == NULL)
            return KY_OK;
        if (ky_xlsx_is(&e, "numFmts"))
            KY_TRY(read_formats(b, x, &e, &own));
        else if (ky_xlsx_is(&e, "cellXfs"))
            KY_TRY(read_cell_formats(b, x, &e, &own));
    }
}
