/* domain/keeper_msg: what a worker asks of the keeper arrives whole or not at all. */
#include "domain/keeper_msg.h"
#include "tests/unit/domain/fixture.h"

static void keeper_messages_come_back_as_they_went(void **state)
{
    struct ky_keeper_head h = {.op = KY_OP_ISSUE,
                               .statement = {1},
                               .has_nonce = true,
                               .nonce = {2},
                               .exp = NOW,
                               .ref_count = 2},
                          h2;
    struct ky_execute e = {.spend_nonce = true,
                           .spend_count = 1,
                           .append_count = 1,
                           .outbox = KY_BYTES_LIT("out"),
                           .audit = KY_BYTES_LIT("audit")},
                      e2;
    h.refs[1] = (struct ky_ref){.id = {3}, .version = 4, .hash = {5}, .unlocked = true};
    e.spends[0] = (struct ky_spend){.id = {6}, .not_after = NOW};
    e.appends[0] =
        (struct ky_append){.kind = KY_LOGGED_DEAD, .id = {7}, .version = 8, .hash = {9}, .not_after = NOW};
    ky_auto_buf out = ky_buf_init(1 << 20);
    ky_keeper_head_encode(&out, &h);
    ky_execute_encode(&out, &e);
    struct ky_reader in = KY_READER(ky_buf_bytes(&out));
    assert_ok(ky_keeper_head_decode(&h2, &in));
    assert_ok(ky_execute_decode(&e2, &in));
    assert_true(h2.op == h.op && h2.ref_count == 2 && h2.refs[1].unlocked && h2.refs[1].version == 4 &&
                h2.exp == NOW);
    assert_true(e2.spend_nonce && e2.spends[0].id[0] == 6 && e2.appends[0].kind == KY_LOGGED_DEAD);
    assert_true(ky_bytes_eq_str(e2.outbox, "out") && ky_bytes_eq_str(e2.audit, "audit"));
    for (size_t n = 0; n < out.n; n++) { /* every truncation is refused */
        in = KY_READER(KY_BYTES(out.p, n));
        assert_true(ky_keeper_head_decode(&h2, &in) != KY_OK || ky_execute_decode(&e2, &in) != KY_OK);
    }
}

#define REF_SIZE 69    /* bytes on the wire */
#define SPEND_SIZE 40  /* id, not_after */
#define APPEND_SIZE 76 /* after the kind */

static void add_zeros(struct ky_buf *out, size_t n)
{
    uint8_t *at = ky_buf_grow(out, n);
    assert_non_null(at);
    memset(at, 0, n);
}

static ky_rc decode_both(struct ky_bytes body)
{
    static struct ky_keeper_head h;
    static struct ky_execute e;
    struct ky_reader in = KY_READER(body);
    KY_TRY(ky_keeper_head_decode(&h, &in));
    return ky_execute_decode(&e, &in);
}

static void operations_and_lists_have_limits(void **state)
{
    static const struct {
        uint8_t op, kind;
        size_t refs, spends, appends;
        ky_rc want;
    } cases[] = {
        {KY_OP_OTHER, KY_LOG_KIND_LAST, KY_KEEPER_REFS_MAX, KY_KEEPER_SPENDS_MAX, KY_KEEPER_APPENDS_MAX,
         KY_OK},
        {0, 1, 0, 0, 0, KY_EFORMAT},
        {KY_OP_END, 1, 0, 0, 0, KY_EFORMAT},
        {KY_OP_SIGN, 1, KY_KEEPER_REFS_MAX + 1, 0, 0, KY_ELIMIT},
        {KY_OP_SIGN, 1, 0, KY_KEEPER_SPENDS_MAX + 1, 0, KY_ELIMIT},
        {KY_OP_SIGN, 1, 0, 0, KY_KEEPER_APPENDS_MAX + 1, KY_ELIMIT},
        {KY_OP_SIGN, 0, 0, 0, 1, KY_EFORMAT},
        {KY_OP_SIGN, KY_LOG_KIND_LAST + 1, 0, 0, 1, KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(1 << 20);
        ky_buf_add_u8(&out, cases[i].op);
        add_zeros(&out, 2 * KY_HASH_SIZE + 1 + KY_NONCE_SIZE + 8);
        ky_buf_add_u16(&out, (uint16_t)cases[i].refs);
        add_zeros(&out, cases[i].refs * REF_SIZE);
        ky_buf_add_u8(&out, 1);
        ky_buf_add_u16(&out, (uint16_t)cases[i].spends);
        add_zeros(&out, cases[i].spends * SPEND_SIZE);
        ky_buf_add_u16(&out, (uint16_t)cases[i].appends);
        for (size_t a = 0; a < cases[i].appends; a++) {
            ky_buf_add_u8(&out, cases[i].kind);
            add_zeros(&out, APPEND_SIZE);
        }
        ky_buf_add_lv(&out, KY_BYTES_NONE);
        ky_buf_add_lv(&out, KY_BYTES_NONE);
        assert_rc(decode_both(ky_buf_bytes(&out)), cases[i].want);
    }
}

static void reserve_refuses_positions_twice_or_beyond(void **state)
{
    static const struct {
        uint16_t total, positions[2];
        size_t count;
        ky_rc want;
    } cases[] = {{2, {0, 1}, 2, KY_OK},      {2, {1, 1}, 2, KY_EFORMAT}, {2, {2, 0}, 2, KY_EFORMAT},
                 {0, {0, 0}, 1, KY_EFORMAT}, {2, {0, 0}, 0, KY_EFORMAT}, {1001, {0, 1}, 2, KY_EFORMAT}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_reserve r = {.total = cases[i].total, .count = cases[i].count}, back;
        memcpy(r.positions, cases[i].positions, sizeof cases[i].positions);
        ky_auto_buf out = ky_buf_init(100);
        ky_reserve_encode(&out, &r);
        struct ky_reader in = KY_READER(ky_buf_bytes(&out));
        assert_rc(ky_reserve_decode(&back, &in), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeper_messages_come_back_as_they_went),
        cmocka_unit_test(operations_and_lists_have_limits),
        cmocka_unit_test(reserve_refuses_positions_twice_or_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
