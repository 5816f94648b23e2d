/* The log sink: formats a whole line, then writes it with one write(2), so lines of processes do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"

#define LOG_LINE_MAX 2048

static const char *process_name = "kyso";
static ky_log_level most_verbose = KY_LOG_INFO;
static const char *const level_names[] = {"error", "warn", "info", "debug"};

void ky_log_init(const char *process, ky_log_level most)
{
    process_name = process;
    most_verbose = most;
}

/* Copies text, control characters escaped; returns the bytes written. */
static size_t escape(char *out, size_t room, const char *text)
{
    size_t n = 0;
    for (; *text != 0 && n + 5 < room; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f)
            n += (size_t)snprintf(out + n, room - n, "\\x%02x", c);
        else
            out[n++] = (char)c;
    }
    return n;
}

void ky_log(ky_log_level level, const char *event, const char *fmt, ...)
{
    if (level > most_verbose)
        return;
    char text[LOG_LINE_MAX], line[LOG_LINE_MAX + 128], when[KY_TIME_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ky_time_text_utc(when, (ky_time)time(NULL));
    int head = snprintf(line, sizeof line, "%s %s %s[%d] %s ", when, level_names[level], process_name,
                        (int)getpid(), event);
    size_t n = head < 0 ? 0 : (size_t)head;
    n += escape(line + n, sizeof line - n - 1, text);
    line[n++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, n);
    (void)ignored;
}
