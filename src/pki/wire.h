/*
 * Small DER pieces that several structures of X.509 share: algorithm
 * identifiers, GeneralName addresses, SHA-1 identifiers of keys.
 */
#ifndef KY_PKI_WIRE_H
#define KY_PKI_WIRE_H

#include "base/arena.h"
#include "codec/der.h"
#include "crypto/alg.h"

#define KY_SHA1_SIZE 20

/* As ky_der_add_oid and ky_der_end_set_of, but a failure sticks in the buffer like every other. */
void ky_wire_add_oid(struct ky_buf *b, const char *dotted);
void ky_wire_end_set_of(struct ky_buf *b, size_t at);
/* Remembers rc in the buffer, unless there is a failure already. */
void ky_wire_stick(struct ky_buf *b, ky_rc rc);
/* GeneralizedTime contents under another tag, for IMPLICIT fields. */
void ky_wire_add_time_as(struct ky_buf *b, uint8_t tag, ky_time t);
/* uniformResourceIdentifier [6]; KY_EINVAL sticks when url is empty, not ASCII or longer than 2048. */
void ky_wire_add_uri(struct ky_buf *b, const char *url);

/* Opens Extension { oid, critical, OCTET STRING { …; what is appended until ky_wire_end_ext is its value. */
struct ky_wire_open {
    size_t seq, value;
};
struct ky_wire_open ky_wire_begin_ext(struct ky_buf *b, const char *oid, bool critical);
void ky_wire_end_ext(struct ky_buf *b, struct ky_wire_open e);

/* One Extension that was read. */
struct ky_wire_ext {
    char oid[KY_DER_OID_TEXT_MAX];
    bool critical;
    struct ky_der value; /* cursor inside extnValue */
};
ky_rc ky_wire_next_ext(struct ky_wire_ext *out, struct ky_der *list);
/* Takes an AuthorityKeyIdentifier; *key_id is left alone when it names no key. */
ky_rc ky_wire_get_aki(struct ky_bytes *key_id, struct ky_der *d);
/* Takes an element with that tag and gives it whole, header included. */
ky_rc ky_wire_get_whole(struct ky_bytes *out, struct ky_der *d, uint8_t tag, const char *what);

/* Not for security, but for identifiers that the standards fix: key ids, OCSP CertID. KY_ECRYPTO. */
ky_rc ky_sha1(uint8_t out[KY_SHA1_SIZE], struct ky_bytes in);

/*
 * Reads AlgorithmIdentifier { hash, NULL or absent }. KY_EFORMAT; KY_EDENIED for a hash that kyso does not
 * accept.
 */
ky_rc ky_wire_get_hash(ky_hash *out, struct ky_der *d, const char *what);
/* Reads an OBJECT IDENTIFIER as text that lives in the arena. */
ky_rc ky_wire_get_oid(const char **out, struct ky_arena *a, struct ky_der *d, const char *what);
/* *url = the first [6] URI among the GeneralNames inside d, in the arena; left alone when there is none. */
ky_rc ky_wire_find_uri(const char **url, struct ky_arena *a, struct ky_der names);

#endif
