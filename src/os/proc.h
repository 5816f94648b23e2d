/* Starting another program: exactly the descriptors it is given, its own user, its limits, a clean environment. */
#ifndef KY_OS_PROC_H
#define KY_OS_PROC_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/rc.h"

/* Whom a process runs as. */
struct ky_proc_user {
    bool change; /* false: stay who we are */
    uid_t uid;
    gid_t gid;
};

/*
 * "name" or a number (which needs no passwd entry; group of the same number), and after a colon a group by number when it
 * is to be another: "61003:61000". "" keeps the user. KY_ENOTFOUND.
 */
ky_rc ky_proc_user_find(struct ky_proc_user *out, const char *name);

struct ky_proc_spec {
    const char *path;         /* the program */
    const char *const *argv;  /* ends with NULL */
    const char *const *env;   /* ends with NULL; the whole environment */
    int fd3;                  /* becomes descriptor 3; 0, 1 and 2 are inherited, all others closed */
    int stdio;                /* above 2: becomes 0 and 1 instead */
    struct ky_proc_user user; /* applied before exec, with no supplementary groups */
    uint64_t max_files;       /* open descriptors; 0: as now */
    uint64_t max_memory;      /* bytes of address space; 0: as now */
    uint64_t max_cpu_s;       /* seconds of CPU time; 0: as now */
};

/*
 * Forks and executes; returns once the program runs. The child has no core dumps, a session of its own, and
 * is killed when this process dies. KY_ENOTFOUND/KY_EDENIED/KY_EIO name the step and the program.
 */
ky_rc ky_proc_spawn(pid_t *out, const struct ky_proc_spec *spec);

/*
 * Raises this process's limit of open descriptors to at least that many; before ky_sandbox_enter. KY_ELIMIT: the hard
 * limit (ulimit -Hn, LimitNOFILE=) is lower, the text has both numbers.
 */
ky_rc ky_proc_raise_files(uint64_t wanted);

#endif
