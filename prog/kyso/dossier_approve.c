/*
 * kyso dossier approve: an officer reads what the organisation signed, and decides over its rows with one signature. The
 * statement, `issue` or `revoke`, is checked against the request here, by the program on the officer's own machine.
 */
#include <stdio.h>

#include "base/str.h"
#include "domain/procedure.h"
#include "domain/request.h"
#include "prog/kyso/dossier.h"
#include "prog/kyso/request_show.h"
#include "prog/kyso/say.h"

#define YEARS_DEFAULT "3"
#define YEARS_MAX 5

static const struct kyso_opt opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_TOKEN,
    KYSO_DOSSIER_OPT("years", KYSO_OPT_TEXT, years, "N", "thời hạn chứng thư số, mặc định 3 năm",
                     "how long the certificates are valid, 3 years by default"),
};
static const struct kyso_usage usage = {
    .command = "dossier approve",
    .args = "ID",
    .args_offset = offsetof(struct kyso_dossier_opts, args),
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Một chữ ký phê duyệt mọi người trong hồ sơ. Chứng thư số thay đổi thông tin có ngày hết hạn khác "
          "nhau\n"
          "thì phê duyệt nhiều lần: lệnh báo còn bao nhiêu người.",
    .en = "One signature approves everybody in the dossier. Changed certificates that end on different days "
          "take\n"
          "several: the command says how many are left.",
};

struct decision {
    struct ky_statement request, issue; /* issue: or `revoke` */
    ky_procedure procedure;
    int64_t left; /* rows that wait for another approval */
};

static void clear_decision(struct decision *d)
{
    ky_statement_clear(&d->request);
    ky_statement_clear(&d->issue);
}

/* The decision as the service words it, and the request it is about as the organisation signed it. */
static ky_rc fetch(struct decision *d, const struct kyso_api *api, const char *id,
                   const struct kyso_dossier_opts *o)
{
    struct ky_bytes issue, request;
    uint64_t years;
    ky_auto_json answer = NULL;
    KY_TRY(
        ky_context(ky_parse_u64(&years, ky_bytes_str(o->years != NULL ? o->years : YEARS_DEFAULT), YEARS_MAX),
                   "--years"));
    ky_auto_json wish = json_pack("{s:I}", "years", (json_int_t)years);
    if (wish == NULL)
        return ky_fail(KY_ENOMEM, "issue");
    KY_TRY(kyso_api_call(&answer, api, wish, "/api/v1/dossiers/%s/approval", id));
    KY_TRY(ky_json_get_str(&issue, answer, "statement", KY_STATEMENT_MAX));
    KY_TRY(ky_json_get_str(&request, answer, "request", KY_REQUEST_MAX));
    KY_TRY(ky_json_find_int(&d->left, answer, "left", 0, KY_REQUEST_ROWS_MAX, 0));
    KY_TRY(ky_context(ky_statement_parse(&d->issue, issue), "approval"));
    KY_TRY(ky_context(ky_statement_parse(&d->request, request), "request"));
    return ky_procedure_read(&d->procedure, d->request.json);
}

/* Both are of this realm, and the decision is over the request that is shown. */
static ky_rc check(const struct decision *d, const struct ky_founding *f, const char *id)
{
    struct ky_bytes dossier;
    ky_statement_type wanted = d->procedure == KY_PROCEDURE_REVOKE ? KY_ST_REVOKE : KY_ST_ISSUE;
    if (d->request.type != KY_ST_REQUEST || d->issue.type != wanted)
        return ky_fail(KY_EDENIED, "%s",
                       kyso_say("nội dung nhận được không phải quyết định về yêu cầu này",
                                "what came is no decision of this request"));
    if (memcmp(d->request.realm, f->realm, KY_HASH_SIZE) != 0 ||
        memcmp(d->issue.realm, f->realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s", kyso_say("thuộc hệ thống khác", "of another realm"));
    KY_TRY(ky_json_get_str(&dossier, d->issue.json, "dossier", 64));
    if (!ky_bytes_eq_str(dossier, id))
        return ky_fail(KY_EDENIED, "%s", kyso_say("thuộc hồ sơ khác", "of another dossier"));
    return ky_issue_matches(&d->issue, &d->request);
}

static ky_rc show(const struct decision *d)
{
    char from[KY_TIME_TEXT_MAX], to[KY_TIME_TEXT_MAX];
    fprintf(stderr, "%s ", kyso_say("Phê duyệt", "Approve"));
    KY_TRY(kyso_request_show(&d->request, &d->issue));
    if (d->procedure == KY_PROCEDURE_REVOKE)
        return KY_OK;
    ky_time_text_vn(from, json_integer_value(json_object_get(d->issue.json, "not_before")));
    ky_time_text_vn(to, json_integer_value(json_object_get(d->issue.json, "not_after")));
    fprintf(stderr, kyso_say("Thời hạn: %.10s đến %.10s\n", "Valid: %.10s to %.10s\n"), from, to);
    return KY_OK;
}

static void say_approved(const struct decision *d, const char *id)
{
    printf(kyso_say("Đã phê duyệt hồ sơ %s\n", "Dossier %s is approved\n"), id);
    if (d->left > 0)
        printf(kyso_say("Còn %lld người cần phê duyệt riêng: chạy lại lệnh này\n",
                        "%lld people need an approval of their own: run this command again\n"),
               (long long)d->left);
}

static ky_rc submit(const struct decision *d, const struct kyso_api *api, const struct kyso_dossier_opts *o,
                    struct ky_founding *f, const char *id)
{
    kyso_auto_signers signers = {.count = 0};
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), auths = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    ky_auto_json body = NULL;
    KY_TRY(kyso_signers_open(&signers, o->module, &o->signers));
    ky_buf_add(&text, ky_statement_text(&d->issue));
    KY_TRY(ky_buf_finish(&text));
    KY_TRY(kyso_statement_sign(&auths, &signers, ky_buf_bytes(&text), f));
    KY_TRY(kyso_statement_body(&body, &text, &auths, &signers, f, &o->crls));
    return kyso_api_call(NULL, api, body, "/api/v1/dossiers/%s/approve", id);
}

static ky_rc approve(const struct kyso_dossier_opts *o, int *status)
{
    struct kyso_api api;
    const char *id;
    ky_auto_founding f = NULL;
    KY_CLEANUP(clear_decision) struct decision d = {.request = {.type = KY_ST_REQUEST}};
    KY_TRY(kyso_dossier_id(&id, o));
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    KY_TRY(kyso_statement_founding(&f, &api, o->realm));
    KY_TRY(fetch(&d, &api, id, o));
    KY_TRY(check(&d, f, id));
    KY_TRY(show(&d));
    KY_TRY(kyso_dossier_confirm(o, kyso_say("Phê duyệt?", "Approve?")));
    KY_TRY(submit(&d, &api, o, f, id));
    if (o->json)
        printf("{\"dossier\":\"%s\",\"left\":%lld}\n", id, (long long)d.left);
    else
        say_approved(&d, id);
    return KY_OK;
}

int kyso_dossier_approve(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &usage, approve);
}
