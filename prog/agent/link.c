/* See link.h. */
#include "prog/agent/link.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "os/sock.h"

#define FDS_ABOVE 64 /* out of the way while they are arranged */
#define RC_SIZE 4
#define ERROR_TEXT_MAX 1024

/* fds become 3, 4, …; all others above 2 are closed. */
static bool arrange_fds(int link, const int *fds, size_t n)
{
    int all[1 + LINK_FDS_MAX] = {link};
    for (size_t i = 0; i < n; i++)
        all[1 + i] = fds[i];
    for (size_t i = 0; i <= n; i++)
        if ((all[i] = fcntl(all[i], F_DUPFD, FDS_ABOVE)) < 0)
            return false;
    for (size_t i = 0; i <= n; i++)
        if (dup2(all[i], LINK_FD + (int)i) < 0)
            return false;
    return close_range((unsigned)(LINK_FD + 1 + n), ~0u, 0) == 0;
}

ky_rc agent_child_start(struct agent_child *out, agent_child_run *run, const void *arg, const int *fds,
                        size_t n_fds)
{
    int pair[2];
    const pid_t parent = getpid();
    KY_TRY(ky_sock_pair(pair));
    ky_auto_fd ours = pair[0], theirs = pair[1];
    const pid_t pid = n_fds > LINK_FDS_MAX ? -1 : fork();
    if (pid < 0)
        return ky_fail(KY_EIO, "fork: %s", strerror(errno));
    if (pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && arrange_fds(theirs, fds, n_fds))
            run(arg);
        _exit(0);
    }
    *out = (struct agent_child){.pid = pid, .fd = ky_fd_take(&ours)};
    return KY_OK;
}

void agent_child_stop(struct agent_child *c)
{
    if (c->pid <= 0)
        return;
    ky_fd_clear(&c->fd);
    kill(c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
}

ky_rc agent_send(int fd, struct ky_bytes message, int64_t deadline_ms)
{
    uint8_t length[4];
    if (message.n > UINT32_MAX)
        return ky_fail(KY_ELIMIT, "message of %zu bytes", message.n);
    ky_put_u32(length, (uint32_t)message.n);
    KY_TRY(ky_sock_write(fd, KY_BYTES_OF(length), -1, deadline_ms));
    return message.n == 0 ? KY_OK : ky_sock_write(fd, message, -1, deadline_ms);
}

static ky_rc read_whole(int fd, uint8_t *out, size_t n, int64_t deadline_ms)
{
    size_t done = 0;
    int passed = -1;
    const ky_rc rc = ky_sock_read(fd, out, n, &done, &passed, deadline_ms);
    ky_fd_clear(&passed);
    return rc;
}

ky_rc agent_recv(int fd, struct ky_buf *out, int64_t deadline_ms)
{
    uint8_t length[4];
    KY_TRY(read_whole(fd, length, sizeof length, deadline_ms));
    const size_t n = ky_get_u32(length);
    if (n == 0)
        return KY_OK;
    uint8_t *at = ky_buf_grow(out, n);
    KY_TRY(ky_buf_finish(out));
    return read_whole(fd, at, n, deadline_ms);
}

ky_rc agent_send_result(int fd, ky_rc rc, struct ky_bytes body, int64_t deadline_ms)
{
    const struct ky_bytes text = rc == KY_OK ? body : ky_bytes_str(ky_error());
    ky_auto_buf answer = ky_buf_init_secret(RC_SIZE + text.n);
    ky_buf_add_u32(&answer, (uint32_t)-rc);
    ky_buf_add(&answer, text);
    KY_TRY(ky_buf_finish(&answer));
    return agent_send(fd, ky_buf_bytes(&answer), deadline_ms);
}

ky_rc agent_wait(struct ky_buf *answer, const struct agent_child *c, int64_t deadline_ms)
{
    ky_auto_buf got =
        ky_buf_init_secret(RC_SIZE + (answer->max > ERROR_TEXT_MAX ? answer->max : ERROR_TEXT_MAX));
    KY_TRY(agent_recv(c->fd, &got, deadline_ms));
    struct ky_reader in = KY_READER(ky_buf_bytes(&got));
    const uint32_t code = ky_read_u32(&in);
    if (in.failed || code > (uint32_t)-KY_EINTERNAL)
        return ky_fail(KY_EINTERNAL, "no word from the child");
    if (code != 0)
        return ky_fail((ky_rc) - (int)code, "%.*s", (int)in.left.n, (const char *)in.left.p);
    ky_buf_add(answer, in.left);
    return ky_buf_finish(answer);
}

ky_rc agent_ask(struct ky_buf *answer, const struct agent_child *c, struct ky_bytes question,
                int64_t deadline_ms)
{
    KY_TRY(agent_send(c->fd, question, deadline_ms));
    return agent_wait(answer, c, deadline_ms);
}
