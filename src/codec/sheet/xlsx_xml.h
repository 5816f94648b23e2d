/*
 * One XML member of an .xlsx file as a stream of elements, through libxml2's reader. UTF-8 only; no DOCTYPE and so no
 * entities but the five of XML; elements, attributes, depth and length of a tag are bounded, because the reader's time
 * grows with their product.
 *
 *     struct ky_xlsx_element sheet, child;
 *     KY_TRY(ky_xlsx_xml_open(&x, fault, zip, "xl/worksheets/sheet1.xml", &sheet));
 *     for (;;) { KY_TRY(ky_xlsx_xml_child(x, &sheet, &child)); if (child.name == NULL) break; … }
 */
#ifndef KY_CODEC_SHEET_XLSX_XML_H
#define KY_CODEC_SHEET_XLSX_XML_H

#include "codec/sheet/xlsx_zip.h"

#define KY_XLSX_TAG_MAX 16384        /* bytes from one '<' to the next */
#define KY_XLSX_ATTRIBUTES_MAX 64    /* of an element */
#define KY_XLSX_DEPTH_MAX 32         /* elements inside one another */
#define KY_XLSX_ELEMENTS_MAX 1200000 /* in a member */
#define KY_XLSX_COMMENTS_MAX 1000    /* and processing instructions, in a member */
#define KY_XLSX_ATTRIBUTE_MAX 1024   /* bytes of a value that is asked for */
#define KY_XLSX_NAMES_MAX 4096       /* different ones of elements and attributes in a member */

struct ky_xlsx_xml;
struct ky_xlsx_element {
    const char *name; /* local; borrowed until the reader moves; NULL: none */
    int depth;
    bool empty; /* has no content, or all of it was read */
};

/*
 * Opens a member at its root. Every function below reports with the fault, naming the member.
 * Errors: KY_ENOTFOUND  no such member, no fault;  KY_EFORMAT, KY_ELIMIT, KY_EDENIED
 */
ky_rc ky_xlsx_xml_open(struct ky_xlsx_xml **out, struct ky_sheet_fault *fault, struct ky_xlsx_zip *zip,
                       const char *member, struct ky_xlsx_element *root);
void ky_xlsx_xml_free(struct ky_xlsx_xml *x);
KY_DEFINE_CLEANUP(struct ky_xlsx_xml, ky_xlsx_xml_free)
#define ky_auto_xlsx_xml KY_CLEANUP(ky_xlsx_xml_freep) struct ky_xlsx_xml *

/* The next child element of parent, whatever was read of the one before; child->name NULL: there is none. */
ky_rc ky_xlsx_xml_child(struct ky_xlsx_xml *x, struct ky_xlsx_element *parent, struct ky_xlsx_element *child);
bool ky_xlsx_is(const struct ky_xlsx_element *e, const char *name);

/*
 * Text of the element itself, appended; without xml:space="preserve" white space at the ends goes.
 * KY_ELIMIT without a fault: more than out holds (the element is read to its end all the same).
 */
ky_rc ky_xlsx_xml_text(struct ky_xlsx_xml *x, struct ky_buf *out, struct ky_xlsx_element *e);
/*
 * Attribute of the element last entered, in any namespace; "" when absent. prefixed: only one with a prefix (r:id), else
 * only one without. KY_ELIMIT with the fault.
 */
ky_rc ky_xlsx_xml_attribute(struct ky_xlsx_xml *x, char out[KY_XLSX_ATTRIBUTE_MAX], const char *name,
                            bool prefixed);

#endif
