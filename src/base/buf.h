/*
 * Growable byte and string builder with a hard maximum and a sticky error:
 * append after append, test once with ky_buf_finish (or ky_buf_ok).
 */
#ifndef KY_BASE_BUF_H
#define KY_BASE_BUF_H

#include "base/bytes.h"
#include "base/rc.h"

struct ky_buf {
    uint8_t *p;  /* owned; always followed by a NUL when p is not NULL */
    size_t n;    /* bytes in use */
    size_t cap;  /* bytes allocated, less one for the NUL */
    size_t max;  /* hard limit for n */
    ky_rc rc;    /* first failure of an append: KY_ENOMEM or KY_ELIMIT; sticky */
    bool secret; /* wipe before release and when growing */
};

#define ky_auto_buf KY_CLEANUP(ky_buf_clear) struct ky_buf

/* max_bytes is the most the buffer will ever hold; nothing is allocated yet. */
struct ky_buf ky_buf_init(size_t max_bytes);
struct ky_buf ky_buf_init_secret(size_t max_bytes);
void ky_buf_clear(struct ky_buf *b);
void ky_buf_reset(struct ky_buf *b); /* keeps the memory, forgets content and error */

void ky_buf_add(struct ky_buf *b, struct ky_bytes bytes);
void ky_buf_add_str(struct ky_buf *b, const char *s);
void ky_buf_add_u8(struct ky_buf *b, uint8_t v);
void ky_buf_add_u16(struct ky_buf *b, uint16_t v); /* big-endian */
void ky_buf_add_u32(struct ky_buf *b, uint32_t v);
void ky_buf_add_u64(struct ky_buf *b, uint64_t v);
void ky_buf_add_fill(struct ky_buf *b, uint8_t v, size_t count);
void ky_buf_addf(struct ky_buf *b, const char *fmt, ...) KY_PRINTF(2, 3);
/* u32 length, then the bytes. */
void ky_buf_add_lv(struct ky_buf *b, struct ky_bytes bytes);
/* Reserves n bytes and returns where to write them, or NULL (error is set). */
uint8_t *ky_buf_grow(struct ky_buf *b, size_t n);

static inline struct ky_bytes ky_buf_bytes(const struct ky_buf *b)
{
    return KY_BYTES(b->p, b->n);
}
/* NUL-terminated view; "" when empty. */
const char *ky_buf_str(const struct ky_buf *b);

/* KY_OK, or the first failure with its text. */
ky_rc ky_buf_finish(const struct ky_buf *b);
/* Moves the memory out; the buffer is empty afterwards. KY_ENOMEM/KY_ELIMIT as ky_buf_finish. */
ky_rc ky_buf_steal(uint8_t **out, size_t *out_n, struct ky_buf *b);

/* A bounded reader over borrowed bytes with a sticky error, the mirror of the builder. */
struct ky_reader {
    struct ky_bytes left; /* not yet read */
    bool failed;          /* something was asked for that was not there */
};

#define KY_READER(bytes) ((struct ky_reader){(bytes), false})
uint8_t ky_read_u8(struct ky_reader *r);
uint16_t ky_read_u16(struct ky_reader *r);
uint32_t ky_read_u32(struct ky_reader *r);
uint64_t ky_read_u64(struct ky_reader *r);
struct ky_bytes ky_read_bytes(struct ky_reader *r, size_t n);
struct ky_bytes ky_read_lv(struct ky_reader *r,
                           size_t max_bytes); /* u32 length, bytes; more than max fails */
/* KY_OK when nothing failed and nothing is left; else KY_EFORMAT naming `what`. */
ky_rc ky_reader_finish(const struct ky_reader *r, const char *what);

#endif
