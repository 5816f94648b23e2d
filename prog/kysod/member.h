/* One process of the plan as it is now, and the life it goes through. Private to kysod. */
#ifndef KY_PROG_KYSOD_MEMBER_H
#define KY_PROG_KYSOD_MEMBER_H

#include <sys/types.h>

#include "os/ipc_server.h"
#include "prog/kysod/plan.h"

typedef enum ky_member_state {
    KY_MEMBER_DOWN,
    KY_MEMBER_STARTING,
    KY_MEMBER_READY,
    KY_MEMBER_STOPPING
} ky_member_state;

struct ky_member {
    const struct ky_plan_kind *kind; /* borrowed */
    unsigned index;
    ky_member_state state;
    pid_t pid;           /* 0 while down */
    int64_t at_ms;       /* down: not started before; ready: since */
    int64_t kill_at_ms;  /* its process must be gone by then */
    int64_t back_off_ms; /* of the next restart */
    unsigned restarts;
};

static inline bool ky_member_alive(const struct ky_member *m)
{
    return m->state != KY_MEMBER_DOWN;
}

/* Starts the program and sends it its slice of config; connections and START are the caller's. */
ky_rc ky_member_start(struct ky_member *m, struct ky_ipc_server *server, const struct ky_settings *settings,
                      struct ky_bytes config, int64_t now_ms);
/* Its process ended with a wait status: logs it and says when it may start again. */
void ky_member_ended(struct ky_member *m, int status, int64_t now_ms);
/* Its program could not even be executed. */
void ky_member_not_started(struct ky_member *m, int64_t now_ms);
/* READY came: it serves from now on. */
void ky_member_ready(struct ky_member *m, int64_t now_ms);
/* Kills it when its time is over. */
void ky_member_kill_overdue(struct ky_member *m, int64_t now_ms);
void ky_member_kill(const struct ky_member *m);

/* "sam-keeper.0 4711 ready 0": name, pid, state, restarts. */
void ky_member_describe(struct ky_buf *out, const struct ky_member *m);

#endif
