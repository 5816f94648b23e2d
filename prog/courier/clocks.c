/* The clocks of dossiers and certificates, as far as they go by themselves; see courier.h. */
#include "base/log.h"
#include "domain/expiry_timer.h"
#include "prog/courier/courier.h"

/* A new list first, so that nobody is warned of a date that is no longer right; then as many as are due now. */
ky_rc courier_clocks(struct courier *c, ky_time now)
{
    size_t reckoned = 0;
    struct ky_timers_result timers;
    KY_TRY(ky_clock_catch_up(&reckoned, c->db, &c->registration, now));
    if (reckoned > 0)
        ky_log(KY_LOG_INFO, "clocks.reckoned", "dossiers=%zu", reckoned);
    if (reckoned == KY_CLOCK_BATCH)
        return KY_OK;
    return ky_timers_run(&timers, c->db, &c->registration, now);
}

ky_rc courier_expiries(struct courier *c, ky_time now)
{
    struct ky_expiry_result done;
    KY_TRY(ky_expiry_run(&done, c->db, &c->registration, now));
    if (done.warned + done.failed + done.digests > 0)
        ky_log(KY_LOG_INFO, "expiry.told", "certificates=%zu failed=%zu digests=%zu", done.warned,
               done.failed, done.digests);
    return KY_OK;
}
