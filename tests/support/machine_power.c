/*
 * The power of the machine: stands before those functions of the C library by
 * which a key process makes something last or tells somebody. Part of the
 * preloaded module only.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/machine_page.h"

#pragma GCC visibility push(default) /* so that the loader sees them first */

/* The function that would have been called without us. */
#define REAL(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("KYSO_MACHINE");
    if (path == NULL || !machine_attach(path))
        abort();
}

/* ---- whose power, and when ---- */

static bool is_victim(void)
{
    return machine_page != NULL && atomic_load(&machine_page->victim) == getpid();
}

static _Noreturn void stand_still(void)
{
    const struct timespec long_time = {.tv_sec = 3600};
    atomic_store(&machine_page->dark, true);
    for (;;)
        nanosleep(&long_time, NULL);
}

static bool names(const char *path)
{
    return strstr(path, machine_page->file) != NULL;
}

static void pass(const char *path, enum machine_moment moment)
{
    if (machine_page->moment == moment && names(path) && atomic_fetch_sub(&machine_page->skip, 1) == 0)
        stand_still();
}

static bool find_path(char out[MACHINE_PATH_MAX], int fd)
{
    char link[32];
    struct stat st;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, MACHINE_PATH_MAX - 1);
    out[n < 0 ? 0 : n] = 0;
    return n > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static int64_t size_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? (int64_t)st.st_size : 0;
}

static struct machine_file *find_file(const char *path)
{
    int count = atomic_load(&machine_page->file_count);
    for (int i = 0; i < count; i++)
        if (strcmp(machine_page->files[i].path, path) == 0)
            return &machine_page->files[i];
    return NULL;
}

/* Before the first write since the process was chosen: all that stands there is durable. */
static void begin_file(const char *path, int fd)
{
    int count = atomic_load(&machine_page->file_count);
    if (find_file(path) != NULL || strstr(path, ".tmp") != NULL)
        return; /* of a file that is renamed when it is whole, a piece is of no use to anyone */
    if (count == MACHINE_FILES_MAX)
        abort();
    struct machine_file *f = &machine_page->files[count];
    snprintf(f->path, sizeof f->path, "%s", path);
    atomic_store(&f->durable, size_of(fd));
    atomic_store(&machine_page->file_count, count + 1);
}

/* ---- files ---- */

ssize_t write(int fd, const void *bytes, size_t n)
{
    char path[MACHINE_PATH_MAX];
    if (fd == STDERR_FILENO || !is_victim() || !find_path(path, fd))
        return REAL(write)(fd, bytes, n);
    begin_file(path, fd);
    pass(path, MACHINE_BEFORE_WRITE);
    if (machine_page->moment == MACHINE_HALF_WRITTEN && names(path) &&
        atomic_fetch_sub(&machine_page->skip, 1) == 0) {
        (void)!REAL(write)(fd, bytes, n / 2);
        stand_still();
    }
    ssize_t done = REAL(write)(fd, bytes, n);
    pass(path, MACHINE_WRITTEN);
    return done;
}

static int flushed(int fd, int rc)
{
    char path[MACHINE_PATH_MAX];
    if (rc != 0 || !is_victim() || !find_path(path, fd))
        return rc;
    struct machine_file *f = find_file(path);
    if (f != NULL)
        atomic_store(&f->durable, size_of(fd));
    pass(path, MACHINE_FLUSHED);
    return rc;
}

int fdatasync(int fd)
{
    return flushed(fd, REAL(fdatasync)(fd));
}

int fsync(int fd)
{
    return flushed(fd, REAL(fsync)(fd));
}

int rename(const char *from, const char *to)
{
    if (!is_victim())
        return REAL(rename)(from, to);
    pass(to, MACHINE_BEFORE_RENAME);
    int rc = REAL(rename)(from, to);
    pass(to, MACHINE_RENAMED);
    return rc;
}

static int removed(const char *path, int (*real)(const char *path))
{
    if (!is_victim())
        return real(path);
    pass(path, MACHINE_BEFORE_REMOVE);
    int rc = real(path);
    pass(path, MACHINE_REMOVED);
    return rc;
}

int unlink(const char *path)
{
    return removed(path, REAL(unlink));
}

int remove(const char *path)
{
    return removed(path, REAL(remove));
}

/* ---- messages ---- */

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
    if (is_victim())
        pass(MACHINE_SOCKET, MACHINE_BEFORE_WRITE);
    ssize_t n = REAL(sendmsg)(fd, m, flags);
    if (is_victim())
        pass(MACHINE_SOCKET, MACHINE_WRITTEN);
    return n;
}
