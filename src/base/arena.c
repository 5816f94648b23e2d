/* Arena allocation; see arena.h. Blocks double up to 1 MiB; large requests get a block of their own. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_FIRST 4096
#define BLOCK_MOST (1024 * 1024)

struct ky_arena_block {
    struct ky_arena_block *next;
    size_t cap;
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

struct ky_arena ky_arena_init(size_t max_bytes)
{
    return (struct ky_arena){.max = max_bytes};
}

void ky_arena_clear(struct ky_arena *a)
{
    for (struct ky_arena_block *b = a->head; b != NULL;) {
        struct ky_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = ky_arena_init(a->max);
}

static struct ky_arena_block *add_block(struct ky_arena *a, size_t need)
{
#ifdef KY_ARENA_DEBUG
    size_t cap = need;
#else
    size_t cap = a->head == NULL ? BLOCK_FIRST : a->head->cap * 2;
    cap = cap > BLOCK_MOST ? BLOCK_MOST : cap;
    cap = cap < need ? need : cap;
#endif
    struct ky_arena_block *b = malloc(sizeof *b + cap);
    if (b == NULL)
        return NULL;
    *b = (struct ky_arena_block){.next = a->head, .cap = cap};
    a->head = b;
    return b;
}

void *ky_arena_alloc(struct ky_arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);
    size_t total;
    if (n > SIZE_MAX - align || !ky_add_ok(a->used, n, &total) || total > a->max) {
        (void)ky_fail(KY_ELIMIT, "more than %zu bytes of memory for one request", a->max);
        return NULL;
    }
    size_t rounded = (n + align - 1) / align * align;
    struct ky_arena_block *b = a->head;
    if (b == NULL || b->cap - b->used < rounded)
        b = add_block(a, rounded);
    if (b == NULL) {
        (void)ky_fail(KY_ENOMEM, "out of memory for %zu bytes", n);
        return NULL;
    }
    void *p = b->data + b->used;
    b->used += rounded;
    a->used = total;
    memset(p, 0, n);
    return p;
}

void *ky_arena_alloc_array(struct ky_arena *a, size_t count, size_t size)
{
    size_t n;
    if (!ky_mul_ok(count, size, &n)) {
        (void)ky_fail(KY_ELIMIT, "array of %zu elements", count);
        return NULL;
    }
    return ky_arena_alloc(a, n);
}

uint8_t *ky_arena_dup(struct ky_arena *a, struct ky_bytes bytes)
{
    uint8_t *p = bytes.n == SIZE_MAX ? NULL : ky_arena_alloc(a, bytes.n + 1);
    if (p != NULL && bytes.n > 0)
        memcpy(p, bytes.p, bytes.n);
    return p;
}

char *ky_arena_strdup(struct ky_arena *a, const char *s)
{
    return (char *)ky_arena_dup(a, ky_bytes_str(s));
}

char *ky_arena_printf(struct ky_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : ky_arena_alloc(a, (size_t)n + 1);
    if (p != NULL)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}
