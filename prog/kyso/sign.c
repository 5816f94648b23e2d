/* kyso sign: signs a document with a key in a file, a token or a remote service. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ades/format.h"
#include "ades/trust.h"
#include "base/str.h"
#include "codec/json.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/map.h"
#include "pki/name.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/fetch.h"
#include "prog/kyso/files.h"
#include "prog/kyso/keysrc.h"
#include "prog/kyso/say.h"
#include "prog/kyso/visible.h"

#define COMMAND "sign"
#define CHAIN_FILE_MAX ((size_t)16 << 20)
#define REPORT_MEMORY_MAX ((size_t)1 << 20)
#define NAME_BYTES_MAX 1024
#define JSON_MAX 65536

struct sign_opts {
    const char *in, *out, *format, *level;
    const char *server, *credential, *cacert, *pkcs11, *token, *key, *p12;
    const char *visible, *image, *text;
    const char *reason, *location, *contact, *field, *certify, *password_file, *algorithm;
    struct kyso_list chain, trust;
    bool offline, json;
};
#define AT(member) offsetof(struct sign_opts, member)
#define TEXT(...) KYSO_TEXT(struct sign_opts, __VA_ARGS__)

static const struct kyso_opt opts[] = {
    TEXT("in", in, "FILE", "tài liệu cần ký", "document to be signed"),
    TEXT("out", out, "FILE", "nơi ghi tài liệu đã ký", "where the signed document goes"),
    TEXT("format", format, "NAME", "định dạng chữ ký: pades (mặc định)", "format: pades (default)"),
    TEXT("level", level, "LEVEL", "mức: B-B (mặc định)", "level: B-B (default)"),
    TEXT("p12", p12, "FILE", "khóa trong tệp PKCS#12 (mật khẩu: KYSO_P12_PASSWORD)",
         "key in a PKCS#12 file (password: KYSO_P12_PASSWORD)"),
    TEXT("pkcs11", pkcs11, "MODULE", "khóa trong thiết bị PKCS#11 (mã PIN: KYSO_PIN)",
         "key in a PKCS#11 token (PIN: KYSO_PIN)"),
    TEXT("token", token, "LABEL", "nhãn của thiết bị", "label of the token"),
    TEXT("key", key, "LABEL", "nhãn của khóa", "label of the key"),
    TEXT("server", server, "URL", "khóa ở dịch vụ ký số tập trung (KYSO_TOKEN)",
         "key in a remote signing service (KYSO_TOKEN)"),
    TEXT("credential", credential, "ID", "định danh khóa ở dịch vụ", "credential in the service"),
    TEXT("cacert", cacert, "PEM", "chứng thư số TLS được tin cậy của dịch vụ",
         "trusted TLS certificates of the service"),
    TEXT("algorithm", algorithm, "NAME", "rsa-pkcs1 (mặc định cho RSA), rsa-pss hoặc ecdsa",
         "rsa-pkcs1 (default for RSA), rsa-pss or ecdsa"),
    {"chain", KYSO_OPT_LIST, AT(chain), "PEM", "các chứng thư số còn lại của đường dẫn",
     "further certificates of the path"},
    {"trust", KYSO_OPT_LIST, AT(trust), "PEM", "chứng thư số gốc được tin cậy", "trusted root certificates"},
    TEXT("visible", visible, "PAGE,X,Y,W,H", "chữ ký nhìn thấy; điểm tính từ góc dưới bên trái của trang",
         "visible signature; points from the lower left corner of the page as seen"),
    TEXT("image", image, "PNG", "hình ảnh chữ ký hoặc con dấu", "picture of the signature or seal"),
    TEXT("text", text, "TEMPLATE", "nội dung hiển thị: {name} {time} {org} {reason}, \\n xuống dòng",
         "text shown: {name} {time} {org} {reason}, \\n for a new line"),
    TEXT("reason", reason, "TEXT", "lý do ký", "reason for signing"),
    TEXT("location", location, "TEXT", "nơi ký", "place of signing"),
    TEXT("contact", contact, "TEXT", "thông tin liên hệ", "contact"),
    TEXT("field", field, "NAME", "trường chữ ký có sẵn, hoặc tên trường mới",
         "existing signature field, or name of a new one"),
    TEXT("certify", certify, "1|2|3", "chữ ký chứng nhận tài liệu (DocMDP)",
         "certifying signature (DocMDP level)"),
    TEXT("password-file", password_file, "FILE", "mật khẩu của tài liệu (hoặc KYSO_PDF_PASSWORD)",
         "password of the document (or KYSO_PDF_PASSWORD)"),
    {"offline", KYSO_OPT_FLAG, AT(offline), NULL, "không kiểm tra thu hồi qua mạng",
     "do not check revocation over the network"},
    {"json", KYSO_OPT_FLAG, AT(json), NULL, "kết quả dạng JSON", "result in JSON"},
};
static const struct kyso_usage usage = {
    .command = COMMAND,
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Mật khẩu và mã PIN không bao giờ nằm trên dòng lệnh: đặt trong biến môi trường hoặc nhập khi được "
          "hỏi.",
    .en = "Passwords and PINs are never on the command line: in the environment, or typed when asked.",
};

static ky_rc check_opts(const struct sign_opts *o)
{
    if (o->in == NULL || o->out == NULL)
        return ky_fail(KY_EINVAL, "%s", kyso_say("cần --in và --out", "--in and --out are needed"));
    if (o->level != NULL && !ky_str_eq(o->level, "B-B"))
        return ky_fail(KY_EINVAL, kyso_say("--level %s: chỉ có B-B", "--level %s: only B-B"), o->level);
    if ((o->image != NULL || o->text != NULL) && o->visible == NULL && o->field == NULL)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("--image và --text cần --visible", "--image and --text need --visible"));
    return KY_OK;
}

static ky_rc choose_algorithm(ky_scheme *scheme, ky_hash *hash, const char *name, ky_key_type type)
{
    static const struct {
        const char *name;
        ky_scheme scheme;
    } schemes[] = {{"rsa-pkcs1", KY_RSA_PKCS1V15}, {"rsa-pss", KY_RSA_PSS}, {"ecdsa", KY_ECDSA}};
    ky_ades_default_algorithm(scheme, hash, type);
    for (size_t i = 0; name != NULL && i < KY_COUNT(schemes); i++) {
        if (ky_str_eq(schemes[i].name, name)) {
            *scheme = schemes[i].scheme;
            return KY_OK;
        }
    }
    return name == NULL
               ? KY_OK
               : ky_fail(KY_EINVAL, kyso_say("--algorithm %s: không biết", "--algorithm %s: unknown"), name);
}

static ky_rc parse_certify(int *level, const char *text)
{
    uint64_t v = 0;
    if (text != NULL)
        KY_TRY(ky_context(ky_parse_u64(&v, ky_bytes_str(text), 3), "--certify"));
    if (text != NULL && v == 0)
        return ky_fail(KY_EINVAL, "--certify: 1, 2, 3");
    *level = (int)v;
    return KY_OK;
}

/* Without --trust every authority's certificate at hand serves as anchor: what counts then is only revocation. */
static size_t choose_anchors(const struct ky_cert **anchors, const struct ky_evidence *trust,
                             const struct ky_evidence *certs)
{
    size_t n = 0;
    for (size_t i = 0; i < trust->n_certs; i++)
        anchors[n++] = trust->certs[i];
    for (size_t i = 0; trust->n_certs == 0 && i < certs->n_certs; i++)
        if (certs->certs[i]->ca)
            anchors[n++] = certs->certs[i];
    return n;
}

/* Findings that forbid signing; all others are told and do not. */
static bool forbids(ky_finding_id id)
{
    return id == KY_FIND_EXPIRED || id == KY_FIND_NOT_YET_VALID || id == KY_FIND_REVOKED ||
           id == KY_FIND_REVOKED_CA;
}

static void warn_finding(const struct ky_finding *f)
{
    const struct ky_finding_info *info = ky_finding_info(f->id);
    const char *text = kyso_english() ? info->en : info->vi;
    if (f->detail != NULL && f->detail[0] != '\0')
        kyso_warn(COMMAND, kyso_say("lưu ý: %s (%s)", "note: %s (%s)"), text, f->detail);
    else
        kyso_warn(COMMAND, kyso_say("lưu ý: %s", "note: %s"), text);
}

static ky_rc check_validity(const struct ky_cert *c, ky_time now)
{
    char when[KY_TIME_TEXT_MAX];
    const bool expired = now > c->not_after;
    if (!expired && now >= c->not_before)
        return KY_OK;
    ky_time_text_vn(when, expired ? c->not_after : c->not_before);
    if (expired)
        return ky_fail(
            KY_EEXPIRED,
            kyso_say("chứng thư số đã hết hạn lúc %s; không ký", "the certificate expired at %s; not signed"),
            when);
    return ky_fail(KY_EEXPIRED,
                   kyso_say("chứng thư số chỉ có hiệu lực từ %s; không ký",
                            "the certificate is valid only from %s; not signed"),
                   when);
}

static ky_rc refuse(const struct ky_sig_report *s)
{
    for (size_t i = 0; i < s->n_errors; i++) {
        const struct ky_finding_info *info = ky_finding_info(s->errors[i].id);
        if (forbids(s->errors[i].id))
            return ky_fail(KY_EDENIED, kyso_say("%s; không ký", "%s; not signed"),
                           kyso_english() ? info->en : info->vi);
    }
    return KY_OK;
}

static void warn(const struct ky_sig_report *s)
{
    for (size_t i = 0; i < s->n_errors; i++)
        warn_finding(&s->errors[i]);
    for (size_t i = 0; i < s->n_warnings; i++)
        warn_finding(&s->warnings[i]);
}

/* An invalid certificate does not sign (Circular 15/2025/TT-BKHCN, articles 5 and 6); what is doubtful goes into s. */
static ky_rc check_certificate(struct ky_sig_report *s, struct ky_arena *arena, const struct sign_opts *o,
                               struct ky_evidence *certs, const struct ky_evidence *trust, ky_time now)
{
    const struct ky_cert *signer = certs->certs[0];
    KY_TRY(check_validity(signer, now));
    struct kyso_fetch fetch = {.n_dead = 0};
    const struct ky_evidence_source source = kyso_fetch_source(&fetch);
    const struct ky_cert *anchors[KY_EVIDENCE_MAX];
    size_t n = choose_anchors(anchors, trust, certs);
    if (n == 0 && !o->offline) {
        KY_TRY(source.issuer(source.ctx, certs, signer));
        n = choose_anchors(anchors, trust, certs);
    }
    const struct ky_trust_in in = {.signer = signer,
                                   .anchors = {anchors, n},
                                   .evidence = certs,
                                   .source = o->offline ? NULL : &source,
                                   .at = now};
    KY_TRY(ky_trust_judge(s, arena, &in));
    return refuse(s);
}

/* The reason in the user's language, where the document itself forbids it. */
static ky_rc explain(ky_rc rc, ky_pdf_obstacle obstacle, const char *path)
{
    if (rc == KY_EDENIED && obstacle != KY_PDF_SIGNABLE)
        return ky_fail(rc, "%s: %s", path, ky_pdf_obstacle_text(obstacle, kyso_english() ? "en" : "vi"));
    return ky_context(rc, "%s", path);
}

static mode_t output_mode(void)
{
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static ky_rc make_signature(const struct sign_opts *o, struct kyso_keysrc *k,
                            const struct ky_ades_request *req)
{
    const struct ky_ades_format_ops *format;
    KY_TRY(ky_ades_format_by_name(&format, o->format == NULL ? "pades" : o->format));
    ky_pdf_obstacle obstacle = KY_PDF_SIGNABLE;
    struct ky_ades_request r = *req;
    r.obstacle = &obstacle;
    ky_auto_ades_job job = NULL;
    const ky_rc rc = ky_ades_prepare(&job, format, &r);
    KY_TRY(explain(rc, obstacle, o->in));
    const struct kyso_document doc = {.name = kyso_base_name(o->in), .file = req->file, .text = o->reason};
    ky_auto_buf signature = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(k->ops->sign(k, &signature, req->scheme, req->hash, ky_ades_digest(job), &doc));
    KY_TRY(ky_ades_finish(job, ky_buf_bytes(&signature)));
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    const size_t n = ky_ades_parts(job, parts);
    return ky_file_write_parts(o->out, parts, n, output_mode());
}

static ky_rc print_result(const struct sign_opts *o, const struct ky_cert *signer,
                          const struct ky_ades_request *req)
{
    ky_auto_buf name = ky_buf_init(NAME_BYTES_MAX);
    if (ky_name_get(&name, signer->subject, "CN", 0) != KY_OK)
        ky_buf_reset(&name);
    char when[KY_TIME_TEXT_MAX];
    ky_time_text_vn(when, req->signing_time);
    if (!o->json) {
        printf(kyso_say("Đã ký: %s (người ký: %s, lúc %s)\n", "Signed: %s (by %s, at %s)\n"), o->out,
               ky_buf_str(&name), when);
        return KY_OK;
    }
    ky_auto_buf b = ky_buf_init(JSON_MAX);
    struct ky_json_out j = KY_JSON_OUT(&b);
    ky_json_open_object(&j, NULL);
    ky_json_put_cstr(&j, "out", o->out);
    ky_json_put_cstr(&j, "format", "PAdES-BASELINE-B");
    ky_json_put_cstr(&j, "signer", ky_buf_str(&name));
    ky_json_put_hex(&j, "serial", signer->serial);
    ky_json_put_cstr(&j, "signingTime", when);
    ky_json_put_cstr(&j, "hash", ky_hash_info(req->hash)->name);
    ky_json_close_object(&j);
    KY_TRY(ky_buf_finish(&b));
    printf("%s\n", ky_buf_str(&b));
    return KY_OK;
}

/* Everything else that goes into the signature, without the signer's certificate. */
static struct ky_certs other_certs(const struct ky_evidence *e)
{
    return (struct ky_certs){(const struct ky_cert *const *)e->certs + 1, e->n_certs - 1};
}

static ky_rc sign_with(const struct sign_opts *o, struct kyso_keysrc *k, const struct ky_evidence *trust)
{
    const struct ky_cert *signer = kyso_keysrc_cert(k);
    struct ky_ades_request req = {
        .signer = signer,
        .signing_time = ky_now(),
        .reason = o->reason,
        .location = o->location,
        .contact = o->contact,
        .field = o->field,
    };
    KY_TRY(choose_algorithm(&req.scheme, &req.hash, o->algorithm, k->type));
    KY_TRY(parse_certify(&req.certify, o->certify));
    ky_auto_arena arena = ky_arena_init(REPORT_MEMORY_MAX);
    struct ky_sig_report doubts = {.sub_indication = ""};
    KY_TRY(check_certificate(&doubts, &arena, o, k->certs, trust, req.signing_time));
    req.others = other_certs(k->certs);
    struct kyso_visible visible;
    KY_TRY(kyso_visible_parse(&visible, o->visible, o->image, o->text));
    kyso_visible_apply(&req, &visible);
    ky_auto_secret password = {0};
    bool has_password = false;
    ky_auto_map file = {0};
    ky_rc rc = kyso_pdf_password(&password, &has_password, o->password_file);
    if (rc == KY_OK)
        rc = ky_map_open(&file, o->in);
    req.file = file.bytes;
    req.password = has_password ? (const char *)password.p : NULL;
    if (rc == KY_OK)
        rc = make_signature(o, k, &req);
    kyso_visible_clear(&visible);
    KY_TRY(rc);
    warn(&doubts);
    return print_result(o, signer, &req);
}

static ky_rc sign(int *status, const void *values)
{
    const struct sign_opts *o = values;
    KY_TRY(check_opts(o));
    const struct kyso_keysrc_args args = {.p12 = o->p12,
                                          .module = o->pkcs11,
                                          .token = o->token,
                                          .label = o->key,
                                          .server = o->server,
                                          .credential = o->credential,
                                          .ca_file = o->cacert};
    ky_auto_evidence trust = ky_evidence_new();
    kyso_auto_keysrc key = {0};
    if (trust == NULL)
        return ky_fail(KY_ENOMEM, "sign");
    KY_TRY(kyso_files_add(trust, &o->trust, CHAIN_FILE_MAX, ky_evidence_add_certs));
    KY_TRY(kyso_keysrc_open(&key, &args));
    KY_TRY(kyso_files_add(key.certs, &o->chain, CHAIN_FILE_MAX, ky_evidence_add_certs));
    return sign_with(o, &key, trust);
}

static int run(int argc, char **argv)
{
    struct sign_opts o = {0};
    return kyso_opts_run(argc, argv, &usage, &o, sign);
}

const struct kyso_cmd kyso_cmd_sign = {"sign", "ký số tài liệu PDF", "sign a PDF document", run};
