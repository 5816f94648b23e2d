/* See flood.h. */
#include "tests/process/flood.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"

#define SPARE 200 /* descriptors for everything else in this process */
#define FROM 0x7f000100u
#define ROUND_MS 20

bool flood_can(size_t count)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_max < count + SPARE)
        return false;
    r.rlim_cur = r.rlim_cur > count + SPARE ? r.rlim_cur : count + SPARE;
    return setrlimit(RLIMIT_NOFILE, &r) == 0;
}

static int start_one(unsigned port, uint32_t from)
{
    int on = 1;
    const struct linger reset = {.l_onoff = 1};
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(from)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        abort();
    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0 ||
        bind(fd, (struct sockaddr *)&own, sizeof own) != 0 ||
        (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS))
        abort();
    return fd;
}

/* Sends the opening of each connection that is ready; how many are not yet. */
static size_t send_openings(const struct flood *f, struct pollfd *waiting, const struct ky_bytes *openings,
                            size_t opening_count)
{
    size_t left = 0;
    if (poll(waiting, f->count, ROUND_MS) < 0)
        abort();
    for (size_t i = 0; i < f->count; i++) {
        const struct ky_bytes *say = &openings[i % opening_count];
        if (waiting[i].revents != 0) {
            if (say->n > 0)
                (void)!send(f->fds[i], say->p, say->n, MSG_NOSIGNAL);
            waiting[i].fd = -1;
        }
        left += waiting[i].fd >= 0;
    }
    return left;
}

void flood_open(struct flood *f, unsigned port, size_t count, unsigned addresses,
                const struct ky_bytes *openings, size_t opening_count, int settle_ms)
{
    struct pollfd *waiting = calloc(count, sizeof *waiting);
    *f = (struct flood){.fds = calloc(count, sizeof *f->fds), .count = count};
    if (waiting == NULL || f->fds == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        f->fds[i] = start_one(port, FROM + 1 + (uint32_t)(i % addresses));
        waiting[i] = (struct pollfd){.fd = f->fds[i], .events = POLLOUT};
    }
    int64_t end_ms = ky_deadline_in(settle_ms);
    while (send_openings(f, waiting, openings, opening_count) > 0 && ky_mono_ms() < end_ms)
        ;
    free(waiting);
}

size_t flood_held(const struct flood *f)
{
    size_t held = 0;
    for (size_t i = 0; i < f->count; i++) {
        char byte;
        ssize_t n = recv(f->fds[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        held += n > 0 || (n < 0 && errno == EAGAIN);
    }
    return held;
}

void flood_close(struct flood *f)
{
    for (size_t i = 0; i < f->count; i++)
        close(f->fds[i]);
    free(f->fds);
    *f = (struct flood){0};
}
