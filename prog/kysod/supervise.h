/* Starts the processes one after another, connects them, restarts the dead, stops them in reverse. */
#ifndef KY_PROG_KYSOD_SUPERVISE_H
#define KY_PROG_KYSOD_SUPERVISE_H

#include "prog/kysod/plan.h"

/*
 * Runs until SIGTERM or SIGINT and then until every process is gone. config is the whole file's text.
 * KY_EINVAL: a process said at the first start that a person must act; KY_EIO, KY_ENOMEM, KY_EDENIED: start-up failed.
 */
ky_rc ky_supervise(const struct ky_plan *plan, const struct ky_settings *settings, struct ky_bytes config);

#endif
