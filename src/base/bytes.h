/*
 * A view of bytes that someone else owns, and the small helpers every parser
 * needs. Also the cleanup attribute and overflow-checked size arithmetic.
 */
#ifndef KY_BASE_BYTES_H
#define KY_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes. p may be NULL only when n is 0. */
struct ky_bytes {
    const uint8_t *p;
    size_t n;
};

#define KY_BYTES(ptr, len) ((struct ky_bytes){(const uint8_t *)(ptr), (size_t)(len)})
#define KY_BYTES_LIT(literal) ((struct ky_bytes){(const uint8_t *)("" literal), sizeof(literal) - 1})
#define KY_BYTES_OF(array) ((struct ky_bytes){(const uint8_t *)(array), sizeof(array)})
#define KY_BYTES_NONE ((struct ky_bytes){NULL, 0})
#define KY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline struct ky_bytes ky_bytes_str(const char *s)
{
    return KY_BYTES(s, s == NULL ? 0 : strlen(s));
}

static inline bool ky_bytes_eq(struct ky_bytes a, struct ky_bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool ky_bytes_eq_str(struct ky_bytes a, const char *s)
{
    return ky_bytes_eq(a, ky_bytes_str(s));
}

static inline bool ky_add_ok(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool ky_mul_ok(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/* Big-endian integers in byte strings (network order everywhere in kyso). */
static inline uint16_t ky_get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t ky_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint64_t ky_get_u64(const uint8_t *p)
{
    return (uint64_t)ky_get_u32(p) << 32 | ky_get_u32(p + 4);
}
static inline void ky_put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}
static inline void ky_put_u32(uint8_t *p, uint32_t v)
{
    ky_put_u16(p, (uint16_t)(v >> 16));
    ky_put_u16(p + 2, (uint16_t)v);
}
static inline void ky_put_u64(uint8_t *p, uint64_t v)
{
    ky_put_u32(p, (uint32_t)(v >> 32));
    ky_put_u32(p + 4, (uint32_t)v);
}

/*
 * Scope-bound release: `KY_CLEANUP(fn) T x` calls fn(&x) when x leaves its scope. Its release may be all that x is
 * for, hence `unused` (clang warns otherwise).
 */
#define KY_CLEANUP(fn) __attribute__((cleanup(fn), unused))
#define KY_DEFINE_CLEANUP(type, free_fn)                                                                     \
    __attribute__((unused)) static inline void free_fn##p(type **p)                                          \
    {                                                                                                        \
        if (*p)                                                                                              \
            free_fn(*p);                                                                                     \
    }
/* Takes the value out of a scope-bound variable: the caller owns it now. */
#define KY_STEAL(p)                                                                                          \
    __extension__({                                                                                          \
        __typeof__(p) *pp_ = &(p);                                                                           \
        __typeof__(p) v_ = *pp_;                                                                             \
        *pp_ = NULL;                                                                                         \
        v_;                                                                                                  \
    })

#endif
