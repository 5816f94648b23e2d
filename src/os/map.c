#include "os/map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "os/file.h"

ky_rc ky_map_fd(struct ky_map *out, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return ky_fail(KY_EIO, "stat: %s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return ky_fail(KY_EINVAL, "not a regular file");
    struct ky_map m = {0};
    if (st.st_size > 0) {
        m.base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (m.base == MAP_FAILED)
            return ky_fail(KY_EIO, "map: %s", strerror(errno));
        m.bytes = KY_BYTES(m.base, st.st_size);
    }
    *out = m;
    return KY_OK;
}

ky_rc ky_map_open(struct ky_map *out, const char *path)
{
    ky_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ky_fail(errno == ENOENT ? KY_ENOTFOUND : KY_EIO, "open %s: %s", path, strerror(errno));
    return ky_context(ky_map_fd(out, fd), "%s", path);
}

void ky_map_clear(struct ky_map *m)
{
    if (m->base != NULL)
        munmap(m->base, m->bytes.n);
    *m = (struct ky_map){0};
}
