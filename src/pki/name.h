/*
 * X.501 distinguished names: built from a list of attributes in the order they
 * are to stand in, read back as RFC 4514 text or one attribute at a time.
 */
#ifndef KY_PKI_NAME_H
#define KY_PKI_NAME_H

#include "base/buf.h"

#define KY_NAME_ATTRS_MAX 32 /* attributes of one name that we build or read */
#define KY_NAME_DER_MAX 8192 /* bytes of one Name in DER */

struct ky_name_attr {
    const char
        *type; /* short name of the table in name.c: C ST L STREET O OU CN SN GN T serialNumber UID DC E … */
    const char *value; /* UTF-8, NFC, as shown to people; not empty */
};

/*
 * ky_name_encode — appends Name ::= RDNSequence, one attribute per RDN, in the order given.
 *
 * Source:  RFC 5280 §4.1.2.4 and appendix A (upper bounds, in characters); X.520.
 * Shapes:  C is PrintableString of two upper-case letters; serialNumber PrintableString; DC and E
 *          IA5String; all else
 *          UTF8String in NFC
 * Errors:  KY_EINVAL unknown type, or more than KY_NAME_ATTRS_MAX; KY_EFORMAT not UTF-8, not NFC, forbidden
 *          character;
 *          KY_ELIMIT longer than the type's upper bound. *out is then to be thrown away.
 */
ky_rc ky_name_encode(struct ky_buf *out, const struct ky_name_attr *attrs, size_t n);

/* Appends RFC 4514 text (last RDN first, escapes of §2.4, UTF-8 left readable). KY_EFORMAT: not a Name. */
ky_rc ky_name_text(struct ky_buf *out, struct ky_bytes name_der);

/*
 * Appends the nth (from 0) value of that type in UTF-8, as it stands in the Name; types are those of struct
 * ky_name_attr. KY_ENOTFOUND when there is none; KY_EFORMAT.
 */
ky_rc ky_name_get(struct ky_buf *out, struct ky_bytes name_der, const char *type, size_t nth);

/* Would ky_name_encode have written this value for the attribute with that OID? (lint) */
bool ky_name_value_fits(const char *oid, uint8_t tag, struct ky_bytes value);
/*
 * Do two Names mean the same (RFC 5280 §7.1: letter case, runs of spaces and string types do not matter)?
 * False for what is no Name.
 * Names that kyso copies are compared byte by byte; this is for those that others made.
 */
bool ky_name_same(struct ky_bytes a, struct ky_bytes b);

#endif
