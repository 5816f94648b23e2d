/* Relationships and the workbook; see xlsx_book.h. */
#include "codec/sheet/xlsx_book.h"

#include <stdio.h>

#include "base/str.h"

#define ROOT_RELS "_rels/.rels"
#define CONTENT_TYPES "[Content_Types].xml"

static bool type_is(const char *uri, const char *last)
{
    const char *slash = strrchr(uri, '/');
    return ky_str_eq(slash == NULL ? uri : slash + 1, last);
}

/* A target beside `from`, or from the root when it begins with a slash. Names with ".." are not looked for. */
static ky_rc resolve(struct ky_xlsx_book *b, char out[KY_XLSX_NAME_MAX], const char *from, const char *target)
{
    const char *slash = strrchr(from, '/');
    int folder = target[0] == '/' || slash == NULL ? 0 : (int)(slash - from) + 1;
    int n = snprintf(out, KY_XLSX_NAME_MAX, "%.*s%s", folder, from, target + (target[0] == '/'));
    if (n < 0 || n >= KY_XLSX_NAME_MAX || strstr(out, "..") != NULL)
        return ky_sheet_refuse(b->fault, KY_SHEET_MEMBER_NAME, "");
    return KY_OK;
}

struct wanted {
    const char *id;   /* or NULL */
    const char *type; /* last part of the relationship's type */
};

/* The first relationship of that type and id; out "" when there is none. */
static ky_rc find_relation(struct ky_xlsx_book *b, char out[KY_XLSX_NAME_MAX], const char *rels,
                           const char *from, const struct wanted *w)
{
    ky_auto_xlsx_xml x = NULL;
    struct ky_xlsx_element root, e;
    char value[KY_XLSX_ATTRIBUTE_MAX];
    out[0] = '\0';
    ky_rc rc = ky_xlsx_xml_open(&x, b->fault, b->zip, rels, &root);
    if (rc == KY_ENOTFOUND)
        return ky_sheet_refuse(b->fault, KY_SHEET_DAMAGED, rels);
    KY_TRY(rc);
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, &root, &e));
        if (e.name == NULL)
            return KY_OK;
        KY_TRY(ky_xlsx_xml_attribute(x, value, "Type", false));
        if (!type_is(value, w->type))
            continue;
        KY_TRY(ky_xlsx_xml_attribute(x, value, "Id", false));
        if (w->id != NULL && !ky_str_eq(value, w->id))
            continue;
        KY_TRY(ky_xlsx_xml_attribute(x, value, "TargetMode", false));
        if (ky_str_eq(value, "External"))
            return ky_sheet_refuse(b->fault, KY_SHEET_EXTERNAL, w->type);
        KY_TRY(ky_xlsx_xml_attribute(x, value, "Target", false));
        return resolve(b, out, from, value);
    }
}

/* Content types of workbooks with macros: …sheet.macroEnabled.main+xml, …sheet.binary.macroEnabled.main. */
static ky_rc check_content_types(struct ky_xlsx_book *b)
{
    ky_auto_xlsx_xml x = NULL;
    struct ky_xlsx_element root, e;
    char value[KY_XLSX_ATTRIBUTE_MAX];
    ky_rc rc = ky_xlsx_xml_open(&x, b->fault, b->zip, CONTENT_TYPES, &root);
    if (rc == KY_ENOTFOUND)
        return ky_sheet_refuse(b->fault, KY_SHEET_NOT_XLSX, "");
    KY_TRY(rc);
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, &root, &e));
        if (e.name == NULL)
            return KY_OK;
        KY_TRY(ky_xlsx_xml_attribute(x, value, "ContentType", false));
        if (strcasestr(value, "macroEnabled") != NULL || strcasestr(value, "vbaProject") != NULL)
            return ky_sheet_refuse(b->fault, KY_SHEET_MACROS, "");
    }
}

struct sheets {
    char ids[KY_XLSX_SHEETS_MAX][64]; /* r:id of those that are shown, in order */
    size_t n;
};

static ky_rc read_sheets(struct ky_xlsx_book *b, struct ky_xlsx_xml *x, struct ky_xlsx_element *list,
                         struct sheets *out)
{
    struct ky_xlsx_element e;
    char value[KY_XLSX_ATTRIBUTE_MAX];
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, list, &e));
        if (e.name == NULL)
            return KY_OK;
        KY_TRY(ky_xlsx_xml_attribute(x, value, "state", false));
        bool shown = value[0] == '\0' || ky_str_eq(value, "visible");
        KY_TRY(ky_xlsx_xml_attribute(x, value, "id", true));
        if (!ky_xlsx_is(&e, "sheet") || !shown || strlen(value) >= sizeof out->ids[0])
            continue;
        if (out->n == KY_XLSX_SHEETS_MAX)
            return ky_sheet_refuse(b->fault, KY_SHEET_MEMBERS, "sheets");
        memcpy(out->ids[out->n++], value, strlen(value) + 1);
    }
}

static ky_rc read_workbook(struct ky_xlsx_book *b, const char *member, struct sheets *sheets)
{
    ky_auto_xlsx_xml x = NULL;
    struct ky_xlsx_element root, e;
    char value[KY_XLSX_ATTRIBUTE_MAX];
    ky_rc rc = ky_xlsx_xml_open(&x, b->fault, b->zip, member, &root);
    if (rc == KY_ENOTFOUND || (rc == KY_OK && !ky_xlsx_is(&root, "workbook")))
        return ky_sheet_refuse(b->fault, KY_SHEET_DAMAGED, member);
    KY_TRY(rc);
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(x, &root, &e));
        if (e.name == NULL)
            return KY_OK;
        if (ky_xlsx_is(&e, "workbookPr")) {
            KY_TRY(ky_xlsx_xml_attribute(x, value, "date1904", false));
            b->from_1904 = ky_str_eq(value, "1") || ky_str_eq(value, "true");
        } else if (ky_xlsx_is(&e, "sheets")) {
            KY_TRY(read_sheets(b, x, &e, sheets));
        }
    }
}

/* The first sheet that is shown and is a worksheet: charts have another type of relationship. */
static ky_rc find_sheet(struct ky_xlsx_book *b, const char *rels, const char *workbook,
                        const struct sheets *sheets)
{
    for (size_t i = 0; i < sheets->n; i++) {
        const struct wanted w = {sheets->ids[i], "worksheet"};
        KY_TRY(find_relation(b, b->sheet, rels, workbook, &w));
        if (b->sheet[0] != '\0')
            return KY_OK;
    }
    return ky_sheet_refuse(b->fault, KY_SHEET_EMPTY, "");
}

/* "xl/workbook.xml" → "xl/_rels/workbook.xml.rels" */
static void rels_of(char out[KY_XLSX_NAME_MAX], const char *member)
{
    const char *slash = strrchr(member, '/');
    int folder = slash == NULL ? 0 : (int)(slash - member) + 1;
    snprintf(out, KY_XLSX_NAME_MAX, "%.*s_rels/%s.rels", folder, member, member + folder);
}

static ky_rc load(struct ky_xlsx_book *b)
{
    static const struct wanted document = {NULL, "officeDocument"}, strings = {NULL, "sharedStrings"},
                               styles = {NULL, "styles"};
    char workbook[KY_XLSX_NAME_MAX], rels[KY_XLSX_NAME_MAX];
    struct sheets sheets = {.n = 0};
    KY_TRY(check_content_types(b));
    KY_TRY(find_relation(b, workbook, ROOT_RELS, "", &document));
    KY_TRY(read_workbook(b, workbook, &sheets));
    rels_of(rels, workbook);
    KY_TRY(find_sheet(b, rels, workbook, &sheets));
    KY_TRY(find_relation(b, b->strings, rels, workbook, &strings));
    KY_TRY(find_relation(b, b->styles, rels, workbook, &styles));
    KY_TRY(ky_xlsx_styles_load(b));
    return ky_xlsx_strings_load(b);
}

ky_rc ky_xlsx_book_open(struct ky_xlsx_book *out, struct ky_sheet_fault *fault, struct ky_xlsx_zip *zip)
{
    *out = (struct ky_xlsx_book){.fault = fault,
                                 .zip = zip,
                                 .arena = ky_arena_init(KY_SHEET_TEXT_MAX),
                                 .dates = ky_buf_init(KY_XLSX_FORMATS_MAX)};
    return load(out);
}

void ky_xlsx_book_clear(struct ky_xlsx_book *b)
{
    ky_arena_clear(&b->arena);
    ky_buf_clear(&b->dates);
}
