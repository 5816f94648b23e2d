/* The request document. KY_FORM_OUT=FILE keeps the long one, to look at it. */
#include "registration.h"

#include "domain/form.h"
#include "pdf_text.h"

#define PEOPLE_MAX 200

struct fixture {
    struct ky_legal_book book;
    const struct ky_legal *legal;
    struct ky_person people[PEOPLE_MAX];
    int64_t numbers[PEOPLE_MAX];
    struct ky_form form;
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
    f->legal = legal_now(&f->book);
    for (size_t i = 0; i < PEOPLE_MAX; i++) {
        char changes[160];
        snprintf(changes, sizeof changes, "{\"identity\":\"068191%06zu\",\"name\":\"Nguyễn Thị Minh %zu\"}",
                 i, i);
        f->people[i] = person_with(i == 0 ? "{}" : changes);
        f->numbers[i] = (int64_t)i + 1;
    }
    f->form = (struct ky_form){.procedure = "new",
                               .parent_name = "Ủy ban nhân dân phường Xuân Hương - Đà Lạt",
                               .org_name = "Trường Trung học cơ sở Nguyễn Trãi",
                               .number = "128/THCSNT-VP",
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
                               .n = 3};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < PEOPLE_MAX; i++)
        ky_person_clear(&f->people[i]);
    ky_legal_book_clear(&f->book);
    free(f);
    return 0;
}

static void says_what_the_letter_asks_for(void **state)
{
    struct fixture *f = *state;
    struct ky_form_place place;
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    assert_int_equal(ky_form_draw(&pdf, &place, f->legal, &f->form), KY_OK);
    assert_memory_equal(pdf.p, "%PDF-", 5);
    char text[16384];
    text_of(text, sizeof text, ky_buf_bytes(&pdf));
    if (text[0] == 0)
        skip();
    const char *const wanted[] = {
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "TRƯỜNG TRUNG HỌC CƠ SỞ NGUYỄN TRÃI",
        "Số: 128/THCSNT-VP",
        "Đà Lạt, ngày 23 tháng 11 năm 2026",
        "V/v đề nghị cấp chứng thư số cho cá nhân sử dụng giải pháp ký số tập trung",
        "Kính gửi: Cục Chứng thực số và Bảo mật thông tin",
        "Nguyễn Thị Minh Hằng",
        "068191012345",
        "0912345678",
        "Người tiếp nhận chứng thư số: Lê Thị Hoa, Văn thư",
        "HIỆU TRƯỞNG",
        "Trần Quốc Ưng",
        "Nơi nhận:",
    };
    for (size_t i = 0; i < KY_COUNT(wanted); i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("'%s' is not in: %s", wanted[i], text);
}

/* The end of the last paragraph, "./.", stands on the page of the signature. */
static void assert_text_on_last_page(struct ky_bytes pdf, int pages)
{
    char text[65536], number[16];
    text_of(text, sizeof text, pdf);
    if (text[0] == 0)
        return;
    const char *end = strstr(text, "./."), *page = NULL;
    snprintf(number, sizeof number, "\f%d ", pages);
    if (pages > 1)
        page = strstr(text, number);
    assert_non_null(end);
    if (pages > 1 && (page == NULL || page > end))
        fail_msg("page %d has a signature only: %s", pages, page);
}

static void the_signature_has_room_on_the_last_page(void **state)
{
    struct fixture *f = *state;
    for (size_t n = 1; n <= 40; n++) {
        struct ky_form_place place;
        ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
        f->form.n = n;
        assert_int_equal(ky_form_draw(&pdf, &place, f->legal, &f->form), KY_OK);
        assert_int_equal(place.page, place.pages);
        assert_true(place.signature.y >= KY_PAPER_HEIGHT - KY_PAPER_BOTTOM);
        assert_true(place.signature.x + place.signature.w <= KY_PAPER_WIDTH);
        assert_true(place.signature.h > 50);
        assert_true(place.seal.x < place.signature.x);
        assert_true(place.seal.x + place.seal.w > place.signature.x);
        assert_text_on_last_page(ky_buf_bytes(&pdf), place.pages);
    }
}

static void two_hundred_people_fill_several_pages(void **state)
{
    struct fixture *f = *state;
    struct ky_form_place place;
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    f->form.n = PEOPLE_MAX;
    assert_int_equal(ky_form_draw(&pdf, &place, f->legal, &f->form), KY_OK);
    assert_in_range(place.pages, 8, 20);
    const char *keep = getenv("KY_FORM_OUT");
    if (keep == NULL)
        return;
    FILE *out = fopen(keep, "w");
    assert_non_null(out);
    fwrite(pdf.p, 1, pdf.n, out);
    fclose(out);
}

static void the_same_request_is_drawn_the_same(void **state)
{
    struct fixture *f = *state;
    struct ky_form_place place;
    ky_auto_buf one = ky_buf_init(KY_PAPER_FILE_MAX), two = ky_buf_init(KY_PAPER_FILE_MAX);
    assert_int_equal(ky_form_draw(&one, &place, f->legal, &f->form), KY_OK);
    assert_int_equal(ky_form_draw(&two, &place, f->legal, &f->form), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&one), ky_buf_bytes(&two)));
}

static void what_is_not_known_yet_is_left_open(void **state)
{
    struct fixture *f = *state;
    struct ky_form_place place;
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    f->form.number = f->form.signer_title = f->form.signer_name = f->form.parent_name =
        f->form.recipient_title = NULL;
    f->form.recipient_channel = "sms";
    assert_int_equal(ky_form_draw(&pdf, &place, f->legal, &f->form), KY_OK);
}

static void refuses_a_procedure_without_form(void **state)
{
    struct fixture *f = *state;
    struct ky_form_place place;
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    f->form.procedure = "adopt";
    assert_int_equal(ky_form_draw(&pdf, &place, f->legal, &f->form), KY_ENOTFOUND);
    assert_int_equal(pdf.n, 0);
}

/* The procedure that enters people, with another second column. */
static void refuses_a_layout_it_cannot_fill(void **state)
{
    struct fixture *f = *state;
    const struct ky_legal_procedure *given = NULL;
    assert_int_equal(ky_legal_procedure_get(&given, f->legal, "new"), KY_OK);
    const struct {
        struct ky_legal_column column;
        ky_rc rc;
    } cases[] = {{{.title = "x", .field = "shoe_size", .width_mm = 20}, KY_EFORMAT},
                 {{.title = "x", .field = "name", .width_mm = 200}, KY_ELIMIT}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        const struct ky_legal_column columns[] = {given->layout.columns[0], cases[i].column};
        struct ky_legal_procedure procedure = *given;
        procedure.layout.columns = columns;
        procedure.layout.n_columns = KY_COUNT(columns);
        struct ky_legal legal = *f->legal;
        legal.procedures = &procedure;
        legal.n_procedures = 1;
        struct ky_form_place place;
        ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
        assert_int_equal(ky_form_draw(&pdf, &place, &legal, &f->form), cases[i].rc);
    }
}

int main(void)
{
#define FORM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FORM(says_what_the_letter_asks_for),         FORM(the_signature_has_room_on_the_last_page),
        FORM(two_hundred_people_fill_several_pages), FORM(the_same_request_is_drawn_the_same),
        FORM(what_is_not_known_yet_is_left_open),    FORM(refuses_a_procedure_without_form),
        FORM(refuses_a_layout_it_cannot_fill),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
