/*
 * What a parse process can be asked to do with one untrusted file: a message table. A job gets the file as the
 * descriptor of its request, its parameters as body, and answers with bytes. It can open nothing.
 */
#ifndef KY_PROG_PARSE_JOBS_H
#define KY_PROG_PARSE_JOBS_H

#include "os/ipc_server.h"
#include "os/parse_job.h"

#define KY_JOB_DIGEST_SIZE 40 /* bytes: u64 size ‖ SHA-256 */

/*
 * Libraries that load code or data late are made to do it here, before the sandbox closes. KY_ECRYPTO.
 */
ky_rc ky_jobs_prepare(void);
extern const struct ky_ipc_message ky_jobs[];
extern const size_t ky_job_count;

#endif
