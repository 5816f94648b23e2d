/*
 * kyso-parse: reads one untrusted file for web or courier, and ends. Started by kysod for each job; holds its control
 * connection, the one to who asked and the file's descriptor, and can open nothing.
 */
#include <unistd.h>

#include "os/child.h"
#include "os/clock.h"
#include "prog/parse/jobs.h"

#define MOST_SECONDS 20 /* from start to end, waiting included */

/* After every round: the first answer, and the peer going away, are the end. */
static int64_t end_after_one(void *ctx, int64_t now_ms)
{
    struct ky_child *child = ctx;
    if (ky_ipc_server_counters(ky_child_server(child)).requests > 0)
        ky_ipc_server_stop(ky_child_server(child));
    return KY_DEADLINE_NEVER;
}

static void end_without_peer(void *ctx, ky_role peer, unsigned index)
{
    ky_ipc_server_stop(ky_child_server(ctx));
}

static ky_rc run(struct ky_child *child)
{
    struct ky_ipc_table table = {ky_jobs, ky_job_count, NULL};
    struct ky_ipc_server_ops ops = {.ctx = child, .tick = end_after_one, .closed = end_without_peer};
    ky_child_set_ops(child, &ops);
    KY_TRY(ky_jobs_prepare());
    KY_TRY(ky_child_serve(child, KY_PEER(KY_ROLE_WEB) | KY_PEER(KY_ROLE_COURIER), &table));
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_PARSE));
    return ky_child_run(child);
}

int main(int argc, char **argv)
{
    ky_auto_child child = NULL;
    alarm(MOST_SECONDS);
    ky_rc rc = ky_child_init(&child, argc, argv, KY_PEER(KY_ROLE_PARSE));
    if (rc == KY_OK)
        rc = run(child);
    return ky_child_exit_status(child, rc);
}
