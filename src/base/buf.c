/*
 * The builder and the reader of byte strings; see buf.h. Growth doubles, so
 * appends are amortised constant; a secret buffer never leaves copies behind.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"

#define BUF_FIRST_CAP 64

struct ky_buf ky_buf_init(size_t max_bytes)
{
    return (struct ky_buf){.max = max_bytes};
}

struct ky_buf ky_buf_init_secret(size_t max_bytes)
{
    return (struct ky_buf){.max = max_bytes, .secret = true};
}

static void release(struct ky_buf *b)
{
    if (b->secret && b->p != NULL)
        ky_wipe(b->p, b->cap + 1);
    free(b->p);
}

void ky_buf_clear(struct ky_buf *b)
{
    release(b);
    *b = (struct ky_buf){.max = b->max, .secret = b->secret};
}

void ky_buf_reset(struct ky_buf *b)
{
    if (b->secret && b->p != NULL)
        ky_wipe(b->p, b->cap + 1);
    b->n = 0;
    b->rc = KY_OK;
}

static ky_rc reserve(struct ky_buf *b, size_t need)
{
    if (need <= b->cap && b->p != NULL)
        return KY_OK;
    size_t cap = b->cap < BUF_FIRST_CAP ? BUF_FIRST_CAP : b->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 4 ? need : cap * 2;
    uint8_t *p = malloc(cap + 1);
    if (p == NULL)
        return KY_ENOMEM;
    if (b->n > 0)
        memcpy(p, b->p, b->n);
    release(b);
    b->p = p;
    b->cap = cap;
    return KY_OK;
}

uint8_t *ky_buf_grow(struct ky_buf *b, size_t n)
{
    size_t need;
    if (b->rc != KY_OK)
        return NULL;
    if (!ky_add_ok(b->n, n, &need) || need > b->max) {
        b->rc = KY_ELIMIT;
        return NULL;
    }
    b->rc = reserve(b, need);
    if (b->rc != KY_OK)
        return NULL;
    uint8_t *at = b->p + b->n;
    b->n = need;
    b->p[need] = 0;
    return at;
}

void ky_buf_add(struct ky_buf *b, struct ky_bytes bytes)
{
    uint8_t *at = ky_buf_grow(b, bytes.n);
    if (at != NULL && bytes.n > 0)
        memcpy(at, bytes.p, bytes.n);
}

void ky_buf_add_str(struct ky_buf *b, const char *s)
{
    ky_buf_add(b, ky_bytes_str(s));
}

void ky_buf_add_u8(struct ky_buf *b, uint8_t v)
{
    ky_buf_add(b, KY_BYTES(&v, 1));
}

void ky_buf_add_u16(struct ky_buf *b, uint16_t v)
{
    uint8_t *at = ky_buf_grow(b, 2);
    if (at != NULL)
        ky_put_u16(at, v);
}

void ky_buf_add_u32(struct ky_buf *b, uint32_t v)
{
    uint8_t *at = ky_buf_grow(b, 4);
    if (at != NULL)
        ky_put_u32(at, v);
}

void ky_buf_add_u64(struct ky_buf *b, uint64_t v)
{
    uint8_t *at = ky_buf_grow(b, 8);
    if (at != NULL)
        ky_put_u64(at, v);
}

void ky_buf_add_fill(struct ky_buf *b, uint8_t v, size_t count)
{
    uint8_t *at = ky_buf_grow(b, count);
    if (at != NULL)
        memset(at, v, count);
}

void ky_buf_addf(struct ky_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    uint8_t *at = n < 0 ? NULL : ky_buf_grow(b, (size_t)n);
    if (at != NULL)
        vsnprintf((char *)at, (size_t)n + 1, fmt, again);
    va_end(again);
}

void ky_buf_add_lv(struct ky_buf *b, struct ky_bytes bytes)
{
    if (bytes.n > UINT32_MAX) {
        if (b->rc == KY_OK)
            b->rc = KY_ELIMIT;
        return;
    }
    ky_buf_add_u32(b, (uint32_t)bytes.n);
    ky_buf_add(b, bytes);
}

const char *ky_buf_str(const struct ky_buf *b)
{
    return b->p == NULL ? "" : (const char *)b->p;
}

ky_rc ky_buf_finish(const struct ky_buf *b)
{
    if (b->rc == KY_ELIMIT)
        return ky_fail(KY_ELIMIT, "more than %zu bytes", b->max);
    if (b->rc != KY_OK)
        return ky_fail(b->rc, "out of memory at %zu bytes", b->n);
    return KY_OK;
}

ky_rc ky_buf_steal(uint8_t **out, size_t *out_n, struct ky_buf *b)
{
    KY_TRY(ky_buf_finish(b));
    if (b->p == NULL && reserve(b, 1) != KY_OK)
        return ky_fail(KY_ENOMEM, "out of memory");
    *out = b->p;
    *out_n = b->n;
    *b = (struct ky_buf){.max = b->max, .secret = b->secret};
    return KY_OK;
}

struct ky_bytes ky_read_bytes(struct ky_reader *r, size_t n)
{
    if (r->failed || n > r->left.n) {
        r->failed = true;
        return KY_BYTES_NONE;
    }
    struct ky_bytes out = {r->left.p, n};
    r->left.p += n;
    r->left.n -= n;
    return out;
}

uint8_t ky_read_u8(struct ky_reader *r)
{
    struct ky_bytes b = ky_read_bytes(r, 1);
    return b.n == 1 ? b.p[0] : 0;
}

uint16_t ky_read_u16(struct ky_reader *r)
{
    struct ky_bytes b = ky_read_bytes(r, 2);
    return b.n == 2 ? ky_get_u16(b.p) : 0;
}

uint32_t ky_read_u32(struct ky_reader *r)
{
    struct ky_bytes b = ky_read_bytes(r, 4);
    return b.n == 4 ? ky_get_u32(b.p) : 0;
}

uint64_t ky_read_u64(struct ky_reader *r)
{
    struct ky_bytes b = ky_read_bytes(r, 8);
    return b.n == 8 ? ky_get_u64(b.p) : 0;
}

struct ky_bytes ky_read_lv(struct ky_reader *r, size_t max_bytes)
{
    uint32_t n = ky_read_u32(r);
    if (n > max_bytes)
        r->failed = true;
    return ky_read_bytes(r, n);
}

ky_rc ky_reader_finish(const struct ky_reader *r, const char *what)
{
    if (r->failed)
        return ky_fail(KY_EFORMAT, "%s: ends too early or a part is longer than allowed", what);
    if (r->left.n > 0)
        return ky_fail(KY_EFORMAT, "%s: %zu bytes after the end", what, r->left.n);
    return KY_OK;
}
