/* The papers of a dossier: subscribers' own requests by link and by upload, attachments, reports. KY_FORM_OUT=FILE keeps a form. */
#include "registration.h"

#include "base/hex.h"
#include "domain/attachment.h"
#include "domain/bearer.h"
#include "domain/dossier_step.h"
#include "domain/org.h"
#include "domain/own_form.h"
#include "domain/own_link.h"
#include "pdf_text.h"
#include "store/outbox.h"

#define ORIGIN "https://kyso.example.vn"
#define DAY KY_DAY

struct fixture {
    struct tempdb *db;
    struct ky_store *s;
    struct ky_legal_book legal;
    struct ky_personal personal;
    struct ky_notices *notices;
    struct ky_registration reg;
    struct ky_actor clerk, head, stranger;
    struct ky_arena arena;
    struct ky_why why;
    char id[KY_NEW_ID_TEXT];
    char link[KY_OWN_LINK_URL_MAX];
};

static ky_rc make_org(char id[KY_NEW_ID_TEXT], struct ky_store *s, const char *code, const char *sector)
{
    struct ky_db_org org = {.code = code,
                            .parent_name = "Ủy ban nhân dân phường Xuân Hương - Đà Lạt",
                            .name = "Trường THCS Nguyễn Trãi",
                            .province = "Lâm Đồng",
                            .place = "Đà Lạt",
                            .sector = sector};
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, TEST_NOW);
}

static ky_rc make_actor(struct ky_actor *out, struct fixture *f, const char *org_id, const char *roles)
{
    const struct ky_scope all = ky_scope_everything();
    char id[KY_NEW_ID_TEXT];
    struct ky_db_staff staff = {
        .org_id = org_id, .name = "Lê Thị Hoa", .email = "hoa@x.edu.vn", .roles = roles};
    KY_TRY(ky_staff_create(id, f->s, &f->arena, &KY_ACTOR_SYSTEM, &staff, TEST_NOW));
    KY_TRY(ky_db_staff_get(&staff, &f->arena, f->s, &all, id));
    return ky_actor_load(out, &f->arena, f->s, &staff);
}

static const struct ky_dossier_new good_new = {.procedure = "new",
                                               .document_date = TEST_NOW,
                                               .recipient_name = "Lê Thị Hoa",
                                               .recipient_channel = "email",
                                               .recipient_email = "hoa@lamdong.edu.vn",
                                               .recipient_phone = "0987 654 321"};

/* Two people in a draft. */
static ky_rc enter_two(struct fixture *f)
{
    struct ky_person_result results[2];
    ky_auto_person one = person_with("{}"),
                   two =
                       person_with("{\"identity\":\"068191000002\",\"email\":\"b@lamdong.edu.vn\","
                                   "\"phone\":\"0912000002\",\"name\":\"Nguyễn Văn Bình\",\"gender\":\"\"}");
    json_object_del(two.json, "gender");
    ky_auto_json list = json_pack("[O, O]", one.json, two.json);
    KY_TRY(ky_dossier_create(f->id, f->s, &f->reg, &f->clerk, &good_new, TEST_NOW));
    KY_TRY(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, list, TEST_NOW));
    return results[0].number == 1 && results[1].number == 2 ? KY_OK : ky_fail(KY_EDENIED, "not entered");
}

static ky_rc fill(struct fixture *f)
{
    uint8_t key[KY_DATA_KEY_SIZE] = {7};
    char department[KY_NEW_ID_TEXT], org[KY_NEW_ID_TEXT], other[KY_NEW_ID_TEXT];
    static const struct ky_settings_clocks clocks = {50, 80, 10, 3, "", ""};
    KY_TRY(ky_personal_init(&f->personal, KY_BYTES_OF(key)));
    KY_TRY(ky_notices_load(&f->notices, KY_TEST_ETC "/templates"));
    f->reg = (struct ky_registration){.legal = &f->legal,
                                      .personal = &f->personal,
                                      .notices = f->notices,
                                      .clocks = &clocks,
                                      .why = &f->why,
                                      .scope = ky_scope_everything()};
    KY_TRY(make_org(department, f->s, "A05", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(org, f->s, "H36.1", "education"));
    KY_TRY(make_org(other, f->s, "H36.2", "education"));
    KY_TRY(make_actor(&f->clerk, f, org, "enter"));
    KY_TRY(make_actor(&f->head, f, org, "sign"));
    KY_TRY(make_actor(&f->stranger, f, other, "enter sign"));
    return enter_two(f);
}

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
    void *db = NULL;
    if (f == NULL || tempdb_open(&db) != 0)
        return -1;
    f->db = db;
    f->s = f->db->s;
    f->legal = load_legal();
    f->arena = ky_arena_init(16 << 20);
    *state = f;
    ky_rc rc = fill(f);
    if (rc != KY_OK)
        fprintf(stderr, "%s\n", ky_error());
    return rc == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *db = f->db;
    tempdb_close(&db);
    ky_notices_free(f->notices);
    ky_legal_book_clear(&f->legal);
    ky_arena_clear(&f->arena);
    free(f);
    return 0;
}

/* ---- what the tests do ---- */

static struct ky_own_link make_link(struct fixture *f, int64_t row, ky_time now)
{
    struct ky_own_link link;
    assert_int_equal(ky_own_link_make(&link, &f->arena, f->s, &f->reg, &f->clerk, ORIGIN, f->id, row, now),
                     KY_OK);
    snprintf(f->link, sizeof f->link, "%s", link.url);
    return link;
}

static struct ky_own_guest guest(const struct fixture *f, ky_time now)
{
    const char *hash = strchr(f->link, '#');
    return (struct ky_own_guest){.reg = &f->reg,
                                 .address = "203.0.113.7",
                                 .secret = ky_bytes_str(hash == NULL ? "" : hash + 1),
                                 .now = now};
}

static ky_own_verdict open_link(struct fixture *f, ky_time now)
{
    struct ky_own_result r;
    ky_auto_own_page page = {.row = 0};
    const struct ky_own_guest g = guest(f, now);
    assert_int_equal(ky_own_link_open(&r, &page, f->s, &g), KY_OK);
    return r.verdict;
}

static const char good_declarations[] = "{\"authority\":false,\"finance\":false,\"phone_own\":true}";

static struct ky_own_result answer(struct fixture *f, const char *values, const char *declarations,
                                   ky_time now)
{
    struct ky_own_result r;
    struct ky_own_kept kept = {.pdf = ky_buf_init(KY_PAPER_FILE_MAX)};
    const struct ky_own_guest g = guest(f, now);
    ky_auto_json v = json_loads(values, 0, NULL);
    ky_auto_json d = json_loads(declarations, 0, NULL);
    assert_int_equal(ky_own_link_answer(&r, &kept, f->s, &g, v, d), KY_OK);
    if (r.verdict == KY_OWN_GOOD)
        assert_memory_equal(kept.pdf.p, "%PDF-", 5);
    ky_buf_clear(&kept.pdf);
    return r;
}

static ky_rc check(struct fixture *f)
{
    ky_auto_dossier d = {.n = 0};
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    return ky_own_requests_check(f->s, &f->reg, &d, TEST_NOW);
}

static ky_rc upload(struct fixture *f, const struct ky_actor *who, const int64_t *rows, size_t n,
                    const char *pdf)
{
    uint8_t hash[KY_SHA256_SIZE];
    int64_t *taken;
    size_t n_taken;
    return ky_own_requests_upload(hash, &taken, &n_taken, &f->arena, f->s, &f->reg, who, f->id, rows, n,
                                  ky_bytes_str(pdf), TEST_NOW);
}

static int64_t count_papers(struct fixture *f)
{
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, f->s, "SELECT count(*) FROM paper", KY_NO_PARAMS), KY_OK);
    return n;
}

/* ---- by link ---- */

static void a_link_is_answered_once_and_the_form_is_kept(void **state)
{
    struct fixture *f = *state;
    struct ky_own_link link = make_link(f, 1, TEST_NOW);
    assert_memory_equal(link.url, ORIGIN "/own-request#", strlen(ORIGIN "/own-request#"));
    assert_string_equal(link.email, "hangntm.thcsnguyentrai@lamdong.edu.vn");
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_GOOD);
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_GOOD); /* opening uses nothing up */
    assert_int_equal(check(f), KY_EDENIED);
    assert_int_equal(answer(f, "{}", good_declarations, TEST_NOW).verdict, KY_OWN_GOOD);
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_BAD_LINK);
    assert_int_equal(answer(f, "{}", good_declarations, TEST_NOW).verdict, KY_OWN_BAD_LINK);
    assert_int_equal(check(f), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "dòng số: 2"));
    make_link(f, 2, TEST_NOW);
    assert_int_equal(answer(f, "{}", good_declarations, TEST_NOW).verdict, KY_OWN_GOOD);
    assert_int_equal(check(f), KY_OK);
}

static void the_mail_has_the_link(void **state)
{
    struct fixture *f = *state;
    struct ky_db_outbox *list = NULL;
    size_t n = 0;
    make_link(f, 1, TEST_NOW);
    assert_int_equal(ky_db_outbox_list_due(&list, &n, &f->arena, f->s, TEST_NOW, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].template, "own-request-link");
}

static void what_the_person_corrects_goes_into_the_row_and_the_form(void **state)
{
    struct fixture *f = *state;
    ky_auto_dossier d = {.n = 0};
    char text[16384];
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    make_link(f, 1, TEST_NOW);
    assert_int_equal(answer(f, "{\"title\":\"Tổ trưởng\",\"key\":\"rsa2048\",\"identity_issued_by\":\"\"}",
                            good_declarations, TEST_NOW)
                         .verdict,
                     KY_OWN_GOOD);
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_true(ky_bytes_eq_str(d.people[0].title, "Tổ trưởng"));
    assert_true(ky_bytes_eq_str(d.people[0].key, "p256")); /* no field of the form */
    assert_int_equal(ky_own_request_open(&pdf, &f->arena, f->s, &f->reg, f->id, 1), KY_OK);
    if (getenv("KY_FORM_OUT") != NULL) {
        FILE *out = fopen(getenv("KY_FORM_OUT"), "w");
        assert_non_null(out);
        fwrite(pdf.p, 1, pdf.n, out);
        fclose(out);
    }
    text_of(text, sizeof text, ky_buf_bytes(&pdf));
    if (text[0] == 0)
        skip();
    static const char *const wanted[] = {
        "CỘNG HÒA XÃ HỘI", "ĐỀ NGHỊ CẤP CHỨNG THƯ", "Kính gửi: Trường THCS", "Nguyễn Thị Minh Hằng",
        "Tổ trưởng",       "Tôi cam đoan",          "NGƯỜI ĐỀ NGHỊ",         "203.0.113.7"};
    for (size_t i = 0; i < KY_COUNT(wanted); i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("'%s' is not in: %s", wanted[i], text);
}

static void who_corrects_her_name_is_found_by_it(void **state)
{
    struct fixture *f = *state;
    int64_t n = 0;
    make_link(f, 1, TEST_NOW);
    assert_int_equal(answer(f, "{\"name\":\"Nguyễn Thị Quỳnh\"}", good_declarations, TEST_NOW).verdict,
                     KY_OWN_GOOD);
    assert_int_equal(ky_store_query_int(&n, f->s,
                                        "SELECT count(*) FROM dossier_text WHERE dossier_text MATCH 'quynh'",
                                        KY_NO_PARAMS),
                     KY_OK);
    assert_int_equal(n, 1);
}

static void wrong_values_and_declarations_are_refused_and_use_nothing_up(void **state)
{
    static const struct {
        const char *values, *declarations, *code;
    } cases[] = {
        {"{\"identity\":\"123\"}", good_declarations, "IDENTITY_FORM"},
        {"{\"email\":\"a@gmail.com\"}", good_declarations, "EMAIL_PUBLIC"},
        {"{\"name\":\"\"}", good_declarations, "REQUIRED"},
        {"{\"phone\":\"0912000002\"}", good_declarations, "SAME_PHONE"},
        {"{}", "{\"authority\":true,\"finance\":false,\"phone_own\":true}", "AUTHORITY"},
        {"{}", "{\"authority\":false,\"finance\":true,\"phone_own\":true}", "FINANCE"},
        {"{}", "{\"authority\":false,\"finance\":false,\"phone_own\":false}", "PHONE_NOT_OWN"},
    };
    struct fixture *f = *state;
    make_link(f, 1, TEST_NOW);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_own_result r = answer(f, cases[i].values, cases[i].declarations, TEST_NOW);
        assert_int_equal(r.verdict, KY_OWN_REFUSED);
        assert_string_equal(ky_refusal_code_name(r.refusals.list[0].code), cases[i].code);
    }
    assert_int_equal(count_papers(f), 0);
    assert_int_equal(answer(f, "{}", good_declarations, TEST_NOW).verdict, KY_OWN_GOOD);
}

static void a_declaration_that_is_missing_is_no_answer(void **state)
{
    struct fixture *f = *state;
    struct ky_own_result r;
    struct ky_own_kept kept = {.pdf = ky_buf_init(KY_PAPER_FILE_MAX)};
    ky_auto_json none = json_object();
    make_link(f, 1, TEST_NOW);
    const struct ky_own_guest g = guest(f, TEST_NOW);
    assert_int_equal(ky_own_link_answer(&r, &kept, f->s, &g, none, none), KY_EFORMAT);
    ky_buf_clear(&kept.pdf);
}

static void a_link_ends_and_a_new_one_replaces_it(void **state)
{
    struct fixture *f = *state;
    struct ky_own_link link = make_link(f, 1, TEST_NOW);
    assert_int_equal(open_link(f, link.expires_at - 1), KY_OWN_GOOD);
    assert_int_equal(open_link(f, link.expires_at), KY_OWN_BAD_LINK);
    char first[KY_OWN_LINK_URL_MAX];
    memcpy(first, f->link, sizeof first);
    make_link(f, 1, TEST_NOW);
    assert_string_not_equal(first, f->link);
    memcpy(f->link, first, sizeof first);
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_BAD_LINK);
}

static void guesses_lock_the_address(void **state)
{
    struct fixture *f = *state;
    make_link(f, 1, TEST_NOW);
    char good[KY_OWN_LINK_URL_MAX];
    memcpy(good, f->link, sizeof good);
    for (int i = 0; i < 21; i++) {
        char secret[KY_BEARER_TEXT];
        uint8_t hash[KY_BEARER_HASH];
        assert_int_equal(ky_bearer_new(secret, hash), KY_OK);
        snprintf(f->link, sizeof f->link, "#%s", i % 2 == 0 ? secret : "short");
        assert_int_equal(open_link(f, TEST_NOW), KY_OWN_BAD_LINK);
    }
    memcpy(f->link, good, sizeof good);
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_LOCKED);
    assert_int_equal(open_link(f, TEST_NOW + KY_MINUTE), KY_OWN_GOOD);
}

static void a_row_gets_so_many_links_a_day(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < KY_OWN_LINKS_A_DAY; i++)
        assert_int_equal(make_link(f, 1, TEST_NOW).locked_until, 0);
    assert_int_equal(make_link(f, 1, TEST_NOW + 1).locked_until, TEST_NOW + DAY);
    assert_int_equal(make_link(f, 2, TEST_NOW + 1).locked_until, 0);
    assert_int_equal(make_link(f, 1, TEST_NOW + DAY).locked_until, 0);
}

static void links_for_all_leave_out_who_has_one(void **state)
{
    struct fixture *f = *state;
    struct ky_own_link *links;
    size_t n;
    make_link(f, 1, TEST_NOW);
    assert_int_equal(
        ky_own_links_make(&links, &n, &f->arena, f->s, &f->reg, &f->clerk, ORIGIN, f->id, TEST_NOW), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(links[0].number, 2);
    assert_string_equal(links[0].email, "b@lamdong.edu.vn");
    snprintf(f->link, sizeof f->link, "%s", links[0].url);
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_GOOD);
    assert_int_equal(
        ky_own_links_make(&links, &n, &f->arena, f->s, &f->reg, &f->clerk, ORIGIN, f->id, TEST_NOW), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(
        ky_own_links_make(&links, &n, &f->arena, f->s, &f->reg, &f->stranger, ORIGIN, f->id, TEST_NOW),
        KY_EDENIED);
}

static void only_the_organisations_clerk_gives_links(void **state)
{
    struct fixture *f = *state;
    struct ky_own_link link;
    assert_int_equal(
        ky_own_link_make(&link, &f->arena, f->s, &f->reg, &f->stranger, ORIGIN, f->id, 1, TEST_NOW),
        KY_EDENIED);
    assert_int_equal(ky_own_link_make(&link, &f->arena, f->s, &f->reg, &f->head, ORIGIN, f->id, 1, TEST_NOW),
                     KY_EDENIED);
    assert_int_equal(ky_own_link_make(&link, &f->arena, f->s, &f->reg, &f->clerk, ORIGIN, f->id, 9, TEST_NOW),
                     KY_ENOTFOUND);
}

/* The dossier of a renewal, its first row about a certificate. */
static void make_renewal(struct fixture *f)
{
    ky_auto_person p = person_with("{\"serial\":\"00112233445566778899aabbccddeeff\",\"not_after\":"
                                   "\"31/12/2026\",\"same_key\":true,\"key\":\"p256\"}");
    assert_int_equal(ky_store_exec(f->s, "UPDATE dossier SET procedure = 'renew'", KY_NO_PARAMS), KY_OK);
    assert_int_equal(ky_dossier_set_person(f->s, &f->reg, f->id, 1, &p, TEST_NOW), KY_OK);
}

static void what_a_certificate_says_is_shown_and_not_asked(void **state)
{
    struct fixture *f = *state;
    ky_auto_dossier d = {.n = 0};
    make_renewal(f);
    make_link(f, 1, TEST_NOW);
    assert_int_equal(answer(f, "{\"phone\":\"12\"}", good_declarations, TEST_NOW).verdict, KY_OWN_REFUSED);
    assert_int_equal(answer(f, "{}", "{\"authority\":true,\"finance\":false}", TEST_NOW).verdict,
                     KY_OWN_REFUSED);
    assert_int_equal(answer(f, "{\"phone\":\"0912000077\",\"serial\":\"00\",\"name\":\"Ai Đó\"}",
                            "{\"authority\":false,\"finance\":false}", TEST_NOW)
                         .verdict,
                     KY_OWN_GOOD);
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_true(ky_bytes_eq_str(d.people[0].phone, "0912000077"));
    assert_true(ky_bytes_eq_str(d.people[0].serial, "00112233445566778899aabbccddeeff"));
    assert_true(ky_bytes_eq_str(d.people[0].name, "Nguyễn Thị Minh Hằng"));
}

/* ---- by upload ---- */

static void one_file_serves_several_rows_and_is_kept_once(void **state)
{
    struct fixture *f = *state;
    static const int64_t second[] = {2};
    ky_auto_buf pdf = ky_buf_init(1024);
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF for both"), KY_OK);
    assert_int_equal(check(f), KY_OK);
    assert_int_equal(count_papers(f), 1);
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF again"), KY_EINVAL); /* none lacks one */
    assert_int_equal(upload(f, &f->clerk, second, 1, "%PDF of the second"), KY_OK);
    assert_int_equal(count_papers(f), 2);
    assert_int_equal(ky_own_request_open(&pdf, &f->arena, f->s, &f->reg, f->id, 2), KY_OK);
    assert_string_equal(ky_buf_str(&pdf), "%PDF of the second");
}

static void others_and_rows_that_are_not_there_are_refused(void **state)
{
    struct fixture *f = *state;
    static const int64_t ninth[] = {1, 9};
    assert_int_equal(upload(f, &f->stranger, NULL, 0, "%PDF"), KY_EDENIED);
    assert_int_equal(upload(f, &f->clerk, ninth, 2, "%PDF"), KY_ENOTFOUND);
}

static void an_edit_of_the_row_voids_it(void **state)
{
    struct fixture *f = *state;
    struct ky_person_result result;
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF for both"), KY_OK);
    ky_auto_person p = person_with("{\"unit\":\"Tổ Văn\"}");
    ky_auto_json list = json_pack("[O]", p.json);
    assert_int_equal(ky_dossier_remove_person(f->s, &f->reg, &f->clerk, f->id, 1), KY_OK);
    assert_int_equal(ky_dossier_add_people(&result, f->s, &f->reg, &f->clerk, f->id, list, TEST_NOW), KY_OK);
    assert_int_equal(check(f), KY_EDENIED);
}

/* Whoever writes to the row behind our back does not keep the confirmation with it. */
static void a_row_altered_in_place_lacks_its_request(void **state)
{
    struct fixture *f = *state;
    ky_auto_dossier d = {.n = 0};
    struct ky_own_state *states;
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF for both"), KY_OK);
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    json_object_set_new(d.people[0].json, "title", json_string("Hiệu trưởng"));
    assert_int_equal(ky_own_requests_list(&states, &f->arena, f->s, &f->reg, &d, TEST_NOW), KY_OK);
    assert_false(states[0].there);
    assert_true(states[1].there);
}

static void the_document_names_how_many_there_are(void **state)
{
    struct fixture *f = *state;
    ky_auto_dossier d = {.n = 0};
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF for both"), KY_OK);
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_int_equal(d.own_requests, 2);
    char lines[256], hex[2 * KY_SHA256_SIZE + 1];
    uint8_t hash[KY_SHA256_SIZE];
    assert_int_equal(ky_sha256(hash, KY_BYTES_LIT("%PDF for both")), KY_OK);
    ky_hex_encode(hex, KY_BYTES_OF(hash));
    snprintf(lines, sizeof lines, "1 %s\n2 %s\n", hex, hex);
    assert_int_equal(ky_sha256(hash, ky_bytes_str(lines)), KY_OK);
    ky_hex_encode(hex, KY_BYTES_OF(hash));
    assert_string_equal(d.own_requests_hash, hex);
}

/* Who has left or died writes no request. */
static void a_revocation_needs_one_only_where_the_subscriber_may_ask(void **state)
{
    struct fixture *f = *state;
    ky_auto_person exposed = person_with("{\"ground\":\"key_exposed\"}"),
                   dead = person_with("{\"ground\":\"deceased\"}");
    struct ky_dossier d = {.legal = legal_now(&f->legal), .head = {.procedure = "revoke"}};
    assert_true(ky_own_request_is_needed(&d, &exposed));
    assert_false(ky_own_request_is_needed(&d, &dead));
}

/* ---- attachments ---- */

static ky_rc attach(struct fixture *f, const char *name, const char *type, struct ky_bytes content)
{
    int64_t number;
    uint8_t hash[KY_SHA256_SIZE];
    const struct ky_attachment_new in = {name, type, content};
    return ky_attachment_add(&number, hash, f->s, &f->reg, &f->clerk, f->id, &in, TEST_NOW);
}

static void attachments_come_and_go_in_a_draft(void **state)
{
    struct fixture *f = *state;
    struct ky_db_attachment row;
    ky_auto_buf content = ky_buf_init(1024);
    assert_int_equal(attach(f, "Quyết định.pdf", "application/pdf", KY_BYTES_LIT("%PDF-a")), KY_OK);
    assert_int_equal(attach(f, "anh.JPEG", "image/jpeg", KY_BYTES_LIT("jpeg")), KY_OK);
    assert_int_equal(attach(f, "again.pdf", "application/pdf", KY_BYTES_LIT("%PDF-a")), KY_EEXIST);
    assert_int_equal(ky_attachment_open(&row, &content, &f->arena, f->s, &f->reg, f->id, 1), KY_OK);
    assert_string_equal(row.name, "Quyết định.pdf");
    assert_string_equal(ky_buf_str(&content), "%PDF-a");
    assert_int_equal(ky_attachment_remove(f->s, &f->reg, &f->stranger, f->id, 1), KY_EDENIED);
    assert_int_equal(ky_attachment_remove(f->s, &f->reg, &f->clerk, f->id, 1), KY_OK);
    assert_int_equal(count_papers(f), 1);
    assert_int_equal(ky_attachment_remove(f->s, &f->reg, &f->clerk, f->id, 1), KY_ENOTFOUND);
}

static void attachments_are_what_the_profile_takes(void **state)
{
    struct fixture *f = *state;
    static uint8_t large[5242881];
    assert_int_equal(attach(f, "a.png", "image/png", KY_BYTES_OF(large)), KY_ELIMIT);
    assert_int_equal(attach(f, "a.pdf", "image/png", KY_BYTES_LIT("png")), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "đuôi tên tệp"));
    assert_int_equal(attach(f, ".pdf", "application/pdf", KY_BYTES_LIT("%PDF")), KY_EDENIED);
    assert_int_equal(attach(f, "../a.pdf", "application/pdf", KY_BYTES_LIT("%PDF")), KY_EFORMAT);
    assert_int_equal(attach(f, "a.zip", "application/zip", KY_BYTES_LIT("PK")), KY_EDENIED);
    for (int i = 0; i < 10; i++) {
        char content[16];
        snprintf(content, sizeof content, "%%PDF-%d", i);
        assert_int_equal(attach(f, "a.pdf", "application/pdf", ky_bytes_str(content)), KY_OK);
    }
    assert_int_equal(attach(f, "b.pdf", "application/pdf", KY_BYTES_LIT("%PDF-x")), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "tối đa 10"));
}

static void a_draft_that_waits_for_its_signature_takes_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF for both"), KY_OK);
    make_link(f, 1, TEST_NOW);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(attach(f, "a.pdf", "application/pdf", KY_BYTES_LIT("%PDF")), KY_EDENIED);
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF"), KY_EDENIED);
    assert_int_equal(open_link(f, TEST_NOW), KY_OWN_CLOSED);
}

/* Sent, and given back to be corrected. */
static void submitted_papers_stay_for_ever(void **state)
{
    struct fixture *f = *state;
    const struct ky_db_dossier_event sent = {
        .dossier_id = f->id, .at = TEST_NOW, .action = "submit", .from_state = "to-sign", .to_state = "sent"};
    static const int64_t both[] = {1, 2};
    assert_int_equal(upload(f, &f->clerk, NULL, 0, "%PDF for both"), KY_OK);
    assert_int_equal(attach(f, "a.pdf", "application/pdf", KY_BYTES_LIT("%PDF-a")), KY_OK);
    assert_int_equal(ky_db_dossier_event_insert(f->s, &sent), KY_OK);
    assert_int_equal(ky_attachment_remove(f->s, &f->reg, &f->clerk, f->id, 1), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "đã được gửi"));
    assert_int_equal(upload(f, &f->clerk, both, 2, "%PDF in its place"), KY_OK);
    assert_int_equal(count_papers(f), 3);
}

/* ---- reports ---- */

static ky_rc open_report(struct fixture *f, struct ky_buf *report, size_t *n, struct ky_bytes document)
{
    struct ky_db_report *rows;
    const struct ky_db_report *opened;
    ky_buf_reset(report);
    return ky_dossier_report_open(&rows, n, &opened, report, &f->arena, f->s, &f->reg, f->id, document);
}

static void every_report_stays_and_the_latest_comes_first(void **state)
{
    struct fixture *f = *state;
    size_t n = 0;
    ky_auto_buf report = ky_buf_init(1024);
    assert_int_equal(open_report(f, &report, &n, KY_BYTES_NONE), KY_ENOTFOUND);
    assert_int_equal(ky_dossier_report_keep(f->s, &f->reg, f->id, KY_BYTES_LIT("one"),
                                            KY_BYTES_LIT("{\"a\":1}"), TEST_NOW),
                     KY_OK);
    assert_int_equal(ky_dossier_report_keep(f->s, &f->reg, f->id, KY_BYTES_LIT("two"),
                                            KY_BYTES_LIT("{\"a\":2}"), TEST_NOW + 1),
                     KY_OK);
    assert_int_equal(open_report(f, &report, &n, KY_BYTES_NONE), KY_OK);
    assert_string_equal(ky_buf_str(&report), "{\"a\":2}");
    assert_int_equal(n, 2);
    assert_int_equal(open_report(f, &report, &n, KY_BYTES_LIT("one")), KY_OK);
    assert_string_equal(ky_buf_str(&report), "{\"a\":1}");
    assert_int_equal(open_report(f, &report, &n, KY_BYTES_LIT("six")), KY_ENOTFOUND);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_link_is_answered_once_and_the_form_is_kept),
        CASE(the_mail_has_the_link),
        CASE(what_the_person_corrects_goes_into_the_row_and_the_form),
        CASE(who_corrects_her_name_is_found_by_it),
        CASE(wrong_values_and_declarations_are_refused_and_use_nothing_up),
        CASE(a_declaration_that_is_missing_is_no_answer),
        CASE(a_link_ends_and_a_new_one_replaces_it),
        CASE(guesses_lock_the_address),
        CASE(a_row_gets_so_many_links_a_day),
        CASE(links_for_all_leave_out_who_has_one),
        CASE(only_the_organisations_clerk_gives_links),
        CASE(what_a_certificate_says_is_shown_and_not_asked),
        CASE(one_file_serves_several_rows_and_is_kept_once),
        CASE(others_and_rows_that_are_not_there_are_refused),
        CASE(an_edit_of_the_row_voids_it),
        CASE(a_row_altered_in_place_lacks_its_request),
        CASE(the_document_names_how_many_there_are),
        CASE(a_revocation_needs_one_only_where_the_subscriber_may_ask),
        CASE(attachments_come_and_go_in_a_draft),
        CASE(attachments_are_what_the_profile_takes),
        CASE(a_draft_that_waits_for_its_signature_takes_nothing),
        CASE(submitted_papers_stay_for_ever),
        CASE(every_report_stays_and_the_latest_comes_first),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
