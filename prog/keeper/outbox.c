/* Results that were made and not yet acknowledged: one file each in outbox/, named by the spend. */
#include <stdio.h>
#include <errno.h>
#include <unistd.h>

#include "base/hex.h"
#include "prog/keeper/keeper.h"
#include "os/file.h"

#define PATH_MAX_BYTES 512

static void make_path(char out[PATH_MAX_BYTES], const struct ky_keeper *k, const uint8_t *spend)
{
    char name[2 * KY_LOG_ID_SIZE + 1];
    ky_hex_encode(name, KY_BYTES(spend, KY_LOG_ID_SIZE));
    snprintf(out, PATH_MAX_BYTES, "%s/outbox/%s", k->cfg.state, name);
}

ky_rc ky_outbox_put(const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE], struct ky_bytes payload)
{
    char path[PATH_MAX_BYTES];
    make_path(path, k, spend);
    return ky_context(ky_file_write(path, payload, 0600), "outbox");
}

ky_rc ky_outbox_get(struct ky_buf *out, const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE])
{
    char path[PATH_MAX_BYTES];
    make_path(path, k, spend);
    return ky_file_read(out, path);
}

bool ky_outbox_has(const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE])
{
    char path[PATH_MAX_BYTES];
    make_path(path, k, spend);
    return access(path, F_OK) == 0;
}

ky_rc ky_outbox_drop(const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE])
{
    char path[PATH_MAX_BYTES];
    make_path(path, k, spend);
    if (unlink(path) != 0)
        return errno == ENOENT ? KY_OK : ky_fail(KY_EIO, "outbox: cannot remove %s", path);
    return KY_OK;
}
