/* A dossier from its first row to its last certificate, and everything that is refused on the way. */
#include "registration.h"

#include "codec/jcs.h"
#include "domain/dossier_right.h"
#include "domain/org.h"
#include "domain/own_request.h"
#include "store/outbox.h"

struct fixture {
    struct tempdb *db;
    struct ky_store *s;
    struct ky_legal_book legal;
    struct ky_personal personal;
    struct ky_notices *notices;
    struct ky_registration reg;
    char org_id[KY_NEW_ID_TEXT], other_org[KY_NEW_ID_TEXT], department[KY_NEW_ID_TEXT];
    struct ky_actor clerk, head, stranger, officer, approver;
    struct ky_arena arena;
    struct ky_why why;
    char id[KY_NEW_ID_TEXT]; /* a draft of the clerk's */
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
                                               .document_number = "128/THCSNT-VP",
                                               .document_date = TEST_NOW,
                                               .signer_title = "Hiệu trưởng",
                                               .signer_name = "Trần Quốc Ưng",
                                               .recipient_name = "Lê Thị Hoa",
                                               .recipient_channel = "sms",
                                               .recipient_email = "hoa@lamdong.edu.vn",
                                               .recipient_phone = "0987 654 321"};

static ky_rc fill(struct fixture *f)
{
    uint8_t key[KY_DATA_KEY_SIZE] = {7};
    KY_TRY(ky_personal_init(&f->personal, KY_BYTES_OF(key)));
    KY_TRY(ky_notices_load(&f->notices, KY_TEST_ETC "/templates"));
    static const struct ky_settings_clocks clocks = {50, 80, 10, 3, "", ""};
    f->reg = (struct ky_registration){.legal = &f->legal,
                                      .personal = &f->personal,
                                      .notices = f->notices,
                                      .clocks = &clocks,
                                      .why = &f->why};
    f->reg.scope = ky_scope_everything();
    KY_TRY(make_org(f->department, f->s, "A05", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(f->org_id, f->s, "H36.1", "education"));
    KY_TRY(make_org(f->other_org, f->s, "H36.2", "education"));
    KY_TRY(make_actor(&f->clerk, f, f->org_id, "enter"));
    KY_TRY(make_actor(&f->head, f, f->org_id, "sign"));
    KY_TRY(make_actor(&f->stranger, f, f->other_org, "enter sign"));
    KY_TRY(make_actor(&f->officer, f, f->department, "receive examine approve"));
    KY_TRY(make_actor(&f->approver, f, f->department, "approve"));
    return ky_dossier_create(f->id, f->s, &f->reg, &f->clerk, &good_new, TEST_NOW);
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
    f->arena = ky_arena_init(1 << 20);
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

/* n people with identities and contacts of their own; `changes` is for the last. */
static json_t *people_list(size_t n, const char *changes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        char own[256];
        snprintf(own, sizeof own,
                 "{\"identity\":\"068191%06zu\",\"email\":\"p%zu@lamdong.edu.vn\",\"phone\":\"0912%06zu\"}",
                 i, i, i);
        ky_auto_person p = person_with(own);
        if (i + 1 == n) {
            json_t *more = json_loads(changes, 0, NULL);
            json_object_update(p.json, more);
            json_decref(more);
        }
        json_array_append(list, p.json);
    }
    return list;
}

/* The own request of everybody who is in it. */
static void hand_in(struct fixture *f)
{
    uint8_t hash[KY_SHA256_SIZE];
    int64_t *rows;
    size_t n;
    assert_int_equal(ky_own_requests_upload(hash, &rows, &n, &f->arena, f->s, &f->reg, &f->clerk, f->id, NULL,
                                            0, KY_BYTES_LIT("%PDF"), TEST_NOW),
                     KY_OK);
}

static void enter(struct fixture *f, size_t n)
{
    struct ky_person_result results[300];
    ky_auto_json list = people_list(n, "{}");
    assert_int_equal(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, list, TEST_NOW), KY_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(results[i].number, i + 1);
    hand_in(f);
}

/* The statement's members as a statement, with something of it spoiled when asked for. */
static ky_rc submit(struct fixture *f, const char *spoiled)
{
    ky_auto_dossier d = {.n = 0};
    ky_auto_json statement = NULL;
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_int_equal(ky_dossier_request_members(&statement, &d), KY_OK);
    if (spoiled != NULL)
        json_object_set_new(json_array_get(json_object_get(statement, "rows"), 0), spoiled,
                            json_string("other"));
    struct ky_signed_request in = {.statement = KY_BYTES_LIT("{statement}"),
                                   .statement_hash = KY_BYTES_LIT("h"),
                                   .document = KY_BYTES_LIT("%PDF signed"),
                                   .document_hash = KY_BYTES_LIT("d"),
                                   .authorisations = KY_BYTES_LIT("cms"),
                                   .seal_record = "0f"};
    return ky_dossier_submit(f->s, &f->reg, &f->head, f->id, &in, statement, TEST_NOW);
}

static ky_rc act(struct fixture *f, const struct ky_actor *who, ky_dossier_action a, const char *note)
{
    return ky_dossier_act(f->s, &f->reg, who, f->id, a, note, TEST_NOW);
}

static ky_rc row_act(struct fixture *f, int64_t number, ky_row_action a)
{
    return ky_dossier_row_act(f->s, &f->reg, f->id, number, a, NULL, TEST_NOW);
}

static void assert_state(struct fixture *f, const char *want)
{
    ky_auto_dossier d = {.n = 0};
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_string_equal(d.head.state, want);
    assert_non_null(ky_dossier_state_find(want));
}

static size_t messages(struct fixture *f)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_outbox *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_outbox_list_due(&list, &n, &a, f->s, TEST_NOW, 100), KY_OK);
    return n;
}

static void the_whole_way(void **state)
{
    struct fixture *f = *state;
    enter(f, 2);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_state(f, "to-sign");
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    assert_int_equal(ky_dossier_open_draft(&pdf, f->s, &f->reg, f->id), KY_OK);
    assert_memory_equal(pdf.p, "%PDF-", 5);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_state(f, "sent");
    assert_int_equal(messages(f), 2);
    assert_int_equal(act(f, &f->officer, KY_ACT_RECEIVE, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_EXAMINE, NULL), KY_OK);
    assert_int_equal(act(f, &f->approver, KY_ACT_APPROVE, NULL), KY_OK);
    assert_state(f, "approved");
    static const ky_row_action way[] = {KY_ROW_APPROVE, KY_ROW_KEY, KY_ROW_ISSUE, KY_ROW_NOTIFY,
                                        KY_ROW_ACTIVATE};
    static const char *const after_both[] = {"approved", "approved", "issued", "activating", "done"};
    for (size_t i = 0; i < KY_COUNT(way); i++) {
        assert_int_equal(row_act(f, 1, way[i]), KY_OK);
        assert_state(f, i == 0 ? "approved" : after_both[i - 1]);
        assert_int_equal(row_act(f, 1, way[i]), KY_EDENIED);
        assert_int_equal(row_act(f, 2, way[i]), KY_OK);
        assert_state(f, after_both[i]);
    }
    assert_int_equal(messages(f), 6);
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_dossier_event *events = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_dossier_event_list(&events, &n, &a, f->s, &f->reg.scope, f->id), KY_OK);
    assert_int_equal(n, 8);
    assert_string_equal(events[n - 1].action, "complete");
    assert_null(events[n - 1].staff_id);
}

static void rows_that_are_refused_do_not_hold_the_others(void **state)
{
    struct fixture *f = *state;
    enter(f, 2);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_RECEIVE, NULL), KY_OK);
    assert_int_equal(act(f, &f->approver, KY_ACT_APPROVE, NULL), KY_EDENIED); /* nobody examined it */
    assert_int_equal(act(f, &f->officer, KY_ACT_EXAMINE, NULL), KY_OK);
    assert_int_equal(act(f, &f->approver, KY_ACT_APPROVE, NULL), KY_OK);
    assert_int_equal(ky_dossier_row_act(f->s, &f->reg, f->id, 2, KY_ROW_REFUSE, "Trùng hồ sơ", TEST_NOW),
                     KY_OK);
    for (ky_row_action a = KY_ROW_APPROVE; a <= KY_ROW_ACTIVATE; a++)
        if (a != KY_ROW_REFUSE)
            assert_int_equal(row_act(f, 1, a), KY_OK);
    assert_state(f, "done");
}

static void each_person_is_told_why_not(void **state)
{
    struct fixture *f = *state;
    struct ky_person_result results[3];
    ky_auto_json list = people_list(3, "{\"authority\":true,\"phone\":\"0912000000\"}");
    assert_int_equal(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, list, TEST_NOW), KY_OK);
    assert_int_equal(results[1].number, 2);
    assert_int_equal(results[2].number, 0);
    assert_int_equal(results[2].refusals.n, 2);
    assert_int_equal(results[2].refusals.list[0].code, KY_REFUSE_AUTHORITY);
    assert_int_equal(results[2].refusals.list[1].code, KY_REFUSE_SAME_PHONE);
    ky_auto_json again = people_list(1, "{}");
    assert_int_equal(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, again, TEST_NOW), KY_OK);
    assert_int_equal(results[0].refusals.list[0].code, KY_REFUSE_SAME_IDENTITY);
    assert_int_equal(ky_dossier_remove_person(f->s, &f->reg, &f->stranger, f->id, 1), KY_EDENIED);
    assert_int_equal(ky_dossier_remove_person(f->s, &f->reg, &f->clerk, f->id, 1), KY_OK);
    assert_int_equal(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, again, TEST_NOW), KY_OK);
    assert_int_equal(results[0].number, 3);
}

static void a_list_that_cannot_be_read_enters_nobody(void **state)
{
    struct fixture *f = *state;
    struct ky_person_result results[3];
    ky_auto_json list = people_list(2, "{\"shoe_size\":40}");
    ky_auto_json none = json_array();
    assert_int_equal(ky_store_begin(f->s, KY_STORE_WRITE), KY_OK);
    assert_int_equal(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, list, TEST_NOW),
                     KY_EFORMAT);
    assert_non_null(strstr(ky_error(), "item 2"));
    assert_int_equal(ky_store_rollback(f->s), KY_OK);
    assert_int_equal(ky_dossier_add_people(results, f->s, &f->reg, &f->clerk, f->id, none, TEST_NOW),
                     KY_ELIMIT);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_EINVAL);
}

static void two_hundred_people_are_one_dossier(void **state)
{
    struct fixture *f = *state;
    enter(f, 200);
    ky_auto_dossier d = {.n = 0};
    ky_auto_json members = NULL;
    ky_auto_buf json = ky_buf_init(1 << 20);
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_int_equal(ky_dossier_request_members(&members, &d), KY_OK);
    assert_int_equal(json_array_size(json_object_get(members, "rows")), 200);
    assert_int_equal(ky_jcs_encode(&json, members, 5), KY_OK);
    const char *wanted =
        "{\"authority\":false,\"email\":\"p0@lamdong.edu.vn\",\"finance\":false,\"identity\":"
        "\"068191000000\","
        "\"key\":\"p256\",\"name\":\"Nguyễn Thị Minh Hằng\",\"phone\":\"+84912000000\",\"row\":1,"
        "\"sector\":\"education\",\"subject\":{\"C\":\"VN\",\"CN\":\"Nguyễn Thị Minh Hằng\",\"L\":\"Lâm "
        "Đồng\","
        "\"O\":\"Ủy ban nhân dân phường Xuân Hương - Đà Lạt\","
        "\"OU\":[\"Trường THCS Nguyễn Trãi\",\"Tổ Toán - Tin\"]},\"title\":\"Giáo viên\"}";
    if (strstr(ky_buf_str(&json), wanted) == NULL)
        fail_msg("%.600s", ky_buf_str(&json));
}

static void another_statement_than_the_dossiers_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const members[] = {"email", "phone", "identity", "name", "key"};
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    for (size_t i = 0; i < KY_COUNT(members); i++)
        assert_int_equal(submit(f, members[i]), KY_EDENIED);
    assert_state(f, "to-sign");
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(submit(f, NULL), KY_EDENIED);
}

static void what_was_signed_comes_back(void **state)
{
    struct fixture *f = *state;
    ky_auto_arena a = ky_arena_init(1 << 20);
    ky_auto_buf statement = ky_buf_init(1000), document = ky_buf_init(1000);
    struct ky_db_request row;
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(ky_dossier_open_request(&row, NULL, NULL, &a, f->s, &f->reg, f->id), KY_ENOTFOUND);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(ky_dossier_open_request(&row, &statement, &document, &a, f->s, &f->reg, f->id), KY_OK);
    assert_string_equal(ky_buf_str(&statement), "{statement}");
    assert_string_equal(ky_buf_str(&document), "%PDF signed");
    assert_true(ky_bytes_eq_str(row.authorisations, "cms"));
}

static void nothing_personal_lies_open_in_the_database(void **state)
{
    struct fixture *f = *state;
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(submit(f, NULL), KY_OK);
    char command[256];
    snprintf(command, sizeof command,
             "cat %s/* | grep -c -a -e 068191000000 -e 912000000 -e 987654321 -e 'PDF signed'",
             f->db->folder);
    FILE *p = popen(command, "r");
    int found = -1;
    assert_int_equal(fscanf(p, "%d", &found), 1);
    pclose(p);
    assert_int_equal(found, 0);
}

static void asking_and_refusing_need_a_reason_and_reopen_or_end(void **state)
{
    struct fixture *f = *state;
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_RECEIVE, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_EXAMINE, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_ASK, NULL), KY_EINVAL);
    assert_int_equal(act(f, &f->officer, KY_ACT_ASK, "a\xe2\x80\xae"), KY_EFORMAT);
    assert_int_equal(act(f, &f->officer, KY_ACT_ASK, "Sai thư điện tử dòng 1"), KY_OK);
    assert_int_equal(act(f, &f->clerk, KY_ACT_SUPPLEMENT, NULL), KY_EINVAL);
    assert_int_equal(act(f, &f->clerk, KY_ACT_SUPPLEMENT, "Đã kiểm tra: địa chỉ đúng"), KY_OK);
    assert_state(f, "supplemented");
    assert_int_equal(act(f, &f->officer, KY_ACT_ASK, "Đề nghị sửa dòng 1"), KY_OK);
    assert_int_equal(act(f, &f->stranger, KY_ACT_REOPEN, NULL), KY_EDENIED);
    assert_int_equal(act(f, &f->clerk, KY_ACT_REOPEN, NULL), KY_OK);
    assert_state(f, "correcting");
    struct ky_person_result result;
    ky_auto_json one = people_list(2, "{}");
    json_array_remove(one, 0);
    assert_int_equal(ky_dossier_add_people(&result, f->s, &f->reg, &f->clerk, f->id, one, TEST_NOW), KY_OK);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "dòng số: 2")); /* who came in has made no request */
    hand_in(f);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_state(f, "to-sign-again");
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_state(f, "supplemented");
    assert_int_equal(act(f, &f->officer, KY_ACT_EXAMINE, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_REFUSE, "Không thuộc thẩm quyền"), KY_OK);
    assert_state(f, "refused");
    ky_auto_dossier d = {.n = 0};
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_string_equal(d.rows[0].state, "refused");
    assert_string_equal(d.rows[0].reason, "Không thuộc thẩm quyền");
    assert_true(ky_dossier_state_find("refused")->final);
}

static void nobody_acts_on_what_is_not_his(void **state)
{
    struct fixture *f = *state;
    struct ky_person_result result;
    ky_auto_json one = people_list(1, "{}");
    char id[KY_NEW_ID_TEXT];
    assert_int_equal(ky_dossier_create(id, f->s, &f->reg, &f->officer, &good_new, TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_dossier_add_people(&result, f->s, &f->reg, &f->stranger, f->id, one, TEST_NOW),
                     KY_EDENIED);
    assert_int_equal(ky_dossier_add_people(&result, f->s, &f->reg, &f->officer, f->id, one, TEST_NOW),
                     KY_EDENIED);
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->stranger, f->id, TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(ky_dossier_add_people(&result, f->s, &f->reg, &f->clerk, f->id, one, TEST_NOW),
                     KY_EDENIED);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(act(f, &f->clerk, KY_ACT_RECEIVE, NULL), KY_EDENIED);
    assert_int_equal(act(f, &f->stranger, KY_ACT_WITHDRAW, NULL), KY_EDENIED);
    assert_int_equal(act(f, &f->officer, KY_ACT_WITHDRAW, NULL), KY_EDENIED);
    assert_int_equal(act(f, &f->officer, KY_ACT_LAPSE, NULL), KY_EDENIED);
    assert_int_equal(act(f, &f->officer, KY_ACT_SUBMIT, NULL), KY_EINVAL);
    assert_int_equal(act(f, &f->officer, KY_ACT_ISSUE, NULL), KY_EINVAL);
    ky_auto_dossier d = {.n = 0};
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    ky_dossier_clear(&d);
    f->reg.scope = ky_actor_scope(&f->stranger);
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_ENOTFOUND);
    assert_int_equal(act(f, &f->stranger, KY_ACT_WITHDRAW, NULL), KY_ENOTFOUND);
    f->reg.scope = ky_actor_scope(&f->clerk);
    assert_int_equal(act(f, &f->clerk, KY_ACT_WITHDRAW, NULL), KY_OK);
}

static void set_separation(struct fixture *f, const char *org_id, const char *word)
{
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_org org;
    assert_int_equal(ky_db_org_get(&org, &f->arena, f->s, &all, org_id), KY_OK);
    org.separation = word;
    assert_int_equal(ky_org_change(f->s, &KY_ACTOR_SYSTEM, &org, TEST_NOW), KY_OK);
}

/* The clerk may sign too: with the head beside her she does not sign what she entered. */
static void who_entered_does_not_sign_where_others_do(void **state)
{
    struct fixture *f = *state;
    const struct {
        const char *separation;
        bool alone;
        ky_rc rc;
    } cases[] = {{"auto", false, KY_EDENIED},   {"auto", true, KY_OK},   {"always", true, KY_EDENIED},
                 {"always", false, KY_EDENIED}, {"never", false, KY_OK}, {"never", true, KY_OK}};
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(submit(f, "email"), KY_EDENIED);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_dossier d = {.n = 0};
        struct ky_actor clerk = f->clerk;
        clerk.roles |= KY_STAFF_SIGN;
        clerk.separation = cases[i].separation;
        assert_int_equal(ky_store_exec(f->s, "UPDATE staff SET roles = 'enter sign' WHERE id = $1",
                                       KY_PARAMS(ky_value_text(clerk.staff_id))),
                         KY_OK);
        assert_int_equal(ky_store_exec(f->s, "UPDATE staff SET state = $2 WHERE id = $1",
                                       KY_PARAMS(ky_value_text(f->head.staff_id),
                                                 ky_value_text(cases[i].alone ? "closed" : "active"))),
                         KY_OK);
        assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
        f->why = (struct ky_why){.vi = ""};
        assert_int_equal(ky_dossier_check(NULL, f->s, &f->reg, &clerk, &d.head, KY_ACT_SUBMIT), cases[i].rc);
        assert_int_equal(f->why.vi[0] != 0, cases[i].rc != KY_OK);
        assert_int_equal(ky_dossier_check(NULL, f->s, &f->reg, &f->head, &d.head, KY_ACT_SUBMIT), KY_OK);
    }
}

static void who_examined_does_not_approve(void **state)
{
    struct fixture *f = *state;
    struct ky_actor alone = f->officer;
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_RECEIVE, NULL), KY_OK);
    assert_int_equal(act(f, &f->approver, KY_ACT_EXAMINE, NULL), KY_EDENIED);
    assert_int_equal(act(f, &f->officer, KY_ACT_EXAMINE, NULL), KY_OK);
    assert_int_equal(act(f, &f->officer, KY_ACT_APPROVE, NULL), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "Lê Thị Hoa: examined this dossier"));
    assert_non_null(strstr(f->why.vi, "Lê Thị Hoa: đã thẩm định hồ sơ này"));
    set_separation(f, f->department, "never");
    alone.separation = "never";
    assert_int_equal(act(f, &alone, KY_ACT_APPROVE, NULL), KY_OK);
}

/* A dossier goes to the nearest authority that was given the procedure, and to nobody else's hands. */
static void the_nearest_authority_handles_what_it_was_given(void **state)
{
    struct fixture *f = *state;
    const struct ky_scope all = ky_scope_everything();
    static const char *const given[] = {"new"};
    char ministry[KY_NEW_ID_TEXT];
    struct ky_actor theirs;
    struct ky_db_dossier d;
    const struct ky_db_org org = {.code = "BGD",
                                  .name = "Bộ Giáo dục và Đào tạo",
                                  .province = "Hà Nội",
                                  .place = "Hà Nội",
                                  .sector = KY_SECTOR_AUTHORITY,
                                  .kind = KY_ORG_DELEGATE};
    assert_int_equal(ky_org_create(ministry, f->s, &KY_ACTOR_SYSTEM, &org, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_move(NULL, f->s, &KY_ACTOR_SYSTEM, f->org_id, ministry, TEST_NOW), KY_OK);
    assert_int_equal(make_actor(&theirs, f, ministry, "receive examine"), KY_OK);
    enter(f, 1);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_delegate(f->s, &KY_ACTOR_SYSTEM, ministry, given, 1, TEST_NOW), KY_OK);
    assert_int_equal(submit(f, NULL), KY_OK);
    assert_int_equal(ky_org_delegate(f->s, &KY_ACTOR_SYSTEM, ministry, given, 0, TEST_NOW), KY_OK);
    assert_int_equal(ky_db_dossier_get(&d, &f->arena, f->s, &all, f->id), KY_OK);
    assert_string_equal(d.handler, ministry); /* as it was when the dossier was sent */
    assert_int_equal(act(f, &f->officer, KY_ACT_RECEIVE, NULL), KY_EDENIED);
    f->reg.scope = ky_actor_scope(&theirs);
    assert_int_equal(act(f, &theirs, KY_ACT_RECEIVE, NULL), KY_OK);
}

static void a_dossier_needs_its_recipient(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const struct {
        size_t member;
        const char *value;
        ky_rc rc;
    } cases[] = {
        {offsetof(struct ky_dossier_new, procedure), "adopt", KY_ENOTFOUND},
        {offsetof(struct ky_dossier_new, procedure), NULL, KY_ENOTFOUND},
        {offsetof(struct ky_dossier_new, recipient_name), NULL, KY_EFORMAT},
        {offsetof(struct ky_dossier_new, recipient_channel), "pigeon", KY_EFORMAT},
        {offsetof(struct ky_dossier_new, recipient_email), "hoa@gmail.com", KY_EFORMAT},
        {offsetof(struct ky_dossier_new, recipient_email), NULL, KY_EFORMAT},
        {offsetof(struct ky_dossier_new, recipient_phone), "113", KY_EFORMAT},
        {offsetof(struct ky_dossier_new, recipient_phone), NULL, KY_EFORMAT},
        {offsetof(struct ky_dossier_new, signer_name), "a\x01", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_dossier_new in = good_new;
        memcpy((uint8_t *)&in + cases[i].member, &cases[i].value, sizeof cases[i].value);
        assert_int_equal(ky_dossier_create(id, f->s, &f->reg, &f->clerk, &in, TEST_NOW), cases[i].rc);
    }
    ky_auto_dossier d = {.n = 0};
    assert_int_equal(ky_dossier_load(&d, f->s, &f->reg, f->id), KY_OK);
    assert_string_equal(d.head.code, "CM-2026-000001");
    assert_string_equal(d.recipient_phone, "+84987654321");
}

static void every_step_leads_to_a_known_state(void **state)
{
    const struct ky_state_info *info;
    size_t states = 0;
    for (; (info = ky_dossier_state_at(states)) != NULL; states++) {
        unsigned can = ky_dossier_actions(info->id, ~0u);
        assert_ptr_equal(ky_dossier_state_find(info->id), info);
        assert_true(!info->final || info->clock == KY_CLOCK_ENDS);
        assert_int_equal(can == 0, info->final);
        for (ky_dossier_action a = 0; a < KY_ACT_COUNT; a++) {
            const char *to = NULL;
            ky_dossier_action parsed;
            ky_rc rc = ky_dossier_next(&to, info->id, a, ~0u);
            assert_int_equal(ky_dossier_can(info->id, a), rc == KY_OK);
            assert_int_equal(rc, (can & 1u << a) != 0 ? KY_OK : KY_EDENIED);
            assert_true(rc != KY_OK || ky_dossier_state_find(to) != NULL);
            assert_int_equal(ky_dossier_action_parse(&parsed, ky_dossier_action_name(a)), KY_OK);
            assert_int_equal(parsed, a);
        }
    }
    assert_int_equal(states, 16);
    ky_dossier_action parsed;
    assert_int_equal(ky_dossier_action_parse(&parsed, "burn"), KY_ENOTFOUND);
    assert_null(ky_dossier_state_find("burnt"));
    assert_non_null(ky_row_state_find("keyed"));
    assert_int_equal(ky_dossier_actions("draft", KY_STAFF_OF_AUTHORITY), 0);
    assert_int_equal(ky_dossier_actions("sent", KY_STAFF_EXAMINE), 0);
    assert_int_equal(ky_dossier_actions("received", KY_STAFF_EXAMINE), 1u << KY_ACT_EXAMINE);
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

int main(void)
{
#define DOSSIER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        DOSSIER(the_whole_way),
        DOSSIER(rows_that_are_refused_do_not_hold_the_others),
        DOSSIER(each_person_is_told_why_not),
        DOSSIER(a_list_that_cannot_be_read_enters_nobody),
        DOSSIER(two_hundred_people_are_one_dossier),
        DOSSIER(another_statement_than_the_dossiers_is_refused),
        DOSSIER(what_was_signed_comes_back),
        DOSSIER(nothing_personal_lies_open_in_the_database),
        DOSSIER(asking_and_refusing_need_a_reason_and_reopen_or_end),
        DOSSIER(nobody_acts_on_what_is_not_his),
        DOSSIER(who_entered_does_not_sign_where_others_do),
        DOSSIER(who_examined_does_not_approve),
        DOSSIER(the_nearest_authority_handles_what_it_was_given),
        DOSSIER(a_dossier_needs_its_recipient),
        cmocka_unit_test(every_step_leads_to_a_known_state),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
