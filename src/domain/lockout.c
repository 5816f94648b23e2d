/* Counting failures; see lockout.h. */
#include "domain/lockout.h"

#include <stdio.h>

#include "base/network.h"
#include "store/login.h"

#define SUBJECT_MAX 96
#define FIRST_S 30

static const struct policy {
    const char *prefix;
    int64_t free;
    ky_time longest_s;
} policies[] = {
    [KY_LOCKOUT_STAFF] = {"staff", 5, 15 * KY_MINUTE},
    [KY_LOCKOUT_ADDRESS] = {"address", 20, KY_HOUR},
    [KY_LOCKOUT_GUEST] = {"guest", 20, KY_HOUR},
};

/* Whoever has an IPv6 address has 2^64 of them: its network is counted. */
static void name_subject(char out[SUBJECT_MAX], ky_lockout_kind kind, const char *who)
{
    char network[KY_NETWORK_TEXT];
    if (kind != KY_LOCKOUT_STAFF) {
        ky_network_of(network, who);
        who = network;
    }
    snprintf(out, SUBJECT_MAX, "%s/%s", policies[kind].prefix, who);
}

/* The row, or one that has never failed. */
static ky_rc get_row(struct ky_db_login_failure *out, struct ky_arena *a, struct ky_store *s,
                     const char *subject, ky_time now)
{
    ky_rc rc = ky_db_login_failure_get(out, a, s, subject);
    if (rc != KY_OK && rc != KY_ENOTFOUND)
        return rc;
    if (rc == KY_ENOTFOUND || (now - out->last_at > KY_LOCKOUT_FORGET && out->locked_until <= now))
        *out = (struct ky_db_login_failure){.subject = subject};
    return KY_OK;
}

/* 30, 60, 120 … up to the longest. */
static ky_time delay(const struct policy *p, int64_t failures)
{
    ky_time d = FIRST_S;
    for (int64_t i = p->free + 1; i < failures && d < p->longest_s; i++)
        d *= 2;
    return d < p->longest_s ? d : p->longest_s;
}

ky_rc ky_lockout_get(ky_time *until, struct ky_store *s, ky_lockout_kind kind, const char *who, ky_time now)
{
    char subject[SUBJECT_MAX];
    struct ky_db_login_failure row;
    ky_auto_arena a = ky_arena_init(4096);
    name_subject(subject, kind, who);
    KY_TRY(get_row(&row, &a, s, subject, now));
    *until = row.locked_until;
    return KY_OK;
}

ky_rc ky_lockout_count(ky_time *until, bool *first, struct ky_store *s, ky_lockout_kind kind, const char *who,
                       ky_time now)
{
    char subject[SUBJECT_MAX];
    struct ky_db_login_failure row;
    const struct policy *p = &policies[kind];
    ky_auto_arena a = ky_arena_init(4096);
    name_subject(subject, kind, who);
    KY_TRY(get_row(&row, &a, s, subject, now));
    row.failures++;
    row.last_at = now;
    if (row.failures > p->free)
        row.locked_until = now + delay(p, row.failures);
    KY_TRY(ky_db_login_failure_put(s, &row));
    *until = row.locked_until;
    *first = row.failures == p->free + 1;
    return KY_OK;
}

ky_rc ky_lockout_clear(struct ky_store *s, ky_lockout_kind kind, const char *who)
{
    char subject[SUBJECT_MAX];
    name_subject(subject, kind, who);
    return ky_db_login_failure_delete(s, subject);
}
