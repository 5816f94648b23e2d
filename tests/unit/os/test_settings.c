/* os/settings: the sample file is the tables', and a role learns only its own sections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "os/file.h"
#include "os/settings.h"

static void sample_file_is_up_to_date(void **state)
{
    char path[1024];
    ky_auto_buf made = ky_buf_init(KY_CONF_TEXT_MAX);
    ky_auto_buf kept = ky_buf_init(KY_CONF_TEXT_MAX);
    snprintf(path, sizeof path, "%s/etc/kyso.conf", getenv("KYSO_SOURCE"));
    ky_settings_sample(&made);
    assert_int_equal(ky_file_read(&kept, path), KY_OK);
    assert_string_equal(ky_buf_str(&made), ky_buf_str(&kept)); /* build/kysod --sample > etc/kyso.conf */
}

static void state_folder_is_enough(void **state)
{
    struct ky_settings s;
    ky_auto_arena arena = ky_arena_init(65536);
    assert_int_equal(
        ky_settings_load(&s, &arena, KY_ROLE_SUPERVISOR, "x", KY_BYTES_LIT("[kyso]\nstate_dir = /s\n")),
        KY_OK);
    assert_string_equal(s.kyso.state_dir, "/s");
    assert_int_equal(s.sam.workers, 2);
    assert_string_equal(s.ca.token, "kyso-ca");
    assert_int_equal(s.web.https_port, 8443);
}

static void each_role_reads_its_slice(void **state)
{
    static const char whole[] = "[kyso]\nstate_dir = /s\n[courier]\nsmtp_user = u\n[sam]\nworkers = 3\n"
                                "[web]\nthreads = 4\n[store]\npath = /db\n[parse]\ncpu_s = 5\n";
    for (unsigned role = KY_ROLE_SAM_KEEPER; role < KY_ROLE_COUNT; role++) {
        struct ky_settings s;
        ky_auto_arena arena = ky_arena_init(65536);
        ky_auto_buf slice = ky_buf_init(KY_CONF_TEXT_MAX);
        assert_int_equal(ky_conf_slice(&slice, ky_bytes_str(whole), ky_settings_sections((ky_role)role)),
                         KY_OK);
        assert_int_equal(ky_settings_load(&s, &arena, (ky_role)role, "slice", ky_buf_bytes(&slice)), KY_OK);
        assert_true((s.courier.smtp_user != NULL) == (role == KY_ROLE_COURIER));
        assert_true((s.sam.workers == 3) == (role == KY_ROLE_SAM_KEEPER || role == KY_ROLE_SAM_WORKER));
        assert_true((s.store.path != NULL) == (role == KY_ROLE_WEB || role == KY_ROLE_COURIER));
        assert_true((s.clocks.warn_first == 50) == (role == KY_ROLE_WEB || role == KY_ROLE_COURIER));
        assert_int_equal(ky_settings_load(&s, &arena, (ky_role)role, "whole", ky_bytes_str(whole)),
                         KY_EFORMAT);
    }
}

static void several_may_be_on_call(void **state)
{
    static const char text[] = "[kyso]\nstate_dir = /s\n[clocks]\noncall_phone = +84912345678,+84987654321\n"
                               "oncall_email = a@x.vn,b@x.vn\n";
    struct ky_settings s;
    ky_auto_arena arena = ky_arena_init(65536);
    assert_int_equal(ky_settings_load(&s, &arena, KY_ROLE_SUPERVISOR, "x", ky_bytes_str(text)), KY_OK);
    assert_string_equal(s.clocks.oncall_phone, "+84912345678,+84987654321");
    assert_string_equal(s.clocks.oncall_email, "a@x.vn,b@x.vn");
}

static void refuses_what_makes_no_sense(void **state)
{
    static const char *const cases[] = {
        "[kyso]\nstate_dir = /s\n[sam]\nmodule_env = SOFTHSM\n",
        "[kyso]\nstate_dir = /s\n[courier]\ndriver = pigeon\n",
        "[kyso]\nstate_dir = /s\n[clocks]\noncall_phone = 0912345678\n",
        "[kyso]\nstate_dir = /s\n[clocks]\noncall_email = truc\n",
        "[kyso]\nstate_dir = /s\n[clocks]\noncall_phone = +84912345678,\n",
        "[kyso]\nstate_dir = /s\n[clocks]\noncall_email = a@x.vn,@x.vn\n",
        "[kyso]\nstate_dir = /s\n[courier]\nsms_driver = pigeon\n",
        "[kyso]\nstate_dir = /s\n[sam]\npin = 1234\n",
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_settings s;
        ky_auto_arena arena = ky_arena_init(65536);
        assert_int_equal(ky_settings_load(&s, &arena, KY_ROLE_SUPERVISOR, "x", ky_bytes_str(cases[i])),
                         KY_EFORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample_file_is_up_to_date),   cmocka_unit_test(state_folder_is_enough),
        cmocka_unit_test(each_role_reads_its_slice),   cmocka_unit_test(several_may_be_on_call),
        cmocka_unit_test(refuses_what_makes_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
