/* The user's language: Vietnamese, or English when LC_ALL, LC_MESSAGES or LANG says so. */
#ifndef KY_OS_LANG_H
#define KY_OS_LANG_H

#include <stdbool.h>

#include "base/rc.h"

bool ky_lang_english(void);
/* One of the two; both may be formats of the same arguments. */
const char *ky_say(const char *vi, const char *en) __attribute__((format_arg(1), format_arg(2)));
/* What a code means, in Vietnamese; the English texts of the libraries say it themselves. */
const char *ky_meaning(ky_rc rc);

#endif
