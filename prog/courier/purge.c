/* Bearer tokens and sessions that have ended; see courier.h. Nobody can use them any more, and a list of them serves no one. */
#include "domain/login.h"
#include "prog/courier/courier.h"
#include "store/client.h"
#include "store/staff.h"

#define EVERY_S KY_HOUR

static ky_rc purge(struct ky_store *s, void *ctx)
{
    const ky_time *now = ctx;
    KY_TRY(ky_db_staff_token_purge(s, *now));
    KY_TRY(ky_db_access_token_purge(s, *now));
    return ky_login_purge(s, *now);
}

ky_rc courier_purge(struct courier *c, ky_time now)
{
    if (now < c->purge_next)
        return KY_OK;
    c->purge_next = now + EVERY_S;
    KY_TRY(courier_bounces_purge(c, now));
    return ky_store_submit(c->db, purge, &now);
}
