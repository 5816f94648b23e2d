/* Why a person may not do something, in both languages: what portals show beside the code of the failure. */
#ifndef KY_DOMAIN_WHY_H
#define KY_DOMAIN_WHY_H

#include "base/rc.h"

#define KY_WHY_MAX 512 /* bytes of a sentence with the NUL */

struct ky_why {
    char vi[KY_WHY_MAX], en[KY_WHY_MAX]; /* "" while nothing was refused */
};

/* KY_EDENIED with the sentence "WHO: en" as its text; both are kept in *why unless that is NULL. */
ky_rc ky_why_deny(struct ky_why *why, const char *who, const char *vi, const char *en);

#endif
