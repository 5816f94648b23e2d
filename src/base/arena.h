/*
 * Memory of one request or one parsed document: allocate freely, release as a
 * whole. Built with KY_ARENA_DEBUG every allocation is its own malloc, so
 * that AddressSanitizer sees each edge.
 */
#ifndef KY_BASE_ARENA_H
#define KY_BASE_ARENA_H

#include "base/bytes.h"
#include "base/rc.h"

struct ky_arena {
    struct ky_arena_block *head; /* owned */
    size_t used;                 /* bytes handed out */
    size_t max;                  /* hard limit for used */
};
#define ky_auto_arena KY_CLEANUP(ky_arena_clear) struct ky_arena

struct ky_arena ky_arena_init(size_t max_bytes);
void ky_arena_clear(struct ky_arena *a);

/* Zeroed, aligned for any type; NULL (with error text) when out of memory or above the limit. */
void *ky_arena_alloc(struct ky_arena *a, size_t n);
void *ky_arena_alloc_array(struct ky_arena *a, size_t count, size_t size);
/* Copies; the byte copy is NUL-terminated as well. NULL as ky_arena_alloc. */
char *ky_arena_strdup(struct ky_arena *a, const char *s);
uint8_t *ky_arena_dup(struct ky_arena *a, struct ky_bytes bytes);
char *ky_arena_printf(struct ky_arena *a, const char *fmt, ...) KY_PRINTF(2, 3);

#endif
