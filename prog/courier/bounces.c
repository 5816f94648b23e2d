/*
 * Mail that came back; see courier.h. The local mail server delivers it into a maildir; each file is read by a parse
 * process, and what that says counts only for the message whose envelope address, with its MAC, it came to.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/bounce_job.h"
#include "domain/bounce_take.h"
#include "os/child.h"
#include "os/file.h"
#include "os/parse_job.h"
#include "prog/courier/courier.h"

#define EVERY_S 5            /* between two looks */
#define KEEP_S (30 * KY_DAY) /* what was read */
#define BATCH 20             /* files of one look */
#define WAIT_MS 10000        /* for a parse process */
#define WORK_MS 10000        /* for its answer */
#define NAME_BYTES_MAX 255

static ky_rc parse(struct ky_dsn *out, struct ky_buf *answer, struct courier *c, int fd)
{
    ky_auto_ipc_client process = KY_IPC_CLIENT_NONE;
    KY_TRY(ky_child_spawn_parse(c->child, &process, WAIT_MS));
    ky_rc rc = ky_ipc_call_fd(&process, KY_JOB_BOUNCE, KY_BYTES_NONE, fd, answer, WORK_MS);
    if (rc == KY_EIO) /* it died over the mail */
        return ky_fail(KY_EFORMAT, "the mail cannot be read");
    KY_TRY(rc);
    return ky_bounce_answer_read(out, ky_buf_bytes(answer));
}

/* The first of its addresses that is ours decides. */
static ky_rc find_message(char id[KY_BOUNCE_ID_MAX], const struct courier *c, const struct ky_dsn *dsn)
{
    for (size_t i = 0; i < dsn->n_to; i++) {
        ky_rc rc = ky_bounce_open(id, &c->personal, dsn->to[i]);
        if (rc != KY_EFORMAT)
            return rc;
    }
    return ky_fail(KY_EFORMAT, "to no address that mails come back to");
}

struct taking {
    const struct courier *c;
    const char *id, *status;
    ky_time now;
};

static ky_rc take(struct ky_store *s, void *ctx)
{
    const struct taking *t = ctx;
    return ky_bounce_take(s, &t->c->registration, t->id, t->status, t->now);
}

static ky_rc handle_mail(struct courier *c, int fd, ky_time now)
{
    char id[KY_BOUNCE_ID_MAX];
    struct ky_dsn dsn;
    ky_auto_buf answer = ky_buf_init(KY_BOUNCE_ANSWER_MAX);
    KY_TRY(parse(&dsn, &answer, c, fd));
    KY_TRY(find_message(id, c, &dsn));
    if (!dsn.failed) /* delayed: the mail server goes on trying */
        return KY_OK;
    struct taking t = {c, id, dsn.status, now};
    KY_TRY(ky_store_submit(c->db, take, &t));
    ky_log(KY_LOG_WARN, "bounce.taken", "id=%s status=%s", id, dsn.status);
    return KY_OK;
}

static ky_rc open_mail(int *out, const char *path)
{
    struct stat st;
    ky_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return ky_fail(KY_EIO, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return ky_fail(KY_EFORMAT, "%s: not a file", path);
    *out = ky_fd_take(&fd);
    return KY_OK;
}

/* Seen: what was handled, and what never will be. */
static ky_rc set_aside(const struct courier *c, const char *name)
{
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof from, "%s/new/%s", c->bounces, name);
    snprintf(to, sizeof to, "%s/cur/%s:2,S", c->bounces, name);
    return rename(from, to) == 0 ? KY_OK : ky_fail(KY_EIO, "%s: %s", from, strerror(errno));
}

static ky_rc handle_file(struct courier *c, const char *name, ky_time now)
{
    char path[PATH_MAX];
    ky_auto_fd fd = -1;
    snprintf(path, sizeof path, "%s/new/%s", c->bounces, name);
    ky_rc rc = open_mail(&fd, path);
    if (rc == KY_OK)
        rc = handle_mail(c, fd, now);
    if (rc == KY_EBUSY || rc == KY_EIO || rc == KY_ENOMEM)
        return rc; /* comes again */
    if (rc != KY_OK)
        ky_log(KY_LOG_WARN, "bounce.passed-over", "code=%s reason=" KY_Q, ky_rc_name(rc), ky_error());
    return set_aside(c, name);
}

static void close_folder(DIR **d)
{
    if (*d != NULL)
        closedir(*d);
}

/* Names people, and has told what it had to. */
ky_rc courier_bounces_purge(const struct courier *c, ky_time now)
{
    char path[PATH_MAX];
    const struct dirent *e;
    struct stat st;
    if (c->bounces == NULL || c->bounces[0] == 0)
        return KY_OK;
    snprintf(path, sizeof path, "%s/cur", c->bounces);
    KY_CLEANUP(close_folder) DIR *d = opendir(path);
    if (d == NULL)
        return ky_fail(KY_EIO, "%s: %s", path, strerror(errno));
    while ((e = readdir(d)) != NULL) {
        bool old = e->d_name[0] != '.' && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                   st.st_mtime < now - KEEP_S;
        if (old && unlinkat(dirfd(d), e->d_name, 0) != 0)
            return ky_fail(KY_EIO, "%s/%s: %s", path, e->d_name, strerror(errno));
    }
    return KY_OK;
}

ky_rc courier_bounces(struct courier *c, ky_time now)
{
    char path[PATH_MAX];
    const struct dirent *e;
    if (c->bounces[0] == 0 || now < c->bounces_next)
        return KY_OK;
    c->bounces_next = now + EVERY_S;
    snprintf(path, sizeof path, "%s/new", c->bounces);
    KY_CLEANUP(close_folder) DIR *d = opendir(path);
    if (d == NULL)
        return ky_fail(KY_EIO, "%s: %s", path, strerror(errno));
    for (int n = 0; n < BATCH && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.' || strlen(e->d_name) > NAME_BYTES_MAX - 4)
            continue;
        KY_TRY(handle_file(c, e->d_name, now));
        n++;
    }
    return KY_OK;
}
