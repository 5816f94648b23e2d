/* See share.h. */
#include "os/share.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ky_rc ky_share_folder(char out[PATH_MAX], const char *name, const char *source)
{
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0)
        return ky_fail(KY_EIO, "/proc/self/exe: %s", strerror(errno));
    own[n] = 0;
    *strrchr(own, '/') = 0; /* the kernel's answer is an absolute path */
    int length = snprintf(out, PATH_MAX, "%s/../share/kyso/%s", own, name);
    if (length >= 0 && length < PATH_MAX && access(out, R_OK | X_OK) == 0)
        return KY_OK;
    length = snprintf(out, PATH_MAX, "%s", source);
    return length < PATH_MAX ? KY_OK : ky_fail(KY_ELIMIT, "path of %s is too long", name);
}
