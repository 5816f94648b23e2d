/* The user's language: Vietnamese, or English when LC_ALL, LC_MESSAGES or LANG says so. */
#ifndef KY_PROG_KYSO_SAY_H
#define KY_PROG_KYSO_SAY_H

#include <stdbool.h>

#include "base/rc.h"

bool kyso_english(void);
/* One of the two; both may be formats of the same arguments. */
const char *kyso_say(const char *vi, const char *en) __attribute__((format_arg(1), format_arg(2)));

/* "kyso sign: …" on stderr from the last error text, one line; returns KYSO_EXIT_FAILED. */
int kyso_fail(const char *command, ky_rc rc);
/* A line on stderr that is no failure. */
void kyso_warn(const char *command, const char *fmt, ...) KY_PRINTF(2, 3);

#endif
