/*
 * The clock of the machine: stands before the C library's clock_gettime, in
 * the preloaded module and in the test itself.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/machine_page.h"

#pragma GCC visibility push(default) /* so that the loader sees them first */

struct machine *machine_page;

bool machine_attach(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return false;
    void *p = mmap(NULL, sizeof(struct machine), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (p != MAP_FAILED)
        machine_page = p;
    return p != MAP_FAILED;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    static int (*real)(clockid_t clock, struct timespec * t);
    if (real == NULL)
        real = (int (*)(clockid_t, struct timespec *))(uintptr_t)dlsym(RTLD_NEXT, "clock_gettime");
    int rc = real(clock, t);
    if (rc == 0 && clock == CLOCK_REALTIME && machine_page != NULL)
        t->tv_sec += machine_page->ahead_us / 1000000;
    return rc;
}
