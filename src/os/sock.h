/* Stream sockets between our own processes: whole reads and writes against a deadline, and passing a descriptor. */
#ifndef KY_OS_SOCK_H
#define KY_OS_SOCK_H

#include "base/bytes.h"
#include "base/rc.h"

/* A connected pair of unix stream sockets, non-blocking and close-on-exec. */
ky_rc ky_sock_pair(int fds[2]);

/* Waits for POLLIN or POLLOUT. KY_EBUSY when the deadline (ky_mono_ms) passes first. */
ky_rc ky_sock_wait(int fd, short events, int64_t deadline_ms);

/*
 * Exactly n bytes. KY_ENOTFOUND: the other side closed before the first byte; KY_EFORMAT: closed in between;
 * KY_EBUSY: deadline; *done tells how many bytes went through in every case. pass_fd / *got_fd: one descriptor
 * that travels with the first byte, -1 for none; a received one is the caller's, also after a failure.
 */
ky_rc ky_sock_read(int fd, uint8_t *out, size_t n, size_t *done, int *got_fd, int64_t deadline_ms);
ky_rc ky_sock_write(int fd, struct ky_bytes bytes, int pass_fd, int64_t deadline_ms);

/*
 * One step without waiting: up to n bytes. KY_OK with *done 0 means "nothing now"; *closed: end of stream.
 * More than one descriptor, or one where *got_fd holds one already, is KY_EFORMAT.
 */
ky_rc ky_sock_read_some(int fd, uint8_t *out, size_t n, size_t *done, int *got_fd, bool *closed);
ky_rc ky_sock_write_some(int fd, struct ky_bytes bytes, int pass_fd, size_t *done);

#endif
