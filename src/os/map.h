/* A file as memory, for reading only: documents of any size are parsed and hashed without being copied. */
#ifndef KY_OS_MAP_H
#define KY_OS_MAP_H

#include "base/bytes.h"
#include "base/rc.h"

struct ky_map {
    struct ky_bytes bytes; /* the content; empty for an empty file */
    void *base;            /* of the mapping; NULL: none */
};
#define ky_auto_map KY_CLEANUP(ky_map_clear) struct ky_map

/*
 * A regular file. Whoever shortens it meanwhile ends the reader with SIGBUS: for files of the user who reads them.
 * KY_ENOTFOUND; KY_EINVAL not a regular file; KY_EIO.
 */
ky_rc ky_map_open(struct ky_map *out, const char *path);
/* The same of an open descriptor, which may be closed afterwards. */
ky_rc ky_map_fd(struct ky_map *out, int fd);
void ky_map_clear(struct ky_map *m);

#endif
