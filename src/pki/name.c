/*
 * Distinguished names. Source: RFC 5280 §4.1.2.4, §4.1.2.6 and appendix A.1
 * (upper bounds), X.520 for street and title, RFC 4519 for uid; text form
 * RFC 4514. Called by cert, lint, chain and by whoever shows a name.
 */
#include "pki/name.h"

#include "base/str.h"
#include "codec/jcs.h"
#include "pki/wire.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#define BMP_STRING 0x1e
#define T61_STRING 0x14
#define VALUE_MAX 4096 /* bytes of one value in UTF-8 */

static const struct name_type {
    const char *name;
    const char *oid;
    uint8_t tag;      /* how we write it */
    size_t max_chars; /* upper bound */
} types[] = {
    {"C", "2.5.4.6", KY_DER_PRINTABLE_STRING, 2},
    {"ST", "2.5.4.8", KY_DER_UTF8_STRING, 128},
    {"L", "2.5.4.7", KY_DER_UTF8_STRING, 128},
    {"STREET", "2.5.4.9", KY_DER_UTF8_STRING, 128},
    {"O", "2.5.4.10", KY_DER_UTF8_STRING, 64},
    {"OU", "2.5.4.11", KY_DER_UTF8_STRING, 64},
    {"CN", "2.5.4.3", KY_DER_UTF8_STRING, 64},
    {"SN", "2.5.4.4", KY_DER_UTF8_STRING, 64},
    {"GN", "2.5.4.42", KY_DER_UTF8_STRING, 64},
    {"T", "2.5.4.12", KY_DER_UTF8_STRING, 64},
    {"serialNumber", "2.5.4.5", KY_DER_PRINTABLE_STRING, 64},
    {"organizationIdentifier", "2.5.4.97", KY_DER_UTF8_STRING, 64},
    {"pseudonym", "2.5.4.65", KY_DER_UTF8_STRING, 128},
    {"UID", "0.9.2342.19200300.100.1.1", KY_DER_UTF8_STRING, 256},
    {"DC", "0.9.2342.19200300.100.1.25", KY_DER_IA5_STRING, 63},
    {"E", "1.2.840.113549.1.9.1", KY_DER_IA5_STRING, 255},
};

/* One AttributeTypeAndValue of a Name that is being read. */
struct part {
    char oid[KY_DER_OID_TEXT_MAX];
    struct ky_der_tlv value;
    bool joined; /* in the same RDN as the one before */
};

static const struct name_type *find_type(const char *name)
{
    for (size_t i = 0; i < KY_COUNT(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

static const struct name_type *find_oid(const char *oid)
{
    for (size_t i = 0; i < KY_COUNT(types); i++)
        if (strcmp(types[i].oid, oid) == 0)
            return &types[i];
    return NULL;
}

static bool is_ascii(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= 0x80)
            return false;
    return true;
}

static bool is_country(struct ky_bytes text)
{
    return text.n == 2 && text.p[0] >= 'A' && text.p[0] <= 'Z' && text.p[1] >= 'A' && text.p[1] <= 'Z';
}

static ky_rc check_value(const struct name_type *type, struct ky_bytes value)
{
    if (value.n == 0)
        return ky_fail(KY_EFORMAT, "name: %s is empty", type->name);
    KY_TRY(ky_text_check(type->name, value, type->max_chars));
    if (!ky_text_is_nfc(value))
        return ky_fail(KY_EFORMAT, "name: %s is not in Unicode NFC", type->name);
    if (type->tag == KY_DER_PRINTABLE_STRING && !ky_der_is_printable(value))
        return ky_fail(KY_EFORMAT, "name: %s has characters that a PrintableString may not", type->name);
    if (type->tag == KY_DER_IA5_STRING && !is_ascii(value))
        return ky_fail(KY_EFORMAT, "name: %s has characters outside ASCII", type->name);
    if (strcmp(type->name, "C") == 0 && !is_country(value))
        return ky_fail(KY_EFORMAT, "name: C is not two upper-case letters");
    return KY_OK;
}

static ky_rc add_rdn(struct ky_buf *out, const struct ky_name_attr *attr)
{
    const struct name_type *type = find_type(attr->type);
    if (type == NULL)
        return ky_fail(KY_EINVAL, "name: attribute type \"%s\" is unknown", attr->type);
    KY_TRY(check_value(type, ky_bytes_str(attr->value)));
    size_t set = ky_der_begin(out, KY_DER_SET);
    size_t seq = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_wire_add_oid(out, type->oid);
    ky_der_add_str(out, type->tag, attr->value);
    ky_der_end(out, seq);
    ky_der_end(out, set);
    return KY_OK;
}

ky_rc ky_name_encode(struct ky_buf *out, const struct ky_name_attr *attrs, size_t n)
{
    if (n == 0 || n > KY_NAME_ATTRS_MAX)
        return ky_fail(KY_EINVAL, "name: %zu attributes, 1 to %d are possible", n, KY_NAME_ATTRS_MAX);
    size_t seq = ky_der_begin(out, KY_DER_SEQUENCE);
    for (size_t i = 0; i < n; i++)
        KY_TRY(add_rdn(out, &attrs[i]));
    ky_der_end(out, seq);
    return ky_buf_finish(out);
}

static ky_rc read_rdn(struct part *parts, size_t *n, struct ky_der rdn)
{
    for (bool joined = false; !joined || !ky_der_at_end(&rdn); joined = true) {
        struct ky_der attr;
        if (*n == KY_NAME_ATTRS_MAX)
            return ky_fail(KY_EFORMAT, "name: more than %d attributes", KY_NAME_ATTRS_MAX);
        struct part *p = &parts[*n];
        KY_TRY(ky_der_enter(&attr, &rdn, KY_DER_SEQUENCE, "AttributeTypeAndValue"));
        KY_TRY(ky_der_get_oid(p->oid, &attr, "attribute type"));
        KY_TRY(ky_der_next(&p->value, &attr, "attribute value"));
        KY_TRY(ky_der_finish(&attr, "AttributeTypeAndValue"));
        p->joined = joined;
        (*n)++;
    }
    return KY_OK;
}

static ky_rc read_name(struct part parts[KY_NAME_ATTRS_MAX], size_t *n, struct ky_bytes der)
{
    struct ky_der d = KY_DER_READ(der), rdns, rdn;
    *n = 0;
    if (der.n > KY_NAME_DER_MAX)
        return ky_fail(KY_EFORMAT, "name: %zu bytes, at most %d", der.n, KY_NAME_DER_MAX);
    KY_TRY(ky_der_enter(&rdns, &d, KY_DER_SEQUENCE, "Name"));
    KY_TRY(ky_der_finish(&d, "Name"));
    while (!ky_der_at_end(&rdns)) {
        KY_TRY(ky_der_enter(&rdn, &rdns, KY_DER_SET, "RelativeDistinguishedName"));
        KY_TRY(read_rdn(parts, n, rdn));
    }
    return KY_OK;
}

static void add_code_point(struct ky_buf *out, uint32_t c)
{
    if (c < 0x80) {
        ky_buf_add_u8(out, (uint8_t)c);
        return;
    }
    if (c < 0x800) {
        ky_buf_add_u8(out, (uint8_t)(0xc0 | c >> 6));
    } else {
        ky_buf_add_u8(out, (uint8_t)(0xe0 | c >> 12));
        ky_buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
    }
    ky_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}

/*
 * The value in UTF-8: BMPString from UCS-2, T61String read as Latin-1 as everybody does. KY_EFORMAT for
 * other types.
 */
static ky_rc value_utf8(struct ky_buf *out, const struct ky_der_tlv *value)
{
    struct ky_bytes v = value->value;
    switch (value->tag) {
    case BMP_STRING:
        if (v.n % 2 != 0)
            return ky_fail(KY_EFORMAT, "name: BMPString of %zu bytes", v.n);
        for (size_t i = 0; i < v.n; i += 2)
            add_code_point(out, ky_get_u16(v.p + i));
        break;
    case T61_STRING:
        for (size_t i = 0; i < v.n; i++)
            add_code_point(out, v.p[i]);
        break;
    case KY_DER_UTF8_STRING:
    case KY_DER_PRINTABLE_STRING:
    case KY_DER_IA5_STRING:
        ky_buf_add(out, v);
        break;
    default:
        return ky_fail(KY_EFORMAT, "name: string type 0x%02x", value->tag);
    }
    KY_TRY(ky_buf_finish(out));
    return ky_utf8_valid(ky_buf_bytes(out)) ? KY_OK : ky_fail(KY_EFORMAT, "name: value is not text");
}

/* RFC 4514 §2.4: what must be escaped where it stands. */
static bool needs_escape(struct ky_bytes text, size_t i)
{
    uint8_t c = text.p[i];
    if (strchr("\"+,;<>\\", c) != NULL && c != 0)
        return true;
    if (c == ' ')
        return i == 0 || i == text.n - 1;
    return c == '#' && i == 0;
}

static void add_escaped(struct ky_buf *out, struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < 0x20 || text.p[i] == 0x7f) {
            ky_buf_addf(out, "\\%02x", text.p[i]);
            continue;
        }
        if (needs_escape(text, i))
            ky_buf_add_u8(out, '\\');
        ky_buf_add_u8(out, text.p[i]);
    }
}

static void add_part_text(struct ky_buf *out, const struct part *p)
{
    ky_auto_buf value = ky_buf_init(VALUE_MAX);
    const struct name_type *type = find_oid(p->oid);
    ky_buf_addf(out, "%s=", type == NULL ? p->oid : type->name);
    if (type != NULL && value_utf8(&value, &p->value) == KY_OK) {
        add_escaped(out, ky_buf_bytes(&value));
        return;
    }
    ky_buf_add_u8(out, '#'); /* RFC 4514 §2.4: BER in hexadecimal for types without a string form */
    for (size_t i = 0; i < p->value.whole.n; i++)
        ky_buf_addf(out, "%02x", p->value.whole.p[i]);
}

ky_rc ky_name_text(struct ky_buf *out, struct ky_bytes name_der)
{
    struct part parts[KY_NAME_ATTRS_MAX];
    size_t n;
    KY_TRY(read_name(parts, &n, name_der));
    for (size_t end = n; end > 0;) {
        size_t begin = end - 1;
        while (parts[begin].joined)
            begin--;
        for (size_t i = begin; i < end; i++) {
            if (end != n || i != begin)
                ky_buf_add_u8(out, i == begin ? ',' : '+');
            add_part_text(out, &parts[i]);
        }
        end = begin;
    }
    return ky_buf_finish(out);
}

ky_rc ky_name_get(struct ky_buf *out, struct ky_bytes name_der, const char *type_name, size_t nth)
{
    struct part parts[KY_NAME_ATTRS_MAX];
    size_t n;
    const struct name_type *type = find_type(type_name);
    if (type == NULL)
        return ky_fail(KY_EINVAL, "name: attribute type \"%s\" is unknown", type_name);
    KY_TRY(read_name(parts, &n, name_der));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(parts[i].oid, type->oid) != 0 || nth-- > 0)
            continue;
        ky_auto_buf value = ky_buf_init(VALUE_MAX);
        KY_TRY(value_utf8(&value, &parts[i].value));
        ky_buf_add(out, ky_buf_bytes(&value));
        return ky_buf_finish(out);
    }
    return ky_fail(KY_ENOTFOUND, "name: no %s", type_name);
}

bool ky_name_value_fits(const char *oid, uint8_t tag, struct ky_bytes value)
{
    const struct name_type *type = find_oid(oid);
    return type != NULL && type->tag == tag && check_value(type, value) == KY_OK;
}

static X509_NAME *read_x509_name(struct ky_bytes der)
{
    const uint8_t *p = der.p;
    if (der.n > KY_NAME_DER_MAX)
        return NULL;
    return d2i_X509_NAME(NULL, &p, (long)der.n);
}

bool ky_name_same(struct ky_bytes a, struct ky_bytes b)
{
    if (ky_bytes_eq(a, b))
        return true;
    X509_NAME *x = read_x509_name(a), *y = read_x509_name(b);
    bool same = x != NULL && y != NULL && X509_NAME_cmp(x, y) == 0;
    X509_NAME_free(x);
    X509_NAME_free(y);
    ERR_clear_error();
    return same;
}
