/* The table of jobs. A job of more than a few lines has a file of its own. */
#include "prog/parse/jobs.h"

#include <errno.h>
#include <unistd.h>

#include "ades/file_kind.h"
#include "ades/verify_job.h"
#include "codec/sheet/xlsx_read.h"
#include "crypto/digest.h"
#include "domain/bounce_job.h"
#include "domain/people_file.h"
#include "os/file.h"
#include "os/map.h"

#define READ_STEP 65536 /* bytes */

static ky_rc digest_file(struct ky_hasher *h, uint64_t *size, int fd)
{
    uint8_t block[READ_STEP];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ky_fail(KY_EIO, "read: %s", strerror(errno));
        if (n == 0)
            return KY_OK;
        *size += (uint64_t)n;
        KY_TRY(ky_hasher_add(h, KY_BYTES(block, n)));
    }
}

static ky_rc on_digest(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    uint64_t size = 0;
    uint8_t digest[KY_SHA256_SIZE];
    ky_auto_fd fd = ky_ipc_request_take_fd(request);
    ky_auto_hasher h = NULL;
    KY_TRY(ky_hasher_new(&h, KY_SHA256));
    KY_TRY(digest_file(h, &size, fd));
    KY_TRY(ky_hasher_finish(digest, h));
    ky_buf_add_u64(reply, size);
    ky_buf_add(reply, KY_BYTES_OF(digest));
    return KY_OK;
}

static ky_rc on_verify(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_verify_question q;
    ky_auto_map file = {.base = NULL};
    ky_auto_fd fd = ky_ipc_request_take_fd(request);
    KY_TRY(ky_verify_question_decode(&q, body));
    KY_TRY(ky_map_fd(&file, fd));
    return ky_verify_answer(reply, file.bytes, &q);
}

static ky_rc on_people(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_auto_map file = {.base = NULL};
    ky_auto_json list = NULL;
    ky_auto_fd fd = ky_ipc_request_take_fd(request);
    KY_TRY(ky_map_fd(&file, fd));
    KY_TRY(ky_people_file_read(&list, file.bytes));
    return ky_people_result_encode(reply, list);
}

static ky_rc on_kind(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_auto_map file = {.base = NULL};
    ky_auto_fd fd = ky_ipc_request_take_fd(request);
    KY_TRY(ky_map_fd(&file, fd));
    return ky_file_answer(reply, file.bytes);
}

static ky_rc on_bounce(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_auto_map file = {.base = NULL};
    ky_auto_fd fd = ky_ipc_request_take_fd(request);
    KY_TRY(ky_map_fd(&file, fd));
    return ky_bounce_answer(reply, file.bytes);
}

/* A first hash loads OpenSSL's provider and its configuration. */
ky_rc ky_jobs_prepare(void)
{
    uint8_t digest[KY_SHA256_SIZE];
    ky_xlsx_prepare();
    return ky_sha256(digest, KY_BYTES_NONE);
}

#define WEB KY_PEER(KY_ROLE_WEB)
const struct ky_ipc_message ky_jobs[] = {
    {KY_JOB_DIGEST, "digest", WEB, KY_IPC_ANY_PHASE, 0, true, on_digest},
    {KY_JOB_VERIFY, "verify", WEB, KY_IPC_ANY_PHASE, KY_VERIFY_QUESTION_MAX, true, on_verify},
    {KY_JOB_PEOPLE, "people", WEB, KY_IPC_ANY_PHASE, 0, true, on_people},
    {KY_JOB_KIND, "kind", WEB, KY_IPC_ANY_PHASE, 0, true, on_kind},
    {KY_JOB_BOUNCE, "bounce", KY_PEER(KY_ROLE_COURIER), KY_IPC_ANY_PHASE, 0, true, on_bounce},
};
const size_t ky_job_count = KY_COUNT(ky_jobs);
