/*
 * The papers of a dossier in the running service: a person who answers by a link, a clerk who uploads, strangers who
 * guess, and files that are not what they say. Time passes by machine_wait.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/base64.h"
#include "base/str.h"
#include "domain/org.h"
#include "domain/own_link.h"
#include "os/clock.h"
#include "store/migrate.h"
#include "tests/support/browser.h"
#include "tests/support/machine.h"
#include "tests/support/papers.h"
#include "tests/support/people.h"
#include "tests/support/realm.h"

#define FILE_MAX 65536
#define PATH_ROOM 200
#define HUNDRED_MB ((size_t)100 << 20)

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

static struct realm realm;
static char clerk[KY_BEARER_TEXT], stranger[KY_BEARER_TEXT];
static char dossier[64], origin[64];

static ky_rc make_org(char id[KY_NEW_ID_TEXT], struct ky_store *s, const char *code, const char *sector)
{
    const struct ky_db_org org = {
        .code = code, .name = "Trường THCS Lê Lợi", .province = "Huế", .place = "Huế", .sector = sector};
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, ky_now());
}

static ky_rc make_person(char token[KY_BEARER_TEXT], struct ky_store *s, const char *org, const char *roles)
{
    char id[KY_NEW_ID_TEXT];
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@hue.edu.vn", .roles = roles};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(token, s, &KY_ACTOR_SYSTEM, id, ky_now());
}

static ky_rc enter_everybody(void)
{
    ky_auto_store s = NULL;
    char where[160], department[KY_NEW_ID_TEXT], school[KY_NEW_ID_TEXT], other[KY_NEW_ID_TEXT];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    KY_TRY(ky_store_open(&s, where, 5000));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(make_org(department, s, "CUC", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(school, s, "TRUONG", "education"));
    KY_TRY(make_org(other, s, "KHAC", "education"));
    KY_TRY(make_person(clerk, s, school, "enter sign seal"));
    KY_TRY(make_person(stranger, s, other, "enter sign seal"));
    return ky_store_commit(s);
}

static json_t *person(const char *identity, const char *email, const char *phone)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "identity", identity, "name",
                     "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "email", email, "phone", phone, "sector",
                     "education", "authority", 0, "finance", 0, "phone_own", 1);
}

static struct https as(const char *token)
{
    return (struct https){.port = realm.https_port, .token = token};
}

/* Two people in a draft of its own for each test. */
static int make_dossier(void **state)
{
    (void)state;
    const struct https to = as(clerk);
    ky_auto_json answer = NULL;
    ky_auto_json body =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:[o, o]}", "procedure", "new", "recipient_name", "Lê Thị Tiếp",
                  "recipient_channel", "email", "recipient_email", "tiep@hue.gov.vn", "recipient_phone",
                  "0912345678", "people", person("051191012345", "hang@hue.edu.vn", "0912000001"),
                  person("051191012347", "mai@hue.edu.vn", "0912000003"));
    if (https_call(&answer, &to, "POST", body, "/api/v1/dossiers") != 201)
        return -1;
    snprintf(dossier, sizeof dossier, "%s", json_string_value(json_object_get(answer, "id")));
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {
        .issuing_key = "p256", .root_key = "p256", .web = true, .machine = true};
    assert_ok(realm_make(&realm, &options));
    assert_ok(enter_everybody());
    assert_ok(realm_start(&realm));
    snprintf(origin, sizeof origin, "https://127.0.0.1:%u", realm.https_port);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

/* ---- by a link ---- */

static struct browser someone(const char *from)
{
    return (struct browser){.port = realm.https_port, .origin = origin, .page = true, .from = from};
}

/* What stands after the # of a fresh link for the row. */
static void make_link(char secret[KY_BEARER_TEXT], int row)
{
    const struct https to = as(clerk);
    ky_auto_json nothing = json_object();
    ky_auto_json answer = NULL;
    assert_int_equal(https_call(&answer, &to, "POST", nothing,
                                "/api/v1/dossiers/%s/people/%d/own-request-link", dossier, row),
                     201);
    const char *url = json_string_value(json_object_get(answer, "url"));
    assert_true(ky_str_starts(url, origin));
    snprintf(secret, KY_BEARER_TEXT, "%s", strchr(url, '#') + 1);
}

static long open_link(struct browser *b, json_t **answer, const char *secret)
{
    return browser_call(b, answer, "POST", b->port, json_pack("{s:s}", "secret", secret),
                        "/api/v1/own-request/open");
}

static long answer_link(struct browser *b, json_t **answer, const char *secret, const char *title,
                        bool authority)
{
    json_t *body = json_pack("{s:s, s:{s:s}, s:{s:b, s:b, s:b}}", "secret", secret, "values", "title", title,
                             "declarations", "authority", authority, "finance", 0, "phone_own", 1);
    return browser_call(b, answer, "POST", b->port, body, "/api/v1/own-request/answer");
}

static json_t *states(void)
{
    const struct https to = as(clerk);
    json_t *answer = NULL;
    assert_int_equal(https_call(&answer, &to, "GET", NULL, "/api/v1/dossiers/%s/own-requests", dossier), 200);
    return answer;
}

static const char *state_of(const json_t *states_, size_t i, const char *member)
{
    const json_t *row = json_array_get(json_object_get(states_, "rows"), i);
    const char *v = json_string_value(json_object_get(row, member));
    return v == NULL ? "" : v;
}

static int64_t missing(void)
{
    ky_auto_json now = states();
    return json_integer_value(json_object_get(now, "missing"));
}

static void a_person_looks_corrects_and_confirms(void **state)
{
    (void)state;
    char secret[KY_BEARER_TEXT], path[PATH_ROOM];
    struct browser b = someone("127.0.0.2");
    const struct https to = as(clerk);
    ky_auto_json page = NULL;
    ky_auto_json refused = NULL;
    ky_auto_json kept = NULL;
    ky_auto_buf made = ky_buf_init(1 << 20), shown = ky_buf_init(1 << 20);
    make_link(secret, 1);
    ky_auto_json before = states();
    assert_string_equal(state_of(before, 0, "state"), "sent");
    assert_string_equal(state_of(before, 1, "state"), "missing");
    assert_int_equal(open_link(&b, &page, secret), 200);
    assert_string_equal(json_string_value(json_object_get(page, "org")), "Trường THCS Lê Lợi");
    assert_true(json_array_size(json_object_get(page, "fields")) > 5);
    assert_int_equal(json_array_size(json_object_get(page, "declarations")), 3);
    assert_int_equal(answer_link(&b, &refused, secret, "Giáo viên", true), 400);
    const json_t *first = json_array_get(json_object_get(refused, "refusals"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "code")), "AUTHORITY");
    assert_int_equal(answer_link(&b, &kept, secret, "Tổ trưởng", false), 200);
    ky_auto_json after = states();
    assert_string_equal(state_of(after, 0, "state"), "there");
    assert_string_equal(state_of(after, 0, "source"), "link");
    assert_string_equal(state_of(after, 0, "address"), "127.0.0.2");
    assert_string_equal(state_of(after, 0, "hash"), json_string_value(json_object_get(kept, "hash")));
    assert_ok(ky_base64url_decode(&made, ky_bytes_str(json_string_value(json_object_get(kept, "document")))));
    snprintf(path, sizeof path, "/api/v1/dossiers/%s/people/1/own-request", dossier);
    assert_int_equal(https_download(&shown, &to, path), 200);
    assert_true(ky_bytes_eq(ky_buf_bytes(&made), ky_buf_bytes(&shown)));
    assert_memory_equal(shown.p, "%PDF-", 5);
}

static void a_link_serves_once_and_only_our_own_page(void **state)
{
    (void)state;
    char secret[KY_BEARER_TEXT];
    struct browser b = someone("127.0.0.2"), foreign = someone("127.0.0.2");
    make_link(secret, 1);
    foreign.origin = "https://phish.example";
    assert_int_equal(open_link(&foreign, NULL, secret), 403);
    assert_string_equal(foreign.error, "foreign_page");
    assert_int_equal(answer_link(&b, NULL, secret, "Giáo viên", false), 200);
    assert_int_equal(answer_link(&b, NULL, secret, "Giáo viên", false), 403);
    assert_string_equal(b.error, "link_invalid");
    assert_int_equal(open_link(&b, NULL, secret), 403);
    assert_int_equal(missing(), 1);
}

static void a_link_ends_after_fourteen_days(void **state)
{
    (void)state;
    char secret[KY_BEARER_TEXT];
    struct browser b = someone("127.0.0.3");
    make_link(secret, 2);
    machine_wait(realm.machine, KY_OWN_LINK_LIFE - KY_MINUTE);
    assert_int_equal(open_link(&b, NULL, secret), 200);
    machine_wait(realm.machine, 2 * KY_MINUTE);
    assert_int_equal(open_link(&b, NULL, secret), 403);
    assert_string_equal(b.error, "link_invalid");
    ky_auto_json now = states();
    assert_string_equal(state_of(now, 1, "state"), "missing");
}

static void guesses_are_limited_for_each_address(void **state)
{
    (void)state;
    char secret[KY_BEARER_TEXT];
    struct browser guesser = someone("127.0.0.9"), other = someone("127.0.0.10");
    make_link(secret, 1);
    for (int i = 0; i < 21; i++) {
        char guess[KY_BEARER_TEXT];
        memcpy(guess, secret, sizeof guess);
        guess[i] = guess[i] == 'A' ? 'B' : 'A';
        assert_int_equal(open_link(&guesser, NULL, guess), 403);
    }
    assert_int_equal(open_link(&guesser, NULL, secret), 429);
    assert_true(atoi(guesser.retry_after) > 0);
    assert_int_equal(open_link(&other, NULL, secret), 200);
}

static void one_call_sends_links_to_all_who_lack_one(void **state)
{
    (void)state;
    char secret[KY_BEARER_TEXT];
    const struct https to = as(clerk);
    ky_auto_json nothing = json_object();
    ky_auto_json answer = NULL;
    make_link(secret, 2);
    assert_int_equal(
        https_call(&answer, &to, "POST", nothing, "/api/v1/dossiers/%s/own-request-links", dossier), 201);
    const json_t *sent = json_object_get(answer, "sent");
    assert_int_equal(json_array_size(sent), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(sent, 0), "row")), 1);
    assert_null(json_object_get(json_array_get(sent, 0), "url")); /* a thousand secrets are for the mails */
}

static void links_of_a_row_are_limited_and_replace_each_other(void **state)
{
    (void)state;
    char first[KY_BEARER_TEXT], last[KY_BEARER_TEXT];
    struct browser b = someone("127.0.0.4");
    const struct https to = as(clerk), foreign = as(stranger);
    ky_auto_json nothing = json_object();
    make_link(first, 1);
    for (int i = 1; i < KY_OWN_LINKS_A_DAY; i++)
        make_link(last, 1);
    assert_int_equal(
        https_call(NULL, &to, "POST", nothing, "/api/v1/dossiers/%s/people/1/own-request-link", dossier),
        429);
    assert_int_equal(open_link(&b, NULL, first), 403);
    assert_int_equal(open_link(&b, NULL, last), 200);
    assert_int_equal(
        https_call(NULL, &foreign, "POST", nothing, "/api/v1/dossiers/%s/people/2/own-request-link", dossier),
        404);
    assert_int_equal(
        https_call(NULL, &to, "POST", nothing, "/api/v1/dossiers/%s/people/7/own-request-link", dossier),
        404);
}

/* ---- by upload ---- */

static long upload(json_t **answer, const char *token, const char *what, struct ky_bytes file)
{
    char path[PATH_ROOM];
    const struct https to = as(token);
    snprintf(path, sizeof path, "/api/v1/dossiers/%s/%s", dossier, what);
    return https_upload(answer, &to, path, file);
}

static void an_edit_voids_what_was_confirmed(void **state)
{
    (void)state;
    const struct https to = as(clerk);
    ky_auto_json changed = person("051191012345", "hang@hue.edu.vn", "0912000009");
    ky_auto_json nothing = json_object();
    ky_auto_json refused = NULL;
    assert_int_equal(papers_hand_in(&to, dossier), 201);
    assert_int_equal(missing(), 0);
    assert_int_equal(https_call(NULL, &to, "PUT", changed, "/api/v1/dossiers/%s/people/1", dossier), 200);
    assert_int_equal(missing(), 1);
    assert_int_equal(https_call(&refused, &to, "POST", nothing, "/api/v1/dossiers/%s/document", dossier),
                     403);
    assert_non_null(strstr(json_string_value(json_object_get(refused, "vi")), "dòng số: 3"));
    assert_int_equal(papers_hand_in(&to, dossier), 201);
    assert_int_equal(https_call(NULL, &to, "POST", nothing, "/api/v1/dossiers/%s/document", dossier), 200);
}

static void one_file_may_serve_the_rows_that_are_named(void **state)
{
    (void)state;
    static const char *const wrong[] = {"own-requests?rows=0", "own-requests?rows=2-1", "own-requests?rows=a",
                                        "own-requests?rows=1,", "own-requests?rows=1-1001"};
    ky_auto_buf pdf = ky_buf_init(FILE_MAX);
    ky_auto_json answer = NULL;
    papers_make_pdf(&pdf, "");
    for (size_t i = 0; i < KY_COUNT(wrong); i++) {
        long status = upload(NULL, clerk, wrong[i], ky_buf_bytes(&pdf));
        if (status != 400 && status != 413)
            fail_msg("%s: %ld", wrong[i], status);
    }
    assert_int_equal(upload(NULL, clerk, "own-requests?rows=2-3", ky_buf_bytes(&pdf)), 404);
    assert_int_equal(upload(&answer, clerk, "own-requests?rows=2", ky_buf_bytes(&pdf)), 201);
    assert_int_equal(json_array_size(json_object_get(answer, "rows")), 1);
    assert_int_equal(missing(), 1);
    assert_int_equal(upload(NULL, stranger, "own-requests", ky_buf_bytes(&pdf)), 404);
}

/* ---- attachments ---- */

static void make_png(struct ky_buf *out)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D',
                                  'R',  0,   0,   0,   1,    0,    0,    0,    1, 8, 0, 0,  0,   0};
    static const uint8_t data[] = {'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81};
    static const uint8_t end[] = {'I', 'E', 'N', 'D'};
    ky_buf_add(out, KY_BYTES_OF(png));
    ky_buf_add_u32(out, (uint32_t)crc32(0, png + 12, sizeof png - 12));
    ky_buf_add_u32(out, sizeof data - 4);
    ky_buf_add(out, KY_BYTES_OF(data));
    ky_buf_add_u32(out, (uint32_t)crc32(0, data, sizeof data));
    ky_buf_add_u32(out, 0);
    ky_buf_add(out, KY_BYTES_OF(end));
    ky_buf_add_u32(out, (uint32_t)crc32(0, end, sizeof end));
}

/* Head and body of GET, as they come. */
static void fetch_raw(struct ky_buf *out, const char *what)
{
    struct https_stream s = {.curl = NULL};
    const struct https to = as(clerk);
    ky_auto_buf head = ky_buf_init(4096);
    ky_buf_addf(&head,
                "GET /api/v1/dossiers/%s/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                "Connection: close\r\n\r\n",
                dossier, what, clerk);
    assert_true(https_stream_open(&s, &to));
    assert_true(https_stream_send(&s, ky_buf_bytes(&head), 5000));
    assert_true(https_stream_read_to_end(&s, out, 5000));
    https_stream_close(&s);
}

static void attachments_come_back_as_files_to_be_saved(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "HTTP/1.1 200",
        "Content-Type: image/png",
        "Content-Disposition: attachment; filename*=UTF-8''%E1%BA%A3nh%20th%E1%BA%BB.png",
        "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: sandbox; default-src 'none'",
        "Cache-Control: no-store",
    };
    const struct https to = as(clerk), foreign = as(stranger);
    ky_auto_buf png = ky_buf_init(FILE_MAX), raw = ky_buf_init(FILE_MAX);
    ky_auto_json added = NULL;
    ky_auto_json list = NULL;
    make_png(&png);
    assert_int_equal(
        upload(&added, clerk, "attachments?name=%E1%BA%A3nh%20th%E1%BA%BB.png", ky_buf_bytes(&png)), 201);
    assert_string_equal(json_string_value(json_object_get(added, "type")), "image/png");
    assert_int_equal(upload(NULL, clerk, "attachments?name=again.png", ky_buf_bytes(&png)), 409);
    fetch_raw(&raw, "attachments/1");
    for (size_t i = 0; i < KY_COUNT(wanted); i++)
        if (strstr(ky_buf_str(&raw), wanted[i]) == NULL)
            fail_msg("'%s' is not in %.800s", wanted[i], ky_buf_str(&raw));
    assert_memory_equal(raw.p + raw.n - png.n, png.p, png.n);
    assert_int_equal(https_call(&list, &to, "GET", NULL, "/api/v1/dossiers/%s/attachments", dossier), 200);
    assert_int_equal(json_array_size(json_object_get(list, "attachments")), 1);
    assert_int_equal(json_integer_value(json_object_get(list, "max")), 10);
    assert_int_equal(https_call(NULL, &foreign, "GET", NULL, "/api/v1/dossiers/%s/attachments/1", dossier),
                     404);
    assert_int_equal(https_call(NULL, &to, "DELETE", NULL, "/api/v1/dossiers/%s/attachments/1", dossier),
                     204);
    assert_int_equal(https_call(NULL, &to, "DELETE", NULL, "/api/v1/dossiers/%s/attachments/1", dossier),
                     404);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/dossiers/%s/attachments/x", dossier), 404);
}

static void hostile_files_get_one_clear_answer(void **state)
{
    (void)state;
    ky_auto_buf png = ky_buf_init(FILE_MAX), both = ky_buf_init(FILE_MAX), script = ky_buf_init(FILE_MAX),
                broken = ky_buf_init(FILE_MAX);
    make_png(&png);
    papers_make_pdf(&both, "");
    ky_buf_add_str(&both, "PK\x05\x06 and the rest of a package");
    papers_make_pdf(&script, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>");
    ky_buf_add_str(&broken, "%PDF-1.7\n1 0 obj\n<< /Type /Catalog\n%%EOF\n");
    const struct {
        const char *what;
        struct ky_bytes file;
        const char *vi;
    } cases[] = {
        {"attachments?name=giay-to.pdf", ky_buf_bytes(&png), "đuôi tên tệp"},
        {"attachments?name=giay-to.pdf", ky_buf_bytes(&both), "kết thúc của tệp"},
        {"attachments?name=giay-to.pdf", ky_buf_bytes(&script), "mã lệnh"},
        {"attachments?name=giay-to.pdf", ky_buf_bytes(&broken), "hỏng"},
        {"attachments?name=giay-to.pdf", KY_BYTES_LIT("MZ\x90"), "không phải là PDF"},
        {"own-requests", ky_buf_bytes(&png), "phải là tệp PDF"},
        {"own-requests", ky_buf_bytes(&script), "mã lệnh"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_json answer = NULL;
        long status = upload(&answer, clerk, cases[i].what, cases[i].file);
        const char *vi = json_string_value(json_object_get(answer, "vi"));
        if (status != 403 || vi == NULL || strstr(vi, cases[i].vi) == NULL)
            fail_msg("case %zu: %ld %s", i, status, vi);
    }
    assert_int_equal(upload(NULL, clerk, "attachments", ky_buf_bytes(&png)), 400);
    assert_int_equal(upload(NULL, clerk, "attachments?name=..%2Fa.png", ky_buf_bytes(&png)), 400);
}

static void a_hundred_megabytes_are_refused_by_their_announcement(void **state)
{
    (void)state;
    uint8_t *large = calloc(1, HUNDRED_MB);
    assert_non_null(large);
    long status = upload(NULL, clerk, "attachments?name=a.pdf", KY_BYTES(large, HUNDRED_MB));
    free(large);
    assert_int_equal(status, 413);
}

static void what_waits_for_its_signature_is_not_changed(void **state)
{
    (void)state;
    char secret[KY_BEARER_TEXT];
    struct browser b = someone("127.0.0.5");
    const struct https to = as(clerk);
    ky_auto_json nothing = json_object();
    ky_auto_buf pdf = ky_buf_init(FILE_MAX);
    papers_make_pdf(&pdf, "/X 1");
    make_link(secret, 1);
    assert_int_equal(upload(NULL, clerk, "attachments?name=a.pdf", ky_buf_bytes(&pdf)), 201);
    assert_int_equal(papers_hand_in(&to, dossier), 201);
    assert_int_equal(https_call(NULL, &to, "POST", nothing, "/api/v1/dossiers/%s/document", dossier), 200);
    assert_int_equal(upload(NULL, clerk, "attachments?name=b.pdf", ky_buf_bytes(&pdf)), 403);
    assert_int_equal(https_call(NULL, &to, "DELETE", NULL, "/api/v1/dossiers/%s/attachments/1", dossier),
                     403);
    assert_int_equal(papers_hand_in(&to, dossier), 403);
    assert_int_equal(answer_link(&b, NULL, secret, "Giáo viên", false), 409);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/dossiers/%s/report", dossier), 404);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, make_dossier)
    const struct CMUnitTest tests[] = {
        CASE(a_person_looks_corrects_and_confirms),
        CASE(a_link_serves_once_and_only_our_own_page),
        CASE(guesses_are_limited_for_each_address),
        CASE(one_call_sends_links_to_all_who_lack_one),
        CASE(links_of_a_row_are_limited_and_replace_each_other),
        CASE(an_edit_voids_what_was_confirmed),
        CASE(one_file_may_serve_the_rows_that_are_named),
        CASE(attachments_come_back_as_files_to_be_saved),
        CASE(hostile_files_get_one_clear_answer),
        CASE(a_hundred_megabytes_are_refused_by_their_announcement),
        CASE(what_waits_for_its_signature_is_not_changed),
        CASE(a_link_ends_after_fourteen_days),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
