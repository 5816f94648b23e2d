/* See ask.h. */
#include "prog/agent/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lang.h"
#include "os/proc.h"
#include "os/sock.h"

#define ZENITY "/usr/bin/zenity"
#define ARGS_MAX 8

extern char **environ;

/* ---- by a program ---- */

struct question {
    bool secret; /* the answer is a PIN */
    struct ky_bytes text;
};

static bool has_desktop(void)
{
    return (getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL) && access(ZENITY, X_OK) == 0;
}

/* Plain text only: zenity's other dialogs would read mark-up in it. */
static void zenity_args(const char *argv[ARGS_MAX], bool secret)
{
    const char *const consent[] = {ZENITY,
                                   "--text-info",
                                   "--title=kyso",
                                   "--width=760",
                                   "--height=560",
                                   ky_say("--ok-label=Đồng ý", "--ok-label=Agree"),
                                   ky_say("--cancel-label=Từ chối", "--cancel-label=Refuse"),
                                   NULL};
    const char *const pin[] = {ZENITY, "--password",
                               ky_say("--title=Mã PIN của thiết bị", "--title=PIN of the token"), NULL};
    memcpy(argv, secret ? pin : consent, secret ? sizeof pin : sizeof consent);
}

static ky_rc start(pid_t *pid, int *fd, const struct agent_conf *conf, bool secret)
{
    const char *argv[ARGS_MAX] = {conf->prompt, secret ? "pin" : "consent", NULL};
    int pair[2];
    if (conf->prompt[0] == 0)
        zenity_args(argv, secret);
    KY_TRY(ky_sock_pair(pair));
    ky_auto_fd ours = pair[0], theirs = pair[1];
    if (fcntl(theirs, F_SETFL, 0) != 0) /* programs expect to wait */
        return ky_fail(KY_EIO, "%s: %s", argv[0], strerror(errno));
    const struct ky_proc_spec spec = {.path = argv[0],
                                      .argv = argv,
                                      .env = (const char *const *)(uintptr_t)environ,
                                      .fd3 = STDERR_FILENO,
                                      .stdio = theirs};
    KY_TRY(ky_proc_spawn(pid, &spec));
    *fd = ky_fd_take(&ours);
    return KY_OK;
}

/* Everything until the program closes its output; a person's line, so bounded. */
static ky_rc read_answer(struct ky_buf *answer, int fd, int64_t deadline_ms)
{
    uint8_t block[AGENT_PIN_MAX + 2];
    ky_rc rc = KY_OK;
    for (bool closed = false; !closed && rc == KY_OK;) {
        size_t n = 0;
        int passed = -1;
        rc = ky_sock_wait(fd, POLLIN, deadline_ms);
        if (rc == KY_OK)
            rc = ky_sock_read_some(fd, block, sizeof block, &n, &passed, &closed);
        ky_fd_clear(&passed);
        ky_buf_add(answer, KY_BYTES(block, n));
    }
    ky_wipe(block, sizeof block);
    return rc == KY_OK ? ky_buf_finish(answer) : rc;
}

static ky_rc refused(void)
{
    return ky_fail(KY_EDENIED, "%s", ky_say("người dùng không đồng ý", "the person refused"));
}

static ky_rc by_program(struct ky_buf *answer, const struct agent_conf *conf, const struct question *q,
                        int64_t deadline_ms)
{
    pid_t pid;
    int fd = -1, status = 0;
    KY_TRY(start(&pid, &fd, conf, q->secret));
    ky_auto_fd ours = fd;
    /* A program that answers without reading is no failure: its exit status counts. */
    ky_rc rc = ky_sock_write(ours, q->text, -1, deadline_ms);
    shutdown(ours, SHUT_WR);
    if (rc != KY_EBUSY)
        rc = read_answer(answer, ours, deadline_ms);
    if (rc != KY_OK)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (rc == KY_EBUSY)
        return ky_fail(KY_EBUSY, "%s",
                       ky_say("người dùng không trả lời kịp", "the person did not answer in time"));
    KY_TRY(rc);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? KY_OK : refused();
}

/* ---- by the terminal ---- */

static ky_rc read_line(struct ky_buf *answer, int tty, int64_t deadline_ms)
{
    for (uint8_t c = 0; c != '\n';) {
        KY_TRY(ky_sock_wait(tty, POLLIN, deadline_ms));
        if (read(tty, &c, 1) != 1)
            return refused();
        if (c != '\n')
            ky_buf_add_u8(answer, c);
    }
    return ky_buf_finish(answer);
}

static ky_rc by_terminal(struct ky_buf *answer, const struct question *q, int64_t deadline_ms)
{
    struct termios shown, hidden;
    ky_auto_fd tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0 || tcgetattr(tty, &shown) != 0)
        return ky_fail(
            KY_EIO, "%s",
            ky_say("không có cách nào hỏi người dùng: không có màn hình, cửa sổ dòng lệnh hay prompt",
                   "there is no way to ask: no desktop, no terminal and no prompt program"));
    dprintf(tty, "%.*s\n%s", (int)q->text.n, (const char *)q->text.p,
            q->secret ? "PIN: " : ky_say("Đồng ý? (c/k) ", "Agree? (y/n) "));
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(q->secret ? ECHO : 0);
    tcsetattr(tty, TCSAFLUSH, &hidden);
    const ky_rc rc = read_line(answer, tty, deadline_ms);
    tcsetattr(tty, TCSAFLUSH, &shown);
    dprintf(tty, "\n");
    KY_TRY(rc);
    const char *said = ky_buf_str(answer);
    const bool yes = ky_str_eq(said, "c") || ky_str_eq(said, "y");
    return q->secret || yes ? KY_OK : refused();
}

static ky_rc ask(struct ky_buf *answer, const struct agent_conf *conf, const struct question *q)
{
    const int64_t deadline_ms = ky_deadline_in((int)conf->answer_s * 1000);
    if (conf->prompt[0] != 0 || has_desktop())
        return by_program(answer, conf, q, deadline_ms);
    return by_terminal(answer, q, deadline_ms);
}

ky_rc agent_ask_consent(const struct agent_conf *conf, struct ky_bytes text)
{
    const struct question q = {.secret = false, .text = text};
    ky_auto_buf answer = ky_buf_init(65536); /* some programs print what they showed */
    return ask(&answer, conf, &q);
}

ky_rc agent_ask_pin(struct ky_secret *pin, const struct agent_conf *conf, struct ky_bytes text)
{
    const struct question q = {.secret = true, .text = text};
    ky_auto_buf answer = ky_buf_init_secret(AGENT_PIN_MAX + 2);
    KY_TRY(ask(&answer, conf, &q));
    const size_t n = strcspn(ky_buf_str(&answer), "\r\n");
    if (n == 0)
        return refused();
    KY_TRY(ky_secret_init(pin, n));
    memcpy(pin->p, answer.p, n);
    return KY_OK;
}
