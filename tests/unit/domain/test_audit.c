/* domain/audit and merkle: a chain that shows every change, checkpoints that only K_audit signs. */
#include "crypto/digest.h"
#include "crypto/softkey.h"
#include "domain/audit.h"
#include "tests/unit/domain/fixture.h"

/* The root as RFC 9162 §2.1.1 defines it, by recursion. */
static void slow_root(uint8_t out[32], const uint8_t *leaves, size_t n)
{
    uint8_t node[65] = {1};
    if (n == 1) {
        const uint8_t leaf[2] = {0, leaves[0]};
        assert_ok(ky_sha256(out, KY_BYTES_OF(leaf)));
        return;
    }
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    slow_root(node + 1, leaves, k);
    slow_root(node + 33, leaves + k, n - k);
    assert_ok(ky_sha256(out, KY_BYTES_OF(node)));
}

static void merkle_root_is_that_of_rfc_9162(void **state)
{
    struct ky_merkle m = {0};
    uint8_t leaves[70], root[32], want[32];
    assert_ok(ky_merkle_root(root, &m));
    assert_ok(ky_sha256(want, KY_BYTES_NONE));
    assert_memory_equal(root, want, 32);
    for (uint8_t i = 0; i < 70; i++) {
        leaves[i] = i;
        assert_ok(ky_merkle_add(&m, KY_BYTES(&leaves[i], 1)));
        assert_ok(ky_merkle_root(root, &m));
        slow_root(want, leaves, (size_t)i + 1);
        assert_memory_equal(root, want, 32);
    }
}

static void append_some(struct ky_buf *out, struct ky_audit_chain *chain, unsigned count)
{
    const struct ky_audit_object objects[2] = {{.id = {1}, .version = 1}, {.id = {2}, .version = 9}};
    for (unsigned i = 0; i < count; i++) {
        struct ky_audit_record r = {.time = NOW + i,
                                    .phase = KY_AUDIT_DONE,
                                    .op = KY_OP_SIGN,
                                    .result = -7,
                                    .objects = objects,
                                    .object_count = 2,
                                    .payload = KY_BYTES_LIT("payload")};
        assert_ok(ky_audit_append(out, chain, &r));
    }
}

static ky_rc follow_all(struct ky_audit_chain *chain, struct ky_bytes file, struct ky_audit_record *last)
{
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_reader in = KY_READER(file);
    while (in.left.n > 0) {
        struct ky_bytes body = ky_read_lv(&in, KY_AUDIT_RECORD_MAX);
        KY_TRY(ky_audit_follow(chain, last, objects, body));
    }
    return KY_OK;
}

static const struct ky_audit_chain fresh = {.process = KY_PROCESS_SAM, .node = 1};

static void follow_rebuilds_the_chain(void **state)
{
    struct ky_audit_chain written = fresh, read = fresh;
    struct ky_audit_record last;
    ky_auto_buf file = ky_buf_init(1 << 20);
    append_some(&file, &written, 10);
    assert_ok(follow_all(&read, ky_buf_bytes(&file), &last));
    assert_memory_equal(&written.head, &read.head, 32);
    assert_true(read.tree.size == 10 && last.sequence == 10 && last.result == -7 && last.object_count == 2);
    assert_true(ky_bytes_eq_str(last.payload, "payload"));
    assert_true(read.highest_time == NOW + 9);
}

static void every_changed_byte_shows(void **state)
{
    struct ky_audit_chain written = fresh;
    struct ky_audit_record last;
    ky_auto_buf file = ky_buf_init(1 << 20);
    append_some(&file, &written, 3);
    uint8_t want[32], got[32];
    assert_ok(ky_merkle_root(want, &written.tree));
    for (size_t at = 4; at < file.n; at++) {
        struct ky_audit_chain read = fresh;
        file.p[at] ^= 0x40;
        bool same = follow_all(&read, ky_buf_bytes(&file), &last) == KY_OK;
        assert_ok(ky_merkle_root(got, &read.tree));
        assert_false(same && memcmp(got, want, 32) == 0);
        file.p[at] ^= 0x40;
    }
}

static void removed_and_swapped_records_are_refused(void **state)
{
    struct ky_audit_chain written = fresh, read = fresh;
    struct ky_audit_record last;
    ky_auto_buf file = ky_buf_init(1 << 20);
    append_some(&file, &written, 3);
    size_t one = file.n / 3;
    assert_rc(follow_all(&read, KY_BYTES(file.p + one, 2 * one), &last), KY_EAUTH);
}

static void checkpoints_verify_only_under_their_key(void **state)
{
    struct ky_audit_chain chain = fresh;
    struct ky_checkpoint c;
    uint8_t cp[KY_CHECKPOINT_SIZE];
    ky_auto_buf file = ky_buf_init(1 << 20);
    ky_auto_softkey key = NULL;
    ky_auto_softkey other = NULL;
    append_some(&file, &chain, 5);
    assert_ok(ky_softkey_generate(&key, KY_KEY_P256));
    assert_ok(ky_softkey_generate(&other, KY_KEY_P256));
    struct ky_signer signer = ky_softkey_signer(key);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(key)).p;
    assert_ok(ky_checkpoint_make(cp, &chain, &signer, NOW));
    assert_ok(ky_checkpoint_verify(&c, cp, KY_PROCESS_SAM, point));
    assert_true(c.size == 5 && c.time == NOW && c.node == 1);
    assert_rc(ky_checkpoint_verify(&c, cp, KY_PROCESS_CA, point), KY_EAUTH);
    assert_rc(ky_checkpoint_verify(&c, cp, KY_PROCESS_SAM, ky_pubkey_point(ky_softkey_public(other)).p),
              KY_EAUTH);
    cp[9] ^= 1;
    assert_rc(ky_checkpoint_verify(&c, cp, KY_PROCESS_SAM, point), KY_EAUTH);
}

static void limits_are_kept_and_names_known(void **state)
{
    struct ky_audit_chain chain = fresh;
    struct ky_audit_object many[KY_AUDIT_OBJECTS_MAX + 1] = {0};
    ky_auto_buf file = ky_buf_init(1 << 20);
    struct ky_audit_record r = {.phase = KY_AUDIT_DONE, .objects = many, .object_count = KY_COUNT(many)};
    assert_rc(ky_audit_append(&file, &chain, &r), KY_ELIMIT);
    assert_string_equal(ky_operation_name(KY_OP_CERTIFY), "certify");
    assert_string_equal(ky_operation_name(KY_OP_END), "?");
    struct ky_audit_record out;
    assert_rc(ky_audit_parse(&out, many, KY_BYTES_LIT("short")), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merkle_root_is_that_of_rfc_9162),
        cmocka_unit_test(follow_rebuilds_the_chain),
        cmocka_unit_test(every_changed_byte_shows),
        cmocka_unit_test(removed_and_swapped_records_are_refused),
        cmocka_unit_test(checkpoints_verify_only_under_their_key),
        cmocka_unit_test(limits_are_kept_and_names_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
