#include "prog/kyso/say.h"

#include <stdarg.h>
#include <stdio.h>

#include "os/lang.h"
#include "prog/kyso/cmd.h"

#define LINE_MAX_BYTES 1024

bool kyso_english(void)
{
    return ky_lang_english();
}

const char *kyso_say(const char *vi, const char *en)
{
    return ky_say(vi, en);
}

/* One line only, whatever the text holds. */
static void put_line(const char *text)
{
    char line[LINE_MAX_BYTES];
    snprintf(line, sizeof line, "%s", text);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
    fprintf(stderr, "%s\n", line);
}

int kyso_fail(const char *command, ky_rc rc)
{
    char line[LINE_MAX_BYTES];
    if (kyso_english())
        snprintf(line, sizeof line, "kyso %s: %s", command, ky_error());
    else
        snprintf(line, sizeof line, "kyso %s: %s: %s", command, ky_meaning(rc), ky_error());
    put_line(line);
    return KYSO_EXIT_FAILED;
}

void kyso_warn(const char *command, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    snprintf(line, sizeof line, "kyso %s: %s", command, text);
    put_line(line);
}
