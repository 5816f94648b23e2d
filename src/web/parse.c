/* Jobs for parse processes; see parse.h. */
#include "web/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/people_table.h"
#include "os/file.h"
#include "os/ipc_client.h"
#include "os/parse_job.h"

/* A file without a name in our own folder: gone with its last descriptor. */
static ky_rc make_file(int *out, const struct ky_web *w, struct ky_bytes content)
{
    char folder[KY_WEB_PATH_MAX];
    snprintf(folder, sizeof folder, "%s/web", w->state_dir);
    ky_auto_fd fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return ky_fail(KY_EIO, "%s: %s", folder, strerror(errno));
    for (size_t at = 0; at < content.n;) {
        ssize_t n = pwrite(fd, content.p + at, content.n - at, (off_t)at);
        if (n < 0 && errno != EINTR)
            return ky_fail(KY_EIO, "%s: %s", folder, strerror(errno));
        at += n > 0 ? (size_t)n : 0;
    }
    *out = ky_fd_take(&fd);
    return KY_OK;
}

static ky_rc ask(json_t **out, struct ky_web *w, uint16_t job, struct ky_bytes file, struct ky_bytes question,
                 size_t answer_max)
{
    ky_auto_fd fd = -1;
    ky_auto_ipc_client parse = KY_IPC_CLIENT_NONE;
    ky_auto_buf reply = ky_buf_init_secret(answer_max);
    KY_TRY(make_file(&fd, w, file));
    KY_TRY(ky_child_spawn_parse(w->child, &parse, KY_PARSE_WAIT_MS));
    ky_rc rc = ky_ipc_call_fd(&parse, job, question, fd, &reply, KY_PARSE_WORK_MS);
    if (rc == KY_EIO) /* it died over the document */
        return ky_fail(KY_EFORMAT, "the document cannot be read");
    KY_TRY(rc);
    return ky_json_parse(out, ky_buf_bytes(&reply), answer_max);
}

ky_rc ky_web_verify_pdf(json_t **report, struct ky_web *w, struct ky_bytes pdf,
                        const struct ky_verify_question *q)
{
    ky_auto_buf question = ky_buf_init(KY_VERIFY_QUESTION_MAX);
    ky_verify_question_encode(&question, q);
    KY_TRY(ky_buf_finish(&question));
    return ask(report, w, KY_JOB_VERIFY, pdf, ky_buf_bytes(&question), KY_REPORT_TEXT_MAX);
}

ky_rc ky_web_read_people(json_t **list, struct ky_web *w, struct ky_bytes file)
{
    return ask(list, w, KY_JOB_PEOPLE, file, KY_BYTES_NONE, KY_PEOPLE_RESULT_MAX);
}

static const char *find_type(const char *name)
{
    for (ky_file_kind k = KY_FILE_PDF; k < KY_FILE_KINDS; k++)
        if (ky_str_eq(ky_file_kind_type(k), name))
            return ky_file_kind_type(k);
    return NULL;
}

ky_rc ky_web_look_at_file(const char **type, ky_file_fault *fault, struct ky_web *w, struct ky_bytes file)
{
    ky_auto_json answer = NULL;
    ky_rc rc = ask(&answer, w, KY_JOB_KIND, file, KY_BYTES_NONE, KY_FILE_ANSWER_MAX);
    *fault = KY_FILE_DAMAGED;
    if (rc == KY_EFORMAT)
        return KY_OK;
    KY_TRY(rc);
    const char *found = json_string_value(json_object_get(answer, "fault"));
    *type = find_type(json_string_value(json_object_get(answer, "type")));
    *fault = found != NULL ? ky_file_fault_find(found) : *type != NULL ? KY_FILE_GOOD : KY_FILE_DAMAGED;
    return KY_OK;
}
