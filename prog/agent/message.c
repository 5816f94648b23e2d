/* See message.h. */
#include "prog/agent/message.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"
#include "os/lang.h"
#include "pki/name.h"
#include "prog/agent/rules.h"

#define BEARER_MAX 4096
#define META_KEY_MAX 64
#define META_VALUE_MAX 1024
#define UPLOAD_TEXT_MAX 1024 /* bytes of one member of the server's answer */
#define NAME_TEXT_MAX 2048
#define MESSAGE_MAX 768 /* bytes of an error text in a reply */
#define WORDS_MAX 400   /* bytes of what a server says to people */
#define STATUS_OTHER 520

#define DOCUMENT(path_, vi_, en_)                                                                            \
    {                                                                                                        \
        path_, AGENT_CALL_DOCUMENT, AGENT_TEXT_MAX, vi_, en_                                                 \
    }
static const struct agent_endpoint endpoints[] = {
    {"/Config", AGENT_CALL_CONFIG, AGENT_SHORT_TEXT_MAX, "Xem cấu hình", "Show the configuration"},
    {"/GetCertInfo", AGENT_CALL_CERT_INFO, AGENT_SHORT_TEXT_MAX, "Đọc chứng thư số", "Read the certificate"},
    DOCUMENT("/SignApproved", "Ký phê duyệt văn bản", "Sign a document as its head"),
    DOCUMENT("/SignIssued", "Ký số cơ quan phát hành văn bản", "Seal a document"),
    DOCUMENT("/SignPDF", "Ký tài liệu PDF", "Sign a PDF document"),
    {"/SignMsg", AGENT_CALL_MESSAGE, AGENT_TEXT_MAX, "Ký nội dung", "Sign a message"},
};

const struct agent_endpoint *agent_endpoint_at(size_t index)
{
    return index < KY_COUNT(endpoints) ? &endpoints[index] : NULL;
}

size_t agent_endpoint_index(const struct agent_endpoint *e)
{
    return (size_t)(e - endpoints);
}

const struct agent_endpoint *agent_endpoint_find(const char *path)
{
    for (size_t i = 0; i < KY_COUNT(endpoints); i++)
        if (ky_str_eq(endpoints[i].path, path))
            return &endpoints[i];
    return NULL;
}

/* ---- from listener to desk ---- */

void agent_question_add(struct ky_buf *out, const struct agent_request *req)
{
    ky_buf_add_u8(out, (uint8_t)agent_endpoint_index(req->endpoint));
    ky_buf_add_lv(out, ky_bytes_str(req->origin));
    ky_buf_add(out, req->text);
}

ky_rc agent_question_read(struct agent_request *req, char *origin, const char *origins,
                          struct ky_bytes question)
{
    struct ky_reader in = KY_READER(question);
    req->endpoint = agent_endpoint_at(ky_read_u8(&in));
    const struct ky_bytes from = ky_read_lv(&in, AGENT_ORIGIN_MAX);
    if (in.failed || req->endpoint == NULL || agent_origin_check(from) != KY_OK)
        return ky_fail(KY_EFORMAT, "question to the desk");
    memcpy(origin, from.p, from.n);
    origin[from.n] = 0;
    if (!agent_origin_allowed(origins, origin))
        return ky_fail(KY_EDENIED, "question to the desk: from %s, which is not allowed", origin);
    req->origin = origin;
    req->text = in.left;
    return KY_OK;
}

/* ---- documents ---- */

static bool is_token_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("-._~+/=", c) != NULL);
}

/* RFC 6750 §2.1: what may stand behind "Bearer"; also what we take as the name of a form field. */
static ky_rc check_token(const char *name, struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_token_char(text.p[i]))
            return ky_fail(KY_EFORMAT, "%s: character 0x%02x", name, text.p[i]);
    return KY_OK;
}

static ky_rc read_meta(struct agent_document *out, const json_t *json)
{
    const json_t *list;
    KY_TRY(ky_json_find_array(&list, json, "MetaData", AGENT_META_MAX));
    const size_t n = list == NULL ? 0 : json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        KY_TRY(ky_json_get_str(&out->meta[i].key, item, "Key", META_KEY_MAX));
        KY_TRY(ky_json_get_str(&out->meta[i].value, item, "Value", META_VALUE_MAX));
        KY_TRY(check_token("MetaData: Key", out->meta[i].key));
        if (out->meta[i].key.n == 0)
            return ky_fail(KY_EFORMAT, "MetaData: Key is empty");
    }
    out->n_meta = n;
    return KY_OK;
}

static ky_rc read_hash(struct agent_document *out, const json_t *json)
{
    struct ky_bytes hex;
    KY_TRY(ky_json_find_str(&hex, json, "FileHash", 2 * KY_SHA256_SIZE));
    out->announced = hex.n > 0;
    return out->announced ? ky_context(ky_hex_decode(out->file_hash, sizeof out->file_hash, hex), "FileHash")
                          : KY_OK;
}

ky_rc agent_document_read(struct agent_document *out, const json_t *json, const char *origin)
{
    *out = (struct agent_document){.n_meta = 0};
    KY_TRY(ky_json_get_str(&out->download, json, "FileName", AGENT_URL_MAX));
    KY_TRY(ky_json_get_str(&out->upload, json, "FileUploadHandler", AGENT_URL_MAX));
    KY_TRY(agent_url_check("FileName", out->download, origin));
    KY_TRY(agent_url_check("FileUploadHandler", out->upload, origin));
    KY_TRY(ky_json_find_str(&out->bearer, json, "JWTToken", BEARER_MAX));
    KY_TRY(check_token("JWTToken", out->bearer));
    KY_TRY(ky_json_find_str(&out->content, json, "Base64Content", AGENT_TEXT_MAX));
    KY_TRY(read_hash(out, json));
    return read_meta(out, json);
}

/* ---- messages ---- */

static ky_rc decode(struct ky_buf *out, struct ky_bytes text)
{
    KY_TRY(ky_context(ky_base64_decode(out, text), "SignMsg"));
    return out->n > 0 ? KY_OK : ky_fail(KY_EFORMAT, "SignMsg: there is nothing to be signed");
}

ky_rc agent_content_read(struct ky_buf *out, struct ky_bytes text)
{
    struct ky_bytes content;
    if (text.n == 0 || text.p[0] != '{')
        return decode(out, text);
    ky_auto_json json = NULL;
    KY_TRY(ky_json_parse(&json, text, AGENT_TEXT_MAX));
    if (json_object_get(json, "HashValue") != NULL)
        return ky_fail(KY_EDENIED, "%s",
                       ky_say("SignMsg: không ký mã băm mà không có nội dung (HashValue)",
                              "SignMsg: a hash without its content is not signed (HashValue)"));
    KY_TRY(ky_json_get_str(&content, json, "Base64Content", AGENT_TEXT_MAX));
    return decode(out, content);
}

/* ---- replies ---- */

static const struct {
    ky_rc rc;
    int status;
} statuses[] = {
    {KY_OK, 0},        {KY_EFORMAT, 400},   {KY_EINVAL, 400}, {KY_EAUTH, 401},
    {KY_EDENIED, 403}, {KY_ENOTFOUND, 404}, {KY_EBUSY, 409},  {KY_EEXPIRED, 410},
    {KY_ELIMIT, 413},  {KY_EIO, 502},       {KY_ETOKEN, 503},
};

int agent_status(ky_rc rc)
{
    for (size_t i = 0; i < KY_COUNT(statuses); i++)
        if (statuses[i].rc == rc)
            return statuses[i].status;
    return STATUS_OTHER;
}

void agent_reply_failure(struct ky_buf *out, ky_rc rc)
{
    char text[MESSAGE_MAX];
    struct ky_json_out j = KY_JSON_OUT(out);
    if (ky_lang_english())
        snprintf(text, sizeof text, "%s", ky_error());
    else
        snprintf(text, sizeof text, "%s: %s", ky_meaning(rc), ky_error());
    ky_json_open_object(&j, NULL);
    ky_json_put_int(&j, "Status", agent_status(rc));
    ky_json_put_cstr(&j, "Message", text);
    ky_json_close_object(&j);
}

static void open_reply(struct ky_json_out *j)
{
    ky_json_open_object(j, NULL);
    ky_json_put_int(j, "Status", 0);
    ky_json_put_cstr(j, "Message", "");
}

void agent_reply_config(struct ky_buf *out)
{
    struct ky_json_out j = KY_JSON_OUT(out);
    open_reply(&j);
    ky_json_put_cstr(&j, "Name", "kyso-agent");
    ky_json_put_cstr(&j, "Version", KYSO_VERSION);
    ky_json_open_array(&j, "Endpoints");
    for (size_t i = 0; i < KY_COUNT(endpoints); i++)
        ky_json_put_cstr(&j, NULL, endpoints[i].path + 1);
    ky_json_close_array(&j);
    ky_json_close_object(&j);
}

static void put_name(struct ky_json_out *j, const char *member, struct ky_bytes name, const char *type)
{
    ky_auto_buf text = ky_buf_init(NAME_TEXT_MAX);
    const ky_rc rc = type == NULL ? ky_name_text(&text, name) : ky_name_get(&text, name, type, 0);
    ky_json_put_str(j, member, rc == KY_OK ? ky_buf_bytes(&text) : KY_BYTES_NONE);
}

static void put_time(struct ky_json_out *j, const char *member, ky_time t)
{
    char text[KY_TIME_TEXT_MAX];
    ky_time_text_vn(text, t);
    ky_json_put_cstr(j, member, text);
}

void agent_reply_cert(struct ky_buf *out, const struct ky_cert *cert)
{
    struct ky_json_out j = KY_JSON_OUT(out);
    open_reply(&j);
    ky_json_open_object(&j, "CertInfo");
    put_name(&j, "CommonName", cert->subject, "CN");
    put_name(&j, "Organization", cert->subject, "O");
    put_name(&j, "Subject", cert->subject, NULL);
    put_name(&j, "Issuer", cert->issuer, NULL);
    ky_json_put_hex(&j, "SerialNumber", cert->serial);
    put_time(&j, "ValidFrom", cert->not_before);
    put_time(&j, "ValidTo", cert->not_after);
    ky_json_put_base64(&j, "Base64Value", cert->der);
    ky_json_close_object(&j);
    ky_json_close_object(&j);
}

static void put_signature(struct ky_json_out *j, struct ky_bytes cms, const struct ky_cert *cert)
{
    ky_json_put_base64(j, "Signature", cms);
    ky_json_put_base64(j, "CertBase64", cert->der);
}

void agent_reply_signature(struct ky_buf *out, struct ky_bytes cms, const struct ky_cert *cert)
{
    struct ky_json_out j = KY_JSON_OUT(out);
    open_reply(&j);
    put_signature(&j, cms, cert);
    ky_json_close_object(&j);
}

/* The server says whether it took the file: Status true, 0 or absent, or it has not. */
static ky_rc check_upload(const json_t *answer)
{
    const json_t *status = json_object_get(answer, "Status");
    struct ky_bytes why;
    if (status == NULL || json_is_true(status) ||
        (json_is_integer(status) && json_integer_value(status) == 0))
        return KY_OK;
    KY_TRY(ky_json_find_str(&why, answer, "Message", UPLOAD_TEXT_MAX));
    return ky_fail(
        KY_EDENIED,
        ky_say("máy chủ không nhận tệp đã ký: %.*s", "the server did not take the signed file: %.*s"),
        (int)why.n, why.n == 0 ? "" : (const char *)why.p);
}

ky_rc agent_reply_document(struct ky_buf *out, struct ky_bytes upload, struct ky_bytes cms,
                           const struct ky_cert *cert)
{
    static const char *const members[] = {"FileName", "FileServer", "DocumentNumber", "DocumentDate"};
    ky_auto_json answer = NULL;
    struct ky_json_out j = KY_JSON_OUT(out);
    KY_TRY(ky_context(ky_json_parse(&answer, upload, AGENT_SHORT_TEXT_MAX), "upload"));
    if (!json_is_object(answer))
        return ky_fail(KY_EFORMAT, "upload: the answer is no object");
    KY_TRY(check_upload(answer));
    open_reply(&j);
    for (size_t i = 0; i < KY_COUNT(members); i++) {
        struct ky_bytes value;
        KY_TRY(ky_context(ky_json_find_str(&value, answer, members[i], UPLOAD_TEXT_MAX), "upload"));
        ky_json_put_str(&j, members[i], value);
    }
    if (cms.n > 0)
        put_signature(&j, cms, cert);
    ky_json_close_object(&j);
    return KY_OK;
}

void agent_server_words(struct ky_bytes *out, const json_t *json)
{
    const char *member = ky_say("vi", "error_description");
    *out = KY_BYTES_NONE;
    if (ky_json_find_str(out, json, member, WORDS_MAX) != KY_OK ||
        ky_text_check(member, *out, WORDS_MAX) != KY_OK)
        *out = KY_BYTES_NONE;
}
