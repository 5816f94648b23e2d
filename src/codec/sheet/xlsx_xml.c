/* A bounded pull reader; see xlsx_xml.h. */
#include "codec/sheet/xlsx_xml.h"

#include <libxml/xmlreader.h>
#include <stdlib.h>

#include "base/str.h"

struct ky_xlsx_xml {
    xmlTextReaderPtr reader;
    struct ky_xlsx_zip *zip;      /* borrowed */
    struct ky_sheet_fault *fault; /* borrowed */
    const char *member;           /* borrowed */
    size_t since_tag;             /* bytes since the last '<' */
    bool after_bang;              /* the last two bytes are "<!" */
    uint8_t last;
    size_t elements;
    size_t comments;           /* and processing instructions */
    ky_sheet_fault_kind found; /* by the scan of the bytes */
};

/* ---- bytes, before the parser has them ---- */

/*
 * "<!D" begins a DOCTYPE and nothing else in a spreadsheet: comments begin "<!-", character data "<![". Comments and
 * processing instructions ("<?") are counted here because libxml2 keeps all that stand between two elements.
 */
static ky_sheet_fault_kind scan(struct ky_xlsx_xml *x, const uint8_t *p, int n)
{
    for (int i = 0; i < n; i++) {
        if (x->after_bang && p[i] == 'D')
            return KY_SHEET_DOCTYPE;
        x->comments += (x->after_bang && p[i] == '-') || (x->last == '<' && p[i] == '?');
        x->after_bang = x->last == '<' && p[i] == '!';
        x->last = p[i];
        x->since_tag = p[i] == '<' ? 0 : x->since_tag + 1;
        if (x->since_tag > KY_XLSX_TAG_MAX || x->comments > KY_XLSX_COMMENTS_MAX)
            return KY_SHEET_XML_LIMIT;
    }
    return KY_SHEET_NO_FAULT;
}

static int on_read(void *ctx, char *to, int room)
{
    struct ky_xlsx_xml *x = ctx;
    int n = ky_xlsx_zip_read(x->zip, (uint8_t *)to, room);
    x->found = n < 0 ? ky_xlsx_zip_fault(x->zip) : scan(x, (const uint8_t *)to, n);
    return x->found == KY_SHEET_NO_FAULT ? n : -1;
}

/* libxml2 would print to stderr. */
static void on_error(void *ctx, const char *text, xmlParserSeverities severity, xmlTextReaderLocatorPtr at)
{
}

static ky_rc refuse(struct ky_xlsx_xml *x, ky_sheet_fault_kind kind)
{
    return ky_sheet_refuse(x->fault, x->found != KY_SHEET_NO_FAULT ? x->found : kind, x->member);
}

/* ---- nodes ---- */

/* libxml2 keeps every name it meets and finds each by a walk that grows with their number. */
static int count_names(struct ky_xlsx_xml *x)
{
    const xmlNode *node = xmlTextReaderCurrentNode(x->reader);
    return node != NULL && node->doc != NULL && node->doc->dict != NULL ? xmlDictSize(node->doc->dict) : 0;
}

/* Moves to the next node; *more is false behind the root's end. */
static ky_rc advance(struct ky_xlsx_xml *x, bool *more)
{
    int rc = xmlTextReaderRead(x->reader);
    if (rc < 0 || x->found != KY_SHEET_NO_FAULT)
        return refuse(x, KY_SHEET_XML);
    *more = rc == 1;
    int type = xmlTextReaderNodeType(x->reader);
    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
        return refuse(x, KY_SHEET_DOCTYPE);
    if (type != XML_READER_TYPE_ELEMENT)
        return KY_OK;
    if (++x->elements > KY_XLSX_ELEMENTS_MAX || count_names(x) > KY_XLSX_NAMES_MAX ||
        xmlTextReaderDepth(x->reader) > KY_XLSX_DEPTH_MAX ||
        xmlTextReaderAttributeCount(x->reader) > KY_XLSX_ATTRIBUTES_MAX)
        return refuse(x, KY_SHEET_XML_LIMIT);
    return KY_OK;
}

static struct ky_xlsx_element here(struct ky_xlsx_xml *x)
{
    return (struct ky_xlsx_element){.name = (const char *)xmlTextReaderConstLocalName(x->reader),
                                    .depth = xmlTextReaderDepth(x->reader),
                                    .empty = xmlTextReaderIsEmptyElement(x->reader) == 1};
}

ky_rc ky_xlsx_xml_open(struct ky_xlsx_xml **out, struct ky_sheet_fault *fault, struct ky_xlsx_zip *zip,
                       const char *member, struct ky_xlsx_element *root)
{
    const int options =
        XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    KY_TRY(ky_xlsx_zip_enter(zip, member));
    ky_auto_xlsx_xml x = calloc(1, sizeof *x);
    if (x == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    *x = (struct ky_xlsx_xml){.zip = zip, .fault = fault, .member = member};
    x->reader = xmlReaderForIO(on_read, NULL, x, NULL, "UTF-8", options);
    if (x->reader == NULL)
        return refuse(x, KY_SHEET_XML);
    xmlTextReaderSetErrorHandler(x->reader, on_error, NULL);
    for (bool more = true; more;) {
        KY_TRY(advance(x, &more));
        if (xmlTextReaderNodeType(x->reader) != XML_READER_TYPE_ELEMENT)
            continue;
        *root = here(x);
        *out = KY_STEAL(x);
        return KY_OK;
    }
    return refuse(x, KY_SHEET_XML);
}

void ky_xlsx_xml_free(struct ky_xlsx_xml *x)
{
    if (x == NULL)
        return;
    if (x->reader != NULL) {
        xmlTextReaderClose(x->reader);
        xmlFreeTextReader(x->reader);
    }
    free(x);
}

ky_rc ky_xlsx_xml_child(struct ky_xlsx_xml *x, struct ky_xlsx_element *parent, struct ky_xlsx_element *child)
{
    *child = (struct ky_xlsx_element){.name = NULL};
    while (!parent->empty) {
        bool more;
        KY_TRY(advance(x, &more));
        int type = xmlTextReaderNodeType(x->reader);
        int depth = xmlTextReaderDepth(x->reader);
        if (!more || (type == XML_READER_TYPE_END_ELEMENT && depth <= parent->depth)) {
            parent->empty = true;
        } else if (type == XML_READER_TYPE_ELEMENT && depth == parent->depth + 1) {
            *child = here(x);
            return KY_OK;
        }
    }
    return KY_OK;
}

bool ky_xlsx_is(const struct ky_xlsx_element *e, const char *name)
{
    return ky_str_eq(e->name, name);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void trim_from(struct ky_buf *b, size_t start)
{
    size_t first = start;
    while (first < b->n && is_space(b->p[first]))
        first++;
    while (b->n > first && is_space(b->p[b->n - 1]))
        b->n--;
    if (b->n == 0)
        return;
    memmove(b->p + start, b->p + first, b->n - first);
    b->n -= first - start;
    b->p[b->n] = '\0';
}

static bool is_text(int type)
{
    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
           type == XML_READER_TYPE_WHITESPACE || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE;
}

ky_rc ky_xlsx_xml_text(struct ky_xlsx_xml *x, struct ky_buf *out, struct ky_xlsx_element *e)
{
    size_t start = out->n;
    xmlChar *space = xmlTextReaderGetAttribute(x->reader, (const xmlChar *)"xml:space");
    bool kept = space != NULL && strcmp((const char *)space, "preserve") == 0;
    xmlFree(space);
    while (!e->empty) {
        bool more;
        KY_TRY(advance(x, &more));
        int type = xmlTextReaderNodeType(x->reader);
        if (!more || (type == XML_READER_TYPE_END_ELEMENT && xmlTextReaderDepth(x->reader) <= e->depth))
            e->empty = true;
        else if (is_text(type) && xmlTextReaderDepth(x->reader) == e->depth + 1)
            ky_buf_add_str(out, (const char *)xmlTextReaderConstValue(x->reader));
    }
    if (!kept)
        trim_from(out, start);
    return ky_buf_finish(out);
}

ky_rc ky_xlsx_xml_attribute(struct ky_xlsx_xml *x, char out[KY_XLSX_ATTRIBUTE_MAX], const char *name,
                            bool prefixed)
{
    out[0] = '\0';
    for (int rc = xmlTextReaderMoveToFirstAttribute(x->reader); rc == 1 && out[0] == '\0';
         rc = xmlTextReaderMoveToNextAttribute(x->reader)) {
        bool has_prefix = xmlTextReaderConstPrefix(x->reader) != NULL;
        const char *value = (const char *)xmlTextReaderConstValue(x->reader);
        if (has_prefix != prefixed || value == NULL ||
            !ky_str_eq((const char *)xmlTextReaderConstLocalName(x->reader), name))
            continue;
        size_t n = strlen(value);
        if (n >= KY_XLSX_ATTRIBUTE_MAX)
            return refuse(x, KY_SHEET_XML_LIMIT);
        memcpy(out, value, n + 1);
    }
    xmlTextReaderMoveToElement(x->reader);
    return KY_OK;
}
