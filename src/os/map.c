#include "os/map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

ky_rc ky_map_fd(struct ky_map *out, int fd)
{
    off_t n = lseek(fd, 0, SEEK_END); /* not fstat: a parse process may not even ask for that */
    if (n < 0)
        return ky_fail(KY_EINVAL, "not a regular file");
    struct ky_map m = {0};
    if (n > 0) {
        m.base = mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, 0);
        if (m.base == MAP_FAILED)
            return ky_fail(KY_EIO, "map: %s", strerror(errno));
        m.bytes = KY_BYTES(m.base, n);
    }
    *out = m;
    return KY_OK;
}

ky_rc ky_map_open(struct ky_map *out, const char *path)
{
    struct stat st;
    ky_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ky_fail(errno == ENOENT ? KY_ENOTFOUND : KY_EIO, "open %s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0)
        return ky_fail(KY_EIO, "stat %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return ky_fail(KY_EINVAL, "%s is not a regular file", path);
    return ky_context(ky_map_fd(out, fd), "%s", path);
}

void ky_map_clear(struct ky_map *m)
{
    if (m->base != NULL)
        munmap(m->base, m->bytes.n);
    *m = (struct ky_map){0};
}
