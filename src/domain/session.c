/* Rules for sessions; see session.h. */
#include "domain/session.h"

#include <stdio.h>

#include "base/str.h"

ky_rc ky_session_find(struct ky_db_session *out, struct ky_actor *actor, struct ky_arena *a,
                      struct ky_store *s, struct ky_bytes cookie, const struct ky_session_limits *limits,
                      ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_session session;
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything(); /* the cookie says who it is */
    KY_TRY(ky_bearer_hash(hash, cookie));
    ky_rc rc = ky_db_session_get(&session, a, s, KY_BYTES_OF(hash), now - limits->idle_s, now);
    if (rc == KY_ENOTFOUND)
        return ky_fail(KY_EAUTH, "session unknown or ended");
    KY_TRY(rc);
    KY_TRY(ky_db_staff_get(&staff, a, s, &all, session.staff_id));
    KY_TRY(ky_actor_load(actor, a, s, &staff));
    *out = session;
    return KY_OK;
}

bool ky_session_is_stale(const struct ky_db_session *session, ky_time now)
{
    return now - session->used_at >= KY_SESSION_STALE;
}

bool ky_session_is_fresh(const struct ky_db_session *session, ky_time now)
{
    return now >= session->proved_at && now - session->proved_at <= KY_SESSION_FRESH;
}

/* What is fit to be shown of what a browser sends. */
static void copy_agent(char out[KY_SESSION_AGENT_MAX + 1], const char *agent)
{
    size_t n = 0;
    for (const char *p = agent == NULL ? "" : agent; *p != 0 && n < KY_SESSION_AGENT_MAX; p++)
        if (*p >= ' ' && *p < 0x7f)
            out[n++] = *p;
    out[n] = 0;
}

ky_rc ky_session_open(char cookie[KY_BEARER_TEXT], struct ky_store *s, const struct ky_db_login_key *key,
                      const struct ky_session_place *place, const struct ky_session_limits *limits,
                      ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    char id[KY_NEW_ID_TEXT], agent[KY_SESSION_AGENT_MAX + 1];
    ky_time end = now + limits->absolute_s;
    KY_TRY(ky_new_id(id));
    KY_TRY(ky_bearer_new(cookie, hash));
    copy_agent(agent, place->agent);
    const struct ky_db_session row = {
        .id = id,
        .hash = KY_BYTES_OF(hash),
        .staff_id = key->staff_id,
        .key_id = key->id,
        .address = place->address,
        .agent = agent,
        .created_at = now,
        .used_at = now,
        .proved_at = now,
        .expires_at = end < key->not_after ? end : key->not_after,
    };
    return ky_db_session_insert(s, &row);
}

ky_rc ky_session_prove(char cookie[KY_BEARER_TEXT], struct ky_store *s, const char *id, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_bearer_new(cookie, hash));
    return ky_db_session_set_proved(s, id, KY_BYTES_OF(hash), now);
}

ky_rc ky_session_purge(struct ky_store *s, ky_time now)
{
    return ky_db_session_purge(s, now - KY_SESSION_IDLE_MAX, now);
}
