/* prog/keeper at work: each message by two workers, with a token, log, audit file and anchor behind it. */
#include "domain/activation.h"
#include "domain/request.h"
#include "pki/crl.h"
#include "tests/unit/prog/keeper_world.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

static const uint8_t no_time_limit[8] = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static struct ky_execute one_spend(uint8_t id)
{
    return (struct ky_execute){
        .spend_nonce = true, .spends = {{.id = {id}, .not_after = KY_TIME_NEVER}}, .spend_count = 1};
}

static struct ky_execute one_append(ky_log_kind kind, uint8_t id, uint32_t version, uint8_t hash)
{
    return (struct ky_execute){
        .appends =
            {{.kind = kind, .id = {id}, .version = version, .hash = {hash}, .not_after = KY_TIME_NEVER}},
        .append_count = 1};
}

/* Executes under a nonce of its own. */
static void execute_ok(struct world *w, const struct ky_execute *e, uint8_t statement)
{
    struct ky_keeper_head h;
    world_head(&h, w, KY_OP_ADMIN, statement, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, e, NULL));
}

/* ---- nonces ---- */

static void nonces_are_of_this_node_and_start(void **state)
{
    struct world *w = *state;
    struct ky_keeper_head h;
    struct ky_nonce n;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    assert_ok(ky_nonce_parse(&n, h.nonce));
    assert_true(n.kind == KY_NONCE_SHORT && n.node == FOUNDER_NODE && n.made == NOW);
    assert_ok(ky_nonce_check_mac(h.nonce, KY_PROCESS_SAM, &w->keeper.boot_mac));
    world_head(&h, w, KY_OP_ADMIN, 1, KY_NONCE_LONG);
    assert_ok(ky_nonce_check_mac(h.nonce, KY_PROCESS_SAM, &w->k_reg));
    assert_rc(world_call(w, 0, KY_MSG_K_NONCE, KY_BYTES_LIT("\x03"), NULL), KY_EFORMAT);
    assert_rc(world_call(w, 0, KY_MSG_K_NONCE, KY_BYTES_NONE, NULL), KY_EFORMAT);
}

static void nonces_of_others_are_refused(void **state)
{
    static const struct {
        size_t at; /* byte of the nonce that is changed */
        ky_rc want;
    } cases[] = {{0, KY_EFORMAT}, {2, KY_EDENIED}, {3, KY_EEXPIRED},
                 {18, KY_EAUTH},  {20, KY_EAUTH},  {50, KY_EAUTH}};
    struct world *w = *state;
    const struct ky_reserve r = {.total = 1, .count = 1};
    const struct ky_execute nothing = {0};
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
        h.nonce[cases[i].at] ^= 0x40;
        assert_rc(world_reserve(w, 0, &h, &r, NULL), cases[i].want);
        assert_rc(world_execute(w, &h, &nothing, NULL), cases[i].want);
    }
}

static void a_restart_voids_short_nonces_only(void **state)
{
    struct world *w = *state;
    const struct ky_reserve r = {.total = 1, .count = 1};
    const struct ky_execute spend = one_spend(1);
    struct ky_keeper_head brief, lasting;
    assert_ok(world_start(w));
    world_head(&brief, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    world_head(&lasting, w, KY_OP_ISSUE, 2, KY_NONCE_LONG);
    world_restart(w);
    assert_rc(world_reserve(w, 0, &brief, &r, NULL), KY_EEXPIRED);
    assert_ok(world_execute(w, &lasting, &spend, NULL));
}

/* ---- positions ---- */

static ky_rc send_outcome(struct world *w, unsigned worker, const uint8_t ticket[8], ky_rc rc,
                          const char *signature)
{
    const uint8_t statement[KY_HASH_SIZE] = {1};
    ky_auto_buf body = ky_buf_init(1024);
    ky_buf_add(&body, KY_BYTES(ticket, 8));
    ky_buf_add_u16(&body, (uint16_t)rc);
    ky_buf_add(&body, KY_BYTES_OF(statement));
    ky_buf_add_u16(&body, signature == NULL ? 0 : 1);
    if (signature != NULL) {
        ky_buf_add_u16(&body, 0); /* position */
        ky_buf_add_lv(&body, ky_bytes_str(signature));
    }
    return world_call(w, worker, KY_MSG_K_OUTCOME, ky_buf_bytes(&body), NULL);
}

static void signatures_are_reserved_once_and_repeated(void **state)
{
    struct world *w = *state;
    const struct ky_reserve r = {.total = 2, .count = 1};
    struct ky_keeper_head h, other;
    ky_auto_buf first = ky_buf_init(256), again = ky_buf_init(256);
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    assert_ok(world_reserve(w, 0, &h, &r, &first));
    assert_int_equal(first.p[8], KY_POSITION_SIGN);
    assert_rc(world_reserve(w, 1, &h, &r, NULL), KY_EBUSY);
    other = h;
    other.statement[0] = 2;
    assert_rc(world_reserve(w, 1, &other, &r, NULL), KY_EDENIED);
    assert_rc(send_outcome(w, 1, first.p, KY_OK, "sig"), KY_EDENIED);
    assert_ok(send_outcome(w, 0, first.p, KY_OK, "sig"));
    assert_ok(world_reserve(w, 1, &h, &r, &again));
    assert_int_equal(again.p[8], KY_POSITION_DONE);
    assert_memory_equal(again.p + 13, "sig", 3);
    assert_int_equal(world_audited(w, KY_AUDIT_INTENT), 1); /* repeating is not another one */
    assert_int_equal(world_audited(w, KY_AUDIT_OUTCOME), 1);
}

static void what_a_lost_worker_had_counts_as_made(void **state)
{
    struct world *w = *state;
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    ky_auto_buf first = ky_buf_init(256), again = ky_buf_init(256);
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    assert_ok(world_reserve(w, 0, &h, &r, &first));
    world_lose_worker(w, 0);
    assert_rc(send_outcome(w, 0, first.p, KY_OK, "sig"), KY_EDENIED);
    assert_ok(world_reserve(w, 1, &h, &r, &again));
    assert_int_equal(again.p[8], KY_POSITION_UNKNOWN);
}

static void a_reservation_needs_a_short_nonce_and_time(void **state)
{
    struct world *w = *state;
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_LONG);
    assert_rc(world_reserve(w, 0, &h, &r, NULL), KY_EEXPIRED);
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    w->now = h.exp + 1;
    assert_rc(world_reserve(w, 0, &h, &r, NULL), KY_EEXPIRED);
}

static void a_nonce_stays_spent_when_its_statement_has_ended(void **state)
{
    struct world *w = *state;
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    h.exp = NOW + 10;
    assert_ok(world_reserve(w, 0, &h, &r, NULL));
    world_lose_worker(w, 0);
    w->now = NOW + 20;
    world_steps(w, 2);
    h.statement[0] = 2;
    h.exp = NOW + KY_NONCE_SHORT_S;
    assert_rc(world_reserve(w, 0, &h, &r, NULL), KY_EDENIED);
}

/* ---- records that must be alive ---- */

static ky_rc reserve_with(struct world *w, struct ky_ref ref)
{
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    h.refs[0] = ref;
    h.ref_count = 1;
    return world_reserve(w, 0, &h, &r, NULL);
}

static void dead_replaced_and_locked_records_execute_nothing(void **state)
{
    struct world *w = *state;
    const struct ky_ref device = {.id = {1}, .version = 1, .hash = {11}};
    const struct ky_ref key = {.id = {2}, .version = 2, .hash = {22}, .unlocked = true};
    const struct ky_ref old_key = {.id = {2}, .version = 1, .hash = {21}};
    struct ky_execute e = one_append(KY_LOGGED_VERSION, 2, 2, 22);
    assert_ok(world_start(w));
    execute_ok(w, &e, 1);
    assert_ok(reserve_with(w, device));
    assert_ok(reserve_with(w, key));
    assert_rc(reserve_with(w, old_key), KY_EDENIED);
    e = one_append(KY_LOGGED_LOCKED, 2, 1, 77);
    execute_ok(w, &e, 2);
    assert_rc(reserve_with(w, key), KY_EDENIED);
    e = one_append(KY_LOGGED_UNLOCKED, 2, 1, 77);
    execute_ok(w, &e, 3);
    assert_ok(reserve_with(w, key));
    e = one_append(KY_LOGGED_DEAD, 1, 1, 4);
    execute_ok(w, &e, 4);
    assert_rc(reserve_with(w, device), KY_EDENIED);
    world_restart(w);
    assert_rc(reserve_with(w, device), KY_EDENIED);
    assert_rc(reserve_with(w, old_key), KY_EDENIED);
}

/* ---- executing ---- */

static void what_is_decided_is_decided_once(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_spend(5);
    struct ky_keeper_head h, other;
    ky_auto_buf first = ky_buf_init(1024), again = ky_buf_init(1024), later = ky_buf_init(1024);
    e.outbox = KY_BYTES_LIT("result");
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_ISSUE, 1, KY_NONCE_LONG);
    world_head(&other, w, KY_OP_ISSUE, 2, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, &e, &first));
    assert_int_equal(first.p[0], 0);
    e.outbox = KY_BYTES_LIT("another result");
    assert_ok(world_execute(w, &h, &e, &again));
    assert_int_equal(again.p[0], 1);
    assert_memory_equal(again.p + 13, "result", 6); /* as it was first */
    assert_rc(world_execute(w, &other, &e, NULL), KY_EDENIED);
    world_restart(w);
    assert_ok(world_execute(w, &h, &e, &later));
    assert_memory_equal(later.p, again.p, 1);
    assert_rc(world_execute(w, &other, &e, NULL), KY_EDENIED);
}

static void a_mixture_of_done_and_not_done_is_refused(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_spend(5);
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_REFUSE, 1, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, &e, NULL));
    e.spends[1] = (struct ky_spend){.id = {6}, .not_after = KY_TIME_NEVER};
    e.spend_count = 2;
    assert_rc(world_execute(w, &h, &e, NULL), KY_EEXIST);
}

static void a_result_is_kept_until_it_is_acknowledged(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_spend(5);
    struct ky_keeper_head h;
    ky_auto_buf kept = ky_buf_init(64), gone = ky_buf_init(64);
    e.outbox = KY_BYTES_LIT("result");
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_ISSUE, 1, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, &e, NULL));
    struct ky_bytes name = KY_BYTES_OF(e.spends[0].id);
    assert_ok(world_call(w, 1, KY_MSG_K_OUTBOX, name, &kept));
    assert_memory_equal(kept.p, "\0\0\0\x06result", 10);
    assert_ok(world_call(w, 1, KY_MSG_K_ACK, name, NULL));
    assert_ok(world_call(w, 1, KY_MSG_K_ACK, name, NULL)); /* once more does no harm */
    assert_ok(world_call(w, 1, KY_MSG_K_OUTBOX, name, &gone));
    assert_int_equal(gone.n, 4);
    assert_rc(world_execute(w, &h, &e, NULL), KY_EEXIST);
    const uint8_t unknown[KY_LOG_ID_SIZE] = {99};
    assert_rc(world_call(w, 1, KY_MSG_K_ACK, KY_BYTES_OF(unknown), NULL), KY_ENOTFOUND);
    assert_rc(world_call(w, 1, KY_MSG_K_ACK, KY_BYTES(unknown, 31), NULL), KY_EFORMAT);
    assert_rc(world_call(w, 1, KY_MSG_K_OUTBOX, KY_BYTES(unknown, 31), NULL), KY_EFORMAT);
}

static void a_long_nonce_is_spent_for_good(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_append(KY_LOGGED_DEAD, 1, 1, 1);
    struct ky_keeper_head h, other;
    e.spend_nonce = true;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_ADMIN, 1, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, &e, NULL));
    other = h;
    other.statement[0] = 2;
    assert_rc(world_execute(w, &other, &e, NULL), KY_EDENIED);
    world_restart(w);
    assert_rc(world_execute(w, &other, &e, NULL), KY_EDENIED);
}

static void a_short_nonce_serves_one_statement_whatever_the_message(void **state)
{
    struct world *w = *state;
    const struct ky_execute e = one_append(KY_LOGGED_LOCKED, 1, 1, 1);
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_LOCK, 1, KY_NONCE_SHORT);
    assert_ok(world_execute(w, &h, &e, NULL));
    h.statement[0] = 2;
    assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
    assert_rc(world_reserve(w, 0, &h, &r, NULL), KY_EDENIED);
}

static void versions_rise_and_a_serial_has_one_content(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_append(KY_LOGGED_VERSION, 1, 2, 1);
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    execute_ok(w, &e, 1);
    world_head(&h, w, KY_OP_ADMIN, 2, KY_NONCE_LONG);
    assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
    e = one_append(KY_LOGGED_VERSION, 1, 1, 9);
    assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
    e = one_append(KY_LOGGED_ISSUED, 3, 1, 1);
    execute_ok(w, &e, 3);
    e = one_append(KY_LOGGED_ISSUED, 3, 1, 2);
    assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
}

/* The word of another process has no nonce that ends: whoever holds it may send it as often as he likes. */
static void what_is_told_again_writes_nothing(void **state)
{
    struct world *w = *state;
    const struct ky_execute e = one_append(KY_LOGGED_DEAD, 1, INT32_MAX, 1);
    const struct ky_keeper_head h = {.op = KY_OP_REVOKE, .statement = {1}};
    struct ky_buf again = ky_buf_init(64), before, after;
    assert_ok(world_start(w));
    assert_ok(world_execute(w, &h, &e, NULL));
    assert_int_equal(world_audited(w, KY_AUDIT_DONE), 1);
    world_read(&before, w, "audit");
    assert_ok(world_execute(w, &h, &e, &again));
    assert_int_equal(again.p[0], 1);
    world_read(&after, w, "audit");
    assert_int_equal(after.n, before.n);
    ky_buf_clear(&again);
    ky_buf_clear(&before);
    ky_buf_clear(&after);
}

/* ---- results that take time ---- */

static ky_rc send_result(struct world *w, uint8_t statement, uint8_t spend, const char *payload,
                         struct ky_buf *reply)
{
    const uint8_t hash[KY_HASH_SIZE] = {statement}, id[KY_LOG_ID_SIZE] = {spend};
    ky_auto_buf body = ky_buf_init(1024);
    ky_buf_add_u8(&body, KY_OP_CERTIFY);
    ky_buf_add(&body, KY_BYTES_OF(hash));
    ky_buf_add(&body, KY_BYTES_OF(hash));
    ky_buf_add(&body, KY_BYTES_OF(id));
    ky_buf_add_lv(&body, ky_bytes_str(payload));
    return world_call(w, 1, KY_MSG_K_RESULT, ky_buf_bytes(&body), reply);
}

static void of_two_results_the_first_counts(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_spend(5);
    struct ky_keeper_head h;
    ky_auto_buf first = ky_buf_init(64), second = ky_buf_init(64), again = ky_buf_init(64);
    e.appends[0] =
        (struct ky_append){.kind = KY_LOGGED_ISSUED, .id = {8}, .hash = {1}, .not_after = KY_TIME_NEVER};
    e.append_count = 1;
    assert_ok(world_start(w));
    assert_rc(send_result(w, 1, 5, "certificate", NULL), KY_EDENIED); /* nothing was begun */
    world_head(&h, w, KY_OP_CERTIFY, 1, KY_NONCE_LONG);
    assert_ok(world_execute(w, &h, &e, NULL));
    assert_ok(world_execute(w, &h, &e, &again)); /* begun and without a result: go on */
    assert_true(again.p[0] == 1 && again.n == 13);
    e.appends[0].hash[0] = 2;
    assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED); /* but with the same content */
    assert_rc(send_result(w, 2, 5, "certificate", NULL), KY_EDENIED);
    assert_ok(send_result(w, 1, 5, "certificate", &first));
    assert_ok(send_result(w, 1, 5, "CERTIFICATE", &second));
    assert_true(ky_bytes_eq_str(ky_buf_bytes(&second), "certificate"));
    assert_true(ky_bytes_eq(ky_buf_bytes(&first), ky_buf_bytes(&second)));
    assert_ok(world_call(w, 0, KY_MSG_K_ACK, KY_BYTES_OF(e.spends[0].id), NULL));
    assert_rc(send_result(w, 1, 5, "certificate", NULL), KY_EEXIST);
}

/* ---- counting ---- */

static ky_rc count(struct world *w, ky_log_kind kind, uint8_t activation, uint8_t statement,
                   struct ky_buf *reply)
{
    const uint8_t id[KY_LOG_ID_SIZE] = {activation};
    struct ky_keeper_head h;
    ky_auto_buf body = ky_buf_init(1024);
    world_head(&h, w, kind == KY_LOGGED_CODE ? KY_OP_CODE : KY_OP_ATTEMPT, statement, KY_NONCE_SHORT);
    ky_keeper_head_encode(&body, &h);
    ky_buf_add_u8(&body, (uint8_t)kind);
    ky_buf_add(&body, KY_BYTES_OF(id));
    ky_buf_add(&body, KY_BYTES_OF(no_time_limit));
    return world_call(w, 0, KY_MSG_K_COUNT, ky_buf_bytes(&body), reply);
}

static void codes_are_counted_and_five_are_the_most(void **state)
{
    struct world *w = *state;
    assert_ok(world_start(w));
    for (unsigned i = 1; i <= KY_CODES_MAX; i++) {
        ky_auto_buf reply = ky_buf_init(64);
        w->now += 10;
        assert_ok(count(w, KY_LOGGED_CODE, 1, (uint8_t)i, &reply));
        assert_true(ky_get_u32(reply.p) == i && ky_get_u32(reply.p + 4) == i);
        assert_true((ky_time)ky_get_u64(reply.p + 8) == w->now);
        if (i == 3) {
            world_lose_worker(w, 0);
            world_restart(w);
        }
    }
    assert_rc(count(w, KY_LOGGED_CODE, 1, 9, NULL), KY_ELIMIT);
    assert_ok(count(w, KY_LOGGED_CODE, 2, 10, NULL)); /* another activation has its own */
}

static void attempts_are_counted_and_the_fifth_is_the_last(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_spend(2);
    assert_ok(world_start(w));
    assert_ok(count(w, KY_LOGGED_CODE, 1, 1, NULL));
    w->now += 30;
    for (unsigned i = 1; i <= KY_ATTEMPTS_MAX; i++) {
        ky_auto_buf reply = ky_buf_init(64);
        assert_ok(count(w, KY_LOGGED_ATTEMPT, 1, (uint8_t)(i + 1), &reply));
        assert_true(ky_get_u32(reply.p) == i && ky_get_u32(reply.p + 4) == 1);
        assert_true((ky_time)ky_get_u64(reply.p + 8) == NOW); /* when the code was made */
    }
    assert_rc(count(w, KY_LOGGED_ATTEMPT, 1, 9, NULL), KY_EDENIED);
    assert_rc(count(w, KY_LOGGED_CODE, 1, 10, NULL), KY_EDENIED);
    execute_ok(w, &e, 20);
    assert_rc(count(w, KY_LOGGED_ATTEMPT, 2, 11, NULL), KY_EDENIED); /* used */
    assert_rc(count(w, KY_LOGGED_DEAD, 3, 12, NULL), KY_EFORMAT);
}

static ky_rc take_letters(struct world *w, uint8_t how_many, uint64_t *first)
{
    ky_auto_buf reply = ky_buf_init(64);
    KY_TRY(world_call(w, 0, KY_MSG_K_LETTER, KY_BYTES(&how_many, 1), &reply));
    *first = ky_get_u64(reply.p);
    return KY_OK;
}

static void letters_are_numbered_without_gaps(void **state)
{
    struct world *w = *state;
    uint64_t first;
    assert_ok(world_start(w));
    assert_ok(take_letters(w, 1, &first));
    assert_int_equal(first, 1);
    assert_ok(take_letters(w, 3, &first));
    assert_int_equal(first, 2);
    world_restart(w);
    assert_ok(take_letters(w, 64, &first));
    assert_int_equal(first, 5);
    assert_rc(take_letters(w, 0, &first), KY_EFORMAT);
    assert_rc(take_letters(w, 65, &first), KY_EFORMAT);
}

/* ---- asking ---- */

static void status_and_list_tell_what_was_revoked(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_append(KY_LOGGED_ISSUED, 7, 1, 1);
    ky_auto_buf before = ky_buf_init(128), after = ky_buf_init(128), list = ky_buf_init(256),
                rest = ky_buf_init(64);
    const uint8_t serial[KY_SERIAL_SIZE] = {7}, from_0[6] = {0, 0, 0, 0, 0, 9},
                  from_1[6] = {0, 0, 0, 1, 0, 9};
    assert_ok(world_start(w));
    execute_ok(w, &e, 1);
    assert_ok(world_call(w, 0, KY_MSG_K_STATUS, KY_BYTES_OF(serial), &before));
    assert_memory_equal(before.p, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0", 16);
    assert_int_equal(before.n, 14 + KY_HASH_SIZE);
    e = one_append(KY_LOGGED_REVOKED, 7, 4, 2);
    execute_ok(w, &e, 2);
    assert_ok(world_call(w, 0, KY_MSG_K_STATUS, KY_BYTES_OF(serial), &after));
    assert_memory_equal(after.p, "\1\1\0\0\0\4", 6);
    assert_int_equal(ky_get_u64(after.p + 6), NOW);
    assert_ok(world_call(w, 0, KY_MSG_K_REVOKED, KY_BYTES_OF(from_0), &list));
    assert_true(ky_get_u16(list.p) == 1 && list.p[2] == 7 && list.n == 2 + KY_SERIAL_SIZE + 12);
    assert_ok(world_call(w, 0, KY_MSG_K_REVOKED, KY_BYTES_OF(from_1), &rest));
    assert_int_equal(ky_get_u16(rest.p), 0);
    assert_rc(world_call(w, 0, KY_MSG_K_STATUS, KY_BYTES(serial, 15), NULL), KY_EFORMAT);
}

static void only_what_nobody_else_revoked_is_superseded(void **state)
{
    struct world *w = *state;
    struct ky_keeper_head h;
    struct ky_execute first = one_append(KY_LOGGED_REVOKED, 7, KY_REASON_PRIVILEGE_WITHDRAWN, 1);
    const struct ky_execute again = one_append(KY_LOGGED_REVOKED, 7, KY_REASON_KEY_COMPROMISE, 2);
    struct ky_execute replace = one_append(KY_LOGGED_REVOKED, 7, KY_REASON_SUPERSEDED, 3);
    assert_ok(world_start(w));
    execute_ok(w, &first, 1);
    execute_ok(w, &again, 2); /* the first word counts */
    world_head(&h, w, KY_OP_CERTIFY, 3, KY_NONCE_LONG);
    assert_rc(world_execute(w, &h, &replace, NULL), KY_EDENIED);
    replace.appends[0].id[0] = 8;
    assert_ok(world_execute(w, &h, &replace, NULL));
    assert_ok(world_execute(w, &h, &replace, NULL));
}

/* ---- without an officer ---- */

static ky_rc overdue(struct world *w, uint8_t row, uint8_t received)
{
    struct ky_execute e = one_append(KY_LOGGED_OVERDUE, row, 0, received);
    const struct ky_keeper_head h = {.op = KY_OP_OVERDUE, .statement = {received}, .exp = NOW + KY_DAY};
    e.spends[0] = (struct ky_spend){.id = {row}, .not_after = KY_TIME_NEVER};
    e.spend_count = 1;
    return world_execute(w, &h, &e, NULL);
}

static void overdue_is_what_was_received_so_long_ago(void **state)
{
    struct world *w = *state;
    struct ky_execute received = one_append(KY_LOGGED_RECEIVED, 9, 0, 1);
    ky_auto_buf known = ky_buf_init(64), unknown = ky_buf_init(64);
    const uint8_t id[KY_LOG_ID_SIZE] = {9}, other[KY_LOG_ID_SIZE] = {8};
    assert_ok(world_start(w));
    w->keeper.cfg.overdue_s = 10 * KY_HOUR;
    assert_rc(overdue(w, 1, 9), KY_EDENIED);
    execute_ok(w, &received, 1);
    assert_ok(world_call(w, 0, KY_MSG_K_RECEIVED, KY_BYTES_OF(id), &known));
    assert_true(known.p[0] == 1 && ky_get_u64(known.p + 1) == NOW);
    assert_ok(world_call(w, 0, KY_MSG_K_RECEIVED, KY_BYTES_OF(other), &unknown));
    assert_int_equal(unknown.p[0], 0);
    w->now += 10 * KY_HOUR - 1;
    execute_ok(w, &received, 2); /* the first time counts */
    assert_rc(overdue(w, 1, 9), KY_EDENIED);
    w->now += 1;
    assert_ok(overdue(w, 1, 9));
    assert_ok(overdue(w, 1, 9));
    assert_rc(overdue(w, 2, 8), KY_EDENIED);
    w->keeper.cfg.overdue_s = 0;
    assert_rc(overdue(w, 3, 9), KY_EDENIED);
}

static void a_hundred_an_hour_are_overdue_at_most(void **state)
{
    struct world *w = *state;
    struct ky_execute received = one_append(KY_LOGGED_RECEIVED, 200, 0, 1);
    assert_ok(world_start(w));
    execute_ok(w, &received, 1);
    w->keeper.cfg.overdue_s = KY_HOUR;
    w->now += KY_HOUR;
    for (unsigned i = 0; i < KY_OVERDUE_PER_HOUR; i++)
        assert_ok(overdue(w, (uint8_t)i, 200));
    assert_rc(overdue(w, 150, 200), KY_ELIMIT);
    world_restart(w);
    w->keeper.cfg.overdue_s = KY_HOUR;
    assert_rc(overdue(w, 150, 200), KY_ELIMIT);
    w->now += KY_HOUR;
    assert_ok(overdue(w, 150, 200));
}

static void checkpoints_follow_the_audit_file(void **state)
{
    struct world *w = *state;
    const struct ky_execute e = one_append(KY_LOGGED_DEAD, 7, 1, 1);
    struct ky_checkpoint c;
    ky_auto_buf got = ky_buf_init(256);
    assert_ok(world_start(w));
    execute_ok(w, &e, 1);
    world_steps(w, 2);
    assert_ok(world_call(w, 0, KY_MSG_K_CHECKPOINT, KY_BYTES_NONE, &got));
    assert_int_equal(got.n, KY_CHECKPOINT_SIZE);
    assert_ok(ky_checkpoint_verify(&c, got.p, KY_PROCESS_SAM, w->founder.sam_audit));
    assert_true(c.size == 2 && c.node == FOUNDER_NODE); /* start, done */
}

static void refusals_are_summed_into_one_record(void **state)
{
    struct world *w = *state;
    const uint8_t refused[3] = {KY_OP_SIGN, 0xff, 0xf9}; /* KY_EAUTH */
    const uint8_t unknown_op[3] = {KY_OP_END, 0xff, 0xf9}, unknown_rc[3] = {KY_OP_SIGN, 0, 1};
    assert_ok(world_start(w));
    world_steps(w, 2);
    for (unsigned i = 0; i < 5; i++)
        world_send(w, 0, KY_MSG_K_REFUSED, KY_BYTES_OF(refused));
    world_steps(w, 3);
    assert_int_equal(world_audited(w, KY_AUDIT_REFUSALS), 1);
    world_lose_worker(w, 0);
    assert_rc(world_call(w, 0, KY_MSG_K_REFUSED, KY_BYTES_OF(unknown_op), NULL), KY_EFORMAT);
    assert_rc(world_call(w, 0, KY_MSG_K_REFUSED, KY_BYTES_OF(unknown_rc), NULL), KY_EFORMAT);
}

/* ---- what stops it ---- */

static void a_clock_that_is_behind_stops_execution(void **state)
{
    struct world *w = *state;
    const struct ky_execute e = one_append(KY_LOGGED_DEAD, 7, 1, 1);
    const uint8_t kind = KY_NONCE_SHORT;
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_ADMIN, 1, KY_NONCE_LONG);
    w->now = NOW - KY_KEEPER_CLOCK_BACK_S - 1;
    assert_rc(world_call(w, 0, KY_MSG_K_NONCE, KY_BYTES(&kind, 1), NULL), KY_EBUSY);
    assert_rc(world_execute(w, &h, &e, NULL), KY_EBUSY);
    w->now = NOW - KY_KEEPER_CLOCK_BACK_S;
    assert_ok(world_execute(w, &h, &e, NULL));
}

static void entries_leave_memory_a_day_after_their_end(void **state)
{
    struct world *w = *state;
    struct ky_execute ends = one_spend(7), stays = one_spend(8), later = one_spend(9);
    assert_ok(world_start(w));
    ends.spends[0].not_after = w->now;
    execute_ok(w, &ends, 1);
    execute_ok(w, &stays, 2);
    w->now += KY_DAY + 1;
    w->mono_ms += KY_KEEPER_SWEEP_MS;
    world_steps(w, 1); /* only the clock says that a day has passed: nothing is forgotten */
    assert_non_null(ky_reglog_find(w->keeper.log, KY_LOGGED_SPENT, ends.spends[0].id));
    execute_ok(w, &later, 3);
    w->mono_ms += KY_KEEPER_SWEEP_MS;
    world_steps(w, 1);
    assert_null(ky_reglog_find(w->keeper.log, KY_LOGGED_SPENT, ends.spends[0].id));
    assert_non_null(ky_reglog_find(w->keeper.log, KY_LOGGED_SPENT, stays.spends[0].id));
}

static void an_unlock_names_a_lock_that_it_may_lift(void **state)
{
    struct world *w = *state;
    const struct ky_execute owners = one_append(KY_LOGGED_LOCKED, 7, KY_LOCK_BY_OWNER, 1),
                            officers = one_append(KY_LOGGED_LOCKED, 7, KY_LOCK_BY_OFFICER, 2),
                            orgs = one_append(KY_LOGGED_LOCKED, 7, KY_LOCK_BY_ORG, 4),
                            orgs_again = one_append(KY_LOGGED_LOCKED, 7, KY_LOCK_BY_ORG, 5);
    const struct {
        uint8_t credential, lock;
        uint32_t by;
        ky_rc want;
    } cases[] = {{7, 2, KY_LOCK_BY_OWNER, KY_EDENIED}, {7, 3, KY_LOCK_BY_OFFICER, KY_EDENIED},
                 {8, 1, KY_LOCK_BY_OWNER, KY_EDENIED}, {7, 1, KY_LOCK_BY_ORG, KY_EDENIED},
                 {7, 2, KY_LOCK_BY_ORG, KY_EDENIED},   {7, 4, KY_LOCK_BY_OWNER, KY_EDENIED},
                 {7, 4, KY_LOCK_BY_ORG, KY_OK},        {7, 4, KY_LOCK_BY_ORG, KY_EDENIED},
                 {7, 5, KY_LOCK_BY_OFFICER, KY_OK},    {7, 1, KY_LOCK_BY_OWNER, KY_OK},
                 {7, 1, KY_LOCK_BY_OWNER, KY_EDENIED}, {7, 2, KY_LOCK_BY_OFFICER, KY_OK}};
    const uint8_t credential[KY_LOG_ID_SIZE] = {7};
    assert_ok(world_start(w));
    execute_ok(w, &owners, 1);
    execute_ok(w, &officers, 2);
    execute_ok(w, &orgs, 4);
    execute_ok(w, &orgs_again, 5);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_keeper_head h;
        const struct ky_execute e =
            one_append(KY_LOGGED_UNLOCKED, cases[i].credential, cases[i].by, cases[i].lock);
        assert_true(ky_reglog_locked(w->keeper.log, credential));
        world_head(&h, w, KY_OP_UNLOCK, (uint8_t)(10 + i), KY_NONCE_LONG);
        assert_rc(world_execute(w, &h, &e, NULL), cases[i].want);
    }
    assert_false(ky_reglog_locked(w->keeper.log, credential));
}

static void no_message_is_taken_cut_short(void **state)
{
    static const uint16_t types[] = {KY_MSG_K_RESERVE, KY_MSG_K_OUTCOME, KY_MSG_K_EXECUTE,
                                     KY_MSG_K_RESULT,  KY_MSG_K_COUNT,   KY_MSG_K_ACK,
                                     KY_MSG_K_REVOKED, KY_MSG_K_STATUS,  KY_MSG_K_RECEIVED};
    struct world *w = *state;
    struct ky_buf log;
    assert_ok(world_start(w));
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        assert_rc(world_call(w, 0, types[i], KY_BYTES_NONE, NULL), KY_EFORMAT);
        assert_rc(world_call(w, 0, types[i], KY_BYTES_LIT("\1\1\1"), NULL), KY_EFORMAT);
    }
    world_read(&log, w, "log");
    assert_int_equal(log.n, KY_LOG_ENTRY_SIZE); /* boot */
    ky_buf_clear(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nonces_are_of_this_node_and_start),
        TEST(nonces_of_others_are_refused),
        TEST(a_restart_voids_short_nonces_only),
        TEST(signatures_are_reserved_once_and_repeated),
        TEST(what_a_lost_worker_had_counts_as_made),
        TEST(a_reservation_needs_a_short_nonce_and_time),
        TEST(a_nonce_stays_spent_when_its_statement_has_ended),
        TEST(dead_replaced_and_locked_records_execute_nothing),
        TEST(what_is_decided_is_decided_once),
        TEST(a_mixture_of_done_and_not_done_is_refused),
        TEST(a_result_is_kept_until_it_is_acknowledged),
        TEST(a_long_nonce_is_spent_for_good),
        TEST(a_short_nonce_serves_one_statement_whatever_the_message),
        TEST(versions_rise_and_a_serial_has_one_content),
        TEST(what_is_told_again_writes_nothing),
        TEST(of_two_results_the_first_counts),
        TEST(codes_are_counted_and_five_are_the_most),
        TEST(attempts_are_counted_and_the_fifth_is_the_last),
        TEST(letters_are_numbered_without_gaps),
        TEST(status_and_list_tell_what_was_revoked),
        TEST(only_what_nobody_else_revoked_is_superseded),
        TEST(overdue_is_what_was_received_so_long_ago),
        TEST(a_hundred_an_hour_are_overdue_at_most),
        TEST(checkpoints_follow_the_audit_file),
        TEST(refusals_are_summed_into_one_record),
        TEST(a_clock_that_is_behind_stops_execution),
        TEST(entries_leave_memory_a_day_after_their_end),
        TEST(an_unlock_names_a_lock_that_it_may_lift),
        TEST(no_message_is_taken_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
