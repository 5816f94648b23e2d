/* kyso init and kyso audit verify as a person runs them: what they make, what they refuse, what they notice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "tests/support/realm.h"

#define TEXT_MAX (1u << 20)

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

static struct realm realm;

static int set_up(void **state)
{
    (void)state;
    assert_ok(realm_make(&realm, NULL));
    assert_ok(realm_start(&realm));
    assert_ok(realm_enrol_head(&realm));
    assert_ok(realm_stop(&realm));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

/* A shell command in the realm's folder, in English; its exit status must be that and its output must hold `says`. */
static void assert_run(const char *command, int status, const char *says)
{
    char line[2048], said[8192];
    snprintf(line, sizeof line, "cd %s && export LC_ALL=en_US.UTF-8 PATH=$KYSO_BIN:$PATH && { %s ; } 2>&1",
             realm.dir, command);
    FILE *p = popen(line, "r");
    assert_non_null(p);
    size_t n = fread(said, 1, sizeof said - 1, p);
    said[n] = 0;
    int end = pclose(p);
    if (!WIFEXITED(end) || WEXITSTATUS(end) != status || strstr(said, says) == NULL)
        fail_msg("%s\nstatus %d, wanted %d and \"%s\":\n%s", command, WEXITSTATUS(end), status, says, said);
}

static void write_text(const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", realm.dir, name);
    assert_ok(ky_file_write(path, ky_bytes_str(text), 0600));
}

/* ---- ceremony ---- */

static void makes_a_chain_that_openssl_accepts(void **state)
{
    (void)state;
    assert_run("openssl verify -x509_strict -CAfile state/public/root.pem state/public/issuing.pem", 0, "OK");
    assert_run(
        "openssl verify -x509_strict -CAfile state/public/root.pem -untrusted state/public/issuing.pem "
        "-purpose timestampsign state/public/tsa.pem",
        0, "OK");
    assert_run("openssl crl -inform DER -in state/public/root.crl -CAfile state/public/root.pem -noout", 0,
               "verify OK");
    assert_run("openssl x509 -in state/public/ocsp.pem -noout -text", 0, "OCSP No Check");
}

static void leaves_secrets_to_their_owner_only(void **state)
{
    (void)state;
    static const char *const paths[] = {"state/sam/pin", "state/ca/pin", "state/root/so-pin.root",
                                        "state/courier/key"};
    char path[160];
    struct stat st;
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        snprintf(path, sizeof path, "%s/%s", realm.dir, paths[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    snprintf(path, sizeof path, "%s/state/root", realm.dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0500);
}

static void refuses_tokens_that_hold_keys(void **state)
{
    (void)state;
    assert_run("chmod 700 state/root; kyso init --config ceremony.ini; s=$?; chmod 500 state/root; exit $s",
               1, "holds keys or records already");
}

static void refuses_a_wrong_description_before_anything_is_made(void **state)
{
    (void)state;
    assert_run("sed 's/n = 2/n = 4/' ceremony.ini > bad.ini; kyso init --config bad.ini --state $PWD/never",
               1, "at most the number of officers");
    assert_run(
        "sed 's/roles = /rules = /' ceremony.ini > bad.ini; kyso init --config bad.ini --state $PWD/never", 1,
        "has no item \"rules\"");
    assert_run(
        "test ! -e never; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x "
        "-keyout x.key -out x.pem; sed \"s#$PWD/an.pem#$PWD/x.pem#\" ceremony.ini > bad.ini; "
        "kyso init --config bad.ini --state $PWD/never",
        1, "under none of the CAs");
    assert_run("test ! -e never", 0, "");
    assert_run("kyso init", 1, "--config is missing");
}

static void a_failure_names_the_tokens_to_throw_away(void **state)
{
    (void)state;
    write_text("wrong.json", "{\"passkey\":\"AAAA\",\"key\":\"AAAA\",\"be\":false,\"device_key\":\"AAAA\"}");
    assert_run("sed \"s#cert = $PWD/chi.pem#webauthn = $PWD/wrong.json#\" ceremony.ini > bad.ini; "
               "kyso init --config bad.ini --state $PWD/spoilt; s=$?; test -e spoilt/public/founding.json && "
               "s=9; exit $s",
               1, "spoilt/sam) holds keys of this failed ceremony: throw it away");
}

static void one_person_is_one_officer(void **state)
{
    (void)state;
    assert_run("sed 's/identity = 001080000002/identity = 001080000001/' ceremony.ini > bad.ini; "
               "kyso init --config bad.ini --state $PWD/twice",
               1, "are the same person");
}

static void witnesses_sign_the_founding_record(void **state)
{
    (void)state;
    assert_run("mkdir -p witness/token; printf 'directories.tokendir = "
               "%s/witness/token\\nobjectstore.backend = file\\n' "
               "$PWD > witness/softhsm2.conf; export SOFTHSM2_CONF=$PWD/witness/softhsm2.conf; "
               "softhsm2-util --init-token --free --label an --so-pin 12345678 --pin 123456; "
               "softhsm2-util --import an.key --token an --label an --id 01 --pin 123456; "
               "printf 123456 > witness/pin; chmod 600 witness/pin",
               0, "has been imported");
    assert_run(
        "sed \"s#^cert = $PWD/an.pem#&\\nwitness_env = "
        "SOFTHSM2_CONF=$PWD/witness/softhsm2.conf\\nwitness_token = "
        "an\\nwitness_key = an\\nwitness_pin_file = $PWD/witness/pin#; s/witnesses = 0/witnesses = 1/\" "
        "ceremony.ini > w.ini; kyso init --config w.ini --state $PWD/witnessed --json",
        0, "\"witness\":true");
    assert_run(
        "openssl cms -verify -inform DER -in witnessed/public/founding.an.p7s -binary -purpose any -CAfile "
        "token-ca.pem -content witnessed/public/founding.json -out /dev/null",
        0, "successful");
    assert_run(
        "openssl cms -verify -inform DER -in witnessed/public/founding.an.p7s -binary -purpose any -CAfile "
        "token-ca.pem -content state/public/founding.json -out /dev/null",
        4, "verification failure");
}

/* ---- audit ---- */

static void audit_files_verify(void **state)
{
    (void)state;
    assert_run("kyso audit verify --dir state", 0, "GOOD");
    assert_run("kyso audit verify --dir state --json", 0, "\"ok\":true,\"realm\"");
}

static void an_altered_record_is_found(void **state)
{
    (void)state;
    assert_run("cp -r state copy; printf X | dd of=copy/ca/audit bs=1 seek=60 conv=notrunc 2>/dev/null; "
               "kyso audit verify --dir copy; s=$?; rm -rf copy; exit $s",
               1, "BAD: ");
}

static void a_cut_file_is_found(void **state)
{
    (void)state;
    assert_run("cp -r state copy; truncate -s 200 copy/sam/audit; kyso audit verify --dir copy; s=$?; rm -rf "
               "copy; exit $s",
               1, "where a checkpoint says");
}

static void checkpoints_of_another_key_are_found(void **state)
{
    (void)state;
    assert_run(
        "cp -r state copy; cp state/sam/checkpoints copy/ca/checkpoints; kyso audit verify --dir copy; s=$?; "
        "rm -rf copy; exit $s",
        1, "checkpoint 1: ");
}

static void an_unfinished_record_is_no_damage(void **state)
{
    (void)state;
    assert_run(
        "cp -r state copy; printf '\\0\\0\\0\\144abc' >> copy/ca/audit; kyso audit verify --dir copy; s=$?; "
        "rm -rf copy; exit $s",
        0, "the last record is not whole (7 bytes)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_a_chain_that_openssl_accepts),
        cmocka_unit_test(leaves_secrets_to_their_owner_only),
        cmocka_unit_test(refuses_tokens_that_hold_keys),
        cmocka_unit_test(refuses_a_wrong_description_before_anything_is_made),
        cmocka_unit_test(a_failure_names_the_tokens_to_throw_away),
        cmocka_unit_test(one_person_is_one_officer),
        cmocka_unit_test(witnesses_sign_the_founding_record),
        cmocka_unit_test(audit_files_verify),
        cmocka_unit_test(an_altered_record_is_found),
        cmocka_unit_test(a_cut_file_is_found),
        cmocka_unit_test(checkpoints_of_another_key_are_found),
        cmocka_unit_test(an_unfinished_record_is_no_damage),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
