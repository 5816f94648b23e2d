/* The clock of one dossier as the API shows it. */
#ifndef KY_WEB_API_CLOCK_H
#define KY_WEB_API_CLOCK_H

#include "codec/json.h"
#include "domain/clock.h"

struct ky_api_clock {
    bool present; /* false: the dossier has none yet */
    struct ky_clock_view view;
    struct ky_progress progress; /* now, or when it ended */
};
/* Inside a read of the database; what it points to lies in the arena. */
ky_rc ky_api_clock_read(struct ky_api_clock *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_db_dossier *head, ky_time now);
/* The member `limit`; nothing where there is no clock. */
void ky_api_clock_write(struct ky_json_out *o, const struct ky_api_clock *c);

#endif
