/* Refusals in two languages; see why.h. */
#include "domain/why.h"

#include <stdio.h>

ky_rc ky_why_deny(struct ky_why *why, const char *who, const char *vi, const char *en)
{
    if (why != NULL) {
        snprintf(why->vi, sizeof why->vi, "%s: %s", who, vi);
        snprintf(why->en, sizeof why->en, "%s: %s", who, en);
    }
    return ky_fail(KY_EDENIED, "%s: %s", who, en);
}
