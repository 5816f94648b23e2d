/* See trust.h. */
#include "prog/agent/trust.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "os/lang.h"
#include "os/proc.h"

#define CERTUTIL "/usr/bin/certutil"
#define DB_MAX 4096

extern char **environ;

static ky_rc run(bool *good, const char *const *argv)
{
    pid_t pid;
    int status = 0;
    const struct ky_proc_spec spec = {
        .path = CERTUTIL, .argv = argv, .env = (const char *const *)(uintptr_t)environ, .fd3 = STDERR_FILENO};
    const ky_rc rc = ky_proc_spawn(&pid, &spec);
    if (rc == KY_ENOTFOUND)
        return ky_fail(
            rc, "%s",
            ky_say("thiếu certutil: cài gói libnss3-tools", "certutil is missing: install libnss3-tools"));
    KY_TRY(rc);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    *good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return KY_OK;
}

static ky_rc name_db(char out[DB_MAX], const char *db)
{
    return snprintf(out, DB_MAX, "sql:%s", db) < DB_MAX ? KY_OK : ky_fail(KY_ELIMIT, "%s: path too long", db);
}

/* Is it there? certutil says so by its exit status, and on stdout what nobody asked. */
static ky_rc is_listed(bool *listed, const char *name)
{
    const char *const argv[] = {CERTUTIL, "-d", name, "-L", "-n", AGENT_NSS_NAME, "-a", NULL};
    return run(listed, argv);
}

static ky_rc remove_listed(const char *name)
{
    bool listed = true, good = true;
    const char *const argv[] = {CERTUTIL, "-d", name, "-D", "-n", AGENT_NSS_NAME, NULL};
    KY_TRY(is_listed(&listed, name));
    while (listed && good) {
        KY_TRY(run(&good, argv));
        KY_TRY(is_listed(&listed, name));
    }
    return good ? KY_OK : ky_fail(KY_EIO, "certutil -D: %s", name);
}

static ky_rc make_db(const char *db, const char *name)
{
    char file[DB_MAX];
    bool good = true;
    const char *const argv[] = {CERTUTIL, "-d", name, "-N", "--empty-password", NULL};
    if (snprintf(file, sizeof file, "%s/cert9.db", db) >= DB_MAX)
        return ky_fail(KY_ELIMIT, "%s: path too long", db);
    if (access(file, F_OK) == 0)
        return KY_OK;
    if (mkdir(db, 0700) != 0 && errno != EEXIST)
        return ky_fail(KY_EIO, "%s: %s", db, strerror(errno));
    KY_TRY(run(&good, argv));
    return good ? KY_OK : ky_fail(KY_EIO, "certutil -N: %s", name);
}

ky_rc agent_trust_add(const char *db, const char *root_file)
{
    char name[DB_MAX];
    bool good = false;
    KY_TRY(name_db(name, db));
    KY_TRY(make_db(db, name));
    KY_TRY(remove_listed(name));
    const char *const argv[] = {CERTUTIL, "-d",  name, "-A",      "-n", AGENT_NSS_NAME,
                                "-t",     "C,,", "-i", root_file, NULL};
    KY_TRY(run(&good, argv));
    return good ? KY_OK : ky_fail(KY_EIO, "certutil -A: %s", name);
}

ky_rc agent_trust_remove(const char *db)
{
    char name[DB_MAX];
    bool listed = false;
    KY_TRY(name_db(name, db));
    KY_TRY(is_listed(&listed, name));
    if (!listed)
        return ky_fail(KY_ENOTFOUND, "%s: %s", db, AGENT_NSS_NAME);
    return remove_listed(name);
}
