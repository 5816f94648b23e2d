/* domain/approval: approvals of one statement, each person once, until enough are there or something makes them void. */
#include "registration.h"

#include "domain/approval.h"
#include "domain/message.h"
#include "domain/org.h"

#define REQUEST "01020102010201020102010201020102010201020102010201020102010201ff"
#define UNTIL (TEST_NOW + KY_DAY)

static const struct ky_founding two_must = {.issue_n = 2};

struct fixture {
    struct tempdb *db;
    struct ky_store *s;
    struct ky_legal_book legal;
    struct ky_personal personal;
    struct ky_registration reg;
    struct ky_actor clerk, first, second;
    struct ky_arena arena;
    struct ky_why why;
    char id[KY_NEW_ID_TEXT];
    struct ky_statement st; /* only its name and type */
};

static ky_rc make_org(char id[KY_NEW_ID_TEXT], struct ky_store *s, const char *code, const char *sector)
{
    const struct ky_db_org org = {.code = code,
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

static ky_rc make_statement(struct fixture *f, uint8_t name)
{
    ky_auto_buf json = ky_buf_init(4096);
    memset(f->st.hash, name, sizeof f->st.hash);
    f->st.type = KY_ST_ISSUE;
    ky_buf_addf(
        &json,
        "{\"activate\":true,\"aud\":[{\"n\":"
        "\"AgABAAAAAAAAAAAAAAAAZVPxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAA\",\"p\":\"sam\"}],\"document\":\"" REQUEST "\",\"dossier\":\"%s\",\"exp\":1700000060,"
        "\"iat\":1700000000,\"not_after\":2,\"not_before\":1,\"profile\":\"subscriber\",\"realm\":\"" REQUEST
        "\",\"request\":\"" REQUEST "\",\"rows\":[1],\"type\":\"issue\",\"v\":1}",
        f->id);
    const struct ky_db_statement row = {.hash = KY_BYTES_OF(f->st.hash),
                                        .type = "issue",
                                        .dossier_id = f->id,
                                        .json = ky_buf_bytes(&json),
                                        .state = "open",
                                        .expires_at = UNTIL,
                                        .created_at = TEST_NOW};
    return ky_db_statement_insert(f->s, &row);
}

static ky_rc fill(struct fixture *f)
{
    static const uint8_t key[KY_DATA_KEY_SIZE] = {7};
    static const struct ky_settings_clocks clocks = {50, 80, 10, 3, "", ""};
    static const struct ky_dossier_new in = {.procedure = "new",
                                             .document_date = TEST_NOW,
                                             .recipient_name = "Lê Thị Hoa",
                                             .recipient_channel = "email",
                                             .recipient_email = "hoa@lamdong.edu.vn",
                                             .recipient_phone = "0987 654 321"};
    char department[KY_NEW_ID_TEXT], org[KY_NEW_ID_TEXT];
    KY_TRY(ky_personal_init(&f->personal, KY_BYTES_OF(key)));
    f->reg = (struct ky_registration){.legal = &f->legal,
                                      .personal = &f->personal,
                                      .clocks = &clocks,
                                      .why = &f->why,
                                      .scope = ky_scope_everything()};
    KY_TRY(make_org(department, f->s, "A05", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(org, f->s, "H36.1", "education"));
    KY_TRY(make_actor(&f->clerk, f, org, "enter"));
    KY_TRY(make_actor(&f->first, f, department, "approve"));
    KY_TRY(make_actor(&f->second, f, department, "approve"));
    KY_TRY(ky_dossier_create(f->id, f->s, &f->reg, &f->clerk, &in, TEST_NOW));
    KY_TRY(ky_store_exec(f->s, "UPDATE dossier SET state = 'examining', handler = $2 WHERE id = $1",
                         KY_PARAMS(ky_value_text(f->id), ky_value_text(department))));
    return make_statement(f, 1);
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
    const ky_rc rc = fill(f);
    if (rc != KY_OK)
        fprintf(stderr, "%s\n", ky_error());
    return rc == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *db = f->db;
    tempdb_close(&db);
    ky_legal_book_clear(&f->legal);
    ky_arena_clear(&f->arena);
    free(f);
    return 0;
}

/* The person's signature; its evidence is one piece of its own and one that all have. */
static ky_rc approve(struct ky_approval_count *count, struct fixture *f, const struct ky_actor *actor,
                     uint8_t person, ky_time now)
{
    uint8_t owner[KY_OWNER_SIZE] = {person};
    char item[16], piece[16];
    ky_auto_buf evidence = ky_buf_init(256);
    snprintf(item, sizeof item, "item %u", person);
    snprintf(piece, sizeof piece, "list %u", person);
    ky_list_begin(&evidence, 2);
    ky_buf_add_lv(&evidence, ky_bytes_str(piece));
    ky_buf_add_lv(&evidence, KY_BYTES_LIT("list of all"));
    const struct ky_approval_in in = {.st = &f->st,
                                      .dossier_id = f->id,
                                      .item = ky_bytes_str(item),
                                      .evidence = ky_buf_bytes(&evidence),
                                      .owner = owner,
                                      .name = KY_BYTES_LIT("Trần Thị Bình")};
    return ky_approval_keep(count, f->s, &f->reg, actor, &two_must, &in, now);
}

static void assert_state(struct fixture *f, const char *want)
{
    struct ky_db_statement row;
    assert_int_equal(ky_db_statement_get(&row, &f->arena, f->s, KY_BYTES_OF(f->st.hash)), KY_OK);
    assert_string_equal(row.state, want);
}

static void the_second_person_makes_it_enough(void **state)
{
    struct fixture *f = *state;
    struct ky_approval_count count;
    struct ky_db_statement found;
    struct ky_bytes auths, evidence, pieces[4];
    size_t n;
    const uint8_t list[] = "\2\0\0\0\6item 1\0\0\0\6item 2", request[KY_HASH_SIZE] = {0};
    assert_int_equal(approve(&count, f, &f->first, 1, TEST_NOW), KY_OK);
    assert_true(count.given == 1 && count.needed == 2 && count.mine);
    assert_state(f, "open");
    assert_int_equal(ky_approval_find(&found, &f->arena, f->s, f->id, KY_BYTES_OF(request), TEST_NOW),
                     KY_ENOTFOUND); /* about another request */
    assert_int_equal(approve(&count, f, &f->second, 2, TEST_NOW + 1), KY_OK);
    assert_int_equal(count.given, 2);
    assert_state(f, "authorised");
    assert_int_equal(ky_approval_load(&auths, &evidence, &f->arena, f->s, KY_BYTES_OF(f->st.hash)), KY_OK);
    assert_int_equal(auths.n, sizeof list - 1);
    assert_memory_equal(auths.p, list, auths.n);
    assert_int_equal(ky_list_read(pieces, &n, KY_COUNT(pieces), evidence, "evidence"), KY_OK);
    assert_int_equal(n, 3); /* the newest first, each once */
    assert_true(ky_bytes_eq_str(pieces[0], "list 2"));
    assert_int_equal(approve(&count, f, &f->second, 3, TEST_NOW + 2), KY_ENOTFOUND);
}

static void a_person_counts_once_and_only_who_approves(void **state)
{
    struct fixture *f = *state;
    struct ky_approval_count count;
    assert_int_equal(approve(&count, f, &f->clerk, 1, TEST_NOW), KY_EDENIED);
    assert_int_equal(approve(&count, f, &f->first, 1, TEST_NOW), KY_OK);
    assert_int_equal(approve(&count, f, &f->second, 1, TEST_NOW), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "đã phê duyệt"));
    assert_int_equal(approve(&count, f, &f->second, 2, UNTIL + 1), KY_ENOTFOUND); /* it has expired */
    assert_state(f, "open");
}

static void what_becomes_of_the_dossier_makes_it_void(void **state)
{
    struct fixture *f = *state;
    struct ky_approval_count count;
    assert_int_equal(approve(&count, f, &f->first, 1, TEST_NOW), KY_OK);
    assert_int_equal(ky_db_statement_void_open(f->s, f->id, true, "ask"), KY_OK);
    assert_int_equal(approve(&count, f, &f->second, 2, TEST_NOW), KY_ENOTFOUND);
    assert_state(f, "void");
}

static void two_are_not_gathered_side_by_side(void **state)
{
    struct fixture *f = *state;
    struct ky_approval_count count;
    assert_int_equal(approve(&count, f, &f->first, 1, TEST_NOW), KY_OK);
    assert_int_equal(make_statement(f, 2), KY_OK);
    assert_int_equal(approve(&count, f, &f->second, 2, TEST_NOW), KY_EDENIED);
    assert_non_null(strstr(f->why.en, "under way"));
}

static void only_issuing_needs_several(void **state)
{
    (void)state;
    assert_int_equal(ky_approval_needed(&two_must, KY_ST_ISSUE), 2);
    assert_int_equal(ky_approval_needed(&two_must, KY_ST_REVOKE), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_second_person_makes_it_enough),
        CASE(a_person_counts_once_and_only_who_approves),
        CASE(what_becomes_of_the_dossier_makes_it_void),
        CASE(two_are_not_gathered_side_by_side),
        CASE(only_issuing_needs_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
