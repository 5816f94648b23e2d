/* codec/pdf lexer: what is read, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "codec/pdf/lex.h"
#include "codec/pdf/write.h"

static ky_rc parse(struct ky_pdf_value **out, struct ky_arena *a, const char *text)
{
    struct ky_pdf_lexer lx = {.in = ky_bytes_str(text), .arena = a};
    return ky_pdf_parse_value(out, &lx);
}

static void reads_and_writes_one_form(void **state)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"null", "null"},
        {" % note\n true", "true"},
        {"false]", "false"},
        {"-17", "-17"},
        {"+5", "5"},
        {"0012", "12"},
        {"-.50", "-.50"},
        {"4.", "4."},
        {"12345678901234567890123", "12345678901234567890123"},
        {"7 0 R", "7 0 R"},
        {"9999999 0 R", "null"},
        {"/Na#6de", "/Name"},
        {"/A#20B#", "/A#20B#23"},
        {"/", "/"},
        {"(a\\(b\\)c)", "(a\\(b\\)c)"},
        {"(a(b)c)", "(a\\(b\\)c)"},
        {"(\\101\\5\\n)", "<41050a>"},
        {"(a\\\nb)", "(ab)"},
        {"(a\r\nb)", "<610a62>"},
        {"<4 1 4>", "<4140>"},
        {"<>", "<>"},
        {"[1 2 0 R/X(y)<7a>]", "[1 2 0 R /X (y) <7a>]"},
        {"[1 2 3]", "[1 2 3]"},
        {"<</A 1/B<</C[ ]>>>>", "<</A 1\n/B <</C []\n>>\n>>"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_arena a = ky_arena_init(1 << 16);
        ky_auto_buf out = ky_buf_init(1 << 16);
        struct ky_pdf_value *v;
        assert_int_equal(parse(&v, &a, cases[i].in), KY_OK);
        struct ky_pdf_writer w = {.out = &out};
        assert_int_equal(ky_pdf_write_value(&w, v), KY_OK);
        assert_string_equal(ky_buf_str(&out), cases[i].want);
    }
}

static void refuses_what_is_no_object(void **state)
{
    static const char *const cases[] = {
        "",      "(abc", "<41", "<4x>",  "[1 2", "<< /A 1", "<< /A >>",  "<< 1 2 >>", "endobj", "--1",
        "1.2.3", "1x",   "nul", "truex", ")",    ">>",      "<< /A 1 >", "{",         "."};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_arena a = ky_arena_init(1 << 16);
        struct ky_pdf_value *v;
        assert_int_equal(parse(&v, &a, cases[i]), KY_EFORMAT);
        assert_true(ky_str_starts(ky_error(), "pdf: "));
    }
}

static void refuses_deep_nesting(void **state)
{
    char text[2 * KY_PDF_DEPTH_MAX + 8];
    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = 0;
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_pdf_value *v;
    assert_int_equal(parse(&v, &a, text), KY_ELIMIT);
}

static void stops_when_the_arena_is_full(void **state)
{
    ky_auto_arena a = ky_arena_init(300);
    struct ky_pdf_value *v;
    assert_int_equal(parse(&v, &a, "[1 2 3 4 5 6 7 8 9]"), KY_ENOMEM);
}

static void keeps_where_a_string_stands(void **state)
{
    ky_auto_arena a = ky_arena_init(1 << 16);
    struct ky_pdf_value *v;
    const char *text = "  <0a 0B>";
    assert_int_equal(parse(&v, &a, text), KY_OK);
    assert_true(v->hex);
    assert_ptr_equal(v->span.p, text + 2);
    assert_int_equal(v->span.n, 7);
    assert_true(ky_bytes_eq_str(v->text, "\x0a\x0b"));
}

static void takes_headers_and_words(void **state)
{
    struct ky_pdf_lexer lx = {.in = KY_BYTES_LIT(" 12 3 obj trailers")};
    struct ky_pdf_ref ref;
    assert_true(ky_pdf_take_header(&lx, &ref));
    assert_int_equal(ref.num, 12);
    assert_int_equal(ref.gen, 3);
    assert_false(ky_pdf_take_word(&lx, "trailer"));
    assert_true(ky_pdf_take_word(&lx, "trailers"));
    struct ky_pdf_lexer bad = {.in = KY_BYTES_LIT("12 70000 obj")};
    assert_false(ky_pdf_take_header(&bad, &ref));
    assert_int_equal(bad.at, 0);
}

static void changes_dictionaries(void **state)
{
    ky_auto_arena a = ky_arena_init(1 << 16);
    struct ky_pdf_value *v, *copy;
    assert_int_equal(parse(&v, &a, "<< /A 1 /B 2 /A 3 >>"), KY_OK);
    int64_t n;
    assert_true(ky_pdf_as_int(ky_pdf_dict_find(v, "A"), &n));
    assert_int_equal(n, 3);
    assert_true(ky_pdf_dict_has_twin_keys(v));
    copy = ky_pdf_copy_shallow(&a, v);
    ky_pdf_dict_remove(copy, "A");
    assert_null(ky_pdf_dict_find(copy, "A"));
    assert_false(ky_pdf_dict_has_twin_keys(copy));
    assert_int_equal(ky_pdf_dict_put(&a, copy, "B", ky_pdf_name(&a, "x")), KY_OK);
    assert_true(ky_pdf_is_name(ky_pdf_dict_find(copy, "B"), "x"));
    assert_true(ky_pdf_as_int(ky_pdf_dict_find(v, "B"), &n));
    assert_int_equal(ky_pdf_dict_put(&a, copy, "C", NULL), KY_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_one_form),   cmocka_unit_test(refuses_what_is_no_object),
        cmocka_unit_test(refuses_deep_nesting),        cmocka_unit_test(stops_when_the_arena_is_full),
        cmocka_unit_test(keeps_where_a_string_stands), cmocka_unit_test(takes_headers_and_words),
        cmocka_unit_test(changes_dictionaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
