/* prog/keeper at start and against what happens to its files and its token: it takes over, or it executes nothing. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "tests/unit/prog/keeper_world.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
#define ENTRY KY_LOG_ENTRY_SIZE

/* Works, or says KY_EBUSY that it is sealed. */
static ky_rc try_work(struct world *w)
{
    const uint8_t kind = KY_NONCE_LONG;
    return world_call(w, 0, KY_MSG_K_NONCE, KY_BYTES(&kind, 1), NULL);
}

static void assert_sealed(struct world *w, const char *why)
{
    assert_rc(try_work(w), KY_EBUSY);
    assert_non_null(strstr(ky_error(), "sealed"));
    if (strstr(ky_error(), why) == NULL)
        fail_msg("sealed with \"%s\", not \"%s\"", ky_error(), why);
}

/* Log entries and audit records that are anchored, named by one byte. */
static void execute(struct world *w, uint8_t name)
{
    const struct ky_execute e = {
        .spend_nonce = true, .spends = {{.id = {name}, .not_after = KY_TIME_NEVER}}, .spend_count = 1};
    struct ky_keeper_head h;
    world_head(&h, w, KY_OP_REFUSE, name, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, &e, NULL));
}

static uint64_t take_letters(struct world *w, uint8_t how_many)
{
    ky_auto_buf reply = ky_buf_init(64);
    assert_ok(world_call(w, 0, KY_MSG_K_LETTER, KY_BYTES(&how_many, 1), &reply));
    return ky_get_u64(reply.p);
}

static void shorten(const struct world *w, const char *name, size_t bytes)
{
    char path[160];
    struct stat st;
    world_path(path, w, name);
    assert_int_equal(stat(path, &st), 0);
    assert_true((size_t)st.st_size >= bytes);
    assert_int_equal(truncate(path, st.st_size - (off_t)bytes), 0);
}

static void flip(const struct world *w, const char *name, size_t at)
{
    struct ky_buf file;
    world_read(&file, w, name);
    assert_true(at < file.n);
    file.p[at] ^= 1;
    world_write(w, name, ky_buf_bytes(&file));
    ky_buf_clear(&file);
}

static size_t size_of(const struct world *w, const char *name)
{
    char path[160];
    struct stat st;
    world_path(path, w, name);
    assert_int_equal(stat(path, &st), 0);
    return (size_t)st.st_size;
}

/* ---- ordinary starts ---- */

static void each_start_goes_on_where_the_last_ended(void **state)
{
    struct world *w = *state;
    struct ky_anchor a;
    size_t found;
    assert_ok(world_start(w));
    execute(w, 1);
    uint64_t before = ky_reglog_sequence(w->keeper.log);
    world_restart(w);
    execute(w, 2);
    assert_int_equal(ky_reglog_sequence(w->keeper.log), before + 3); /* boot, nonce, spend */
    assert_ok(ky_anchor_read(&a, &found, w->ks, &w->k_reg, KY_PROCESS_SAM, FOUNDER_NODE));
    assert_true(a.sequence == before + 3 && found == 1);
    assert_int_equal(size_of(w, "log"), (before + 3) * ENTRY);
}

static void two_keepers_do_not_share_a_folder(void **state)
{
    struct world *w = *state;
    struct ky_keeper second = {0};
    assert_ok(world_start(w));
    const struct ky_keeper_config cfg = w->keeper.cfg;
    assert_true(ky_keeper_start(&second, &cfg, w->server) != KY_OK);
    assert_non_null(strstr(ky_error(), "another keeper"));
    ky_keeper_clear(&second);
}

static void what_a_power_cut_left_of_the_last_entry_is_cut(void **state)
{
    struct world *w = *state;
    assert_ok(world_start(w));
    execute(w, 1);
    uint8_t letters = 1;
    assert_ok(world_call(w, 0, KY_MSG_K_LETTER, KY_BYTES(&letters, 1), NULL));
    uint64_t whole = ky_reglog_sequence(w->keeper.log);
    world_stop(w);
    world_write(w, "log.end", KY_BYTES_LIT("half an entry"));
    struct ky_buf log, end;
    world_read(&log, w, "log");
    world_read(&end, w, "log.end");
    ky_buf_add(&log, ky_buf_bytes(&end));
    world_write(w, "log", ky_buf_bytes(&log));
    ky_buf_clear(&log);
    ky_buf_clear(&end);
    assert_ok(world_start(w));
    assert_ok(try_work(w));
    assert_int_equal(size_of(w, "log"), (whole + 1) * ENTRY);
}

static void an_incomplete_audit_record_is_cut_and_the_cut_recorded(void **state)
{
    struct world *w = *state;
    struct ky_buf audit;
    assert_ok(world_start(w));
    execute(w, 1);
    world_steps(w, 2);
    world_stop(w);
    world_read(&audit, w, "audit");
    ky_buf_add_u32(&audit, 500);
    ky_buf_add_str(&audit, "the beginning of a record");
    world_write(w, "audit", ky_buf_bytes(&audit));
    ky_buf_clear(&audit);
    assert_ok(world_start(w));
    execute(w, 2);
    assert_int_equal(world_audited(w, KY_AUDIT_CUT), 1);
    assert_int_equal(world_audited(w, KY_AUDIT_DONE), 2);
}

/* ---- log and anchor ---- */

static void a_log_behind_its_anchor_seals(void **state)
{
    struct world *w = *state;
    assert_ok(world_start(w));
    execute(w, 1);
    world_stop(w);
    shorten(w, "log", ENTRY);
    assert_ok(world_start(w));
    assert_sealed(w, "the anchor in the token stands at");
    assert_int_equal(world_audited(w, KY_AUDIT_SEALED), 1);
    world_restart(w);
    assert_sealed(w, "the anchor in the token stands at");
}

static void while_entries_are_missing_none_is_added(void **state)
{
    struct world *w = *state;
    const uint8_t name[KY_LOG_ID_SIZE] = {1};
    assert_ok(world_start(w));
    execute(w, 1);
    execute(w, 2);
    world_stop(w);
    shorten(w, "log", 2 * ENTRY);
    size_t size = size_of(w, "log");
    assert_ok(world_start(w));
    assert_rc(world_call(w, 0, KY_MSG_K_ACK, KY_BYTES_OF(name), NULL), KY_EBUSY);
    const uint8_t letters = 1;
    assert_rc(world_call(w, 0, KY_MSG_K_LETTER, KY_BYTES(&letters, 1), NULL), KY_EBUSY);
    assert_int_equal(size_of(w, "log"), size);
}

/* A world whose log lost its last `lost` entries; web holds them all. */
static void lose_entries(struct world *w, size_t lost)
{
    assert_ok(world_start(w));
    world_connect_web(w);
    execute(w, 1);
    assert_int_equal(take_letters(w, 2), 1);
    execute(w, 2);
    world_steps(w, 3);
    assert_int_equal(w->copy.n, size_of(w, "log"));
    world_stop(w);
    shorten(w, "log", lost * ENTRY);
}

static void the_copy_in_the_database_unseals(void **state)
{
    struct world *w = *state;
    lose_entries(w, 4);
    w->page = 2; /* it gives an append at a time */
    assert_ok(world_start(w));
    assert_sealed(w, "stands at");
    world_connect_web(w);
    world_steps(w, 20);
    assert_ok(try_work(w));
    assert_int_equal(take_letters(w, 1), 3); /* letters 1 and 2 were among what came back */
    execute(w, 3);
    world_steps(w, 2);
    assert_int_equal(w->copy.n, size_of(w, "log"));
    world_restart(w);
    assert_ok(try_work(w));
}

static void a_copy_that_is_made_up_does_not_unseal(void **state)
{
    struct world *w = *state;
    lose_entries(w, 2);
    w->copy.p[w->copy.n - 1] ^= 1; /* MAC of the last */
    assert_ok(world_start(w));
    world_connect_web(w);
    world_steps(w, 20);
    assert_sealed(w, "stands at");
}

static void a_copy_that_is_short_as_well_does_not_unseal(void **state)
{
    struct world *w = *state;
    lose_entries(w, 2);
    w->copy.n -= ENTRY;
    assert_ok(world_start(w));
    world_connect_web(w);
    world_steps(w, 20);
    assert_sealed(w, "stands at");
}

static void a_changed_log_seals_whatever_web_says(void **state)
{
    struct world *w = *state;
    lose_entries(w, 0);
    flip(w, "log", ENTRY + 30);
    assert_ok(world_start(w));
    assert_sealed(w, "MAC does not continue");
    world_connect_web(w);
    world_steps(w, 20);
    assert_sealed(w, "MAC does not continue");
}

static void an_anchor_of_another_history_seals(void **state)
{
    struct world *w = *state;
    const struct ky_anchor other = {.sequence = 2, .head = {1}, .time = NOW};
    assert_ok(world_start(w));
    execute(w, 1);
    world_stop(w);
    assert_ok(ky_anchor_write(w->ks, &w->k_reg, KY_PROCESS_SAM, FOUNDER_NODE, &other));
    assert_ok(world_start(w));
    assert_sealed(w, "does not lie on this log");
}

static void remove_anchors(struct world *w)
{
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items;
    size_t count;
    assert_ok(ky_keystore_list_data(&items, &count, &arena, w->ks, "kyso", "anchor.", 8));
    for (size_t i = 0; i < count; i++)
        assert_ok(ky_keystore_remove_data(w->ks, &items[i]));
}

static void double_anchor(struct world *w)
{
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items;
    size_t count;
    assert_ok(ky_keystore_list_data(&items, &count, &arena, w->ks, "kyso", "anchor.", 8));
    assert_int_equal(count, 1);
    assert_ok(ky_keystore_add_data(w->ks, "kyso", items[0].label, items[0].value, false));
}

static void a_token_without_its_anchor_seals(void **state)
{
    struct world *w = *state;
    assert_ok(world_start(w));
    execute(w, 1);
    remove_anchors(w);
    world_steps(w, 3);
    assert_sealed(w, "gone from the token");
    world_restart(w);
    assert_sealed(w, "no anchor");
}

static void an_anchor_that_appears_seals_and_web_cannot_unseal(void **state)
{
    struct world *w = *state;
    assert_ok(world_start(w));
    world_connect_web(w);
    execute(w, 1);
    double_anchor(w);
    world_steps(w, 3);
    assert_sealed(w, "not the one this keeper wrote");
    w->claim = 1000000;
    ky_buf_add_str(&w->copy, "entries that were never made");
    world_connect_web(w);
    world_steps(w, 10);
    assert_sealed(w, "not the one this keeper wrote");
}

static void an_older_anchor_in_place_of_ours_seals(void **state)
{
    struct world *w = *state;
    const struct ky_anchor older = {.sequence = 1, .time = NOW};
    assert_ok(world_start(w));
    execute(w, 1);
    assert_ok(ky_anchor_write(w->ks, &w->k_reg, KY_PROCESS_SAM, FOUNDER_NODE, &older));
    world_steps(w, 3);
    assert_sealed(w, "not the one this keeper wrote");
}

static void a_crash_between_two_anchors_is_mended_at_start(void **state)
{
    struct world *w = *state;
    struct ky_anchor a;
    size_t found;
    assert_ok(world_start(w));
    execute(w, 1);
    world_stop(w);
    double_anchor(w);
    assert_ok(world_start(w));
    world_connect_web(w); /* the copy is behind when the anchor is first looked at */
    world_steps(w, 1);
    assert_ok(ky_anchor_read(&a, &found, w->ks, &w->k_reg, KY_PROCESS_SAM, FOUNDER_NODE));
    assert_int_equal(found, 1);
    execute(w, 2);
}

/* ---- audit file ---- */

static ky_rc start_after(struct world *w, void (*damage)(const struct world *w))
{
    assert_ok(world_start(w));
    execute(w, 1);
    execute(w, 2);
    world_steps(w, 3); /* a checkpoint over all of it */
    world_stop(w);
    damage(w);
    return world_start(w);
}

static void change_a_record(const struct world *w)
{
    flip(w, "audit", 30);
}

static void remove_the_last_record(const struct world *w)
{
    struct ky_buf audit;
    world_read(&audit, w, "audit");
    size_t last = 0;
    for (size_t at = 0; at < audit.n; at += 4 + ky_get_u32(audit.p + at))
        last = at;
    ky_buf_clear(&audit);
    shorten(w, "audit", size_of(w, "audit") - last);
}

static void remove_everything(const struct world *w)
{
    shorten(w, "audit", size_of(w, "audit"));
}

/* Other records in a chain that is right in itself, as anyone can make it: it has no key. */
static void write_another_history(const struct world *w)
{
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_chain chain = {.process = KY_PROCESS_SAM, .node = FOUNDER_NODE};
    ky_auto_buf made = ky_buf_init(1 << 20);
    struct ky_buf audit;
    world_read(&audit, w, "audit");
    struct ky_reader in = KY_READER(ky_buf_bytes(&audit));
    while (in.left.n > 0) {
        struct ky_audit_record r;
        assert_ok(ky_audit_parse(&r, objects, ky_read_lv(&in, KY_AUDIT_RECORD_MAX)));
        r.statement[0] ^= 0x80;
        assert_ok(ky_audit_append(&made, &chain, &r));
    }
    ky_buf_clear(&audit);
    world_write(w, "audit", ky_buf_bytes(&made));
}

static void forge_the_checkpoint(const struct world *w)
{
    flip(w, "checkpoints", size_of(w, "checkpoints") - 1);
}

static void leave_it(const struct world *w)
{
    (void)w;
}

static void shorten_checkpoints(const struct world *w)
{
    shorten(w, "checkpoints", 3); /* a power cut while it was written */
}

static void an_audit_file_that_is_not_what_was_written_stops_the_start(void **state)
{
    static const struct {
        void (*damage)(const struct world *w);
        ky_rc want;
    } cases[] = {
        {leave_it, KY_OK},
        {shorten_checkpoints, KY_OK},
        {change_a_record, KY_EAUTH},
        {remove_the_last_record, KY_EAUTH},
        {remove_everything, KY_EAUTH},
        {write_another_history, KY_EAUTH},
        {forge_the_checkpoint, KY_EAUTH},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        void *world;
        world_set_up(&world);
        assert_rc(start_after(world, cases[i].damage), cases[i].want);
        world_tear_down(&world);
    }
}

/* ---- token and disk that fail ---- */

static void use_failing_token(struct world *w)
{
    ky_token_key_close(w->reg_key);
    ky_keystore_close(w->ks);
    assert_ok(open_token(&w->ks, getenv("KYSO_P11_FAULT_SO"), "keeper", PIN));
    assert_ok(ky_keystore_find_key(&w->reg_key, w->ks, "K_reg", KY_USE_MAC));
    w->k_reg = ky_token_mac(w->reg_key);
}

static void nobody_is_answered_until_the_anchor_stands(void **state)
{
    static const char *const faults[] = {"C_CreateObject=0x31\n",
                                         "C_DestroyObject=0x30\n"}; /* memory, device */
    struct world *w = *state;
    use_failing_token(w);
    assert_ok(world_start(w));
    for (uint8_t i = 0; i < KY_COUNT(faults); i++) {
        const struct ky_execute e = {
            .spend_nonce = true, .spends = {{.id = {i}, .not_after = KY_TIME_NEVER}}, .spend_count = 1};
        struct ky_keeper_head h;
        ky_auto_buf body = ky_buf_init(KY_KEEPER_BODY_MAX);
        ky_rc rc = KY_EINTERNAL;
        world_head(&h, w, KY_OP_REFUSE, i, KY_NONCE_LONG);
        ky_keeper_head_encode(&body, &h);
        ky_execute_encode(&body, &e);
        assert_true(softhsm_fault(&w->hsm, faults[i]));
        world_send(w, 0, KY_MSG_K_EXECUTE, ky_buf_bytes(&body));
        world_steps(w, 5);
        assert_false(world_answered(w, 0, &rc, NULL));
        assert_true(softhsm_fault(&w->hsm, ""));
        world_steps(w, 3);
        assert_true(world_answered(w, 0, &rc, NULL));
        assert_int_equal((int)rc, (int)KY_OK);
    }
}

static void a_disk_that_is_full_ends_execution_and_a_restart_mends_it(void **state)
{
    struct world *w = *state;
    const struct rlimit free_disk = {RLIM_INFINITY, RLIM_INFINITY};
    const uint8_t kind = KY_NONCE_LONG;
    assert_ok(world_start(w));
    execute(w, 1);
    world_steps(w, 3);
    struct rlimit full = {size_of(w, "log") + ENTRY / 2, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    const uint8_t letters = 1;
    ky_rc rc = world_call(w, 0, KY_MSG_K_LETTER, KY_BYTES(&letters, 1), NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &free_disk), 0);
    assert_rc(rc, KY_EDENIED);
    size_t size = size_of(w, "log");
    assert_rc(world_call(w, 0, KY_MSG_K_NONCE, KY_BYTES(&kind, 1), NULL), KY_EBUSY);
    world_steps(w, 5);
    assert_int_equal(size_of(w, "log"), size); /* its tail is unknown: nothing goes after it */
    world_restart(w);
    execute(w, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_start_goes_on_where_the_last_ended),
        TEST(two_keepers_do_not_share_a_folder),
        TEST(what_a_power_cut_left_of_the_last_entry_is_cut),
        TEST(an_incomplete_audit_record_is_cut_and_the_cut_recorded),
        TEST(a_log_behind_its_anchor_seals),
        TEST(while_entries_are_missing_none_is_added),
        TEST(the_copy_in_the_database_unseals),
        TEST(a_copy_that_is_made_up_does_not_unseal),
        TEST(a_copy_that_is_short_as_well_does_not_unseal),
        TEST(a_changed_log_seals_whatever_web_says),
        TEST(an_anchor_of_another_history_seals),
        TEST(a_token_without_its_anchor_seals),
        TEST(an_anchor_that_appears_seals_and_web_cannot_unseal),
        TEST(an_older_anchor_in_place_of_ours_seals),
        TEST(a_crash_between_two_anchors_is_mended_at_start),
        cmocka_unit_test(an_audit_file_that_is_not_what_was_written_stops_the_start),
        TEST(nobody_is_answered_until_the_anchor_stands),
        TEST(a_disk_that_is_full_ends_execution_and_a_restart_mends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
