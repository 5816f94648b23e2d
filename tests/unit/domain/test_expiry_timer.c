/* Certificates that end soon: told in three steps, once each, to the person and in one mail to the organisation. */
#include "registration.h"

#include <stdio.h>

#include "codec/jcs.h"
#include "domain/expiry_timer.h"
#include "domain/org.h"
#include "domain/outbox.h"
#include "store/credential.h"
#include "store/db.h"
#include "store/expiry.h"
#include "store/outbox.h"

#define DAY 21000 /* the certificates end on this day, at five in the morning */
#define END (ky_time_of_day_vn(DAY) + 5 * KY_HOUR)
#define MORNING(days_before) (ky_time_of_day_vn(DAY - (days_before)) + 8 * KY_HOUR)

static struct tempdb *db;
static struct ky_db *pool;
static struct ky_store *s;
static struct ky_legal_book legal;
static struct ky_personal personal;
static struct ky_notices *notices;
static struct ky_registration reg;
static char department[KY_NEW_ID_TEXT], school[KY_NEW_ID_TEXT], clerk[KY_NEW_ID_TEXT];

static ky_rc make_org(char id[KY_NEW_ID_TEXT], const char *code, const char *sector)
{
    const struct ky_db_org org = {.code = code,
                                  .name = "Trường THCS Nguyễn Trãi",
                                  .province = "Lâm Đồng",
                                  .place = "Đà Lạt",
                                  .sector = sector};
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, TEST_NOW);
}

static ky_rc make_dossier(void)
{
    const struct ky_db_dossier d = {.id = "d0",
                                    .code = "d0",
                                    .org_id = school,
                                    .procedure = "new",
                                    .state = "done",
                                    .entered_by = clerk,
                                    .legal = "2024",
                                    .recipient_name = "Lê Thị Hoa",
                                    .recipient_channel = "email",
                                    .recipient_email = "hoa@lamdong.edu.vn",
                                    .sealed_recipient_phone = KY_BYTES_LIT("x"),
                                    .path = "/x/",
                                    .created_at = 1};
    return ky_db_dossier_insert(s, &d);
}

static ky_rc fill(void)
{
    uint8_t key[KY_DATA_KEY_SIZE] = {7};
    ky_auto_arena a = ky_arena_init(65536);
    KY_TRY(ky_personal_init(&personal, KY_BYTES_OF(key)));
    KY_TRY(ky_legal_book_load(&legal, KY_TEST_ETC "/legal"));
    KY_TRY(ky_notices_load(&notices, KY_TEST_ETC "/templates"));
    reg = (struct ky_registration){
        .legal = &legal, .personal = &personal, .notices = notices, .scope = ky_scope_everything()};
    KY_TRY(make_org(department, "A05", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(school, "H36.1", "education"));
    const struct ky_db_staff staff = {
        .org_id = school, .name = "Lê Thị Hoa", .email = "hoa@x.edu.vn", .roles = "enter support"};
    KY_TRY(ky_staff_create(clerk, s, &a, &KY_ACTOR_SYSTEM, &staff, TEST_NOW));
    KY_TRY(make_dossier());
    return ky_db_open(&pool, db->where, 1, TEST_NOW);
}

static int set_up(void **state)
{
    void *opened = NULL;
    if (tempdb_open(&opened) != 0)
        return -1;
    db = opened;
    s = db->s;
    ky_rc rc = fill();
    if (rc != KY_OK)
        fprintf(stderr, "%s\n", ky_error());
    return rc == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    void *opened = db;
    ky_db_close(pool);
    ky_notices_free(notices);
    ky_legal_book_clear(&legal);
    ky_personal_clear(&personal);
    return tempdb_close(&opened);
}

/* A certificate of row `number`, whose person has the address tN@x.edu.vn. */
static void give_certificate(int64_t number, const char *owner, ky_time end)
{
    char place[96], serial[40], changes[64];
    uint8_t hash[KY_PERSONAL_HASH_SIZE] = {(uint8_t)number, (uint8_t)(number >> 8)};
    ky_auto_buf text = ky_buf_init(KY_PERSON_MAX), sealed = ky_buf_init(KY_PERSON_MAX + KY_PERSONAL_EXTRA);
    snprintf(changes, sizeof changes, "{\"email\":\"t%lld@lamdong.edu.vn\"}", (long long)number);
    ky_auto_person p = person_with(changes);
    assert_int_equal(ky_jcs_encode(&text, p.json, 2), KY_OK);
    snprintf(place, sizeof place, "dossier_row/person/d0/%lld", (long long)number);
    assert_int_equal(ky_personal_seal(&sealed, &personal, place, ky_buf_bytes(&text)), KY_OK);
    snprintf(serial, sizeof serial, "7a3f00000000000000000000%08llx", (long long)number);
    const struct ky_db_dossier_row row = {.dossier_id = "d0",
                                          .number = number,
                                          .state = "active",
                                          .name = "Nguyễn Thị Minh Hằng",
                                          .identity_hash = KY_BYTES_OF(hash),
                                          .sealed_person = ky_buf_bytes(&sealed)};
    const struct ky_db_cert c = {.serial = serial,
                                 .dossier_id = "d0",
                                 .number = number,
                                 .key_id = "k",
                                 .owner = owner,
                                 .status = "waiting",
                                 .der = KY_BYTES_LIT("d"),
                                 .not_after = end};
    assert_int_equal(ky_db_dossier_row_insert(s, &row), KY_OK);
    assert_int_equal(ky_db_cert_insert(s, &c), KY_OK);
    assert_int_equal(ky_db_cert_set_good(s, serial, KY_BYTES_LIT("d"), KY_BYTES_LIT("h")), KY_OK);
}

static int64_t count(const char *sql)
{
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, s, sql, KY_NO_PARAMS), KY_OK);
    return n;
}

static int64_t told(const char *template_name)
{
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, s, "SELECT count(*) FROM outbox WHERE template = $1",
                                        KY_PARAMS(ky_value_text(template_name))),
                     KY_OK);
    return n;
}

/* As the courier does, round after round, until nothing is left. */
static void run_all(ky_time now)
{
    struct ky_expiry_result r;
    do
        assert_int_equal(ky_expiry_run(&r, pool, &reg, now), KY_OK);
    while (r.warned + r.failed + r.digests > 0);
}

static ky_rc keep_body(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now);
static const struct ky_notifier_ops keeper_ops = {.name = "keeper", .send = keep_body};
static struct ky_notifier keeper = {&keeper_ops, 1u << KY_CHANNEL_EMAIL};
static char kept[KY_NOTICE_BODY_MAX + 1], kept_address[KY_NOTICE_ADDRESS_MAX];
static const char *wanted; /* address */

static ky_rc keep_body(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now)
{
    if (strcmp(notice->address, wanted) == 0) {
        snprintf(kept, sizeof kept, "%s", ky_buf_str(&notice->body));
        snprintf(kept_address, sizeof kept_address, "%s", notice->address);
    }
    return KY_OK;
}

/* What went to an address last. */
static const char *mail_to(const char *address, ky_time now)
{
    struct ky_outbox_result r;
    struct ky_notifier *const by_channel[KY_CHANNEL_COUNT] = {&keeper, NULL};
    kept[0] = 0;
    wanted = address;
    do
        assert_int_equal(ky_outbox_run(&r, pool, &personal, by_channel, now), KY_OK);
    while (r.sent > 0);
    return kept;
}

static void each_step_is_told_once(void **state)
{
    give_certificate(1, "o1", END);
    run_all(MORNING(60) - 1);
    assert_int_equal(told("expiry-subscriber"), 0);
    for (int64_t step = 0; step < KY_EXPIRY_STEPS; step++) {
        run_all(MORNING(ky_expiry_days(step)));
        run_all(MORNING(ky_expiry_days(step)) + KY_DAY);
        assert_int_equal(told("expiry-subscriber"), step + 1);
        assert_int_equal(told("expiry-digest"), step + 1);
    }
    run_all(END);
    assert_int_equal(told("expiry-subscriber"), 3);
    assert_int_equal(count("SELECT count(*) FROM expiry"), 0);
    const char *body = mail_to("t1@lamdong.edu.vn", END);
    assert_non_null(strstr(body, "7a3f…0001"));
    assert_non_null(strstr(body, "còn 7 ngày"));
    assert_non_null(strstr(body, "cán bộ hỗ trợ Lê Thị Hoa"));
}

/* Sixty of one day: one mail that names thirty of them. */
static void an_organisation_gets_one_mail_for_all(void **state)
{
    char owner[8];
    for (int64_t i = 1; i <= 60; i++) {
        snprintf(owner, sizeof owner, "o%lld", (long long)i);
        give_certificate(i, owner, END + i * KY_MINUTE);
    }
    run_all(MORNING(60));
    assert_int_equal(told("expiry-subscriber"), 60);
    assert_int_equal(told("expiry-digest"), 1);
    assert_int_equal(count("SELECT count(*) FROM expiry_digest"), 0);
    const char *body = mail_to("hoa@x.edu.vn", MORNING(60));
    assert_non_null(strstr(body, "- Nguyễn Thị Minh Hằng, số hiệu 7a3f…0001, hết hiệu lực"));
    assert_non_null(strstr(body, "… và 30 chứng thư số khác"));
}

static void of_missed_steps_only_the_last_is_told(void **state)
{
    give_certificate(1, "o1", END);
    run_all(MORNING(20));
    assert_int_equal(told("expiry-subscriber"), 1);
    run_all(MORNING(7));
    assert_int_equal(told("expiry-subscriber"), 2);
    assert_int_equal(count("SELECT count(*) FROM expiry"), 0);
}

static void what_was_replaced_revoked_or_is_over_is_not_told(void **state)
{
    give_certificate(1, "o1", END);
    give_certificate(2, "o1", END + 700 * KY_DAY);
    give_certificate(3, "o3", END);
    give_certificate(4, "o4", TEST_NOW - 1);
    assert_int_equal(ky_db_cert_set_revoked(s, "7a3f0000000000000000000000000003", 1, 1), KY_OK);
    run_all(MORNING(60));
    assert_int_equal(told("expiry-subscriber"), 0);
    assert_int_equal(told("expiry-digest"), 0);
    assert_int_equal(count("SELECT count(*) FROM expiry"), 1);
}

static void one_that_cannot_be_told_holds_nobody_up(void **state)
{
    give_certificate(1, "o1", END);
    give_certificate(2, "o2", END);
    assert_int_equal(ky_store_script(s, "UPDATE dossier_row SET sealed_person = 'x' WHERE number = 1"),
                     KY_OK);
    run_all(MORNING(60));
    assert_int_equal(told("expiry-subscriber"), 1);
    assert_int_equal(told("expiry-digest"), 1);
    assert_int_equal(count("SELECT count(*) FROM expiry WHERE step = 0"), 1);
}

int main(void)
{
#define EXPIRY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EXPIRY(each_step_is_told_once),
        EXPIRY(an_organisation_gets_one_mail_for_all),
        EXPIRY(of_missed_steps_only_the_last_is_told),
        EXPIRY(what_was_replaced_revoked_or_is_over_is_not_told),
        EXPIRY(one_that_cannot_be_told_holds_nobody_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
