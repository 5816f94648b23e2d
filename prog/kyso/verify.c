/* kyso verify: judges the signatures of PDF files. */
#include <stdio.h>
#include <stdlib.h>

#include "ades/report.h"
#include "os/clock.h"
#include "os/map.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/fetch.h"
#include "prog/kyso/files.h"
#include "prog/kyso/say.h"

#define COMMAND "verify"
#define TRUST_FILE_MAX ((size_t)16 << 20)

struct verify_opts {
    struct kyso_list files, trust, certs, crls, ocsps;
    const char *password_file;
    bool offline, json;
};
#define AT(member) offsetof(struct verify_opts, member)

static const struct kyso_opt opts[] = {
    {"trust", KYSO_OPT_LIST, AT(trust), "PEM", "chứng thư số gốc được tin cậy (dùng được nhiều lần)",
     "trusted root certificates (may be repeated)"},
    {"cert", KYSO_OPT_LIST, AT(certs), "PEM", "chứng thư số trung gian", "intermediate certificates"},
    {"crl", KYSO_OPT_LIST, AT(crls), "FILE", "danh sách thu hồi (CRL)", "revocation list"},
    {"ocsp-response", KYSO_OPT_LIST, AT(ocsps), "FILE", "trả lời OCSP", "OCSP answer"},
    {"offline", KYSO_OPT_FLAG, AT(offline), NULL, "không truy cập mạng", "do not use the network"},
    {"password-file", KYSO_OPT_TEXT, AT(password_file), "FILE", "mật khẩu của tài liệu",
     "password of the document"},
    {"json", KYSO_OPT_FLAG, AT(json), NULL, "báo cáo dạng JSON, mỗi tệp một dòng",
     "report in JSON, a line for each file"},
};
static const struct kyso_usage usage = {
    .command = COMMAND,
    .args = "FILE …",
    .args_offset = AT(files),
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Mã thoát: 0 hợp lệ, 2 không xác định, 1 không hợp lệ hoặc lỗi.\n"
          "Mật khẩu tài liệu còn có thể đặt trong KYSO_PDF_PASSWORD.",
    .en = "Exit status: 0 valid, 2 undetermined, 1 not valid or failed.\n"
          "The password of the document may also be in KYSO_PDF_PASSWORD.",
};

/* All that is the same for each file. */
struct session {
    const struct verify_opts *o;
    struct ky_evidence *trust, *evidence;
    const struct ky_evidence_source *source;
    const char *password;
};

static ky_rc verify_file(ky_indication *result, const struct session *s, const char *path)
{
    ky_auto_map map = {0};
    KY_TRY(ky_map_open(&map, path));
    const struct ky_validate_in in = {
        .file = map.bytes,
        .password = s->password,
        .anchors = ky_evidence_certs(s->trust),
        .evidence = s->evidence,
        .source = s->source,
        .at = ky_now(),
    };
    ky_auto_report report = {0};
    KY_TRY(ky_context(ky_validate(&report, &in), "%s", path));
    ky_auto_buf text = ky_buf_init(KY_REPORT_TEXT_MAX);
    if (s->o->json)
        KY_TRY(ky_report_json(&text, &report, kyso_english()));
    else
        KY_TRY(ky_report_text(&text, &report, path, kyso_english()));
    printf(s->o->json ? "%s\n" : "%s", ky_buf_str(&text));
    *result = report.indication;
    return KY_OK;
}

static ky_rc load(struct session *s)
{
    KY_TRY(kyso_files_add(s->trust, &s->o->trust, TRUST_FILE_MAX, ky_evidence_add_certs));
    KY_TRY(kyso_files_add(s->evidence, &s->o->certs, TRUST_FILE_MAX, ky_evidence_add_certs));
    KY_TRY(kyso_files_add(s->evidence, &s->o->crls, KY_CRL_DER_MAX, ky_evidence_add_crl));
    return kyso_files_add(s->evidence, &s->o->ocsps, KY_OCSP_RESP_MAX, ky_evidence_add_ocsp);
}

static int verify_files(const struct session *s)
{
    static const int statuses[] = {[KY_TOTAL_PASSED] = 0, [KY_INDETERMINATE] = 2, [KY_TOTAL_FAILED] = 1};
    int status = 0;
    for (size_t i = 0; i < s->o->files.n; i++) {
        ky_indication result = KY_TOTAL_FAILED;
        const ky_rc rc = verify_file(&result, s, s->o->files.v[i]);
        const int here = rc == KY_OK ? statuses[result] : kyso_fail(COMMAND, rc);
        if (status == 0 || here == 1) /* 1 is worse than 2 */
            status = here;
    }
    return status;
}

static ky_rc verify(int *status, const void *values)
{
    const struct verify_opts *o = values;
    if (o->files.n == 0)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần tên tệp; xem: kyso verify --help",
                                "a file name is needed; see: kyso verify --help"));
    ky_auto_evidence trust = ky_evidence_new();
    ky_auto_evidence evidence = ky_evidence_new();
    if (trust == NULL || evidence == NULL)
        return ky_fail(KY_ENOMEM, "verify");
    ky_auto_secret password = {0};
    bool has_password = false;
    KY_TRY(kyso_pdf_password(&password, &has_password, o->password_file));
    struct kyso_fetch fetch = {.n_dead = 0};
    const struct ky_evidence_source source = kyso_fetch_source(&fetch);
    struct session s = {
        .o = o,
        .trust = trust,
        .evidence = evidence,
        .source = o->offline ? NULL : &source,
        .password = has_password ? (const char *)password.p : NULL,
    };
    KY_TRY(load(&s));
    *status = verify_files(&s);
    return KY_OK;
}

static int run(int argc, char **argv)
{
    struct verify_opts o = {0};
    return kyso_opts_run(argc, argv, &usage, &o, verify);
}

const struct kyso_cmd kyso_cmd_verify = {"verify", "kiểm tra chữ ký số trong tệp PDF",
                                         "verify the signatures of PDF files", run};
