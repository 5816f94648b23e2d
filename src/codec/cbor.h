/*
 * CBOR (RFC 8949) as CTAP2 and COSE use it: definite lengths, shortest forms,
 * integers, byte and text strings, arrays, maps, booleans. Reader and writer.
 */
#ifndef KY_CODEC_CBOR_H
#define KY_CODEC_CBOR_H

#include "base/buf.h"

#define KY_CBOR_DEPTH_MAX 4 /* CTAP2 canonical form allows no more */

typedef enum ky_cbor_type {
    KY_CBOR_UINT,
    KY_CBOR_NINT,
    KY_CBOR_BYTES,
    KY_CBOR_TEXT,
    KY_CBOR_ARRAY,
    KY_CBOR_MAP,
    KY_CBOR_BOOL,
} ky_cbor_type;

struct ky_cbor_item {
    ky_cbor_type type;
    uint64_t n;            /* UINT: the value; NINT: -1 - value; ARRAY, MAP: items, pairs; BOOL: 0 or 1 */
    struct ky_bytes bytes; /* BYTES, TEXT: content, borrowed */
};

struct ky_cbor {
    struct ky_bytes left; /* not yet read */
};
#define KY_CBOR_READ(bytes) ((struct ky_cbor){(bytes)})

/*
 * Reading takes the next item; after ARRAY or MAP its items follow. KY_EFORMAT when the bytes end, the type is another
 * or unknown, or the form is not the shortest; KY_ELIMIT above a maximum. `what` names the item.
 */
ky_rc ky_cbor_next(struct ky_cbor_item *out, struct ky_cbor *c, const char *what);
ky_rc ky_cbor_get_int(int64_t *out, struct ky_cbor *c, const char *what);
ky_rc ky_cbor_get_bytes(struct ky_bytes *out, struct ky_cbor *c, size_t max_bytes, const char *what);
ky_rc ky_cbor_get_text(struct ky_bytes *out, struct ky_cbor *c, size_t max_bytes, const char *what);
ky_rc ky_cbor_get_array(size_t *items, struct ky_cbor *c, size_t max_items, const char *what);
/* Passes over one item and all in it. */
ky_rc ky_cbor_skip(struct ky_cbor *c, const char *what);
/* KY_EFORMAT when bytes are left. */
ky_rc ky_cbor_finish(const struct ky_cbor *c, const char *what);

/* A map being read: keys come in CTAP2 canonical order (shorter first, then bytewise), none twice. */
struct ky_cbor_map {
    size_t left;          /* pairs not yet begun */
    struct ky_bytes last; /* encoding of the key before */
};
ky_rc ky_cbor_get_map(struct ky_cbor_map *out, struct ky_cbor *c, size_t max_pairs, const char *what);
/* The next key; the value is to be taken from c before the next call. Call only while m->left > 0. */
ky_rc ky_cbor_map_key(struct ky_cbor_item *key, struct ky_cbor_map *m, struct ky_cbor *c, const char *what);

/* Writing: the error sticks in b. Map keys are written by the caller in canonical order. */
void ky_cbor_add_int(struct ky_buf *b, int64_t v);
void ky_cbor_add_bytes(struct ky_buf *b, struct ky_bytes v);
void ky_cbor_add_text(struct ky_buf *b, const char *v);
void ky_cbor_add_array(struct ky_buf *b, size_t items);
void ky_cbor_add_map(struct ky_buf *b, size_t pairs);
void ky_cbor_add_bool(struct ky_buf *b, bool v);

#endif
