/* The forms that the public page gives out. KY_FORM_OUT=FOLDER keeps them, to look at them. */
#include "registration.h"

#include "domain/blank_form.h"
#include "domain/paper.h"
#include "pdf_text.h"

static int open_fonts(void **state)
{
    return ky_paper_open_fonts() == KY_OK ? 0 : -1;
}

static int close_fonts(void **state)
{
    ky_paper_close_fonts();
    return 0;
}

static void keep(const struct ky_legal *legal, const char *procedure, ky_blank_kind kind, struct ky_bytes pdf)
{
    char path[512];
    if (getenv("KY_FORM_OUT") == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s-%s-%d.pdf", getenv("KY_FORM_OUT"), legal->id, procedure, kind);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(pdf.p, 1, pdf.n, f), pdf.n);
    assert_int_equal(fclose(f), 0);
}

static void assert_says(struct ky_bytes pdf, const char *const *wanted, size_t n)
{
    char text[16384];
    text_of(text, sizeof text, pdf);
    for (size_t i = 0; text[0] != 0 && i < n; i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("'%s' is not in: %s", wanted[i], text);
}

static void every_procedure_of_every_profile_has_both_forms(void **state)
{
    ky_auto_legal_book book = load_legal();
    for (size_t i = 0; i < book.n; i++) {
        const struct ky_legal *legal = book.profiles[i];
        for (size_t k = 0; k < legal->n_procedures; k++) {
            const struct ky_legal_procedure *p = &legal->procedures[k];
            for (ky_blank_kind kind = 0; kind < KY_BLANK_KINDS; kind++) {
                const char *const wanted[] = {kind == KY_BLANK_OWN ? p->own_form.subject : p->subject.text,
                                              "ngày …… tháng …… năm ………"};
                ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
                assert_int_equal(ky_blank_form_draw(&pdf, legal, p->key, kind), KY_OK);
                assert_memory_equal(pdf.p, "%PDF-", 5);
                assert_says(ky_buf_bytes(&pdf), wanted, KY_COUNT(wanted));
                keep(legal, p->key, kind, ky_buf_bytes(&pdf));
            }
        }
    }
}

static void the_subscribers_form_asks_for_everything_and_is_signed_by_hand(void **state)
{
    static const char *const wanted[] = {"Họ và tên: ……", "Lĩnh vực (Giáo dục, đào tạo; Y tế): ……",
                                         "Tôi cam đoan:", "(ký, ghi rõ họ tên)"};
    ky_auto_legal_book book = load_legal();
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    assert_int_equal(ky_blank_form_draw(&pdf, legal_now(&book), "new", KY_BLANK_OWN), KY_OK);
    assert_says(ky_buf_bytes(&pdf), wanted, KY_COUNT(wanted));
}

static void one_profile_gives_the_same_bytes(void **state)
{
    ky_auto_legal_book book = load_legal();
    ky_auto_buf once = ky_buf_init(KY_PAPER_FILE_MAX), again = ky_buf_init(KY_PAPER_FILE_MAX);
    assert_int_equal(ky_blank_form_draw(&once, legal_now(&book), "revoke", KY_BLANK_REQUEST), KY_OK);
    assert_int_equal(ky_blank_form_draw(&again, legal_now(&book), "revoke", KY_BLANK_REQUEST), KY_OK);
    assert_int_equal(once.n, again.n);
    assert_memory_equal(once.p, again.p, once.n);
}

static void refuses_a_procedure_that_is_none(void **state)
{
    ky_auto_legal_book book = load_legal();
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    for (ky_blank_kind kind = 0; kind < KY_BLANK_KINDS; kind++)
        assert_int_equal(ky_blank_form_draw(&pdf, legal_now(&book), "borrow", kind), KY_ENOTFOUND);
    assert_int_equal(pdf.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_procedure_of_every_profile_has_both_forms),
        cmocka_unit_test(the_subscribers_form_asks_for_everything_and_is_signed_by_hand),
        cmocka_unit_test(one_profile_gives_the_same_bytes),
        cmocka_unit_test(refuses_a_procedure_that_is_none),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
