/* The ini file of the ceremony, as tables, and the files it names; see init.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "os/conf.h"
#include "os/file.h"
#include "prog/kyso/init.h"

#define BUNDLE_MAX (256u << 10)
#define JSON_MAX 8192
#define FIXED_SECTIONS 7

#define ITEM(type_, struct_, member, ...)                                                                    \
    {                                                                                                        \
        .name = #member, .type = KY_CONF_##type_, .offset = offsetof(struct kyso_conf_##struct_, member),    \
        __VA_ARGS__                                                                                          \
    }
#define HELP(vi, en) .help_vi = (vi), .help_en = (en)

static const struct ky_conf_item ceremony_items[] = {
    ITEM(TEXT, ceremony, name, .min = 1, .max = 120, HELP("tên hệ thống", "name of the realm")),
    ITEM(PATH, ceremony, state_dir, .value = "",
         HELP("thư mục trạng thái, như trong kyso.conf; hoặc --state",
              "state folder, as in kyso.conf; or --state")),
    ITEM(TEXT, ceremony, officers,
         HELP("tên các mục [officer.TÊN], cách nhau bởi dấu phẩy",
              "names of [officer.NAME] sections, with commas")),
    ITEM(PATH, ceremony, token_cas,
         HELP("tệp PEM: các CA cấp chứng thư số cho token của cán bộ và con dấu",
              "PEM file: CAs of officers' and seals' tokens")),
    ITEM(TEXT, ceremony, origin, .min = 9, .max = 255,
         HELP("nguồn của ứng dụng phê duyệt, https://…", "origin of the approval app, https://…")),
    ITEM(TEXT, ceremony, rp_id, .min = 1, .max = 253, HELP("rpId của WebAuthn", "rpId of WebAuthn")),
    ITEM(INT, ceremony, n, .value = "2", .min = 1, .max = KYSO_OFFICERS_MAX,
         HELP("số cán bộ cần cho một quyết định quản trị", "officers needed for an admin statement")),
    ITEM(INT, ceremony, issue_n, .value = "1", .min = 1, .max = KYSO_OFFICERS_MAX,
         HELP("số cán bộ cần để duyệt cấp", "officers needed to approve an issue")),
    ITEM(INT, ceremony, witnesses, .value = "1", .min = 0, .max = KYSO_OFFICERS_MAX,
         HELP("số người làm chứng ít nhất phải ký bản ghi sáng lập",
              "least number of witnesses who sign the founding record")),
    ITEM(INT, ceremony, node, .value = "1", .min = 1, .max = 65535,
         HELP("số của nút này", "number of this node")),
    ITEM(TEXT, ceremony, sam_user, .value = "",
         HELP("người dùng của sam, khi chạy bằng root", "user of sam, when run as root")),
    ITEM(TEXT, ceremony, ca_user, .value = "",
         HELP("người dùng của ca, khi chạy bằng root", "user of ca, when run as root")),
    ITEM(TEXT, ceremony, web_user, .value = "",
         HELP("người dùng của web, khi chạy bằng root", "user of web, when run as root")),
    ITEM(TEXT, ceremony, courier_user, .value = "",
         HELP("người dùng của courier, khi chạy bằng root", "user of courier, when run as root")),
};

static const struct ky_conf_item names_items[] = {
    ITEM(TEXT, names, country, .value = "VN", .min = 2, .max = 2,
         HELP("C của mọi chứng thư số", "C of every certificate")),
    ITEM(TEXT, names, organisation, .value = "Cơ quan thử nghiệm kyso", HELP("O", "O")),
    ITEM(TEXT, names, root, .value = "RootCA thử nghiệm kyso", HELP("CN của CA gốc", "CN of the root CA")),
    ITEM(TEXT, names, issuing, .value = "CA thử nghiệm ký số tập trung",
         HELP("CN của CA cấp", "CN of the issuing CA")),
    ITEM(TEXT, names, ocsp, .value = "OCSP thử nghiệm kyso",
         HELP("CN của máy trả lời OCSP", "CN of the OCSP responder")),
    ITEM(TEXT, names, tsa, .value = "TSA thử nghiệm kyso",
         HELP("CN của dịch vụ dấu thời gian", "CN of the time-stamping unit")),
};

static ky_rc check_key_type(const char *value)
{
    ky_key_type type;
    return ky_key_type_by_name(&type, value);
}

#define KEY_TYPE(member, value_, vi, en)                                                                     \
    ITEM(TEXT, keys, member, .value = value_, .check = check_key_type, HELP(vi, en))
static const struct ky_conf_item keys_items[] = {
    KEY_TYPE(root, "rsa4096", "loại khóa của CA gốc", "key type of the root CA"),
    KEY_TYPE(issuing, "rsa3072", "loại khóa của CA cấp", "key type of the issuing CA"),
    KEY_TYPE(ocsp, "p256", "loại khóa của OCSP", "key type of the OCSP responder"),
    KEY_TYPE(tsa, "p256", "loại khóa của dấu thời gian", "key type of the time-stamping unit"),
    ITEM(INT, keys, root_years, .value = "30", .min = 1, .max = 30, .unit = "years",
         HELP("thời hạn CA gốc", "validity of the root CA")),
    ITEM(INT, keys, issuing_years, .value = "20", .min = 1, .max = 20, .unit = "years",
         HELP("thời hạn CA cấp", "validity of the issuing CA")),
    ITEM(INT, keys, ocsp_days, .value = "90", .min = 1, .max = 90, .unit = "days",
         HELP("thời hạn chứng thư số OCSP", "validity of the OCSP certificate")),
    ITEM(INT, keys, tsa_years, .value = "10", .min = 1, .max = 10, .unit = "years",
         HELP("thời hạn chứng thư số dấu thời gian", "validity of the time-stamping certificate")),
    ITEM(INT, keys, root_crl_days, .value = "360", .min = 1, .max = 366, .unit = "days",
         HELP("thời hạn danh sách thu hồi của CA gốc", "how long the root's CRL counts")),
};

static const struct ky_conf_item policy_items[] = {
    ITEM(TEXT, policy, url, .min = 8, .max = 120,
         HELP("địa chỉ HTTP của OCSP, CRL và chứng thư số, không có / ở cuối",
              "HTTP address of OCSP, CRL and certificates, without / at the end")),
    ITEM(TEXT, policy, oid, .value = "1.3.6.1.4.1.99999.1.2",
         HELP("OID chính sách của CA cấp và thuê bao", "policy OID of the issuing CA and of subscribers")),
    ITEM(TEXT, policy, tsa_policy, .value = "1.3.6.1.4.1.99999.1.3",
         HELP("OID chính sách dấu thời gian", "time-stamping policy OID")),
    ITEM(TEXT, policy, cps, .min = 8, .max = 180,
         HELP("địa chỉ quy chế chứng thực", "address of the practice statement")),
    ITEM(TEXT, policy, notice,
         .value = "Ký số tập trung, ngành giáo dục và y tế; không dùng cho giao dịch tài chính.", .min = 1,
         .max = 180,
         HELP("hạn chế mục đích sử dụng, ghi trong chứng thư số thuê bao",
              "limits of use, written into subscribers' certificates")),
};

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define TOKEN_ITEMS(label_)                                                                                  \
    ITEM(PATH, token, module, .value = SOFTHSM, HELP("thư viện PKCS#11", "PKCS#11 library")),                \
        ITEM(TEXT, token, label, .value = label_, .min = 1, .max = KY_TOKEN_LABEL_MAX, .unit = "bytes",      \
             HELP("nhãn token", "label of the token")),                                                      \
        ITEM(BOOL, token, softhsm, .value = "yes",                                                           \
             HELP("SoftHSM: token nằm trong thư mục riêng, được tạo tại đây",                                \
                  "SoftHSM: the token has a folder of its own, made here")),                                 \
        ITEM(TEXT, token, module_env, .value = "",                                                           \
             HELP("biến môi trường cho thư viện khác, NAME=VALUE",                                           \
                  "environment for another library, NAME=VALUE")),                                           \
        ITEM(PATH, token, pin_file, .value = "",                                                             \
             HELP("tệp PIN; chưa có thì được tạo; trống: thư mục trạng thái",                                \
                  "PIN file, made when absent; empty: in the state folder")),                                \
        ITEM(PATH, token, so_pin_file, .value = "",                                                          \
             HELP("tệp SO PIN, như trên; trống: cất cùng CA gốc",                                            \
                  "SO PIN file, likewise; empty: kept with the root"))
static const struct ky_conf_item root_items[] = {TOKEN_ITEMS("kyso-root")};
static const struct ky_conf_item authority_items[] = {TOKEN_ITEMS("kyso-ca")};
static const struct ky_conf_item subscribers_items[] = {TOKEN_ITEMS("kyso-sam")};

static const struct ky_conf_item officer_items[] = {
    ITEM(TEXT, officer, name, .min = 1, .max = 180, HELP("họ và tên", "full name")),
    ITEM(TEXT, officer, identity, .min = 12, .max = 12, HELP("số định danh cá nhân", "identity number")),
    ITEM(TEXT, officer, roles,
         HELP("receive, approve, admin, audit, cách nhau bởi dấu phẩy",
              "receive, approve, admin, audit, with commas")),
    ITEM(PATH, officer, cert, .value = "",
         HELP("chứng thư số trên token của người này", "certificate of this person's token")),
    ITEM(PATH, officer, webauthn, .value = "",
         HELP("hoặc: khóa của thiết bị xác thực (JSON)", "or: keys of the authenticator (JSON)")),
    ITEM(PATH, officer, witness_module, .value = SOFTHSM,
         HELP("làm chứng: thư viện PKCS#11", "as a witness: PKCS#11 library")),
    ITEM(TEXT, officer, witness_env, .value = "",
         HELP("biến môi trường cho thư viện đó", "environment for that library")),
    ITEM(TEXT, officer, witness_token, .value = "",
         HELP("nhãn token; trống: không làm chứng", "label of the token; empty: not a witness")),
    ITEM(TEXT, officer, witness_key, .value = "", HELP("nhãn khóa", "label of the key")),
    ITEM(PATH, officer, witness_pin_file, .value = "", HELP("tệp PIN", "PIN file")),
};

#define SECTION(name_, items_, vi, en)                                                                       \
    {                                                                                                        \
        .name = name_, .items = items_, .count = KY_COUNT(items_), .help_vi = (vi), .help_en = (en)          \
    }
static const struct ky_conf_section sections[FIXED_SECTIONS] = {
    SECTION("ceremony", ceremony_items, "Lễ tạo khóa", "The key ceremony"),
    SECTION("names", names_items, "Tên trong chứng thư số của nhà cung cấp",
            "Names in the authority's certificates"),
    SECTION("keys", keys_items, "Khóa và thời hạn", "Keys and validity"),
    SECTION("policy", policy_items, "Chính sách và địa chỉ", "Policy and addresses"),
    SECTION("token.root", root_items, "Token của CA gốc, để ngoại tuyến",
            "Token of the root CA, kept off line"),
    SECTION("token.authority", authority_items, "Token của CA", "Token of the authority"),
    SECTION("token.subscribers", subscribers_items, "Token của thuê bao", "Token of subscribers"),
};
static const struct ky_conf_section officer_section = SECTION(
    "officer.TEN", officer_items, "Mỗi cán bộ đầu tiên một mục", "One section for each first officer");

void kyso_init_sample(struct ky_buf *out)
{
    for (size_t i = 0; i < KY_COUNT(sections); i++)
        ky_conf_sample(out, &sections[i]);
    ky_conf_sample(out, &officer_section);
}

/* Only [ceremony] officers, to know which sections there are. */
static ky_rc find_officers(struct kyso_ceremony *c, struct ky_bytes text)
{
    static const char *const wanted[] = {"ceremony", NULL};
    ky_auto_buf slice = ky_buf_init(KY_CONF_TEXT_MAX);
    const struct ky_conf_target target = {&sections[0], &c->conf};
    KY_TRY(ky_conf_slice(&slice, text, wanted));
    KY_TRY(ky_conf_parse(&c->arena, "ceremony", ky_buf_bytes(&slice), &target, 1));
    char *list = ky_arena_strdup(&c->arena, c->conf.officers), *next = NULL;
    if (list == NULL)
        return ky_fail(KY_ENOMEM, "officers");
    for (char *at = strtok_r(list, ", ", &next); at != NULL; at = strtok_r(NULL, ", ", &next)) {
        if (c->officer_count == KYSO_OFFICERS_MAX)
            return ky_fail(KY_ELIMIT, "[ceremony] officers: more than %d", KYSO_OFFICERS_MAX);
        c->officers[c->officer_count++].section = at;
    }
    return c->officer_count > 0 ? KY_OK : ky_fail(KY_EFORMAT, "[ceremony] officers: none");
}

static ky_rc parse_all(struct kyso_ceremony *c, const char *path, struct ky_bytes text)
{
    struct ky_conf_section own[KYSO_OFFICERS_MAX];
    struct ky_conf_target targets[FIXED_SECTIONS + KYSO_OFFICERS_MAX] = {
        {&sections[0], &c->conf},
        {&sections[1], &c->names},
        {&sections[2], &c->keys},
        {&sections[3], &c->policy},
        {&sections[4], &c->tokens[KYSO_TOKEN_ROOT].conf},
        {&sections[5], &c->tokens[KYSO_TOKEN_AUTHORITY].conf},
        {&sections[6], &c->tokens[KYSO_TOKEN_SUBSCRIBERS].conf},
    };
    for (size_t i = 0; i < c->officer_count; i++) {
        own[i] = officer_section;
        own[i].name = ky_arena_printf(&c->arena, "officer.%s", c->officers[i].section);
        if (own[i].name == NULL)
            return ky_fail(KY_ENOMEM, "officers");
        targets[FIXED_SECTIONS + i] = (struct ky_conf_target){&own[i], &c->officers[i].conf};
    }
    return ky_conf_parse(&c->arena, path, text, targets, FIXED_SECTIONS + c->officer_count);
}

/* ---- the files it names ---- */

/* Certificates of a PEM file, one after another. */
static ky_rc read_token_cas(struct kyso_ceremony *c)
{
    static const char end[] = "-----END CERTIFICATE-----";
    ky_auto_buf text = ky_buf_init(BUNDLE_MAX);
    KY_TRY(ky_file_read(&text, c->conf.token_cas));
    const char *at = ky_buf_str(&text), *stop;
    while ((stop = strstr(at, end)) != NULL) {
        stop += sizeof end - 1;
        if (c->token_ca_count == KY_FOUNDING_TOKEN_CAS_MAX)
            return ky_fail(KY_ELIMIT, "%s: more than %d certificates", c->conf.token_cas,
                           KY_FOUNDING_TOKEN_CAS_MAX);
        KY_TRY(
            ky_context(ky_cert_parse_any(&c->token_cas[c->token_ca_count], KY_BYTES(at, (size_t)(stop - at))),
                       "%s", c->conf.token_cas));
        c->token_ca_count++;
        at = stop;
    }
    return c->token_ca_count > 0 ? KY_OK
                                 : ky_fail(KY_EFORMAT, "%s: no certificate in PEM", c->conf.token_cas);
}

static ky_rc check_under_token_ca(const struct kyso_ceremony *c, const struct ky_cert *cert)
{
    if (c->now < cert->not_before || c->now > cert->not_after)
        return ky_fail(KY_EEXPIRED, "the certificate is outside its validity");
    for (size_t i = 0; i < c->token_ca_count; i++)
        if (ky_cert_verify_signature(cert, c->token_cas[i]) == KY_OK)
            return KY_OK;
    return ky_fail(KY_EDENIED, "the certificate is under none of the CAs in %s", c->conf.token_cas);
}

static ky_rc read_officer_cert(struct kyso_ceremony *c, struct kyso_officer *o)
{
    ky_auto_buf file = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(ky_file_read(&file, o->conf.cert));
    KY_TRY(ky_cert_parse_any(&o->cert, ky_buf_bytes(&file)));
    KY_TRY(check_under_token_ca(c, o->cert));
    o->auth = json_pack("{s:s}", "kind", "cms");
    if (o->auth == NULL)
        return ky_fail(KY_ENOMEM, "officer");
    return ky_body_set_base64url(o->auth, "cert", o->cert->der);
}

static ky_rc read_officer_keys(struct kyso_officer *o)
{
    ky_auto_buf file = ky_buf_init(JSON_MAX);
    KY_TRY(ky_file_read(&file, o->conf.webauthn));
    KY_TRY(ky_json_parse(&o->auth, ky_buf_bytes(&file), JSON_MAX));
    return ky_body_set_text(o->auth, "kind", KY_BYTES_LIT("webauthn"));
}

static ky_rc read_officer(struct kyso_ceremony *c, struct kyso_officer *o)
{
    bool by_cert = o->conf.cert[0] != 0, by_keys = o->conf.webauthn[0] != 0;
    if (by_cert == by_keys)
        return ky_fail(KY_EFORMAT, "either cert or webauthn must be given");
    if (o->conf.witness_token[0] != 0 && !by_cert)
        return ky_fail(KY_EFORMAT, "a witness needs cert");
    return by_cert ? read_officer_cert(c, o) : read_officer_keys(o);
}

static ky_rc check_counts(const struct kyso_ceremony *c)
{
    int64_t have = 0;
    for (size_t i = 0; i < c->officer_count; i++)
        have += c->officers[i].conf.witness_token[0] != 0;
    if (c->conf.n > (int64_t)c->officer_count || c->conf.issue_n > (int64_t)c->officer_count)
        return ky_fail(KY_EFORMAT, "[ceremony] n and issue_n: at most the number of officers, %zu",
                       c->officer_count);
    if (have < c->conf.witnesses)
        return ky_fail(KY_EFORMAT,
                       "[ceremony] witnesses: %lld wanted, %lld officers have a token to sign with",
                       (long long)c->conf.witnesses, (long long)have);
    return KY_OK;
}

ky_rc kyso_init_read_conf(struct kyso_ceremony *c, const char *path, const char *state_dir)
{
    ky_auto_buf text = ky_buf_init(KY_CONF_TEXT_MAX);
    KY_TRY(ky_file_read(&text, path));
    KY_TRY(ky_context(find_officers(c, ky_buf_bytes(&text)), "%s", path));
    KY_TRY(parse_all(c, path, ky_buf_bytes(&text)));
    if (state_dir != NULL)
        c->conf.state_dir = state_dir;
    if (c->conf.state_dir[0] != '/')
        return ky_fail(KY_EFORMAT, "%s: [ceremony] state_dir, or --state: an absolute path", path);
    KY_TRY(check_counts(c));
    KY_TRY(read_token_cas(c));
    for (size_t i = 0; i < c->officer_count; i++)
        KY_TRY(ky_context(read_officer(c, &c->officers[i]), "officer %s", c->officers[i].section));
    return KY_OK;
}
