/*
 * Taking over at start: token, registry log, anchor, audit file. What does
 * not fit stops the keeper, or leaves it sealed until the missing entries come.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "prog/keeper/keeper.h"
#include "os/file.h"

#define PATH_MAX_BYTES 512
#define LOG_OUT_MAX (64u << 20)
#define AUDIT_OUT_MAX (256u << 20)
#define READ_CHUNK (4096 * KY_LOG_ENTRY_SIZE)

static ky_rc boot_hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_hmac_sha256(out, KY_BYTES(ctx, KY_HMAC_SIZE), parts, count);
}

static ky_rc open_file(int *fd, const struct ky_keeper *k, const char *name)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s/%s", k->cfg.state, name);
    return ky_file_open_append(fd, path, 0600);
}

static ky_rc open_state(struct ky_keeper *k)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s/lock", k->cfg.state);
    KY_TRY(ky_context(ky_file_lock(&k->lock_fd, path), "another keeper"));
    snprintf(path, sizeof path, "%s/outbox", k->cfg.state);
    KY_TRY(ky_dir_make(path, 0700));
    KY_TRY(open_file(&k->log_fd, k, "log"));
    KY_TRY(open_file(&k->audit_fd, k, "audit"));
    return open_file(&k->checkpoint_fd, k, "checkpoints");
}

static ky_rc open_token(struct ky_keeper *k)
{
    KY_TRY(ky_keystore_find_key(&k->reg_key, k->cfg.ks, "K_reg", KY_USE_MAC));
    KY_TRY(ky_keystore_find_key(&k->audit_key, k->cfg.ks, "K_audit", KY_USE_SIGN));
    k->k_reg = ky_token_mac(k->reg_key);
    k->k_audit = ky_keystore_signer(k->audit_key);
    KY_TRY(ky_founding_load(&k->founding, k->cfg.ks, k->cfg.process, &k->k_reg));
    KY_TRY(ky_random(k->boot_id, sizeof k->boot_id));
    KY_TRY(ky_random(k->boot_key, sizeof k->boot_key));
    k->boot_mac = (struct ky_mac){.ctx = k->boot_key, .hmac = boot_hmac};
    return KY_OK;
}

/* Cuts what a power failure left of the last record. */
static ky_rc cut(int fd, off_t size, const char *what)
{
    if (ftruncate(fd, size) != 0 || fsync(fd) != 0)
        return ky_fail(KY_EIO, "%s: cannot be cut to %lld bytes", what, (long long)size);
    ky_log(KY_LOG_WARN, "file.cut", "file=%s size=%lld", what, (long long)size);
    return KY_OK;
}

/* What a power failure left of the last append is no part of the log. */
static ky_rc replay_log(struct ky_keeper *k)
{
    struct stat st;
    if (fstat(k->log_fd, &st) != 0)
        return ky_fail(KY_EIO, "log: cannot be read");
    off_t whole = st.st_size / KY_LOG_ENTRY_SIZE * KY_LOG_ENTRY_SIZE, at = 0;
    ky_auto_buf chunk = ky_buf_init(READ_CHUNK);
    for (bool more = whole > 0; more;) {
        ky_buf_reset(&chunk);
        size_t n = whole - at < READ_CHUNK ? (size_t)(whole - at) : READ_CHUNK;
        uint8_t *p = ky_buf_grow(&chunk, n);
        if (p == NULL || pread(k->log_fd, p, n, at) != (ssize_t)n)
            return ky_fail(KY_EIO, "log: cannot be read at %lld", (long long)at);
        KY_TRY(ky_context(ky_reglog_replay(k->log, ky_buf_bytes(&chunk)), "log"));
        off_t taken = (off_t)ky_reglog_sequence(k->log) * KY_LOG_ENTRY_SIZE;
        more = taken > at && taken < whole;
        at = taken;
    }
    k->written = ky_reglog_sequence(k->log);
    return at == st.st_size ? KY_OK : cut(k->log_fd, at, "log");
}

/* The last checkpoint that this keeper signed; size 0: none. */
static ky_rc read_checkpoint(struct ky_checkpoint *last, struct ky_keeper *k)
{
    struct stat st;
    *last = (struct ky_checkpoint){0};
    if (fstat(k->checkpoint_fd, &st) != 0)
        return ky_fail(KY_EIO, "checkpoints: cannot be read");
    off_t whole = st.st_size / KY_CHECKPOINT_SIZE * KY_CHECKPOINT_SIZE;
    if (whole != st.st_size)
        KY_TRY(cut(k->checkpoint_fd, whole, "checkpoints"));
    if (whole == 0)
        return KY_OK;
    if (pread(k->checkpoint_fd, k->checkpoint, KY_CHECKPOINT_SIZE, whole - KY_CHECKPOINT_SIZE) !=
        KY_CHECKPOINT_SIZE)
        return ky_fail(KY_EIO, "checkpoints: cannot be read");
    const uint8_t *point = k->cfg.process == KY_PROCESS_SAM ? k->founding->sam_audit : k->founding->ca_audit;
    return ky_checkpoint_verify(last, k->checkpoint, k->cfg.process, point);
}

/* The hash chain has no key: only the signed root says that the records before it are the ones that were written. */
static ky_rc check_root(const struct ky_keeper *k, const struct ky_checkpoint *last)
{
    uint8_t root[KY_HASH_SIZE];
    if (last->size == 0 || k->audit.tree.size != last->size)
        return KY_OK;
    KY_TRY(ky_merkle_root(root, &k->audit.tree));
    if (memcmp(root, last->root, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EAUTH, "audit: the first %llu records are not those of the checkpoint",
                       (unsigned long long)last->size);
    return KY_OK;
}

/* Follows the whole audit file; *end is where its last whole record ends. */
static ky_rc follow_audit(struct ky_keeper *k, const struct ky_checkpoint *last, off_t size, off_t *end)
{
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    ky_auto_buf body = ky_buf_init(KY_AUDIT_RECORD_MAX);
    for (*end = 0; size - *end >= 4;) {
        uint8_t length[4];
        if (pread(k->audit_fd, length, 4, *end) != 4)
            return ky_fail(KY_EIO, "audit: cannot be read at %lld", (long long)*end);
        off_t n = ky_get_u32(length);
        if (n > KY_AUDIT_RECORD_MAX)
            return ky_fail(KY_EAUTH, "audit: record of %lld bytes at %lld", (long long)n, (long long)*end);
        if (size - *end - 4 < n)
            return KY_OK; /* the last one, cut off */
        ky_buf_reset(&body);
        uint8_t *p = ky_buf_grow(&body, (size_t)n);
        if (p == NULL || pread(k->audit_fd, p, (size_t)n, *end + 4) != n)
            return ky_fail(KY_EIO, "audit: cannot be read at %lld", (long long)*end);
        KY_TRY(ky_context(ky_audit_follow(&k->audit, &r, objects, ky_buf_bytes(&body)), "audit"));
        KY_TRY(check_root(k, last));
        *end += 4 + n;
    }
    return KY_OK;
}

static ky_rc replay_audit(struct ky_keeper *k)
{
    struct stat st;
    struct ky_checkpoint last;
    off_t end;
    KY_TRY(read_checkpoint(&last, k));
    k->audit = (struct ky_audit_chain){.process = k->cfg.process, .node = k->founding->node};
    if (fstat(k->audit_fd, &st) != 0)
        return ky_fail(KY_EIO, "audit: cannot be read");
    KY_TRY(follow_audit(k, &last, st.st_size, &end));
    if (last.size > k->audit.tree.size) /* files were put back */
        return ky_fail(KY_EAUTH, "audit: %llu records where a checkpoint says %llu",
                       (unsigned long long)k->audit.tree.size, (unsigned long long)last.size);
    if (end == st.st_size)
        return KY_OK;
    uint8_t gone[8];
    ky_put_u64(gone, (uint64_t)(st.st_size - end));
    KY_TRY(cut(k->audit_fd, end, "audit"));
    const struct ky_keeper_head none = {.op = KY_OP_OTHER};
    return ky_keeper_audit(k, KY_AUDIT_CUT, &none, KY_OK, KY_BYTES_OF(gone));
}

static ky_rc append_boot(struct ky_keeper *k)
{
    uint8_t id[KY_LOG_ID_SIZE] = {0};
    memcpy(id, k->boot_id, KY_BOOT_ID_SIZE);
    KY_TRY(ky_keeper_log(k, KY_LOGGED_BOOT, id, 0, NULL, ky_clock_now(k->cfg.clock)));
    const struct ky_keeper_head none = {.op = KY_OP_OTHER};
    return ky_keeper_audit(k, KY_AUDIT_START, &none, KY_OK, KY_BYTES_OF(k->boot_id));
}

/* KY_EBUSY: the anchor is ahead of what we have. */
static ky_rc check_anchor(struct ky_keeper *k)
{
    struct ky_anchor a;
    size_t found;
    uint64_t have = ky_reglog_sequence(k->log);
    KY_TRY(ky_anchor_read(&a, &found, k->cfg.ks, &k->k_reg, k->cfg.process, k->founding->node));
    k->short_log = a.sequence > have;
    if (k->short_log)
        return ky_fail(KY_EBUSY, "the log ends at %llu, the anchor in the token stands at %llu",
                       (unsigned long long)have, (unsigned long long)a.sequence);
    if (a.sequence > 0 && !ky_reglog_on_chain(k->log, a.sequence, a.head))
        return ky_fail(KY_EAUTH, "the anchor at %llu does not lie on this log",
                       (unsigned long long)a.sequence);
    if (found > 1) /* a crash between new and old: written once more, which removes the surplus */
        KY_TRY(ky_anchor_write(k->cfg.ks, &k->k_reg, k->cfg.process, k->founding->node, &a));
    k->anchored = a.sequence;
    return KY_OK;
}

static uint64_t highest_letter(const struct ky_keeper *k)
{
    static const uint8_t zero[KY_LOG_ID_SIZE];
    const struct ky_log_entry *e = ky_reglog_find(k->log, KY_LOGGED_LETTER, zero);
    return e == NULL ? 0 : e->version;
}

ky_rc ky_keeper_try_unseal(struct ky_keeper *k)
{
    if (!k->short_log)
        return KY_OK;
    KY_TRY(check_anchor(k));
    k->sealed = false;
    k->letters = highest_letter(k);
    ky_log(KY_LOG_INFO, "keeper.unsealed", "sequence=%llu", (unsigned long long)ky_reglog_sequence(k->log));
    return append_boot(k);
}

ky_rc ky_keeper_start(struct ky_keeper *k, const struct ky_keeper_config *cfg, struct ky_ipc_server *server)
{
    *k = (struct ky_keeper){
        .cfg = *cfg, .server = server, .lock_fd = -1, .log_fd = -1, .audit_fd = -1, .checkpoint_fd = -1};
    k->waiting_end = &k->waiting;
    k->log_out = ky_buf_init(LOG_OUT_MAX);
    k->audit_out = ky_buf_init(AUDIT_OUT_MAX);
    KY_TRY(open_state(k));
    KY_TRY(open_token(k));
    KY_TRY(ky_spent_new(&k->spent));
    KY_TRY(ky_reglog_new(&k->log, &k->k_reg, cfg->process, k->founding->node));
    KY_TRY(replay_audit(k));
    ky_rc rc = replay_log(k);
    if (rc == KY_OK)
        rc = check_anchor(k);
    k->letters = highest_letter(k);
    if (rc == KY_OK)
        return append_boot(k);
    if (rc == KY_EIO || rc == KY_ENOMEM || rc == KY_ETOKEN)
        return rc;
    ky_keeper_seal(k, ky_error());
    return KY_OK;
}

void ky_keeper_clear(struct ky_keeper *k)
{
    ky_spent_free(k->spent);
    ky_reglog_free(k->log);
    ky_founding_free(k->founding);
    ky_token_key_close(k->reg_key);
    ky_token_key_close(k->audit_key);
    ky_wipe(k->boot_key, sizeof k->boot_key);
    ky_buf_clear(&k->log_out);
    ky_buf_clear(&k->audit_out);
    ky_fd_clear(&k->lock_fd);
    ky_fd_clear(&k->log_fd);
    ky_fd_clear(&k->audit_fd);
    ky_fd_clear(&k->checkpoint_fd);
}
