/*
 * Files that must be whole: bounded reads, replacing a file in one step, appends that are on the disk when
 * they return, locks. Every descriptor made here is close-on-exec.
 */
#ifndef KY_OS_FILE_H
#define KY_OS_FILE_H

#include <sys/types.h>

#include "base/buf.h"

/* A descriptor that closes with its scope; -1 is none. KY_STEAL does not fit: use ky_fd_take. */
#define ky_auto_fd KY_CLEANUP(ky_fd_clear) int
void ky_fd_clear(int *fd);
int ky_fd_take(int *fd); /* the descriptor; the variable becomes -1 */

/*
 * Appends a whole regular file to out, whose maximum is the limit.
 * KY_ENOTFOUND; KY_ELIMIT too long; KY_EINVAL not a regular file; KY_EIO.
 */
ky_rc ky_file_read(struct ky_buf *out, const char *path);
/*
 * The same for a PIN, password or private key: out is a secret buffer, the file belongs to this user or root
 * and nobody else may read it (KY_EDENIED naming the mode), one line end at its end is left out.
 */
ky_rc ky_file_read_secret(struct ky_buf *out, const char *path);

/* Replaces or makes path: temporary file, fsync, rename, fsync of the directory. Readers see old or new, whole. */
ky_rc ky_file_write(const char *path, struct ky_bytes content, mode_t mode);
/* The same with the content in pieces, one after another. */
ky_rc ky_file_write_parts(const char *path, const struct ky_bytes *parts, size_t count, mode_t mode);

/* Opens for reading and appending, made with mode when absent (the directory is then synced too). */
ky_rc ky_file_open_append(int *out_fd, const char *path, mode_t mode);
/* Appends all of it and returns when it is on the disk (fdatasync). After KY_EIO the file's tail is unknown. */
ky_rc ky_file_append(int fd, struct ky_bytes content);

/* Takes an exclusive lock on a lock file, made when absent; held until the descriptor closes. KY_EBUSY: another has it. */
ky_rc ky_file_lock(int *out_fd, const char *path);

/* Makes a directory with exactly this mode; one that exists must be a directory no more open than mode (KY_EDENIED). */
ky_rc ky_dir_make(const char *path, mode_t mode);
ky_rc ky_dir_sync(const char *path);

#endif
