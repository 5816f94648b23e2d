/*
 * Error text per thread. The finder of a failure writes it once with
 * ky_fail; callers may put context before it; the top of the loop logs it.
 */
#include "base/rc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_TEXT_MAX 512

static _Thread_local char error_text[ERROR_TEXT_MAX];

static const char *const names[] = {
    "ok",      "nomem", "invalid", "format", "notfound", "exists", "denied",   "auth",
    "expired", "busy",  "limit",   "io",     "token",    "crypto", "internal",
};

ky_rc ky_fail_text(ky_rc rc, const char *fmt, ...)
{
    char text[ERROR_TEXT_MAX]; /* arguments may point into error_text */
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    memcpy(error_text, text, sizeof text);
    return rc;
}

ky_rc ky_context(ky_rc rc, const char *fmt, ...)
{
    if (rc == KY_OK)
        return rc;
    char prefix[ERROR_TEXT_MAX], both[2 * ERROR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    snprintf(both, sizeof both, "%s: %s", prefix, error_text);
    memcpy(error_text, both, sizeof error_text - 1);
    return rc;
}

const char *ky_error(void)
{
    return error_text;
}

const char *ky_rc_name(ky_rc rc)
{
    int i = -(int)rc;
    return i >= 0 && (size_t)i < sizeof names / sizeof names[0] ? names[i] : "unknown";
}
