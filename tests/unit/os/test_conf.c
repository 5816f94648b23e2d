/* os/conf: what a table accepts, and how it says what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "os/conf.h"

struct values {
    const char *dir, *label, *state;
    int64_t workers;
    bool tls;
};

static ky_rc no_spaces(const char *value)
{
    return strchr(value, ' ') == NULL ? KY_OK : ky_fail(KY_EFORMAT, "\"%s\" has a space", value);
}

static const struct ky_conf_item items[] = {
    {.name = "dir",
     .type = KY_CONF_PATH,
     .offset = offsetof(struct values, dir),
     .help_vi = "thư mục",
     .help_en = "folder"},
    {.name = "label",
     .type = KY_CONF_TEXT,
     .offset = offsetof(struct values, label),
     .value = "kyso",
     .min = 1,
     .max = 8,
     .unit = "bytes",
     .check = no_spaces,
     .help_vi = "nhãn",
     .help_en = "label"},
    {.name = "state",
     .type = KY_CONF_PATH,
     .offset = offsetof(struct values, state),
     .value = "",
     .help_vi = "",
     .help_en = ""},
    {.name = "workers",
     .type = KY_CONF_INT,
     .offset = offsetof(struct values, workers),
     .value = "2",
     .min = 1,
     .max = 64,
     .unit = "processes",
     .help_vi = "số tiến trình",
     .help_en = "processes"},
    {.name = "tls",
     .type = KY_CONF_BOOL,
     .offset = offsetof(struct values, tls),
     .value = "yes",
     .help_vi = "",
     .help_en = ""},
};
static const struct ky_conf_section section = {"sam", items, KY_COUNT(items), "khóa", "keys"};

static ky_rc parse(struct values *v, struct ky_arena *arena, const char *text)
{
    struct ky_conf_target target = {&section, v};
    return ky_conf_parse(arena, "test.conf", ky_bytes_str(text), &target, 1);
}

static void takes_defaults_and_values(void **state)
{
    ky_auto_arena arena = ky_arena_init(65536);
    struct values v;
    assert_int_equal(parse(&v, &arena, "; comment\n[sam]\ndir = /var/lib/kyso ; more\nworkers=3\ntls = no\n"),
                     KY_OK);
    assert_string_equal(v.dir, "/var/lib/kyso");
    assert_string_equal(v.label, "kyso");
    assert_string_equal(v.state, "");
    assert_int_equal(v.workers, 3);
    assert_false(v.tls);
}

static void refuses_and_names_the_place(void **state)
{
    static const struct {
        const char *text;
        ky_rc want;
        const char *says;
    } cases[] = {
        {"[sam]\n", KY_EFORMAT, "[sam] dir must be given"},
        {"[sam]\ndir = /a\nworkers = 65\n", KY_ELIMIT,
         "line 3: [sam] workers: 65; allowed: 1 to 64 processes"},
        {"[sam]\ndir = /a\nworkers = 0\n", KY_ELIMIT, "allowed: 1 to 64"},
        {"[sam]\ndir = /a\nworkers = 3x\n", KY_EFORMAT, "\"3x\" is not a whole number"},
        {"[sam]\ndir = /a\nworkers = 99999999999999999999\n", KY_EFORMAT, "is not a whole number"},
        {"[sam]\ndir = var\n", KY_EFORMAT, "\"var\" is not an absolute path"},
        {"[sam]\ndir =\n", KY_EFORMAT, "is not an absolute path"},
        {"[sam]\ndir = /a\ntls = 1\n", KY_EFORMAT, "neither yes nor no"},
        {"[sam]\ndir = /a\nlabel = 123456789\n", KY_ELIMIT, "length 9"},
        {"[sam]\ndir = /a\nlabel = a b\n", KY_EFORMAT, "[sam] label: \"a b\" has a space"},
        {"[sam]\ndir = /a\ndir = /b\n", KY_EFORMAT, "[sam] dir is given twice"},
        {"[sam]\ndir = /a\n /b\n", KY_EFORMAT, "given twice"},
        {"[sam]\ndir = /a\npin = 1\n", KY_EFORMAT, "[sam] has no item \"pin\""},
        {"[web]\ndir = /a\n", KY_EFORMAT, "there is no section [web]"},
        {"[sam]\ndir = /a\nnonsense\n", KY_EFORMAT, "line 3: neither"},
        {"[sam\ndir = /a\n", KY_EFORMAT, "line 1"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_arena arena = ky_arena_init(65536);
        struct values v;
        assert_int_equal(parse(&v, &arena, cases[i].text), cases[i].want);
        assert_non_null(strstr(ky_error(), cases[i].says));
        assert_non_null(strstr(ky_error(), "test.conf"));
    }
}

static void refuses_long_lines_and_nul(void **state)
{
    ky_auto_arena arena = ky_arena_init(65536);
    struct values v;
    struct ky_conf_target target = {&section, &v};
    char text[256] = "[sam]\ndir = /";
    memset(text + strlen(text), 'a', 200);
    assert_int_equal(parse(&v, &arena, text), KY_ELIMIT);
    assert_non_null(strstr(ky_error(), "line 2 is longer"));
    text[6 + 197] = 0; /* exactly the limit */
    assert_int_equal(parse(&v, &arena, text), KY_OK);
    assert_int_equal(strlen(v.dir), 197 - strlen("dir = "));
    assert_int_equal(ky_conf_parse(&arena, "x", KY_BYTES_LIT("[sam]\ndir = /a\0b\n"), &target, 1),
                     KY_EFORMAT);
}

static void slices_only_what_is_asked_for(void **state)
{
    static const char *const wanted[] = {"kyso", "sam", NULL};
    ky_auto_buf out = ky_buf_init(4096);
    assert_int_equal(
        ky_conf_slice(&out, KY_BYTES_LIT("[kyso]\na=1\n[web]\npassword=x\n[sam]\nb = 2 ; c\n"), wanted),
        KY_OK);
    assert_string_equal(ky_buf_str(&out), "[kyso]\na = 1\n[sam]\nb = 2\n");
    assert_int_equal(ky_conf_slice(&out, KY_BYTES_LIT("what\n"), wanted), KY_EFORMAT);
}

static void sample_is_readable_once_completed(void **state)
{
    ky_auto_buf out = ky_buf_init(4096);
    ky_auto_arena arena = ky_arena_init(65536);
    struct values v;
    ky_conf_sample(&out, &section);
    assert_non_null(
        strstr(ky_buf_str(&out), "; số tiến trình\n; processes\n; 1 … 64 processes\n;workers = 2\n"));
    assert_int_equal(parse(&v, &arena, ky_buf_str(&out)), KY_EFORMAT); /* dir = is there to be filled in */
    assert_non_null(strstr(ky_error(), "[sam] dir"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_defaults_and_values),         cmocka_unit_test(refuses_and_names_the_place),
        cmocka_unit_test(refuses_long_lines_and_nul),        cmocka_unit_test(slices_only_what_is_asked_for),
        cmocka_unit_test(sample_is_readable_once_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
