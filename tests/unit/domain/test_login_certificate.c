/* Which certificates are good for logging in, judged without a network. */
#include "fixture.h"

#include "domain/login_certificate.h"
#include "pki/ocsp.h"
#include "tests/support/people.h"

struct fixture {
    struct token_ca ca, stranger;
    struct person person, tsa, signer_only, foreign;
    struct ky_crl *fresh, *old, *revoking;
};

static struct ky_crl *list_of(const struct token_ca *ca, ky_time at, const struct person *revoked)
{
    struct ky_crl *list = NULL;
    ky_auto_buf der = ky_buf_init(65536);
    assert_ok(token_ca_crl(&der, ca, at, revoked));
    assert_ok(ky_crl_parse(&list, ky_buf_bytes(&der)));
    return list;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_ok(token_ca_init(&f->ca, "CA thử nghiệm", NOW - KY_DAY));
    assert_ok(token_ca_init(&f->stranger, "CA thử nghiệm", NOW - KY_DAY));
    assert_ok(token_ca_certify(&f->ca, &f->person, "Trần Văn An", NOW));
    assert_ok(token_ca_certify_as(&f->ca, &f->tsa, KY_PROFILE_TSA, "Dấu thời gian", NOW));
    assert_ok(token_ca_certify_as(&f->ca, &f->signer_only, KY_PROFILE_SUBSCRIBER, "Chỉ ký văn bản", NOW));
    assert_ok(token_ca_certify(&f->stranger, &f->foreign, "Trần Văn An", NOW));
    f->fresh = list_of(&f->ca, NOW, NULL);
    f->old = list_of(&f->ca, NOW - 25 * KY_HOUR, NULL);
    f->revoking = list_of(&f->ca, NOW, &f->person);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    struct person *people[] = {&f->person, &f->tsa, &f->signer_only, &f->foreign};
    for (size_t i = 0; i < KY_COUNT(people); i++)
        person_clear(people[i]);
    ky_crl_free(f->fresh);
    ky_crl_free(f->old);
    ky_crl_free(f->revoking);
    token_ca_clear(&f->ca);
    token_ca_clear(&f->stranger);
    free(f);
    return 0;
}

static ky_login_verdict judge(const struct fixture *f, const struct ky_cert *cert, const struct ky_crl *list,
                              ky_time at)
{
    const struct ky_cert *const anchors[] = {f->ca.ca.cert};
    ky_login_verdict verdict = KY_LOGIN_VERDICTS;
    const struct ky_login_certificate in = {
        .cert = cert, .anchors = {anchors, 1}, .crls = &list, .n_crls = list == NULL ? 0 : 1, .at = at};
    assert_ok(ky_login_judge_certificate(&verdict, &in));
    return verdict;
}

static void takes_a_known_cas_certificate_with_a_fresh_list(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(judge(f, f->person.cert, f->fresh, NOW), KY_LOGIN_GOOD);
    assert_int_equal(judge(f, f->person.cert, f->fresh, NOW + KY_DAY), KY_LOGIN_GOOD);
}

static void wants_a_word_of_the_last_day(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(judge(f, f->person.cert, NULL, NOW), KY_LOGIN_CERT_NO_EVIDENCE);
    assert_int_equal(judge(f, f->person.cert, f->old, NOW), KY_LOGIN_CERT_NO_EVIDENCE);
    assert_int_equal(judge(f, f->person.cert, f->fresh, NOW + KY_DAY + 1), KY_LOGIN_CERT_NO_EVIDENCE);
    assert_int_equal(judge(f, f->person.cert, f->revoking, NOW), KY_LOGIN_CERT_REVOKED);
}

static void takes_an_answer_of_the_responder_in_place_of_a_list(void **state)
{
    const struct fixture *f = *state;
    const struct ky_cert *const anchors[] = {f->ca.ca.cert};
    struct ky_ocsp_req req;
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), answer = ky_buf_init(KY_OCSP_RESP_MAX);
    assert_ok(ky_ocsp_req_build(&request, f->person.cert, f->ca.ca.cert, 20, KY_BYTES_NONE));
    assert_ok(ky_ocsp_req_parse(&req, ky_buf_bytes(&request)));
    struct ky_ocsp_single single = {.certid = req.ids[0].der,
                                    .status = KY_OCSP_GOOD,
                                    .this_update = NOW - KY_MINUTE,
                                    .next_update = NOW + KY_HOUR};
    const struct ky_ocsp_resp resp = {
        .responder = f->ca.ca.cert, .produced_at = NOW - KY_MINUTE, .singles = &single, .n_singles = 1};
    assert_ok(ky_ocsp_resp_build(&answer, &resp, &f->ca.ca.sigkey));
    const struct ky_bytes der = ky_buf_bytes(&answer);
    ky_login_verdict verdict;
    struct ky_login_certificate in = {
        .cert = f->person.cert, .anchors = {anchors, 1}, .ocsps = &der, .n_ocsps = 1, .at = NOW};
    assert_ok(ky_login_judge_certificate(&verdict, &in));
    assert_int_equal(verdict, KY_LOGIN_GOOD);
    in.at = NOW + KY_DAY;
    assert_ok(ky_login_judge_certificate(&verdict, &in));
    assert_int_equal(verdict, KY_LOGIN_CERT_NO_EVIDENCE);
}

/* Before any list: enough to see that one is worth reading, and never enough to let somebody in. */
static void judges_the_path_without_any_list(void **state)
{
    const struct fixture *f = *state;
    const struct ky_cert *const anchors[] = {f->ca.ca.cert};
    const struct ky_crl *const lists[] = {f->revoking};
    struct ky_login_certificate in = {
        .cert = f->person.cert, .anchors = {anchors, 1}, .crls = lists, .n_crls = 1, .at = NOW};
    ky_login_verdict verdict = KY_LOGIN_VERDICTS;
    assert_ok(ky_login_judge_path(&verdict, &in));
    assert_int_equal(verdict, KY_LOGIN_GOOD);
    assert_ok(ky_login_judge_certificate(&verdict, &in));
    assert_int_equal(verdict, KY_LOGIN_CERT_REVOKED);
    in.cert = f->foreign.cert;
    assert_ok(ky_login_judge_path(&verdict, &in));
    assert_int_equal(verdict, KY_LOGIN_CERT_UNTRUSTED);
}

static void refuses_what_is_not_for_logging_in(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(judge(f, NULL, f->fresh, NOW), KY_LOGIN_NO_CERTIFICATE);
    assert_int_equal(judge(f, f->tsa.cert, f->fresh, NOW), KY_LOGIN_CERT_UNFIT);
    assert_int_equal(judge(f, f->signer_only.cert, f->fresh, NOW), KY_LOGIN_CERT_UNFIT);
    assert_int_equal(judge(f, f->ca.ca.cert, f->fresh, NOW), KY_LOGIN_CERT_UNFIT);
    assert_int_equal(judge(f, f->foreign.cert, f->fresh, NOW), KY_LOGIN_CERT_UNTRUSTED);
}

static void looks_at_the_days_it_is_good_for(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(judge(f, f->person.cert, f->fresh, f->person.cert->not_before - 1),
                     KY_LOGIN_CERT_EXPIRED);
    assert_int_equal(judge(f, f->person.cert, f->fresh, f->person.cert->not_after + 1),
                     KY_LOGIN_CERT_EXPIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_known_cas_certificate_with_a_fresh_list),
        cmocka_unit_test(wants_a_word_of_the_last_day),
        cmocka_unit_test(takes_an_answer_of_the_responder_in_place_of_a_list),
        cmocka_unit_test(judges_the_path_without_any_list),
        cmocka_unit_test(refuses_what_is_not_for_logging_in),
        cmocka_unit_test(looks_at_the_days_it_is_good_for),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
