/* See machine.h: the test's side. The clock of its own process is read through machine_clock.c. */
#include "tests/support/machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/machine_page.h"

#define POLL_US 2000

struct machine *machine_make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && fchmod(fd, 0666) == 0 && ftruncate(fd, sizeof(struct machine)) == 0;
    if (fd >= 0)
        close(fd);
    return good && machine_attach(path) ? machine_page : NULL;
}

void machine_free(struct machine *m)
{
    if (m == NULL)
        return;
    machine_page = NULL;
    munmap(m, sizeof *m);
}

void machine_wait(struct machine *m, int64_t seconds)
{
    atomic_fetch_add(&m->ahead_us, seconds * 1000000);
}

void machine_arm(struct machine *m, pid_t victim, const char *file, enum machine_moment moment, unsigned skip)
{
    atomic_store(&m->victim, 0);
    m->moment = moment;
    snprintf(m->file, sizeof m->file, "%s", file);
    atomic_store(&m->file_count, 0);
    atomic_store(&m->skip, (int)skip);
    atomic_store(&m->dark, false);
    atomic_store(&m->victim, (int)victim);
}

bool machine_wait_dark(const struct machine *m, int timeout_ms)
{
    for (int64_t left = (int64_t)timeout_ms * 1000; left > 0 && !atomic_load(&m->dark); left -= POLL_US)
        usleep(POLL_US);
    return atomic_load(&m->dark);
}

size_t machine_lose_unflushed(struct machine *m, unsigned *seed)
{
    struct stat st;
    size_t lost = 0;
    int count = atomic_load(&m->file_count);
    for (int i = 0; i < count; i++) {
        const struct machine_file *f = &m->files[i];
        if (stat(f->path, &st) != 0 || st.st_size <= f->durable)
            continue;
        int64_t loose = rand_r(seed) % (st.st_size - f->durable + 1);
        if (truncate(f->path, st.st_size - loose) != 0)
            abort();
        lost += (size_t)loose;
    }
    return lost;
}
