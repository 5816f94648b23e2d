/* Uploads as libcurl and .NET write them, and bodies that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "codec/multipart.h"

#define TYPE "multipart/form-data; boundary=x"
#define NAME "Content-Disposition: form-data; name=\"uploadfile\""
#define PART(head, content) "--x\r\n" head "\r\n\r\n" content "\r\n"
#define END "--x--\r\n"

static const struct {
    const char *name, *type, *body;
    ky_rc want;
    const char *content;
} cases[] = {
    {"as libcurl writes it", TYPE,
     PART("Content-Disposition: form-data; name=\"k\"", "v")
         PART(NAME "; filename=\"a.pdf\"\r\nContent-Type: application/pdf", "%PDF\r\n--y\r\n") END,
     KY_OK, "%PDF\r\n--y\r\n"},
    {"as .NET writes it", "Multipart/Form-Data;boundary=\"x\"",
     PART("Content-Type: application/pdf\r\nContent-Disposition: form-data; name=uploadfile; filename=a;b",
          "%PDF") END,
     KY_OK, "%PDF"},
    {"parameters around the boundary", "multipart/form-data; charset=utf-8; boundary=x ; a=b",
     PART(NAME, "a") END, KY_OK, "a"},
    {"an empty part", TYPE, PART(NAME, "") END, KY_OK, ""},
    {"no other part", TYPE, PART("Content-Disposition: form-data; name=\"uploadfiles\"", "a") END,
     KY_ENOTFOUND, NULL},
    {"a part without disposition", TYPE, PART("Content-Type: text/plain", "a") END, KY_ENOTFOUND, NULL},
    {"a name that only stands in another value", TYPE,
     PART("Content-Disposition: form-data; filename=\"; name=uploadfile\"", "a") END, KY_ENOTFOUND, NULL},
    {"no parts", TYPE, END, KY_ENOTFOUND, NULL},
    {"two of the name", TYPE, PART(NAME, "a") PART(NAME, "b") END, KY_EFORMAT, NULL},
    {"no last boundary", TYPE, "--x\r\n" NAME "\r\n\r\na", KY_EFORMAT, NULL},
    {"nothing behind a boundary", TYPE, PART(NAME, "a") "--x", KY_EFORMAT, NULL},
    {"headers without end", TYPE, "--x\r\n" NAME "\r\n", KY_EFORMAT, NULL},
    {"a preamble", TYPE, "hello\r\n" PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"an empty body", TYPE, "", KY_EFORMAT, NULL},
    {"another boundary", "multipart/form-data; boundary=y", PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"no boundary", "multipart/form-data", PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"an empty boundary", "multipart/form-data; boundary=\"\"", PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"a quote without end", "multipart/form-data; boundary=\"x", PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"a boundary of 71 characters",
     "multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"another type", "application/pdf", PART(NAME, "a") END, KY_EFORMAT, NULL},
    {"no type", NULL, PART(NAME, "a") END, KY_EFORMAT, NULL},
};

static void finds_the_part_of_that_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_bytes content;
        const ky_rc rc =
            ky_multipart_find(&content, cases[i].type, ky_bytes_str(cases[i].body), "uploadfile");
        if (rc != cases[i].want || (rc == KY_OK && !ky_bytes_eq_str(content, cases[i].content)))
            fail_msg("%s: %d %s", cases[i].name, rc, rc == KY_OK ? "another content" : ky_error());
    }
}

static void parts_and_headers_are_bounded(void **state)
{
    struct ky_bytes content;
    ky_auto_buf many = ky_buf_init(1 << 20), long_head = ky_buf_init(1 << 20);
    (void)state;
    for (int i = 0; i <= KY_MULTIPART_PARTS_MAX; i++)
        ky_buf_add_str(&many, PART("A: b", "c"));
    ky_buf_add_str(&many, END);
    assert_int_equal(ky_multipart_find(&content, TYPE, ky_buf_bytes(&many), "uploadfile"), KY_ELIMIT);
    ky_buf_add_str(&long_head, "--x\r\n" NAME "; filename=");
    ky_buf_add_fill(&long_head, 'a', KY_MULTIPART_HEAD_MAX);
    ky_buf_add_str(&long_head, "\r\n\r\na\r\n" END);
    assert_int_equal(ky_multipart_find(&content, TYPE, ky_buf_bytes(&long_head), "uploadfile"), KY_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_part_of_that_name),
        cmocka_unit_test(parts_and_headers_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
