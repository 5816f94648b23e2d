/* See softhsm.h. */
#include "tests/support/softhsm.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return false;
    bool ok = fputs(text, f) >= 0;
    return fclose(f) == 0 && ok;
}

const char *softhsm_module(void)
{
    static const char *const paths[] = {"/usr/lib/softhsm/libsofthsm2.so",
                                        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                                        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], R_OK) == 0)
            return paths[i];
    return NULL;
}

bool softhsm_setup(struct softhsm *h)
{
    char path[128], conf[256];
    snprintf(h->dir, sizeof h->dir, "/tmp/kyso-softhsm-XXXXXX");
    if (softhsm_module() == NULL || mkdtemp(h->dir) == NULL)
        return false;
    snprintf(path, sizeof path, "%s/tokens", h->dir);
    if (mkdir(path, 0700) != 0)
        return false;
    snprintf(conf, sizeof conf, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
             path);
    snprintf(path, sizeof path, "%s/softhsm2.conf", h->dir);
    if (!write_file(path, conf) || setenv("SOFTHSM2_CONF", path, 1) != 0 || !softhsm_fault(h, ""))
        return false;
    snprintf(path, sizeof path, "%s/fault", h->dir);
    return setenv("KYSO_P11_FAULT_MODULE", softhsm_module(), 1) == 0 &&
           setenv("KYSO_P11_FAULT_CONTROL", path, 1) == 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

void softhsm_teardown(struct softhsm *h)
{
    nftw(h->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

bool softhsm_fault(const struct softhsm *h, const char *lines)
{
    char path[128], fresh[136];
    snprintf(path, sizeof path, "%s/fault", h->dir);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    return write_file(fresh, lines) && rename(fresh, path) == 0;
}
