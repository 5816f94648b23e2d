/* What was done to an organisation and its people, by whom: numbered for each organisation, never changed. */
#ifndef KY_STORE_ORG_EVENT_H
#define KY_STORE_ORG_EVENT_H

#include "store/page.h"
#include "store/scope.h"
#include "store/table.h"

/* The action: a signature or seal that counts for the organisation was registered; the note is the record's id. */
#define KY_EVENT_SEAL "add-seal"

struct ky_db_org_event {
    const char *org_id;
    int64_t sequence; /* from 1; set by the insert */
    int64_t at;
    const char *actor_id; /* staff; NULL: at the administrator's console */
    const char *staff_id; /* whom it concerns; NULL: the organisation */
    const char
        *action; /* "add", "change", "move", "close", "reopen", "delegate", "add-staff", "change-staff", … */
    const char *note; /* what it was before, or NULL */
};

ky_rc ky_db_org_event_insert(struct ky_store *s, const struct ky_db_org_event *e);
/* Newest first: the page goes by sequence. */
ky_rc ky_db_org_event_list(struct ky_db_org_event **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const char *org_id, const struct ky_page *page);

#endif
