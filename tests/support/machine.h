/*
 * The machine that the processes of a test run on: its clock, and its power.
 * They run with the module kyso-machine.so preloaded (struct realm_options,
 * `machine`), which shares one page with the test:
 *   - CLOCK_REALTIME of all of them, and of the test itself, stands ahead by what machine_wait has waited;
 *   - the power fails for one process at a chosen moment of its work on a chosen file: it stands still there, the
 *     test ends everybody (machine_wait_dark, realm_kill) and takes away what was written and not flushed
 *     (machine_lose_unflushed).
 * What SoftHSM writes to the token counts as done when its call returns: an HSM has a power supply of its own.
 */
#ifndef KY_TESTS_SUPPORT_MACHINE_H
#define KY_TESTS_SUPPORT_MACHINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MACHINE_PATH_MAX 200
#define MACHINE_FILES_MAX 16
#define MACHINE_SOCKET "socket" /* stands for every socket: WRITTEN is a message sent */

enum machine_moment {
    MACHINE_BEFORE_WRITE,
    MACHINE_HALF_WRITTEN,
    MACHINE_WRITTEN,
    MACHINE_FLUSHED,
    MACHINE_BEFORE_RENAME, /* of a temporary file to that name */
    MACHINE_RENAMED,
    MACHINE_BEFORE_REMOVE,
    MACHINE_REMOVED,
};

struct machine_file {
    char path[MACHINE_PATH_MAX];
    _Atomic int64_t durable; /* bytes that a flush has vouched for */
};

struct machine {
    _Atomic int64_t ahead_us; /* of the system's clock */
    _Atomic int victim;       /* pid for whom the power fails; 0: nobody */
    _Atomic int skip;         /* matching moments that pass first */
    _Atomic bool dark;        /* it has failed */
    enum machine_moment moment;
    char file[32]; /* part of the path, or MACHINE_SOCKET */
    _Atomic int file_count;
    struct machine_file files[MACHINE_FILES_MAX]; /* written by the victim since it was chosen */
};

/* In the test: makes the page, and moves this process's own clock by it from now on. NULL: see errno. */
struct machine *machine_make(const char *path);
void machine_free(struct machine *m);
/* Time passes for everybody; nobody's timers notice. */
void machine_wait(struct machine *m, int64_t seconds);

/* The power will fail for that process at the (skip + 1)th such moment. */
void machine_arm(struct machine *m, pid_t victim, const char *file, enum machine_moment moment,
                 unsigned skip);
bool machine_wait_dark(const struct machine *m, int timeout_ms);
/*
 * Everybody has ended: cuts each file to a length between what was flushed and what was written, picked by seed.
 * Returns how many bytes are gone.
 */
size_t machine_lose_unflushed(struct machine *m, unsigned *seed);

#endif
