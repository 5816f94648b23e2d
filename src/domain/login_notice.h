/* What a person is told about the ways into the account: by mail, through the outbox, in the caller's transaction. */
#ifndef KY_DOMAIN_LOGIN_NOTICE_H
#define KY_DOMAIN_LOGIN_NOTICE_H

#include "base/time.h"
#include "domain/notice.h"
#include "domain/personal.h"
#include "store/staff.h"

typedef enum ky_login_event {
    KY_LOGIN_INVITED,   /* detail: the link */
    KY_LOGIN_KEY_ADDED, /* detail: what it is called */
    KY_LOGIN_KEY_REMOVED,
    KY_LOGIN_NEW_PLACE,  /* detail: address and browser */
    KY_LOGIN_LOCKED_OUT, /* detail: until when */
} ky_login_event;

ky_rc ky_login_tell(struct ky_store *s, const struct ky_notices *notices, const struct ky_personal *personal,
                    ky_login_event event, const struct ky_db_staff *staff, const char *detail, ky_time now);

#endif
