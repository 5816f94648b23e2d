/*
 * A realm in which two officers must approve, each of them over a list of several dossiers if they like. A web tier gone bad
 * wants keys and certificates by one officer, by one person under two records, or by a list that somebody signed for
 * something else. Before each attack an honest dossier goes through; each refusal is that of sam and of ca.
 */
#include "os/clock.h"
#include "tests/process/attack_issue.h"

static struct issue_world world;

static int set_up(void **state)
{
    const struct realm_options two = {.issuing_key = "p256", .root_key = "p256", .issue_n = 2};
    *state = &world;
    assert_ok(issue_world_make(&world, &two));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    issue_world_clear(&world);
    return 0;
}

/* ---- two of three ---- */

static void one_is_not_enough(struct filing *f)
{
    f->officer_count = 1;
}

static void the_same_twice(struct filing *f)
{
    f->officers[1] = f->officers[0];
}

static void one_person_under_two_records(struct filing *f)
{
    filing_add_records(f, &f->w->twin);
    f->officers[1] = &f->w->twin.p;
}

static void second_entered_the_dossier(struct filing *f)
{
    filing_add_records(f, &f->w->filer);
    f->officers[1] = &f->w->filer.p;
}

static void second_may_not_approve(struct filing *f)
{
    filing_add_records(f, &f->w->receiver);
    f->officers[1] = &f->w->receiver.p;
}

static void second_is_a_stranger(struct filing *f)
{
    f->officers[1] = &f->w->stranger;
}

static void third_is_a_stranger(struct filing *f)
{
    f->officer_count = 3;
    f->officers[2] = &f->w->stranger;
}

/* Items of two authorisation lists of one item each, as one list of two. */
static void join(struct ky_buf *out, const struct ky_buf *first, const struct ky_buf *second)
{
    ky_buf_reset(out);
    ky_buf_add_u8(out, 2);
    ky_buf_add(out, KY_BYTES(first->p + 1, first->n - 1));
    ky_buf_add(out, KY_BYTES(second->p + 1, second->n - 1));
    assert_ok(ky_buf_finish(out));
}

/* The first approved three years, the second was shown one year less. */
static void second_approved_other_bytes(struct filing *f)
{
    ky_auto_buf one = ky_buf_init(65536), other = ky_buf_init(65536);
    assert_ok(people_authorise(&one, &f->officers[0], 1, ky_buf_bytes(&f->d.issue), ky_now()));
    json_int_t end = json_integer_value(json_object_get(f->issue, "not_after"));
    json_object_set_new(f->issue, "not_after", json_integer(end - 365 * KY_DAY));
    filing_reword_issue(f);
    assert_ok(people_authorise(&other, &f->officers[1], 1, ky_buf_bytes(&f->d.issue), ky_now()));
    join(&f->d.issue_auths, &one, &other);
}

static const struct issue_attack several[] = {
    {"one of two", APPROVE_IT, one_is_not_enough, AT_SAM | AT_CA, KY_EAUTH,
     "1 officers signed, 2 are wanted"},
    {"one signature twice", APPROVE_IT, the_same_twice, AT_SAM | AT_CA, KY_EAUTH, "one person signed twice"},
    {"one person by two records", APPROVE_IT, one_person_under_two_records, AT_SAM | AT_CA, KY_EAUTH,
     "one person signed twice"},
    {"second filed the dossier", APPROVE_IT, second_entered_the_dossier, AT_SAM | AT_CA, KY_EDENIED,
     "who filed the dossier"},
    {"second without the role", APPROVE_IT, second_may_not_approve, AT_SAM | AT_CA, KY_EDENIED,
     "does not have the role"},
    {"second a stranger", APPROVE_IT, second_is_a_stranger, AT_SAM | AT_CA, KY_EDENIED,
     "no record of the officer"},
    {"third a stranger", APPROVE_IT, third_is_a_stranger, AT_SAM | AT_CA, KY_EDENIED,
     "no record of the officer"},
    {"two different approvals", SEND_IT, second_approved_other_bytes, AT_SAM | AT_CA, KY_EDENIED,
     "not this statement"},
};

static void two_officers_approved_the_same_bytes(void **state)
{
    issue_attack_all(*state, several, KY_COUNT(several));
}

static void three_may_approve_where_two_must(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing f = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_begin(&f, &world, 1));
    f.officer_count = 3;
    assert_ok(filing_file(&f));
    assert_ok(filing_approve(&f));
    assert_ok(filing_keys(&keys, &f));
    assert_ok(filing_certify(&cert, &f, ky_buf_bytes(&keys)));
}

/* ---- one signature over several dossiers ---- */

/* Both officers sign these statements as one list. */
static void approve_list(struct filing *f, const struct ky_bytes *texts, size_t count)
{
    ky_auto_buf content = ky_buf_init(2 * KY_STATEMENT_LIST_BYTES_MAX);
    assert_ok(ky_statement_list_encode(&content, texts, count));
    ky_buf_reset(&f->d.issue_auths);
    assert_ok(people_authorise_list(&f->d.issue_auths, f->officers, f->officer_count, ky_buf_bytes(&content),
                                    ky_now()));
}

/* The dossier's approval stands in a list with that of another one. */
static void approve_both(struct filing *f, struct filing *with)
{
    const struct ky_bytes texts[] = {ky_buf_bytes(&with->d.issue), ky_buf_bytes(&f->d.issue)};
    approve_list(f, texts, KY_COUNT(texts));
    ky_buf_reset(&with->d.issue_auths);
    ky_buf_add(&with->d.issue_auths, ky_buf_bytes(&f->d.issue_auths));
}

static void go_through(struct filing *f, struct ky_buf *keys, struct ky_buf *cert)
{
    ky_buf_reset(keys);
    ky_buf_reset(cert);
    assert_ok(filing_keys(keys, f));
    assert_ok(filing_certify(cert, f, ky_buf_bytes(keys)));
}

/* Each by itself, in any order; what came of the one says nothing of the other; once more gives the same. */
static void one_list_approves_each_of_its_dossiers_once(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing f = {0}, g = {0}, spoilt = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    ky_auto_buf again = ky_buf_init(HARNESS_TEXT_MAX), cert_again = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_make(&f, &world, 2));
    assert_ok(filing_make(&g, &world, 1));
    assert_ok(filing_begin(&spoilt, &world, 1));
    assert_ok(filing_file(&spoilt));
    json_object_set_new(spoilt.issue, "exp", json_integer(ky_now() - 1));
    assert_ok(filing_approve(&spoilt));
    const struct ky_bytes texts[] = {ky_buf_bytes(&spoilt.d.issue), ky_buf_bytes(&f.d.issue),
                                     ky_buf_bytes(&g.d.issue)};
    approve_list(&f, texts, KY_COUNT(texts));
    struct filing *const others[] = {&g, &spoilt};
    for (size_t i = 0; i < KY_COUNT(others); i++) {
        ky_buf_reset(&others[i]->d.issue_auths);
        ky_buf_add(&others[i]->d.issue_auths, ky_buf_bytes(&f.d.issue_auths));
    }
    harness_refused(&world.h, "expired one of a list", KY_PROCESS_SAM, KY_OP_ISSUE,
                    filing_keys(&keys, &spoilt), KY_EEXPIRED, "expired ");
    go_through(&g, &keys, &cert);
    go_through(&g, &again, &cert_again);
    assert_true(ky_bytes_eq(ky_buf_bytes(&keys), ky_buf_bytes(&again)));
    assert_true(ky_bytes_eq(ky_buf_bytes(&cert), ky_buf_bytes(&cert_again)));
    go_through(&f, &keys, &cert);
    f.row = 2;
    go_through(&f, &keys, &cert);
}

static void in_a_list(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing with = {0};
    assert_ok(filing_make(&with, f->w, 1));
    approve_both(f, &with);
}

/* One of its statements says another row than the officers signed. */
static void row_exchanged(struct filing *f)
{
    json_object_set_new(f->issue, "rows", json_pack("[i]", 1));
    filing_reword_issue(f);
    in_a_list(f);
    json_object_set_new(f->issue, "rows", json_pack("[i]", 2));
    filing_reword_issue(f);
    f->row = 2;
}

/* In the statement and, everywhere, in what was signed. */
static void row_exchanged_in_the_list_too(struct filing *f)
{
    static const char one[] = "\"rows\":[1]", two[] = "\"rows\":[2]";
    row_exchanged(f);
    for (uint8_t *at = f->d.issue_auths.p, *end = at + f->d.issue_auths.n; at != NULL;) {
        at = memmem(at, (size_t)(end - at), one, sizeof one - 1);
        if (at != NULL)
            memcpy(at, two, sizeof two - 1);
    }
}

static void added_to_the_list(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing with = {0}, more = {0};
    assert_ok(filing_make(&with, f->w, 1));
    assert_ok(filing_make(&more, f->w, 1));
    const struct ky_bytes texts[] = {ky_buf_bytes(&with.d.issue), ky_buf_bytes(&more.d.issue)};
    approve_list(f, texts, KY_COUNT(texts));
}

/* The list that was signed gives its place up to one of the same length. */
static void put_in_the_place_of_another(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing with = {0};
    assert_ok(filing_make(&with, f->w, 2));
    assert_int_equal(with.d.issue.n, f->d.issue.n);
    const struct ky_bytes texts[] = {ky_buf_bytes(&with.d.issue)};
    approve_list(f, texts, KY_COUNT(texts));
    struct ky_buf *auths = &f->d.issue_auths;
    for (uint8_t *at = auths->p; at != NULL;) {
        at = memmem(at, (size_t)(auths->p + auths->n - at), texts[0].p, texts[0].n);
        if (at != NULL)
            memcpy(at, f->d.issue.p, f->d.issue.n);
    }
}

static void list_of_another_dossier(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing one = {0}, two = {0};
    assert_ok(filing_make(&one, f->w, 1));
    assert_ok(filing_make(&two, f->w, 1));
    approve_both(&one, &two);
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add(&f->d.issue_auths, ky_buf_bytes(&one.d.issue_auths));
}

static void make_lock(struct ky_buf *text, const struct realm *r)
{
    uint8_t nonce[KY_NONCE_SIZE];
    ky_auto_json st = NULL;
    ky_time now = ky_now();
    assert_ok(realm_nonce(nonce, r, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {
        .type = "lock", .realm = r->founding->realm, .sam_nonce = nonce, .iat = now, .exp = now + KY_MINUTE};
    assert_ok(statement_new(&st, &head));
    json_object_set_new(st, "credential", json_string("000000000000000000000000000000ff"));
    assert_ok(statement_text(text, st));
}

static void with_a_lock_among_them(struct filing *f)
{
    ky_auto_buf lock = ky_buf_init(65536);
    make_lock(&lock, &f->w->h.realm);
    const struct ky_bytes texts[] = {ky_buf_bytes(&f->d.issue), ky_buf_bytes(&lock)};
    approve_list(f, texts, KY_COUNT(texts));
}

static void with_the_request_among_them(struct filing *f)
{
    const struct ky_bytes texts[] = {ky_buf_bytes(&f->d.issue), ky_buf_bytes(&f->d.request)};
    approve_list(f, texts, KY_COUNT(texts));
}

static void twice_in_the_list(struct filing *f)
{
    const struct ky_bytes texts[] = {ky_buf_bytes(&f->d.issue), ky_buf_bytes(&f->d.issue)};
    approve_list(f, texts, KY_COUNT(texts));
}

/* One more statement of the most rows there are. */
static void more_rows_than_allowed(struct filing *f)
{
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    ky_auto_json more = json_deep_copy(f->issue);
    ky_auto_json rows = json_array();
    for (int i = 1; i <= KY_STATEMENT_LIST_ROWS_MAX; i++)
        json_array_append_new(rows, json_integer(i));
    json_object_set(more, "rows", rows);
    assert_ok(statement_text(&text, more));
    const struct ky_bytes texts[] = {ky_buf_bytes(&f->d.issue), ky_buf_bytes(&text)};
    approve_list(f, texts, KY_COUNT(texts));
}

/* A list counts for one officer, however many dossiers are in it. */
static void by_one_list_alone(struct filing *f)
{
    f->officer_count = 1;
    in_a_list(f);
}

static void both_lists_by_one_person(struct filing *f)
{
    one_person_under_two_records(f);
    in_a_list(f);
}

/* The organisation's own signature over a list. */
static void request_signed_in_a_list(struct filing *f)
{
    ky_auto_buf content = ky_buf_init(KY_STATEMENT_LIST_BYTES_MAX);
    const struct ky_bytes text = ky_buf_bytes(&f->d.request);
    assert_ok(ky_statement_list_encode(&content, &text, 1));
    ky_buf_reset(&f->d.request_auths);
    assert_ok(people_authorise_list(&f->d.request_auths, &f->seal, 1, ky_buf_bytes(&content), ky_now()));
}

static const struct issue_attack lists[] = {
    {"row exchanged", SEND_IT, row_exchanged, AT_SAM | AT_CA, KY_EDENIED, "not in the list"},
    {"row exchanged in the list too", SEND_IT, row_exchanged_in_the_list_too, AT_SAM | AT_CA, KY_EAUTH,
     "cms"},
    {"not in the list", SEND_IT, added_to_the_list, AT_SAM | AT_CA, KY_EDENIED, "not in the list"},
    {"in the place of another", SEND_IT, put_in_the_place_of_another, AT_SAM | AT_CA, KY_EAUTH, "cms"},
    {"list of other dossiers", SEND_IT, list_of_another_dossier, AT_SAM | AT_CA, KY_EDENIED,
     "not in the list"},
    {"a lock in the list", SEND_IT, with_a_lock_among_them, AT_SAM | AT_CA, KY_EDENIED,
     "type lock is signed by itself"},
    {"the request in the list", SEND_IT, with_the_request_among_them, AT_SAM | AT_CA, KY_EDENIED,
     "type request is signed by itself"},
    {"twice in the list", SEND_IT, twice_in_the_list, AT_SAM | AT_CA, KY_EFORMAT, "there already"},
    {"too many rows", SEND_IT, more_rows_than_allowed, AT_SAM | AT_CA, KY_ELIMIT, "1002 rows"},
    {"list by one officer", SEND_IT, by_one_list_alone, AT_SAM | AT_CA, KY_EAUTH,
     "1 officers signed, 2 are wanted"},
    {"list by one person twice", APPROVE_IT, both_lists_by_one_person, AT_SAM | AT_CA, KY_EAUTH,
     "one person signed twice"},
    {"request signed in a list", SEND_IT, request_signed_in_a_list, AT_SAM | AT_CA, KY_EDENIED,
     "signed by itself"},
};

static void lists_approve_only_what_is_in_them(void **state)
{
    issue_attack_all(*state, lists, KY_COUNT(lists));
}

/* The first officer's approval alone, the second's within a list, as dossiers come to them. */
static void alone_and_in_a_list_count_together(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing f = {0}, with = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    ky_auto_buf alone = ky_buf_init(65536), content = ky_buf_init(65536), listed = ky_buf_init(65536);
    assert_ok(filing_make(&f, &world, 1));
    assert_ok(filing_make(&with, &world, 1));
    const struct ky_bytes texts[] = {ky_buf_bytes(&f.d.issue), ky_buf_bytes(&with.d.issue)};
    assert_ok(ky_statement_list_encode(&content, texts, KY_COUNT(texts)));
    assert_ok(people_authorise(&alone, &f.officers[0], 1, texts[0], ky_now()));
    assert_ok(people_authorise_list(&listed, &f.officers[1], 1, ky_buf_bytes(&content), ky_now()));
    join(&f.d.issue_auths, &alone, &listed);
    go_through(&f, &keys, &cert);
}

/* The same rows in a second list, with nonces of their own: each row is issued once. */
static void rows_of_an_executed_list_are_not_issued_again(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing f = {0}, with = {0}, fresh = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX),
                none = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_make(&f, &world, 1));
    assert_ok(filing_make(&with, &world, 1));
    approve_both(&f, &with);
    go_through(&f, &keys, &cert);
    assert_ok(filing_make(&fresh, &world, 1));
    json_object_set(f.issue, "aud", json_object_get(fresh.issue, "aud"));
    filing_reword_issue(&f);
    approve_both(&f, &fresh);
    harness_refused(&world.h, "a second list", KY_PROCESS_SAM, KY_OP_ISSUE, filing_keys(&none, &f),
                    KY_EDENIED, "used by another statement");
    harness_refused(&world.h, "a second list", KY_PROCESS_CA, KY_OP_CERTIFY,
                    filing_certify(&none, &f, ky_buf_bytes(&keys)), KY_EDENIED,
                    "for another request or approval");
}

/* Lists are for dossiers: what is executed otherwise finds no statement of its kind in one. */
static void no_lock_is_executed_by_a_list(void **state)
{
    (void)state;
    const struct realm *r = &world.h.realm;
    const struct person *const two[] = {&r->officers[0], &r->officers[1]};
    KY_CLEANUP(filing_clear) struct filing f = {0};
    ky_auto_buf lock = ky_buf_init(65536), content = ky_buf_init(65536), auths = ky_buf_init(65536);
    ky_auto_buf reply = ky_buf_init(65536);
    assert_ok(filing_make(&f, &world, 1));
    make_lock(&lock, r);
    const struct ky_bytes texts[] = {ky_buf_bytes(&f.d.issue), ky_buf_bytes(&lock)};
    assert_ok(ky_statement_list_encode(&content, texts, KY_COUNT(texts)));
    assert_ok(people_authorise_list(&auths, two, KY_COUNT(two), ky_buf_bytes(&content), ky_now()));
    const struct ky_bytes fields[] = {ky_buf_bytes(&lock), ky_buf_bytes(&auths), KY_BYTES("\0\0", 2),
                                      ky_buf_bytes(&f.d.evidence)};
    harness_refused(&world.h, "lock by a list", KY_PROCESS_SAM, KY_OP_LOCK,
                    realm_call(r, "sam-worker.0", KY_MSG_SAM_EXECUTE, fields, KY_COUNT(fields), &reply),
                    KY_EDENIED, "signed by itself");
}

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world.h);
    harness_check_serving(&world.h, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_officers_approved_the_same_bytes),
        cmocka_unit_test(three_may_approve_where_two_must),
        cmocka_unit_test(one_list_approves_each_of_its_dossiers_once),
        cmocka_unit_test(lists_approve_only_what_is_in_them),
        cmocka_unit_test(alone_and_in_a_list_count_together),
        cmocka_unit_test(rows_of_an_executed_list_are_not_issued_again),
        cmocka_unit_test(no_lock_is_executed_by_a_list),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
