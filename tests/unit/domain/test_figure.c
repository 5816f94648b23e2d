/* Months, shares of answers, and what of a certificate is counted from its beginning to its revocation. */
#include "../store/tempdb.h"

#include "domain/figure.h"
#include "domain/holding.h"

static void reads_and_counts_months(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        "2026",    "2026-1",   "2026-13", "2026-00", "2026/01",
                                        "0026-01", "2026-0a", "2026-011", "-026-01", "2026--1"};
    int64_t month = 7;
    assert_int_equal(ky_figure_month_parse(&month, KY_BYTES_LIT("2026-11")), KY_OK);
    assert_int_equal(month, 202611);
    assert_int_equal(ky_figure_month_parse(&month, KY_BYTES_LIT("2026-02")), KY_OK);
    assert_int_equal(month, 202602);
    for (size_t i = 0; i < KY_COUNT(wrong); i++)
        assert_int_equal(ky_figure_month_parse(&month, ky_bytes_str(wrong[i])), KY_EFORMAT);
    assert_int_equal(ky_figure_month_add(202611, 2), 202701);
    assert_int_equal(ky_figure_month_add(202601, -1), 202512);
    assert_int_equal(ky_figure_month_count(202512, 202601), 2);
    assert_int_equal(ky_figure_month_count(202601, 202512), 0);
    assert_int_equal(ky_figure_month(1793466000 - 1), 202610); /* 2026-10-31 23:59:59 at +07:00 */
    assert_int_equal(ky_figure_month(1793466000), 202611);
}

static void tells_within_what_time_a_share_was_answered(void **state)
{
    (void)state;
    struct ky_figure_sums f = {.done = 9, .refused = 1};
    assert_int_equal(ky_figure_percentile_s(&f, 50), 0); /* no times: nothing to tell */
    f.buckets[0] = 5;                                    /* within an hour */
    f.buckets[1] = 4;                                    /* two */
    f.buckets[KY_FIGURE_BUCKETS - 1] = 1;
    assert_int_equal(ky_figure_answered(&f), 10);
    assert_int_equal(ky_figure_percentile_s(&f, 50), KY_HOUR);
    assert_int_equal(ky_figure_percentile_s(&f, 51), 2 * KY_HOUR);
    assert_int_equal(ky_figure_percentile_s(&f, 90), 2 * KY_HOUR);
    assert_int_equal(ky_figure_percentile_s(&f, 91), 365 * KY_DAY);
}

static int open_one(void **state)
{
    static const char one[] =
        "INSERT INTO organisation (id, code, name, province, place, sector, state, created_at, kind, path, "
        "folded)"
        " VALUES ('0e', 'T1', 'n', 'HN', 'HN', 'education', 'active', 1, 'organisation', '/0e/', 't1 n');"
        "INSERT INTO staff VALUES ('0b', '0e', 'n', 'e', 'enter', NULL, NULL, 'active', 1);"
        "INSERT INTO dossier (id, code, org_id, procedure, state, entered_by, legal, document_date,"
        " recipient_name, recipient_channel, recipient_email, sealed_recipient_phone, created_at, updated_at,"
        " received_at, due_at, path) VALUES ('01', 'CM-2026-000001', '0e', 'new', 'done', '0b', '2024', 0, "
        "'r',"
        " 'sms', 'e', x'00', 1, 1, 0, 0, '/0e/');"
        "INSERT INTO dossier_row (dossier_id, number, state, name, identity_hash, sealed_person, updated_at)"
        " VALUES ('01', 1, 'active', 'Đỗ Thị Hằng', x'00', x'00', 0);"
        "INSERT INTO certificate (serial, dossier_id, number, key_id, owner, status, der, not_before, "
        "not_after,"
        " revoked_at, reason, created_at)" /* ends on 2026-11-01 */
        " VALUES ('aa', '01', 1, 'k', 'o', 'good', x'00', 0, 1793466000, 0, 0, 1);";
    if (tempdb_open(state) != 0)
        return -1;
    return ky_store_script(((struct tempdb *)*state)->s, one) == KY_OK ? 0 : -1;
}

static void assert_outlook(struct ky_store *s, const char *path, int64_t wanted)
{
    int64_t counts[3] = {9, 9, 9};
    struct ky_scope scope;
    assert_int_equal(ky_scope_make(&scope, path), KY_OK);
    assert_int_equal(ky_outlook_read(counts, KY_COUNT(counts), s, &scope, 202610), KY_OK);
    assert_int_equal(counts[0], 0);
    assert_int_equal(counts[1], wanted);
    assert_int_equal(counts[2], 0);
}

static void a_certificate_ends_in_its_month_until_it_is_revoked(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_figures figures;
    const struct ky_scope all = ky_scope_everything();
    assert_outlook(s, "/", 0);
    assert_int_equal(ky_holding_begin(s, "aa"), KY_OK);
    assert_outlook(s, "/", 1);
    assert_outlook(s, "/0e/", 1);
    assert_outlook(s, "/0f/", 0);
    assert_int_equal(ky_figures_read(&figures, &a, s, &all, KY_FIGURE_MONTH, 202601, 202612), KY_OK);
    assert_int_equal(figures.n, 0); /* no figure of dossiers */
    assert_int_equal(ky_holding_end(s, "aa", 5, KY_REASON_SUPERSEDED), KY_OK);
    assert_outlook(s, "/", 0);
    assert_int_equal(ky_holding_end(s, "aa", 6, KY_REASON_SUPERSEDED), KY_ENOTFOUND);
    assert_outlook(s, "/", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_counts_months),
        cmocka_unit_test(tells_within_what_time_a_share_was_answered),
        cmocka_unit_test_setup_teardown(a_certificate_ends_in_its_month_until_it_is_revoked, open_one,
                                        tempdb_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
