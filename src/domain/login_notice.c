/* Notices about log-in; see login_notice.h. */
#include "domain/login_notice.h"

#include <stdio.h>

#include "domain/bearer.h"
#include "domain/outbox.h"

static const char *const templates[] = {
    [KY_LOGIN_INVITED] = "login-invitation",      [KY_LOGIN_KEY_ADDED] = "login-key-added",
    [KY_LOGIN_KEY_REMOVED] = "login-key-removed", [KY_LOGIN_NEW_PLACE] = "login-new-place",
    [KY_LOGIN_LOCKED_OUT] = "login-locked",
};

ky_rc ky_login_tell(struct ky_store *s, const struct ky_notices *notices, const struct ky_personal *personal,
                    ky_login_event event, const struct ky_db_staff *staff, const char *detail, ky_time now)
{
    char when[KY_TIME_TEXT_MAX], id[KY_NEW_ID_TEXT], about[80];
    ky_auto_notice notice = {.channel = KY_CHANNEL_EMAIL};
    ky_time_text_vn(when, now);
    KY_TRY(ky_new_id(id)); /* each event is told, however often it happens */
    snprintf(about, sizeof about, "login/%s", id);
    const struct ky_place places[] = {{"name", staff->name}, {"detail", detail}, {"when", when}};
    KY_TRY(ky_notice_make(&notice, notices, templates[event], KY_CHANNEL_EMAIL, staff->email, places,
                          KY_COUNT(places)));
    return ky_outbox_put(s, personal, templates[event], about, &notice, now);
}
