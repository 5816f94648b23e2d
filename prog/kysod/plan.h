/*
 * What there is to run, as data: the kinds of process in the order of their start, how many of each, and who is
 * connected with whom.
 */
#ifndef KY_PROG_KYSOD_PLAN_H
#define KY_PROG_KYSOD_PLAN_H

#include "os/proc.h"
#include "os/settings.h"

#define KY_PLAN_MEMBERS_MAX 256

/* One kind of process as this configuration wants it. */
struct ky_plan_kind {
    ky_role role;
    const char *folder;     /* of its state, below the state folder; NULL: none */
    const char *program;    /* absolute path; in the arena */
    const char *module_env; /* NAME=VALUE, or "" */
    struct ky_proc_user user;
    unsigned count;
};

struct ky_plan {
    struct ky_plan_kind kinds[KY_ROLE_COUNT]; /* in the order of start, parse last */
    size_t kind_count;                        /* without parse */
    struct ky_plan_kind parse;
};

/*
 * Users are looked up and program paths completed (next to this program). KY_ENOTFOUND: no such user;
 * KY_ELIMIT: more than KY_PLAN_MEMBERS_MAX processes.
 */
ky_rc ky_plan_make(struct ky_plan *out, struct ky_arena *arena, const struct ky_settings *settings);

/* True when processes of these roles talk to each other. */
bool ky_plan_linked(ky_role a, ky_role b);

/* Makes the state folder and one for each kind, owned by its user. */
ky_rc ky_plan_make_folders(const struct ky_plan *plan, const struct ky_settings *settings);

#endif
