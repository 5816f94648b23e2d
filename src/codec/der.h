/*
 * DER (X.690 §8, §10, §11), strictly: definite minimal lengths, one-byte tags,
 * minimal integers. A cursor to read with; appending functions to write with.
 */
#ifndef KY_CODEC_DER_H
#define KY_CODEC_DER_H

#include "base/buf.h"
#include "base/time.h"

/* Identifier octets. */
#define KY_DER_BOOLEAN 0x01
#define KY_DER_INTEGER 0x02
#define KY_DER_BIT_STRING 0x03
#define KY_DER_OCTET_STRING 0x04
#define KY_DER_NULL 0x05
#define KY_DER_OID 0x06
#define KY_DER_ENUMERATED 0x0a
#define KY_DER_UTF8_STRING 0x0c
#define KY_DER_PRINTABLE_STRING 0x13
#define KY_DER_IA5_STRING 0x16
#define KY_DER_UTC_TIME 0x17
#define KY_DER_GENERALIZED_TIME 0x18
#define KY_DER_SEQUENCE 0x30
#define KY_DER_SET 0x31
#define KY_DER_CONTEXT(n) (0x80 | (n))      /* [n] IMPLICIT of a primitive type */
#define KY_DER_CONTEXT_CONS(n) (0xa0 | (n)) /* [n] EXPLICIT, or IMPLICIT of a constructed type */

#define KY_DER_OID_TEXT_MAX 128 /* bytes of a dotted OID with its NUL */

struct ky_der_tlv {
    uint8_t tag;           /* identifier octet */
    struct ky_bytes value; /* content */
    struct ky_bytes whole; /* identifier, length, content: e.g. what a signature covers */
};

/* A cursor over the elements that follow one another in borrowed bytes. */
struct ky_der {
    struct ky_bytes left;
};
#define KY_DER_READ(bytes) ((struct ky_der){(bytes)})

/*
 * Reading. Each takes the next element; `what` names it in the error text. KY_EFORMAT when it is absent, of another
 * type or not DER; the cursor stays where it was.
 */
ky_rc ky_der_next(struct ky_der_tlv *out, struct ky_der *d, const char *what);
ky_rc ky_der_expect(struct ky_der_tlv *out, struct ky_der *d, uint8_t tag, const char *what);
/* Takes a constructed element (SEQUENCE, SET, context) and opens a cursor inside it. */
ky_rc ky_der_enter(struct ky_der *inside, struct ky_der *d, uint8_t tag, const char *what);
/* Is the next element one with this tag? False at the end. For OPTIONAL and DEFAULT. */
bool ky_der_at(const struct ky_der *d, uint8_t tag);
bool ky_der_at_end(const struct ky_der *d);
/* KY_EFORMAT when elements are left. */
ky_rc ky_der_finish(const struct ky_der *d, const char *what);

ky_rc ky_der_get_bool(bool *out, struct ky_der *d, const char *what);
ky_rc ky_der_get_int(int64_t *out, struct ky_der *d, const char *what);
/* A non-negative INTEGER of any size as its big-endian bytes without leading zero (0 is one zero byte). */
ky_rc ky_der_get_uint(struct ky_bytes *out, struct ky_der *d, const char *what);
ky_rc ky_der_get_oid(char out[KY_DER_OID_TEXT_MAX], struct ky_der *d, const char *what);
ky_rc ky_der_get_octets(struct ky_bytes *out, struct ky_der *d, const char *what);
/* A BIT STRING; unused (0..7) bits at the end of out, which are zero. */
ky_rc ky_der_get_bits(struct ky_bytes *out, unsigned *unused, struct ky_der *d, const char *what);
/* The same of whole bytes: unused must be 0. */
ky_rc ky_der_get_bit_octets(struct ky_bytes *out, struct ky_der *d, const char *what);
ky_rc ky_der_get_null(struct ky_der *d, const char *what);
/* UTCTime or GeneralizedTime in the forms of RFC 5280 §4.1.2.5: seconds, "Z", no fraction. */
ky_rc ky_der_get_time(ky_time *out, struct ky_der *d, const char *what);

/* Exactly one element and nothing after it. */
ky_rc ky_der_single(struct ky_der_tlv *out, struct ky_bytes der, const char *what);
/* Content octets of an OBJECT IDENTIFIER to dotted text. KY_EFORMAT; KY_ELIMIT too long. */
ky_rc ky_der_oid_text(char out[KY_DER_OID_TEXT_MAX], struct ky_bytes content);

/*
 * Writing: appends to b, whose error sticks. A constructed element is
 *     size_t at = ky_der_begin(b, KY_DER_SEQUENCE); … ky_der_end(b, at);
 */
size_t ky_der_begin(struct ky_buf *b, uint8_t tag);
void ky_der_end(struct ky_buf *b, size_t at);
/* As ky_der_end, after sorting the elements as SET OF (X.690 §11.6). KY_EFORMAT when the content is not DER. */
ky_rc ky_der_end_set_of(struct ky_buf *b, size_t at);

/* One element with ready content: strings, OCTET STRING, implicit context tags. */
void ky_der_add(struct ky_buf *b, uint8_t tag, struct ky_bytes content);
void ky_der_add_str(struct ky_buf *b, uint8_t tag, const char *text);
void ky_der_add_bool(struct ky_buf *b, bool v);
void ky_der_add_int(struct ky_buf *b, int64_t v);
/* A non-negative INTEGER from big-endian bytes; leading zeros are dropped or one is added as DER asks. */
void ky_der_add_uint(struct ky_buf *b, struct ky_bytes magnitude);
/* KY_EINVAL when the text is not a dotted OID ("1.2.840.113549"). */
ky_rc ky_der_add_oid(struct ky_buf *b, const char *dotted);
void ky_der_add_null(struct ky_buf *b);
/* A BIT STRING of whole bytes (signatures, public keys). */
void ky_der_add_bits(struct ky_buf *b, struct ky_bytes bytes);
/* A named-bit BIT STRING (KeyUsage, ReasonFlags): bit n of the standard is 1u << n here. */
void ky_der_add_named_bits(struct ky_buf *b, uint32_t bits);
/* RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
void ky_der_add_time(struct ky_buf *b, ky_time t);
/* Always GeneralizedTime (OCSP, TSP, invalidityDate). */
void ky_der_add_generalized_time(struct ky_buf *b, ky_time t);
/* Only letters, digits, space and '()+,-./:=? : may be a PrintableString. */
bool ky_der_is_printable(struct ky_bytes text);

#endif
