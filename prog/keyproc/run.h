/*
 * main of a key process: the same frame for sam and ca, as keeper or as
 * worker, by the role that the supervisor gives.
 */
#ifndef KY_PROG_KEYPROC_RUN_H
#define KY_PROG_KEYPROC_RUN_H

#include "os/settings.h"
#include "prog/worker/worker.h"

struct ky_keyproc {
    ky_process process;
    ky_role keeper_role, worker_role;
    size_t settings_offset;                /* of struct ky_settings_key in struct ky_settings */
    unsigned worker_peers;                 /* whose messages the worker serves */
    const struct ky_ipc_message *messages; /* of the worker */
    size_t message_count;
    size_t worker_size; /* struct that begins with struct ky_worker */
    /* The process's own keys, after the common ones; settings are those of its section. */
    ky_rc (*open)(void *worker, const struct ky_settings_key *settings);
    void (*clear)(void *worker); /* before the common ones */
    /* A connection of the worker ended or was replaced; may be NULL. */
    void (*closed)(void *worker, ky_role peer, unsigned index);
};

/* Exit status for main. */
int ky_keyproc_main(int argc, char **argv, const struct ky_keyproc *def);

#endif
