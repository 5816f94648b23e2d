/*
 * What a thief of backups or an operator with a shell does to a realm at rest: files cut, changed, put back, objects of
 * the token removed. Works on a copy that is put back before each case.
 */
#ifndef KY_TESTS_PROCESS_TAMPERING_H
#define KY_TESTS_PROCESS_TAMPERING_H

#include "domain/anchor.h"
#include "domain/reglog.h"
#include "tests/process/harness.h"

/* A shell command; the test fails when it does. */
void tampering_shell(const char *fmt, ...) KY_PRINTF(1, 2);
/* Copies what sam, ca and web keep to DIR/NAME, and back. The realm is stopped. */
void tampering_keep(const struct harness *h, const char *name);
void tampering_put_back(const struct harness *h, const char *name);

/* A file of a process ("log", "audit", "checkpoints"), or the copy of its log that web keeps. */
void tampering_path(char out[160], const struct harness *h, ky_process p, const char *file);
void tampering_copy_path(char out[160], const struct harness *h, ky_process p);
size_t tampering_size(const char *path);
void tampering_cut(const char *path, size_t size);
void tampering_flip(const char *path, size_t at);
void tampering_read(struct ky_buf *out, const char *path);
void tampering_write(const char *path, const struct ky_buf *content);

/* Removes every anchor of the token; returns how many there were. */
size_t tampering_remove_anchors(const struct harness *h, ky_process p);
/* Value of the one anchor, and one more with that value. */
void tampering_read_anchor(struct ky_buf *value, const struct harness *h, ky_process p);
void tampering_add_anchor(const struct harness *h, ky_process p, struct ky_bytes value);

/* What the log file of all processes says from `from` on. */
size_t tampering_log_end(const struct harness *h);
bool tampering_log_has(const struct harness *h, size_t from, const char *text);

#endif
