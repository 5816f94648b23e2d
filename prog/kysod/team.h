/* All processes of the plan and the connections between them. Private to kysod. */
#ifndef KY_PROG_KYSOD_TEAM_H
#define KY_PROG_KYSOD_TEAM_H

#include "prog/kysod/member.h"

#define KY_TEAM_PARSE_MAX 64    /* parse processes at once, whatever the configuration says */
#define KY_TEAM_RELINKS_MAX 256 /* wishes for fresh connections that wait */

struct ky_relink {
    struct ky_member *a, *b; /* borrowed */
};

struct ky_team {
    const struct ky_plan *plan; /* borrowed, as the next two */
    const struct ky_settings *settings;
    struct ky_ipc_server *server;
    struct ky_bytes config;                        /* the whole file */
    struct ky_member members[KY_PLAN_MEMBERS_MAX]; /* in the order of start */
    size_t count;
    struct ky_member parse[KY_TEAM_PARSE_MAX];
    unsigned parse_serial;
    struct ky_relink relinks[KY_TEAM_RELINKS_MAX];
    size_t relink_count;
};

void ky_team_init(struct ky_team *t, const struct ky_plan *plan, const struct ky_settings *settings,
                  struct ky_ipc_server *server, struct ky_bytes config);
/* NULL when there is none. */
struct ky_member *ky_team_find(struct ky_team *t, ky_role role, unsigned index);
struct ky_member *ky_team_find_pid(struct ky_team *t, pid_t pid);

/*
 * Starts m and connects it with all it talks to, each of which gets a new connection too. When it fails and m
 * is alive, the process runs without what it needs: kill it.
 */
ky_rc ky_team_start(struct ky_team *t, struct ky_member *m, int64_t now_ms);

/*
 * A parse process for web or courier. The connection goes to the asker at once, and ends at once when no process can
 * be had, so that nobody waits in vain.
 */
ky_rc ky_team_start_parse(struct ky_team *t, const struct ky_member *asker, uint32_t ticket, int64_t now_ms);

/* Remembers that a asks for a fresh connection to the peer. KY_EDENIED: they are not connected; KY_EBUSY: too many wait. */
ky_rc ky_team_want_relink(struct ky_team *t, struct ky_member *a, ky_role role, unsigned index);
/* Makes the connections that were asked for. */
void ky_team_relink(struct ky_team *t);

/* One line for each process: the status file. */
void ky_team_describe(struct ky_buf *out, const struct ky_team *t);

#endif
