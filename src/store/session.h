/* Sessions of people in their browsers. The cookie is known by its hash only. */
#ifndef KY_STORE_SESSION_H
#define KY_STORE_SESSION_H

#include "store/page.h"
#include "store/table.h"

struct ky_db_session {
    const char *id;       /* hex32; what lists name it by */
    struct ky_bytes hash; /* of the cookie */
    const char *staff_id;
    const char *key_id;  /* of the login_key that it came from; the session ends with it */
    const char *address; /* of the browser at log-in */
    const char *agent;   /* what the browser calls itself */
    int64_t created_at;
    int64_t used_at;    /* last request, give or take a minute */
    int64_t proved_at;  /* when the key was last used */
    int64_t expires_at; /* whatever happens */
};

ky_rc ky_db_session_insert(struct ky_store *s, const struct ky_db_session *row);
/* One that is neither expired nor unused since `used_after`, of an active person; KY_ENOTFOUND. */
ky_rc ky_db_session_get(struct ky_db_session *out, struct ky_arena *a, struct ky_store *s,
                        struct ky_bytes hash, int64_t used_after, int64_t now);
/* Of one person, newest first; those that still count, as above. */
ky_rc ky_db_session_list(struct ky_db_session **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const char *staff_id, int64_t used_after, int64_t now, const struct ky_page *page);
/* Whether that person's session still counts, as above. */
ky_rc ky_db_session_counts(bool *out, struct ky_store *s, const char *id, const char *staff_id,
                           int64_t used_after, int64_t now);
/* Whether that session came from that key. */
ky_rc ky_db_session_is_of_key(bool *out, struct ky_store *s, const char *id, const char *key_id);
ky_rc ky_db_session_set_used(struct ky_store *s, const char *id, int64_t now);
/* The key was used again: another cookie from now on. */
ky_rc ky_db_session_set_proved(struct ky_store *s, const char *id, struct ky_bytes hash, int64_t now);
/* KY_ENOTFOUND: that person has no such session. */
ky_rc ky_db_session_delete(struct ky_store *s, const char *staff_id, const char *id);
ky_rc ky_db_session_delete_all(struct ky_store *s, const char *staff_id);
ky_rc ky_db_session_purge(struct ky_store *s, int64_t used_before, int64_t now);

#endif
