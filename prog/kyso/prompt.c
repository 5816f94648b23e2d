#include "prog/kyso/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "os/file.h"

static ky_rc keep(struct ky_secret *s, const char *text)
{
    const size_t n = strlen(text) + 1;
    KY_TRY(ky_secret_init(s, n));
    memcpy(s->p, text, n);
    return KY_OK;
}

/* Reads a line; false at the end of input or when it is too long. */
static bool read_line(int fd, char *line, size_t max)
{
    for (size_t n = 0; n < max; n++) {
        if (read(fd, line + n, 1) != 1)
            return false;
        if (line[n] == '\n') {
            line[n] = '\0';
            return true;
        }
    }
    return false;
}

static ky_rc ask(struct ky_secret *s, int fd, const char *question)
{
    struct termios shown, hidden;
    if (tcgetattr(fd, &shown) != 0)
        return ky_fail(KY_EIO, "terminal: %s", strerror(errno));
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    dprintf(fd, "%s: ", question);
    tcsetattr(fd, TCSAFLUSH, &hidden);
    char line[KYSO_PASSWORD_MAX];
    const bool ok = read_line(fd, line, sizeof line);
    tcsetattr(fd, TCSAFLUSH, &shown);
    dprintf(fd, "\n");
    const ky_rc rc = ok ? keep(s, line) : ky_fail(KY_EINVAL, "no password was typed");
    ky_wipe(line, sizeof line);
    return rc;
}

ky_rc kyso_prompt(struct ky_secret *s, bool *found, const char *variable, const char *question)
{
    const char *v = getenv(variable);
    *found = true;
    if (v != NULL)
        return keep(s, v);
    ky_auto_fd tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty >= 0)
        return ask(s, tty, question);
    *found = false;
    return KY_OK;
}
