/*
 * Whom a subscriber is told to ask: the name and the telephone of the organisation's support person (role support),
 * as they stand in letters. Both come from the database, so only a name and a number can stand there.
 */
#ifndef KY_DOMAIN_SUPPORT_H
#define KY_DOMAIN_SUPPORT_H

#include "store/contact.h"

#define KY_SUPPORT_TEXT_MAX 320

struct ky_support {
    char vi[KY_SUPPORT_TEXT_MAX]; /* "cán bộ hỗ trợ Nguyễn Thị Lan, điện thoại 0912 345 678" */
    char en[KY_SUPPORT_TEXT_MAX];
    char name[KY_SUPPORT_TEXT_MAX];  /* "": nobody, or no name */
    char email[KY_SUPPORT_TEXT_MAX]; /* "": nobody */
};

/* Where the organisation has nobody, or what is stored is no name: its own people in general. */
ky_rc ky_support_of(struct ky_support *out, struct ky_store *s, const char *org_id);

#endif
