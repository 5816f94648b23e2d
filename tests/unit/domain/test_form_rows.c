/* The request document of each procedure, in both legal profiles. KY_FORM_OUT=FOLDER keeps them, to look at them. */
#include "registration.h"

#include "domain/form.h"
#include "pdf_text.h"

#define PEOPLE_MAX 1000
#define TEXT_ROOM ((size_t)1 << 20)
#define SERIAL "00112233445566778899aabbccddeeff"
#define SERIAL_SHOWN "0011 2233 4455 6677"

struct fixture {
    struct ky_legal_book book;
    struct ky_person people[PEOPLE_MAX];
    int64_t numbers[PEOPLE_MAX];
    size_t n;
    char text[TEXT_ROOM];
};

static int open_fonts(void **state)
{
    return ky_paper_open_fonts() == KY_OK ? 0 : -1;
}

static int close_fonts(void **state)
{
    ky_paper_close_fonts();
    return 0;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    f->book = load_legal();
    for (size_t i = 0; i < PEOPLE_MAX; i++)
        f->numbers[i] = (int64_t)i + 1;
    *state = f;
    return 0;
}

static void enter(struct fixture *f, const char *changes)
{
    f->people[f->n++] = person_with(changes);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < f->n; i++)
        ky_person_clear(&f->people[i]);
    ky_legal_book_clear(&f->book);
    free(f);
    return 0;
}

static struct ky_form form_of(const struct fixture *f, const char *procedure)
{
    return (struct ky_form){.procedure = procedure,
                            .parent_name = "Sở Giáo dục và Đào tạo tỉnh Lâm Đồng",
                            .org_name = "Trường Trung học phổ thông Chuyên Thăng Long - Đà Lạt",
                            .number = "45/THPTTL-VP",
                            .place = "Đà Lạt",
                            .date = TEST_NOW,
                            .signer_title = "Hiệu trưởng",
                            .signer_name = "Trần Quốc Ưng",
                            .recipient_name = "Lê Thị Hoa",
                            .recipient_title = "Văn thư",
                            .recipient_phone = "0987654321",
                            .recipient_email = "hoalt@lamdong.edu.vn",
                            .recipient_channel = "email",
                            .people = f->people,
                            .numbers = f->numbers,
                            .n = f->n};
}

static void keep(struct ky_bytes pdf, const char *legal, const char *procedure)
{
    char path[256];
    const char *folder = getenv("KY_FORM_OUT");
    if (folder == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s-%s.pdf", folder, procedure, legal);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fwrite(pdf.p, 1, pdf.n, out);
    fclose(out);
}

static struct ky_form_place draw(struct fixture *f, const struct ky_legal *legal, const struct ky_form *form)
{
    struct ky_form_place place;
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    assert_int_equal(ky_form_draw(&pdf, &place, legal, form), KY_OK);
    keep(ky_buf_bytes(&pdf), legal->id, form->procedure);
    text_of(f->text, sizeof f->text, ky_buf_bytes(&pdf));
    if (f->text[0] == 0)
        skip();
    return place;
}

/* Each text comes after the one before it. */
static void assert_in_order(const char *text, const char *const *wanted, size_t n)
{
    const char *at = text;
    for (size_t i = 0; i < n; i++) {
        at = strstr(at, wanted[i]);
        if (at == NULL)
            fail_msg("'%s' does not follow in: %s", wanted[i], text);
    }
}

static void enter_rows(struct fixture *f, const char *procedure)
{
    static const struct {
        const char *procedure, *row;
    } rows[] = {
        {"new", "{}"},
        {"renew", "{\"serial\":\"" SERIAL "\",\"not_after\":\"31/12/2026\",\"same_key\":true}"},
        {"renew", "{\"serial\":\"" SERIAL "\",\"not_after\":\"01/02/2027\",\"same_key\":false}"},
        {"change", "{\"serial\":\"" SERIAL "\",\"change\":\"email\",\"was\":\"cu@lamdong.edu.vn\","
                   "\"becomes\":\"moi@lamdong.edu.vn\"}"},
        {"change", "{\"serial\":\"" SERIAL "\",\"change\":\"employer\",\"was\":\"Trường Trung học cơ sở "
                   "Phan Chu Trinh, Sở Giáo dục và Đào tạo\",\"becomes\":\"Tổ Toán - Tin, Trường Trung học "
                   "phổ thông Chuyên Thăng Long - Đà Lạt, Sở Giáo dục và Đào tạo tỉnh Lâm Đồng\"}"},
        {"revoke", "{\"serial\":\"" SERIAL "\",\"ground\":\"key_exposed\",\"happened_on\":\"20/11/2026\"}"},
        {"revoke", "{\"serial\":\"" SERIAL "\",\"ground\":\"left\"}"},
    };
    for (size_t i = 0; i < KY_COUNT(rows); i++)
        if (strcmp(rows[i].procedure, procedure) == 0)
            enter(f, rows[i].row);
}

static void says_what_its_procedure_asks_for(void **state)
{
    static const struct {
        const char *procedure;
        const char *const wanted[16];
    } cases[] = {
        {"new",
         {"V/v đề nghị cấp chứng thư số", "Kính gửi: Cục Chứng thực số", "STT", "Lĩnh vực",
          "Nguyễn Thị Minh Hằng", "068191012345", "Giáo viên, Tổ Toán - Tin", "Giáo dục, đào tạo",
          "0912345678", "Người tiếp nhận chứng thư số", "Nơi nhận:"}},
        {"renew",
         {"V/v đề nghị gia hạn chứng thư số", "Kính gửi: Cục Chứng thực số", "Ngày hết hạn", "Cặp khóa",
          SERIAL_SHOWN, "31/12/2026", "Giữ nguyên", "01/02/2027", "Tạo mới", "Nơi nhận:"}},
        {"change",
         {"V/v đề nghị thay đổi nội dung thông tin", "Thông tin cũ", "Thông tin mới", SERIAL_SHOWN,
          "cu@lamdong.edu", "moi@lamdong.edu", "Phan Chu Trinh", "Chuyên Thăng Long", "Nơi nhận:"}},
        {"revoke",
         {"V/v đề nghị thu hồi chứng thư số", "Lý do thu hồi", "Thời điểm xảy ra", SERIAL_SHOWN, "bị lộ",
          "20/11/2026", "Nghỉ hưu", "chịu trách nhiệm", "Nơi nhận:"}},
    };
    struct fixture *f = *state;
    for (size_t l = 0; l < f->book.n; l++) {
        for (size_t i = 0; i < KY_COUNT(cases); i++) {
            size_t n = 0;
            while (n < KY_COUNT(cases[i].wanted) && cases[i].wanted[n] != NULL)
                n++;
            f->n = 0;
            enter_rows(f, cases[i].procedure);
            const struct ky_form form = form_of(f, cases[i].procedure);
            draw(f, f->book.profiles[l], &form);
            assert_in_order(f->text, cases[i].wanted, n);
            for (size_t k = 0; k < f->n; k++)
                ky_person_clear(&f->people[k]);
        }
    }
    f->n = 0;
}

static void a_thousand_rows_repeat_the_heading_and_number_the_pages(void **state)
{
    static const char *const procedures[] = {"new", "renew", "change", "revoke"};
    struct fixture *f = *state;
    for (size_t i = 0; i < PEOPLE_MAX; i++)
        enter(f, "{\"serial\":\"" SERIAL "\",\"not_after\":\"31/12/2026\",\"change\":\"email\",\"was\":\"a\","
                 "\"becomes\":\"b\",\"ground\":\"moved\"}");
    for (size_t i = 0; i < KY_COUNT(procedures); i++) {
        size_t headings = 0;
        const struct ky_form form = form_of(f, procedures[i]);
        struct ky_form_place place = draw(f, legal_now(&f->book), &form);
        for (const char *at = f->text; (at = strstr(at, "STT")) != NULL; at += 3)
            headings++;
        assert_in_range(place.pages, 20, 200);
        assert_in_range(headings, (size_t)place.pages - 1, (size_t)place.pages);
        char last[16];
        snprintf(last, sizeof last, "%d ", place.pages);
        assert_non_null(strstr(f->text, last));
        assert_int_equal(place.page, place.pages);
    }
}

static void long_names_wrap_and_cost_nothing(void **state)
{
    struct fixture *f = *state;
    enter(
        f,
        "{\"name\":\"Tôn Nữ Công Huyền Thị Ngọc Trâm Anh Phương Thảo Nguyệt Minh Châu\","
        "\"email\":\"tonnuconghuyenthingoctramanhphuongthaonguyetminhchau@thcs-nguyentrai.lamdong.edu.vn\"}");
    const struct ky_form form = form_of(f, "new");
    draw(f, legal_now(&f->book), &form);
    const char *const words[] = {"Tôn Nữ", "Trâm", "Châu"};
    assert_in_order(f->text, words, KY_COUNT(words));
}

static void names_what_goes_along_before_its_end(void **state)
{
    struct fixture *f = *state;
    const struct ky_form_file files[] = {{"Quyết định điều động.pdf", "aaaa"}, {"anh-the.jpg", "bbbb"}};
    enter(f, "{}");
    struct ky_form form = form_of(f, "new");
    form.own_requests = 1;
    form.own_requests_hash = "cccc";
    form.files = files;
    form.n_files = KY_COUNT(files);
    draw(f, legal_now(&f->book), &form);
    const char *const wanted[] = {"Gửi kèm văn bản này",
                                  "01 văn bản đề nghị của thuê bao (SHA-256: cccc)",
                                  "Quyết định điều động.pdf (SHA-256: aaaa)",
                                  "anh-the.jpg (SHA-256: bbbb)",
                                  "./.",
                                  "Nơi nhận:"};
    assert_in_order(f->text, wanted, KY_COUNT(wanted));
}

int main(void)
{
#define FORM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FORM(says_what_its_procedure_asks_for),
        FORM(a_thousand_rows_repeat_the_heading_and_number_the_pages),
        FORM(long_names_wrap_and_cost_nothing),
        FORM(names_what_goes_along_before_its_end),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
