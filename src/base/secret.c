/* Secrets in memory; see secret.h. */
#include "base/secret.h"

#include <sys/mman.h>

#define SECRET_MAX_BYTES (64 * 1024)

void ky_wipe(void *p, size_t n)
{
    if (n > 0)
        explicit_bzero(p, n);
}

bool ky_secret_eq(struct ky_bytes a, struct ky_bytes b)
{
    if (a.n != b.n)
        return false;
    volatile uint8_t diff = 0;
    for (size_t i = 0; i < a.n; i++)
        diff = (uint8_t)(diff | (a.p[i] ^ b.p[i]));
    return diff == 0;
}

ky_rc ky_secret_init(struct ky_secret *s, size_t n)
{
    if (n == 0 || n > SECRET_MAX_BYTES)
        return ky_fail(KY_ELIMIT, "secret of %zu bytes; 1 to %d allowed", n, SECRET_MAX_BYTES);
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return ky_fail(KY_ENOMEM, "secret of %zu bytes", n);
    (void)mlock(p, n);
    (void)madvise(p, n, MADV_DONTDUMP);
    *s = (struct ky_secret){p, n};
    return KY_OK;
}

void ky_secret_clear(struct ky_secret *s)
{
    if (s->p == NULL)
        return;
    ky_wipe(s->p, s->n);
    munmap(s->p, s->n);
    *s = (struct ky_secret){NULL, 0};
}
