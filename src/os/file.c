/* Whole files: bounded reads, atomic replacement, durable appends, locks. Used by key processes for their state. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 65536 /* bytes asked for at once */

void ky_fd_clear(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int ky_fd_take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

/* errno as a result, naming what was tried and on what. */
static ky_rc fail_errno(const char *what, const char *path)
{
    int e = errno;
    ky_rc rc = e == ENOENT                        ? KY_ENOTFOUND
               : e == EACCES || e == EPERM        ? KY_EDENIED
               : e == EEXIST                      ? KY_EEXIST
               : e == EWOULDBLOCK || e == EDEADLK ? KY_EBUSY
                                                  : KY_EIO;
    return ky_fail(rc, "%s %s: %s", what, path, strerror(e));
}

/* A FIFO or device must not make us wait, so it is opened without blocking and then refused. */
static ky_rc open_regular(int *out_fd, struct stat *st, const char *path)
{
    ky_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, st) != 0)
        return fail_errno("open", path);
    if (!S_ISREG(st->st_mode))
        return ky_fail(KY_EINVAL, "%s is not a regular file", path);
    *out_fd = ky_fd_take(&fd);
    return KY_OK;
}

static ky_rc read_rest(struct ky_buf *out, int fd, const char *path)
{
    for (;;) {
        size_t room = out->max - out->n;
        size_t step = room < READ_STEP ? room : READ_STEP;
        size_t at = out->n;
        uint8_t over; /* one byte beyond the limit tells "full" from "too long" */
        uint8_t *to = step == 0 ? &over : ky_buf_grow(out, step);
        if (to == NULL)
            return ky_buf_finish(out);
        ssize_t got = read(fd, to, step == 0 ? 1 : step);
        out->n = step == 0 || got < 0 ? at : at + (size_t)got;
        if (out->p != NULL)
            out->p[out->n] = 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno("read", path);
        if (got == 0)
            return KY_OK;
        if (step == 0)
            return ky_fail(KY_ELIMIT, "%s is longer than %zu bytes", path, out->max);
    }
}

ky_rc ky_file_read(struct ky_buf *out, const char *path)
{
    KY_TRY(ky_buf_finish(out));
    ky_auto_fd fd = -1;
    struct stat st;
    KY_TRY(open_regular(&fd, &st, path));
    return read_rest(out, fd, path);
}

ky_rc ky_file_read_secret(struct ky_buf *out, const char *path)
{
    KY_TRY(ky_buf_finish(out));
    if (!out->secret)
        return ky_fail(KY_EINTERNAL, "%s: a secret needs a secret buffer", path);
    ky_auto_fd fd = -1;
    struct stat st;
    KY_TRY(open_regular(&fd, &st, path));
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return ky_fail(KY_EDENIED, "%s belongs to user %u, not to user %u or root", path, (unsigned)st.st_uid,
                       (unsigned)geteuid());
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return ky_fail(KY_EDENIED, "%s has mode %04o; a secret has 0600 or 0400", path,
                       (unsigned)st.st_mode & 07777);
    KY_TRY(read_rest(out, fd, path));
    if (out->n > 0 && out->p[out->n - 1] == '\n')
        out->p[--out->n] = 0;
    return KY_OK;
}

static ky_rc write_all(int fd, struct ky_bytes content, const char *path)
{
    while (content.n > 0) {
        ssize_t n = write(fd, content.p, content.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno("write", path);
        content = KY_BYTES(content.p + n, content.n - (size_t)n);
    }
    return KY_OK;
}

/* The folder that holds path: "." when it names none. */
static ky_rc parent_of(char out[PATH_MAX], const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    if (n >= PATH_MAX)
        return ky_fail(KY_ELIMIT, "path of %zu bytes; at most %d", n, PATH_MAX - 1);
    if (slash == NULL)
        snprintf(out, PATH_MAX, ".");
    else if (n == 0)
        snprintf(out, PATH_MAX, "/");
    else
        snprintf(out, PATH_MAX, "%.*s", (int)n, path);
    return KY_OK;
}

static ky_rc sync_parent(const char *path)
{
    char dir[PATH_MAX];
    KY_TRY(parent_of(dir, path));
    return ky_dir_sync(dir);
}

static ky_rc write_and_rename(int fd, const char *temporary, const char *path, const struct ky_bytes *parts,
                              size_t count, mode_t mode)
{
    for (size_t i = 0; i < count; i++)
        KY_TRY(write_all(fd, parts[i], temporary));
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
        return fail_errno("fsync", temporary);
    if (rename(temporary, path) != 0)
        return fail_errno("rename to", path);
    return KY_OK;
}

ky_rc ky_file_write(const char *path, struct ky_bytes content, mode_t mode)
{
    return ky_file_write_parts(path, &content, 1, mode);
}

ky_rc ky_file_write_parts(const char *path, const struct ky_bytes *parts, size_t count, mode_t mode)
{
    char temporary[PATH_MAX];
    int n = snprintf(temporary, sizeof temporary, "%s.%d.tmp", path, (int)getpid());
    if (n < 0 || (size_t)n >= sizeof temporary)
        return ky_fail(KY_ELIMIT, "path longer than %zu bytes", sizeof temporary - 1);
    unlink(temporary); /* one that an earlier process of this number left behind */
    ky_auto_fd fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_errno("make", temporary);
    ky_rc rc = write_and_rename(fd, temporary, path, parts, count, mode);
    if (rc != KY_OK) {
        unlink(temporary);
        return rc;
    }
    return sync_parent(path);
}

ky_rc ky_file_open_append(int *out_fd, const char *path, mode_t mode)
{
    ky_auto_fd fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        *out_fd = ky_fd_take(&fd);
        return KY_OK;
    }
    if (errno != ENOENT)
        return fail_errno("open", path);
    fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return fail_errno("make", path);
    KY_TRY(sync_parent(path));
    *out_fd = ky_fd_take(&fd);
    return KY_OK;
}

ky_rc ky_file_append(int fd, struct ky_bytes content)
{
    KY_TRY(write_all(fd, content, "file"));
    if (fdatasync(fd) != 0)
        return fail_errno("flush", "file");
    return KY_OK;
}

ky_rc ky_file_lock(int *out_fd, const char *path)
{
    ky_auto_fd fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_errno("open", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return fail_errno("lock", path);
    *out_fd = ky_fd_take(&fd);
    return KY_OK;
}

ky_rc ky_dir_make(const char *path, mode_t mode)
{
    struct stat st;
    if (mkdir(path, mode) == 0)
        return chmod(path, mode) == 0 ? KY_OK : fail_errno("set the mode of", path); /* whatever the umask */
    if (errno != EEXIST)
        return fail_errno("make", path);
    if (stat(path, &st) != 0)
        return fail_errno("look at", path);
    if (!S_ISDIR(st.st_mode))
        return ky_fail(KY_EDENIED, "%s is not a directory", path);
    if ((st.st_mode & 0777 & ~mode) != 0)
        return ky_fail(KY_EDENIED, "%s has mode %04o; at most %04o", path, (unsigned)st.st_mode & 07777,
                       (unsigned)mode);
    return KY_OK;
}

ky_rc ky_dir_sync(const char *path)
{
    ky_auto_fd fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return fail_errno("sync directory", path);
    return KY_OK;
}
