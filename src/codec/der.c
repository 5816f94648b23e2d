/* Reading DER; see der.h. X.690; times as in RFC 5280 §4.1.2.5. */
#include "codec/der.h"

#include <stdio.h>

static ky_rc bad(const char *what, const char *why)
{
    return ky_fail(KY_EFORMAT, "%s: %s", what, why);
}

/* Definite length in the shortest form (X.690 §10.1); at most four length octets. */
static ky_rc read_length(size_t *out, struct ky_reader *r, const char *what)
{
    uint8_t first = ky_read_u8(r);
    if (first < 0x80) {
        *out = first;
        return r->failed ? bad(what, "DER ends within the length") : KY_OK;
    }
    size_t octets = first & 0x7f;
    if (octets == 0 || octets > 4)
        return bad(what, octets == 0 ? "indefinite length is not DER" : "DER length above 4 GiB");
    size_t n = 0;
    struct ky_bytes length = ky_read_bytes(r, octets);
    for (size_t i = 0; i < length.n; i++)
        n = n << 8 | length.p[i];
    if (r->failed)
        return bad(what, "DER ends within the length");
    if (n < 0x80 || length.p[0] == 0)
        return bad(what, "length is not in the shortest form");
    *out = n;
    return KY_OK;
}

ky_rc ky_der_next(struct ky_der_tlv *out, struct ky_der *d, const char *what)
{
    struct ky_reader r = KY_READER(d->left);
    if (r.left.n == 0)
        return bad(what, "missing");
    uint8_t tag = ky_read_u8(&r);
    if ((tag & 0x1f) == 0x1f)
        return bad(what, "tag numbers above 30 are not expected");
    size_t n;
    KY_TRY(read_length(&n, &r, what));
    struct ky_bytes value = ky_read_bytes(&r, n);
    if (r.failed)
        return ky_fail(KY_EFORMAT, "%s: DER says %zu bytes, %zu are left", what, n, r.left.n);
    *out = (struct ky_der_tlv){tag, value, {d->left.p, d->left.n - r.left.n}};
    d->left = r.left;
    return KY_OK;
}

ky_rc ky_der_expect(struct ky_der_tlv *out, struct ky_der *d, uint8_t tag, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_next(&tlv, &ahead, what));
    if (tlv.tag != tag)
        return ky_fail(KY_EFORMAT, "%s: tag %02x, must be %02x", what, tlv.tag, tag);
    *d = ahead;
    *out = tlv;
    return KY_OK;
}

ky_rc ky_der_enter(struct ky_der *inside, struct ky_der *d, uint8_t tag, const char *what)
{
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, d, tag, what));
    *inside = KY_DER_READ(tlv.value);
    return KY_OK;
}

bool ky_der_at(const struct ky_der *d, uint8_t tag)
{
    return d->left.n > 0 && d->left.p[0] == tag;
}

bool ky_der_at_end(const struct ky_der *d)
{
    return d->left.n == 0;
}

ky_rc ky_der_finish(const struct ky_der *d, const char *what)
{
    if (d->left.n > 0)
        return ky_fail(KY_EFORMAT, "%s: %zu bytes after the end", what, d->left.n);
    return KY_OK;
}

ky_rc ky_der_single(struct ky_der_tlv *out, struct ky_bytes der, const char *what)
{
    struct ky_der d = KY_DER_READ(der);
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_next(&tlv, &d, what));
    KY_TRY(ky_der_finish(&d, what));
    *out = tlv;
    return KY_OK;
}

ky_rc ky_der_get_bool(bool *out, struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, &ahead, KY_DER_BOOLEAN, what));
    if (tlv.value.n != 1 || (tlv.value.p[0] != 0 && tlv.value.p[0] != 0xff))
        return bad(what, "a DER boolean is one byte, 00 or ff");
    *out = tlv.value.p[0] != 0;
    *d = ahead;
    return KY_OK;
}

/* Content of a minimal two's complement INTEGER (X.690 §8.3.2). */
static ky_rc get_integer(struct ky_bytes *out, struct ky_der *d, const char *what)
{
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, d, KY_DER_INTEGER, what));
    struct ky_bytes v = tlv.value;
    if (v.n == 0)
        return bad(what, "integer without content");
    bool padded = v.n > 1 && ((v.p[0] == 0 && v.p[1] < 0x80) || (v.p[0] == 0xff && v.p[1] >= 0x80));
    if (padded)
        return bad(what, "integer is not in the shortest form");
    *out = v;
    return KY_OK;
}

ky_rc ky_der_get_int(int64_t *out, struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_bytes v;
    KY_TRY(get_integer(&v, &ahead, what));
    if (v.n > 8)
        return bad(what, "integer of more than 64 bits");
    uint64_t n = v.p[0] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < v.n; i++)
        n = n << 8 | v.p[i];
    *out = (int64_t)n;
    *d = ahead;
    return KY_OK;
}

ky_rc ky_der_get_uint(struct ky_bytes *out, struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_bytes v;
    KY_TRY(get_integer(&v, &ahead, what));
    if (v.p[0] >= 0x80)
        return bad(what, "integer is negative");
    *out = v.p[0] == 0 && v.n > 1 ? KY_BYTES(v.p + 1, v.n - 1) : v;
    *d = ahead;
    return KY_OK;
}

/* One base-128 arc (X.690 §8.19.2): no leading 80, at most 32 bits. */
static ky_rc read_arc(uint32_t *out, struct ky_reader *r)
{
    uint32_t arc = 0;
    uint8_t octet = ky_read_u8(r);
    if (octet == 0x80)
        return bad("OID", "arc is not in the shortest form");
    for (;; octet = ky_read_u8(r)) {
        if (r->failed || arc > UINT32_MAX >> 7)
            return bad("OID", "arc is cut off or longer than 32 bits");
        arc = arc << 7 | (octet & 0x7f);
        if (octet < 0x80)
            break;
    }
    *out = arc;
    return KY_OK;
}

ky_rc ky_der_oid_text(char out[KY_DER_OID_TEXT_MAX], struct ky_bytes content)
{
    char text[KY_DER_OID_TEXT_MAX];
    struct ky_reader r = KY_READER(content);
    uint32_t arc;
    KY_TRY(read_arc(&arc, &r));
    uint32_t top = arc < 40 ? 0 : arc < 80 ? 1 : 2;
    size_t n = (size_t)snprintf(text, sizeof text, "%u.%u", top, arc - 40 * top);
    while (r.left.n > 0) {
        KY_TRY(read_arc(&arc, &r));
        n += (size_t)snprintf(text + n, sizeof text - n, ".%u", arc);
        if (n >= sizeof text)
            return ky_fail(KY_ELIMIT, "OID: dotted text above %zu characters", sizeof text - 1);
    }
    memcpy(out, text, n + 1);
    return KY_OK;
}

ky_rc ky_der_get_oid(char out[KY_DER_OID_TEXT_MAX], struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, &ahead, KY_DER_OID, what));
    KY_TRY(ky_context(ky_der_oid_text(out, tlv.value), "%s", what));
    *d = ahead;
    return KY_OK;
}

ky_rc ky_der_get_octets(struct ky_bytes *out, struct ky_der *d, const char *what)
{
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, d, KY_DER_OCTET_STRING, what));
    *out = tlv.value;
    return KY_OK;
}

ky_rc ky_der_get_bits(struct ky_bytes *out, unsigned *unused, struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, &ahead, KY_DER_BIT_STRING, what));
    struct ky_bytes v = tlv.value;
    if (v.n == 0 || v.p[0] > 7 || (v.n == 1 && v.p[0] != 0))
        return bad(what, "bit string has a wrong count of unused bits");
    if (v.p[0] > 0 && (v.p[v.n - 1] & ((1u << v.p[0]) - 1)) != 0)
        return bad(what, "unused bits of a bit string are not zero");
    *unused = v.p[0];
    *out = KY_BYTES(v.p + 1, v.n - 1);
    *d = ahead;
    return KY_OK;
}

ky_rc ky_der_get_bit_octets(struct ky_bytes *out, struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_bytes bits;
    unsigned unused;
    KY_TRY(ky_der_get_bits(&bits, &unused, &ahead, what));
    if (unused != 0)
        return bad(what, "bit string is not of whole bytes");
    *out = bits;
    *d = ahead;
    return KY_OK;
}

ky_rc ky_der_get_null(struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, &ahead, KY_DER_NULL, what));
    if (tlv.value.n != 0)
        return bad(what, "NULL with content");
    *d = ahead;
    return KY_OK;
}

static int two_digits(const uint8_t *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool all_digits(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return true;
}

ky_rc ky_der_get_time(ky_time *out, struct ky_der *d, const char *what)
{
    struct ky_der ahead = *d;
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_next(&tlv, &ahead, what));
    size_t century = tlv.tag == KY_DER_GENERALIZED_TIME ? 2 : 0; /* digits before the two of the year */
    struct ky_bytes v = tlv.value;
    if (tlv.tag != KY_DER_UTC_TIME && tlv.tag != KY_DER_GENERALIZED_TIME)
        return ky_fail(KY_EFORMAT, "%s: tag %02x is no time", what, tlv.tag);
    if (v.n != century + 13 || v.p[v.n - 1] != 'Z' || !all_digits(KY_BYTES(v.p, v.n - 1)))
        return bad(what, "time is not in the form of RFC 5280");
    const uint8_t *p = v.p + century;
    int year = century > 0 ? two_digits(v.p) * 100 + two_digits(p)
                           : two_digits(p) + (two_digits(p) < 50 ? 2000 : 1900);
    const struct ky_date date = {
        year, two_digits(p + 2), two_digits(p + 4), two_digits(p + 6), two_digits(p + 8), two_digits(p + 10)};
    if (ky_time_join(out, &date) != KY_OK)
        return ky_context(KY_EFORMAT, "%s", what);
    *d = ahead;
    return KY_OK;
}
