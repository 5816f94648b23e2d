/* See at_rest.h. */
#include "tests/process/at_rest.h"

#include <unistd.h>

#include "os/clock.h"

#define ENTRY KY_LOG_ENTRY_SIZE

/* ---- attacks on the log ---- */

static void cut_log(const struct at_rest *w, ky_process p, size_t entries)
{
    char path[160];
    tampering_path(path, &w->world, p, "log");
    tampering_cut(path, tampering_size(path) - entries * ENTRY);
}

static void cut_copy(const struct at_rest *w, ky_process p, size_t entries)
{
    char path[160];
    tampering_copy_path(path, &w->world, p);
    tampering_cut(path, tampering_size(path) - entries * ENTRY);
}

static void nothing(const struct at_rest *w, ky_process p)
{
    (void)w, (void)p;
}

static void withheld_here_and_there(const struct at_rest *w, ky_process p)
{
    cut_log(w, p, 2);
    cut_copy(w, p, 2);
}

static void withheld_here(const struct at_rest *w, ky_process p)
{
    cut_log(w, p, 2);
}

static void log_gone(const struct at_rest *w, ky_process p)
{
    char path[160];
    tampering_path(path, &w->world, p, "log");
    assert_int_equal(unlink(path), 0);
}

static void log_and_copy_gone(const struct at_rest *w, ky_process p)
{
    char path[160];
    log_gone(w, p);
    tampering_copy_path(path, &w->world, p);
    assert_int_equal(unlink(path), 0);
}

/* The copy is long enough, but an entry of it was touched. */
static void withheld_here_spoilt_there(const struct at_rest *w, ky_process p)
{
    char path[160];
    cut_log(w, p, 2);
    tampering_copy_path(path, &w->world, p);
    tampering_flip(path, tampering_size(path) - 2 * ENTRY + 60);
}

static void entry_changed(const struct at_rest *w, ky_process p)
{
    char path[160];
    log_gone(w, p);
    tampering_copy_path(path, &w->world, p);
    tampering_flip(path, ENTRY + 60);
}

/* Changed in the file; the copy has it as it was. */
static void entry_changed_here(const struct at_rest *w, ky_process p)
{
    char path[160];
    tampering_path(path, &w->world, p, "log");
    tampering_flip(path, tampering_size(path) - 2 * ENTRY + 60);
}

static void swap_entries(const char *path, size_t a, size_t b)
{
    uint8_t kept[ENTRY];
    ky_auto_buf log = {0};
    tampering_read(&log, path);
    memcpy(kept, log.p + a * ENTRY, ENTRY);
    memcpy(log.p + a * ENTRY, log.p + b * ENTRY, ENTRY);
    memcpy(log.p + b * ENTRY, kept, ENTRY);
    tampering_write(path, &log);
}

static void reordered(const struct at_rest *w, ky_process p)
{
    char path[160];
    tampering_path(path, &w->world, p, "log");
    swap_entries(path, 1, 2);
    tampering_copy_path(path, &w->world, p);
    swap_entries(path, 1, 2);
}

static void half_an_entry(const struct at_rest *w, ky_process p)
{
    char path[160];
    ky_auto_buf log = {0};
    tampering_path(path, &w->world, p, "log");
    tampering_read(&log, path);
    ky_buf_add(&log, KY_BYTES(log.p, ENTRY / 2));
    tampering_write(path, &log);
}

static void copy_behind(const struct at_rest *w, ky_process p)
{
    cut_copy(w, p, 3);
}

static void copy_with_rubbish(const struct at_rest *w, ky_process p)
{
    char path[160];
    ky_auto_buf log = {0};
    tampering_copy_path(path, &w->world, p);
    tampering_read(&log, path);
    ky_buf_add_fill(&log, 0x5a, 3 * ENTRY);
    tampering_write(path, &log);
}

static void files_put_back(const struct at_rest *w, ky_process p)
{
    const char *name = ky_process_name(p);
    tampering_shell("cd %s && cp -a %s/early/%s/log %s/ && cp -a %s/early/web/relay/log.%s web/relay/",
                    w->world.realm.state, w->world.realm.dir, name, name, w->world.realm.dir, name);
}

/* The token alone: its anchor is older than the log, which is allowed to be longer. */
static void token_put_back(const struct at_rest *w, ky_process p)
{
    const char *name = ky_process_name(p);
    tampering_shell("cd %s/%s && rm -rf token && cp -a %s/early/%s/token .", w->world.realm.state, name,
                    w->world.realm.dir, name);
}

/* Older files with the older audit, but the token and the checkpoints are of now. */
void at_rest_audit_put_back(const struct at_rest *w, ky_process p)
{
    const char *name = ky_process_name(p);
    tampering_shell("cd %s && cp -a %s/early/%s/audit %s/", w->world.realm.state, w->world.realm.dir, name,
                    name);
}

/* ---- attacks on the anchor ---- */

void at_rest_anchor_deleted(const struct at_rest *w, ky_process p)
{
    assert_int_equal(tampering_remove_anchors(&w->world, p), 1);
}

static void anchor_older(const struct at_rest *w, ky_process p)
{
    at_rest_anchor_deleted(w, p);
    tampering_add_anchor(&w->world, p, ky_buf_bytes(&w->early_anchor[p]));
}

void at_rest_anchor_older_beside(const struct at_rest *w, ky_process p)
{
    tampering_add_anchor(&w->world, p, ky_buf_bytes(&w->early_anchor[p]));
}

static void anchor_forged(const struct at_rest *w, ky_process p)
{
    ky_auto_buf value = {0};
    tampering_read_anchor(&value, &w->world, p);
    ky_put_u64(value.p, 1);
    at_rest_anchor_deleted(w, p);
    tampering_add_anchor(&w->world, p, ky_buf_bytes(&value));
}

static void anchor_of_the_other(const struct at_rest *w, ky_process p)
{
    ky_process other = p == KY_PROCESS_SAM ? KY_PROCESS_CA : KY_PROCESS_SAM;
    at_rest_anchor_deleted(w, p);
    tampering_add_anchor(&w->world, p, ky_buf_bytes(&w->early_anchor[other]));
}

/* A history of its own, made from the older copy: as long as ours, or longer. */
static void forked(const struct at_rest *w, ky_process p)
{
    const char *name = ky_process_name(p);
    tampering_shell("cd %s && cp -a %s/fork/%s/log %s/ && cp -a %s/fork/web/relay/log.%s web/relay/",
                    w->world.realm.state, w->world.realm.dir, name, name, w->world.realm.dir, name);
}

/* ---- attacks on the audit file ---- */

void at_rest_audit_changed(const struct at_rest *w, ky_process p)
{
    char path[160];
    tampering_path(path, &w->world, p, "audit");
    tampering_flip(path, tampering_size(path) / 2);
}

void at_rest_audit_cut(const struct at_rest *w, ky_process p)
{
    char path[160];
    tampering_path(path, &w->world, p, "audit");
    tampering_cut(path, tampering_size(path) / 2);
}

static void half_a_record(const struct at_rest *w, ky_process p)
{
    char path[160];
    ky_auto_buf audit = {0};
    tampering_path(path, &w->world, p, "audit");
    tampering_read(&audit, path);
    ky_buf_add(&audit, KY_BYTES(audit.p, 40));
    tampering_write(path, &audit);
}

/* Whoever may write the file, but not sign checkpoints, adds a record of tomorrow: as if the clock had been set back. */
void at_rest_clock_set_back(const struct at_rest *w, ky_process p)
{
    char path[160];
    ky_auto_buf audit = {0};
    struct ky_audit_chain chain = {.process = p, .node = w->world.realm.founding->node};
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    tampering_path(path, &w->world, p, "audit");
    tampering_read(&audit, path);
    struct ky_reader in = KY_READER(ky_buf_bytes(&audit));
    while (in.left.n > 0)
        assert_ok(ky_audit_follow(&chain, &r, objects, ky_read_lv(&in, KY_AUDIT_RECORD_MAX)));
    r = (struct ky_audit_record){.time = ky_now() + KY_DAY, .phase = KY_AUDIT_DONE, .op = KY_OP_OTHER};
    assert_ok(ky_audit_append(&audit, &chain, &r));
    tampering_write(path, &audit);
}

/* ---- the table ---- */

const struct tampering at_rest_cases[] = {
    {"untouched", nothing, SERVES, "service.ready"},
    {"entries withheld, file and copy", withheld_here_and_there, SEALED, "the anchor in the token stands at"},
    {"entries withheld, the copy has them", withheld_here, SERVES, "log.copy.taken"},
    {"log gone, the copy has it", log_gone, SERVES, "log.copy.taken"},
    {"log gone, file and copy", log_and_copy_gone, SEALED, "the anchor in the token stands at"},
    {"entries withheld, the copy spoilt", withheld_here_spoilt_there, SEALED,
     "the anchor in the token stands at"},
    {"an entry changed", entry_changed, SEALED, "the anchor in the token stands at"},
    {"an entry changed, the copy has it", entry_changed_here, SEALED, "MAC does not continue the chain"},
    {"entries reordered", reordered, SEALED, "log entry 3"},
    {"half an entry at the end", half_an_entry, SERVES, "file.cut"},
    {"the copy lacks entries", copy_behind, SERVES, "service.ready"},
    {"the copy goes on with rubbish", copy_with_rubbish, SERVES, "service.ready"},
    {"log and copy put back", files_put_back, SEALED, "the anchor in the token stands at"},
    {"token put back", token_put_back, SERVES, "service.ready"},
    {"log forked", forked, SEALED, "the anchor"},
    {"anchor deleted", at_rest_anchor_deleted, SEALED, "no anchor of node 1"},
    {"anchor older, the log is longer", anchor_older, SERVES, "service.ready"},
    {"an older anchor beside", at_rest_anchor_older_beside, SERVES, "service.ready"},
    {"anchor forged", anchor_forged, SEALED, "no anchor of node 1"},
    {"anchor of the other process", anchor_of_the_other, SEALED, "no anchor of node 1"},
    {"half a record at the end", half_a_record, SERVES, "file.cut"},
};
const size_t at_rest_count = KY_COUNT(at_rest_cases);
