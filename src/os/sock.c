/* Stream sockets between our own processes. Never SIGPIPE; every received descriptor is close-on-exec. */
#include "os/sock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"

#define MAX_FDS_SEEN 4 /* descriptors one receive can take in; all but one are an offence */

ky_rc ky_sock_pair(int fds[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
        return ky_fail(KY_EIO, "socketpair: %s", strerror(errno));
    return KY_OK;
}

ky_rc ky_sock_wait(int fd, short events, int64_t deadline_ms)
{
    for (;;) {
        int wait_ms = -1;
        if (deadline_ms != KY_DEADLINE_NEVER) {
            int64_t left = deadline_ms - ky_mono_ms();
            wait_ms = left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
        }
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, wait_ms);
        if (n > 0)
            return KY_OK;
        if (n == 0 && wait_ms != INT32_MAX)
            return ky_fail(KY_EBUSY, "no answer in time");
        if (n < 0 && errno != EINTR)
            return ky_fail(KY_EIO, "poll: %s", strerror(errno));
    }
}

/* Takes the descriptors out of a received control message: one may stay, any other is closed and an offence. */
static ky_rc collect_fds(struct msghdr *m, int *got_fd)
{
    ky_rc rc = (m->msg_flags & MSG_CTRUNC) == 0 ? KY_OK : KY_EFORMAT;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (*got_fd < 0) {
                *got_fd = fd;
                continue;
            }
            close(fd);
            rc = KY_EFORMAT;
        }
    }
    return rc == KY_OK ? KY_OK : ky_fail(rc, "more than one descriptor with a message");
}

ky_rc ky_sock_read_some(int fd, uint8_t *out, size_t n, size_t *done, int *got_fd, bool *closed)
{
    union {
        char space[CMSG_SPACE(MAX_FDS_SEEN * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = {.iov_base = out, .iov_len = n};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.space,
                       .msg_controllen = sizeof control.space};
    *done = 0;
    *closed = false;
    ssize_t got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return KY_OK;
    if (got < 0 && errno == ECONNRESET) { /* closed with our bytes unread: an end, and no control message */
        *closed = n > 0;
        return KY_OK;
    }
    if (got < 0)
        return ky_fail(KY_EIO, "recvmsg: %s", strerror(errno));
    *done = (size_t)got;
    *closed = got == 0 && n > 0;
    return collect_fds(&m, got_fd);
}

ky_rc ky_sock_write_some(int fd, struct ky_bytes bytes, int pass_fd, size_t *done)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.space = {0}};
    struct iovec iov = {.iov_base = (void *)(uintptr_t)bytes.p, .iov_len = bytes.n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    *done = 0;
    if (pass_fd >= 0) {
        m.msg_control = control.space;
        m.msg_controllen = sizeof control.space;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &pass_fd, sizeof pass_fd);
    }
    ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return KY_OK;
    if (n < 0)
        return ky_fail(KY_EIO, "sendmsg: %s", strerror(errno));
    *done = (size_t)n;
    return KY_OK;
}

ky_rc ky_sock_read(int fd, uint8_t *out, size_t n, size_t *done, int *got_fd, int64_t deadline_ms)
{
    *done = 0;
    while (*done < n) {
        size_t got;
        bool closed;
        KY_TRY(ky_sock_read_some(fd, out + *done, n - *done, &got, got_fd, &closed));
        *done += got;
        if (closed && *done == 0)
            return ky_fail(KY_ENOTFOUND, "the other side closed the connection");
        if (closed)
            return ky_fail(KY_EFORMAT, "the other side closed after %zu of %zu bytes", *done, n);
        if (got == 0)
            KY_TRY(ky_sock_wait(fd, POLLIN, deadline_ms));
    }
    return KY_OK;
}

ky_rc ky_sock_write(int fd, struct ky_bytes bytes, int pass_fd, int64_t deadline_ms)
{
    while (bytes.n > 0) {
        size_t n;
        KY_TRY(ky_sock_write_some(fd, bytes, pass_fd, &n));
        if (n == 0) {
            KY_TRY(ky_sock_wait(fd, POLLOUT, deadline_ms));
            continue;
        }
        pass_fd = -1; /* it went with the first byte */
        bytes = KY_BYTES(bytes.p + n, bytes.n - n);
    }
    return KY_OK;
}
