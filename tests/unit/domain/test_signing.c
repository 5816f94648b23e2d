/* One-time addresses of signing programs, and documents on their way through several hands. */
#include "registration.h"

#include "domain/org.h"
#include "domain/own_request.h"
#include "domain/signing.h"
#include "store/login_key.h"

#define HEAD_SEAL "0a0b0a0b0a0b0a0b0a0b0a0b0a0b0a0b"
#define ORG_SEAL "0c0d0c0d0c0d0c0d0c0d0c0d0c0d0c0d"

static const struct ky_session_limits limits = {.idle_s = 15 * KY_MINUTE, .absolute_s = 8 * KY_HOUR};

struct fixture {
    struct tempdb *db;
    struct ky_store *s;
    struct ky_legal_book legal;
    struct ky_personal personal;
    struct ky_notices *notices;
    struct ky_registration reg;
    struct ky_actor clerk, head, keeper, stranger;
    struct ky_arena arena;
    struct ky_why why;
    char id[KY_NEW_ID_TEXT];
    struct ky_visit_made made;
    struct ky_db_visit visit; /* as found last */
};

/* ---- an organisation with a dossier to be signed ---- */

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

static ky_rc prepare(struct fixture *f)
{
    static const struct ky_dossier_new in = {.procedure = "new",
                                             .document_date = TEST_NOW,
                                             .recipient_name = "Lê Thị Hoa",
                                             .recipient_channel = "email",
                                             .recipient_email = "hoa@lamdong.edu.vn",
                                             .recipient_phone = "0987 654 321"};
    struct ky_person_result result;
    uint8_t hash[KY_SHA256_SIZE];
    int64_t *taken;
    size_t n;
    ky_auto_person one = person_with("{}");
    ky_auto_json list = json_pack("[O]", one.json);
    KY_TRY(ky_dossier_create(f->id, f->s, &f->reg, &f->clerk, &in, TEST_NOW));
    KY_TRY(ky_dossier_add_people(&result, f->s, &f->reg, &f->clerk, f->id, list, TEST_NOW));
    KY_TRY(ky_own_requests_upload(hash, &taken, &n, &f->arena, f->s, &f->reg, &f->clerk, f->id, NULL, 0,
                                  KY_BYTES_LIT("%PDF"), TEST_NOW));
    return ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW);
}

static ky_rc fill(struct fixture *f)
{
    static const uint8_t key[KY_DATA_KEY_SIZE] = {7};
    static const struct ky_settings_clocks clocks = {50, 80, 10, 3, "", ""};
    char department[KY_NEW_ID_TEXT], org[KY_NEW_ID_TEXT], other[KY_NEW_ID_TEXT];
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
    KY_TRY(make_actor(&f->keeper, f, org, "seal"));
    KY_TRY(make_actor(&f->stranger, f, other, "sign"));
    return prepare(f);
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
    ky_notices_free(f->notices);
    ky_legal_book_clear(&f->legal);
    ky_arena_clear(&f->arena);
    free(f);
    return 0;
}

/* ---- what the tests do ---- */

static ky_rc make_by(struct fixture *f, const struct ky_actor *who, const char *seal, const char *session)
{
    const struct ky_visit_wish wish = {
        .seal_record = seal, .session_id = session, .evidence = KY_BYTES_LIT("lists")};
    return ky_visit_make(&f->made, f->s, &f->reg, who, f->id, &wish, TEST_NOW);
}

static void make(struct fixture *f)
{
    assert_int_equal(make_by(f, &f->head, HEAD_SEAL, NULL), KY_OK);
}

static ky_visit_verdict find(struct fixture *f, ky_visit_kind kind, const char *secret, ky_time now)
{
    ky_visit_verdict verdict;
    struct ky_actor actor = {.name = NULL};
    assert_int_equal(
        ky_visit_find(&verdict, &f->visit, &actor, &f->arena, f->s, kind, ky_bytes_str(secret), &limits, now),
        KY_OK);
    if (verdict == KY_VISIT_GOOD)
        assert_string_equal(actor.staff_id, f->visit.staff_id);
    return verdict;
}

static ky_visit_verdict use(struct fixture *f, ky_visit_kind kind, const char *secret)
{
    ky_visit_verdict verdict;
    assert_int_equal(ky_visit_use(&verdict, f->s, kind, ky_bytes_str(secret), TEST_NOW), KY_OK);
    return verdict;
}

static size_t hand_out(struct fixture *f)
{
    ky_auto_buf document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    assert_int_equal(ky_visit_open(&document, f->s, &f->reg, &f->visit), KY_OK);
    return document.n;
}

/* Brings back what was handed out with `more` behind it; its hash. */
static ky_rc bring(uint8_t hash[KY_SHA256_SIZE], struct fixture *f, const struct ky_actor *who,
                   const char *more)
{
    ky_auto_buf document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    KY_TRY(ky_visit_open(&document, f->s, &f->reg, &f->visit));
    ky_buf_add_str(&document, more);
    KY_TRY(ky_sha256(hash, ky_buf_bytes(&document)));
    return ky_signing_keep(f->s, &f->reg, who, &f->visit, ky_buf_bytes(&document),
                           KY_BYTES(hash, KY_SHA256_SIZE), TEST_NOW);
}

static ky_rc open_kept(struct fixture *f, const uint8_t hash[KY_SHA256_SIZE])
{
    ky_auto_buf document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    return ky_signing_open(&document, f->s, &f->reg, f->id, KY_BYTES(hash, KY_SHA256_SIZE));
}

static int64_t count(struct fixture *f, const char *sql)
{
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, f->s, sql, KY_NO_PARAMS), KY_OK);
    return n;
}

/* ---- addresses ---- */

static void each_address_is_for_one_use(void **state)
{
    struct fixture *f = *state;
    make(f);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_GOOD);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_GOOD);
    assert_int_equal(use(f, KY_VISIT_DOWNLOAD, f->made.download), KY_VISIT_GOOD);
    assert_int_equal(use(f, KY_VISIT_DOWNLOAD, f->made.download), KY_VISIT_USED);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_USED);
    assert_int_equal(find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW), KY_VISIT_GOOD);
    assert_int_equal(use(f, KY_VISIT_UPLOAD, f->made.upload), KY_VISIT_GOOD);
    assert_int_equal(find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW), KY_VISIT_USED);
}

static void an_address_is_for_one_purpose(void **state)
{
    struct fixture *f = *state;
    make(f);
    assert_string_not_equal(f->made.download, f->made.upload);
    assert_int_equal(find(f, KY_VISIT_UPLOAD, f->made.download, TEST_NOW), KY_VISIT_UNKNOWN);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.upload, TEST_NOW), KY_VISIT_UNKNOWN);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, "", TEST_NOW), KY_VISIT_UNKNOWN);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download + 1, TEST_NOW), KY_VISIT_UNKNOWN);
}

static void an_address_ends_after_five_minutes(void **state)
{
    struct fixture *f = *state;
    make(f);
    assert_int_equal(f->made.expires_at, TEST_NOW + 5 * KY_MINUTE);
    assert_int_equal(find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW + KY_VISIT_LIFE - 1), KY_VISIT_GOOD);
    assert_int_equal(find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW + KY_VISIT_LIFE), KY_VISIT_ENDED);
}

static void secrets_are_not_stored(void **state)
{
    struct fixture *f = *state;
    int64_t n = 0;
    make(f);
    assert_int_equal(
        ky_store_query_int(&n, f->s,
                           "SELECT count(*) FROM agent_visit WHERE download_hash = $1 OR upload_hash = $2",
                           KY_PARAMS(ky_value_blob(ky_bytes_str(f->made.download)),
                                     ky_value_blob(ky_bytes_str(f->made.upload)))),
        KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(count(f, "SELECT count(*) FROM agent_visit WHERE length(download_hash) = 32"), 1);
}

static void a_new_pair_takes_the_place_of_the_old(void **state)
{
    struct fixture *f = *state;
    make(f);
    const struct ky_visit_made old = f->made;
    make(f);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, old.download, TEST_NOW), KY_VISIT_UNKNOWN);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_GOOD);
    assert_int_equal(make_by(f, &f->keeper, ORG_SEAL, NULL), KY_OK);
    assert_int_equal(count(f, "SELECT count(*) FROM agent_visit"), 2);
}

static void addresses_long_ended_are_forgotten(void **state)
{
    struct fixture *f = *state;
    make(f);
    assert_int_equal(ky_db_visit_purge(f->s, TEST_NOW + KY_VISIT_LIFE), KY_OK);
    assert_int_equal(count(f, "SELECT count(*) FROM agent_visit"), 1);
    assert_int_equal(ky_db_visit_purge(f->s, TEST_NOW + KY_VISIT_LIFE + 1), KY_OK);
    assert_int_equal(count(f, "SELECT count(*) FROM agent_visit"), 0);
}

static void addresses_end_with_the_session(void **state)
{
    struct fixture *f = *state;
    char cookie[KY_BEARER_TEXT];
    static const uint8_t fingerprint[32] = {7};
    struct ky_db_session session;
    struct ky_actor actor;
    const struct ky_session_place place = {.address = "10.0.0.7", .agent = "Firefox"};
    const struct ky_db_login_key key = {.id = "22",
                                        .staff_id = f->head.staff_id,
                                        .kind = "certificate",
                                        .fingerprint = KY_BYTES_OF(fingerprint),
                                        .name = "Thẻ",
                                        .evidence = KY_BYTES_LIT("x"),
                                        .not_after = TEST_NOW + KY_DAY};
    assert_int_equal(ky_db_login_key_insert(f->s, &key), KY_OK);
    assert_int_equal(ky_session_open(cookie, f->s, &key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(
        ky_session_find(&session, &actor, &f->arena, f->s, ky_bytes_str(cookie), &limits, TEST_NOW), KY_OK);
    assert_int_equal(make_by(f, &f->head, HEAD_SEAL, session.id), KY_OK);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_GOOD);
    assert_int_equal(ky_db_session_delete_all(f->s, f->head.staff_id), KY_OK);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_ENDED);
}

static void addresses_end_with_the_person(void **state)
{
    struct fixture *f = *state;
    make(f);
    assert_int_equal(ky_db_staff_set_state(f->s, &f->reg.scope, f->head.staff_id, "closed"), KY_OK);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_ENDED);
}

static void only_who_may_sign_gets_addresses(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(make_by(f, &f->clerk, HEAD_SEAL, NULL), KY_EDENIED);
    assert_int_equal(make_by(f, &f->stranger, HEAD_SEAL, NULL), KY_EDENIED);
    f->reg.scope = ky_actor_scope(&f->stranger);
    assert_int_equal(make_by(f, &f->stranger, HEAD_SEAL, NULL), KY_ENOTFOUND);
    f->reg.scope = ky_scope_everything();
    assert_int_equal(ky_dossier_act(f->s, &f->reg, &f->clerk, f->id, KY_ACT_REOPEN, NULL, TEST_NOW), KY_OK);
    assert_int_equal(make_by(f, &f->head, HEAD_SEAL, NULL), KY_EDENIED);
    assert_int_equal(count(f, "SELECT count(*) FROM agent_visit"), 0);
}

/* ---- documents ---- */

static void the_seal_comes_behind_the_head(void **state)
{
    struct fixture *f = *state;
    uint8_t head[KY_SHA256_SIZE], seal[KY_SHA256_SIZE], again[KY_SHA256_SIZE];
    make(f);
    const size_t drawn = f->made.size;
    find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW);
    assert_int_equal(hand_out(f), drawn);
    assert_int_equal(bring(head, f, &f->head, "head"), KY_OK);
    assert_int_equal(open_kept(f, head), KY_OK);

    assert_int_equal(make_by(f, &f->keeper, ORG_SEAL, NULL), KY_OK);
    find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW);
    assert_memory_equal(f->made.hash, head, sizeof head);
    assert_int_equal(hand_out(f), drawn + 4);
    assert_int_equal(bring(seal, f, &f->keeper, "seal"), KY_OK);
    assert_int_equal(open_kept(f, seal), KY_OK);

    /* who signs once more begins where the others left off, not with the own signature */
    assert_int_equal(make_by(f, &f->keeper, ORG_SEAL, NULL), KY_OK);
    find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW);
    assert_int_equal(hand_out(f), drawn + 4);
    assert_int_equal(bring(again, f, &f->keeper, "SEAL"), KY_OK);
    assert_int_equal(open_kept(f, seal), KY_ENOTFOUND);
    assert_int_equal(open_kept(f, again), KY_OK);
}

static void what_changed_under_way_is_not_handed_out(void **state)
{
    struct fixture *f = *state;
    uint8_t hash[KY_SHA256_SIZE];
    ky_auto_buf document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    assert_int_equal(make_by(f, &f->keeper, ORG_SEAL, NULL), KY_OK);
    find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW);
    const struct ky_db_visit keeper = f->visit;
    make(f);
    find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW);
    assert_int_equal(bring(hash, f, &f->head, "head"), KY_OK);
    assert_int_equal(ky_visit_open(&document, f->s, &f->reg, &keeper), KY_EDENIED);
    assert_non_null(strstr(f->why.vi, "văn bản đã thay đổi"));
    f->visit = keeper;
    assert_int_equal(
        ky_signing_keep(f->s, &f->reg, &f->keeper, &keeper, KY_BYTES_LIT("x"), KY_BYTES_OF(hash), TEST_NOW),
        KY_EDENIED);
}

static void editing_ends_what_is_being_signed(void **state)
{
    struct fixture *f = *state;
    uint8_t hash[KY_SHA256_SIZE];
    make(f);
    find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW);
    assert_int_equal(bring(hash, f, &f->head, "head"), KY_OK);
    assert_int_equal(ky_dossier_act(f->s, &f->reg, &f->clerk, f->id, KY_ACT_REOPEN, NULL, TEST_NOW), KY_OK);
    assert_int_equal(find(f, KY_VISIT_DOWNLOAD, f->made.download, TEST_NOW), KY_VISIT_UNKNOWN);
    assert_int_equal(open_kept(f, hash), KY_ENOTFOUND);
    assert_int_equal(ky_dossier_prepare(f->s, &f->reg, &f->clerk, f->id, TEST_NOW), KY_OK);
    assert_int_equal(open_kept(f, hash), KY_ENOTFOUND);
    assert_int_equal(count(f, "SELECT count(*) FROM request_signing"), 0);
}

static void a_document_of_another_dossier_does_not_open(void **state)
{
    struct fixture *f = *state;
    uint8_t hash[KY_SHA256_SIZE];
    char first[KY_NEW_ID_TEXT];
    make(f);
    find(f, KY_VISIT_UPLOAD, f->made.upload, TEST_NOW);
    assert_int_equal(bring(hash, f, &f->head, "head"), KY_OK);
    memcpy(first, f->id, sizeof first);
    memset(f->id, '0', sizeof f->id - 1);
    assert_int_equal(open_kept(f, hash), KY_ENOTFOUND);
    f->reg.scope = ky_actor_scope(&f->stranger);
    memcpy(f->id, first, sizeof first);
    assert_int_equal(open_kept(f, hash), KY_ENOTFOUND);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_address_is_for_one_use),
        CASE(an_address_is_for_one_purpose),
        CASE(an_address_ends_after_five_minutes),
        CASE(secrets_are_not_stored),
        CASE(a_new_pair_takes_the_place_of_the_old),
        CASE(addresses_long_ended_are_forgotten),
        CASE(addresses_end_with_the_session),
        CASE(addresses_end_with_the_person),
        CASE(only_who_may_sign_gets_addresses),
        CASE(the_seal_comes_behind_the_head),
        CASE(what_changed_under_way_is_not_handed_out),
        CASE(editing_ends_what_is_being_signed),
        CASE(a_document_of_another_dossier_does_not_open),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
