/* Writing reports; all words are in tables, those of findings in ades/verdict. */
#include "ades/report.h"

#include "ades/verdict.h"
#include "base/str.h"
#include "codec/json.h"

static const char *const indications[] = {"TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"};
static const char *const coverages[] = {"WHOLE_FILE", "EARLIER_REVISION", "UNCLEAR"};
static const char *const sources[] = {
    [KY_REV_NO_WORD] = "none", [KY_REV_NOCHECK] = "nocheck", [KY_REV_CRL] = "CRL", [KY_REV_OCSP] = "OCSP"};

const char *ky_indication_name(ky_indication i)
{
    return indications[i];
}

static void put_time(struct ky_json_out *o, const char *name, ky_time t)
{
    char text[KY_TIME_TEXT_MAX];
    ky_time_text_utc(text, t);
    ky_json_put_cstr(o, name, text);
}

static void put_findings(struct ky_json_out *o, const char *name, const struct ky_finding *list, size_t n,
                         bool english)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < n; i++) {
        const struct ky_finding_info *info = ky_finding_info(list[i].id);
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "code", info->code);
        ky_json_put_cstr(o, "text", english ? info->en : info->vi);
        if (list[i].detail != NULL)
            ky_json_put_cstr(o, "detail", list[i].detail);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_revocation(struct ky_json_out *o, const struct ky_sig_report *s)
{
    ky_json_open_array(o, "revocation");
    for (size_t i = 0; i < s->n_revocation; i++) {
        const struct ky_report_revocation *v = &s->revocation[i];
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "subject", v->subject);
        ky_json_put_cstr(o, "source", sources[v->source]);
        ky_json_put_cstr(o, "status",
                         v->revoked                    ? "revoked"
                         : v->source == KY_REV_NO_WORD ? "unknown"
                                                       : "good");
        if (v->this_update != 0)
            put_time(o, "thisUpdate", v->this_update);
        if (v->revoked) {
            put_time(o, "revokedAt", v->revoked_at);
            ky_json_put_int(o, "reason", v->reason);
        }
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static void put_signer(struct ky_json_out *o, const struct ky_sig_report *s)
{
    ky_json_open_object(o, "signer");
    ky_json_put_cstr(o, "name", s->signer_name);
    ky_json_put_cstr(o, "subject", s->subject);
    ky_json_put_cstr(o, "issuer", s->issuer);
    ky_json_put_cstr(o, "serial", s->serial);
    if (s->subject[0] != '\0') {
        put_time(o, "notBefore", s->not_before);
        put_time(o, "notAfter", s->not_after);
        ky_json_put_hex(o, "sha256", KY_BYTES_OF(s->signer_sha256));
    }
    ky_json_close_object(o);
}

static void put_signature(struct ky_json_out *o, const struct ky_sig_report *s, bool english)
{
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "name", s->name);
    ky_json_put_cstr(o, "indication", indications[s->indication]);
    ky_json_put_cstr(o, "subIndication", s->sub_indication);
    ky_json_put_cstr(o, "format", s->format);
    ky_json_put_cstr(o, "coverage", coverages[s->coverage]);
    ky_json_put_int(o, "coveredBytes", (int64_t)s->covered_bytes);
    ky_json_put_cstr(o, "changes", ky_change_name(s->changes));
    put_signer(o, s);
    ky_json_put_cstr(o, "signingTime", s->signing_time_text);
    ky_json_put_cstr(o, "reason", s->reason);
    ky_json_put_cstr(o, "location", s->location);
    ky_json_put_cstr(o, "hash", s->hash);
    ky_json_put_cstr(o, "signatureAlgorithm", s->signature_algorithm);
    put_revocation(o, s);
    put_findings(o, "errors", s->errors, s->n_errors, english);
    put_findings(o, "warnings", s->warnings, s->n_warnings, english);
    ky_json_close_object(o);
}

ky_rc ky_report_json(struct ky_buf *out, const struct ky_report *r, bool english)
{
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "indication", indications[r->indication]);
    put_time(&o, "validationTime", r->at);
    ky_json_put_int(&o, "fileBytes", (int64_t)r->file_bytes);
    ky_json_open_array(&o, "signatures");
    for (size_t i = 0; i < r->n; i++)
        if (!r->signatures[i].is_timestamp)
            put_signature(&o, &r->signatures[i], english);
    ky_json_close_array(&o);
    ky_json_open_array(&o, "timestamps");
    for (size_t i = 0; i < r->n; i++) {
        if (!r->signatures[i].is_timestamp)
            continue;
        ky_json_open_object(&o, NULL);
        ky_json_put_cstr(&o, "name", r->signatures[i].name);
        ky_json_close_object(&o);
    }
    ky_json_close_array(&o);
    ky_json_close_object(&o);
    return ky_buf_finish(out);
}

/* Words of the report for people; index 0 Vietnamese, 1 English. */
struct words {
    const char *verdict[3], *coverage[3];
    const char *file, *none, *signature, *signer, *issuer, *serial, *time, *reason, *location, *algorithm,
        *covers, *revocation, *good, *revoked, *unknown, *error, *warning;
};
static const struct words words[] = {
    {
        .verdict = {"HỢP LỆ", "KHÔNG XÁC ĐỊNH", "KHÔNG HỢP LỆ"},
        .coverage = {"toàn bộ tệp", "một phiên bản trước của tệp", "không rõ"},
        .file = "Tệp",
        .none = "Tài liệu không có chữ ký số.",
        .signature = "Chữ ký",
        .signer = "Người ký",
        .issuer = "Nơi cấp chứng thư số",
        .serial = "Số sê-ri",
        .time = "Thời điểm ký (do người ký khai)",
        .reason = "Lý do",
        .location = "Địa điểm",
        .algorithm = "Thuật toán",
        .covers = "Phạm vi ký",
        .revocation = "Tình trạng thu hồi",
        .good = "không bị thu hồi",
        .revoked = "ĐÃ BỊ THU HỒI",
        .unknown = "không rõ",
        .error = "Lỗi",
        .warning = "Lưu ý",
    },
    {
        .verdict = {"VALID", "UNDETERMINED", "NOT VALID"},
        .coverage = {"the whole file", "an earlier revision of the file", "unclear"},
        .file = "File",
        .none = "The document has no signature.",
        .signature = "Signature",
        .signer = "Signer",
        .issuer = "Issued by",
        .serial = "Serial number",
        .time = "Signing time (claimed)",
        .reason = "Reason",
        .location = "Location",
        .algorithm = "Algorithm",
        .covers = "Covers",
        .revocation = "Revocation",
        .good = "not revoked",
        .revoked = "REVOKED",
        .unknown = "unknown",
        .error = "Error",
        .warning = "Note",
    },
};

/* Text from the file may hold what a terminal obeys, or turns round: each such character is shown as '?'. */
static void add_shown(struct ky_buf *out, const char *text)
{
    struct ky_bytes left = ky_bytes_str(text);
    while (left.n > 0) {
        const uint8_t *at = left.p;
        const int32_t c = ky_utf8_next(&left);
        const bool hidden = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
                            (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
        if (hidden)
            ky_buf_add_u8(out, '?');
        else
            ky_buf_add(out, KY_BYTES(at, left.p - at));
        if (c < 0)
            return;
    }
}

static void line(struct ky_buf *out, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    ky_buf_addf(out, "  %s: ", label);
    add_shown(out, value);
    ky_buf_add_u8(out, '\n');
}

static void text_findings(struct ky_buf *out, const char *label, const struct ky_finding *list, size_t n,
                          bool english)
{
    for (size_t i = 0; i < n; i++) {
        const struct ky_finding_info *info = ky_finding_info(list[i].id);
        ky_buf_addf(out, "  %s: %s", label, english ? info->en : info->vi);
        if (list[i].detail != NULL) {
            ky_buf_add_str(out, " (");
            add_shown(out, list[i].detail);
            ky_buf_add_u8(out, ')');
        }
        ky_buf_add_u8(out, '\n');
    }
}

static void text_revocation(struct ky_buf *out, const struct words *w, const struct ky_report_revocation *v)
{
    char when[KY_TIME_TEXT_MAX] = "";
    const ky_time t = v->revoked ? v->revoked_at : v->this_update;
    if (t != 0)
        ky_time_text_vn(when, t);
    const char *state = v->revoked ? w->revoked : v->source == KY_REV_NO_WORD ? w->unknown : w->good;
    ky_buf_addf(out, "  %s: ", w->revocation);
    add_shown(out, v->subject);
    ky_buf_addf(out, ": %s", state);
    if (v->source != KY_REV_NO_WORD)
        ky_buf_addf(out, " (%s%s%s)", sources[v->source], when[0] != '\0' ? ", " : "", when);
    ky_buf_add_u8(out, '\n');
}

static void text_signature(struct ky_buf *out, const struct words *w, const struct ky_sig_report *s,
                           bool english)
{
    ky_buf_addf(out, "\n%s ", w->signature);
    add_shown(out, s->name);
    ky_buf_addf(out, ": %s (%s%s%s)\n", w->verdict[s->indication], indications[s->indication],
                s->sub_indication[0] != '\0' ? ", " : "", s->sub_indication);
    line(out, w->signer, s->subject);
    line(out, w->issuer, s->issuer);
    line(out, w->serial, s->serial);
    line(out, w->time, s->signing_time_text);
    line(out, w->reason, s->reason);
    line(out, w->location, s->location);
    if (s->hash[0] != '\0')
        ky_buf_addf(out, "  %s: %s, %s, %s\n", w->algorithm, s->format, s->signature_algorithm, s->hash);
    line(out, w->covers, w->coverage[s->coverage]);
    for (size_t i = 0; i < s->n_revocation; i++)
        text_revocation(out, w, &s->revocation[i]);
    text_findings(out, w->error, s->errors, s->n_errors, english);
    text_findings(out, w->warning, s->warnings, s->n_warnings, english);
}

ky_rc ky_report_text(struct ky_buf *out, const struct ky_report *r, const char *file_name, bool english)
{
    const struct words *w = &words[english ? 1 : 0];
    ky_buf_addf(out, "%s: %s\n%s (%s)\n", w->file, file_name, w->verdict[r->indication],
                indications[r->indication]);
    size_t shown = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (r->signatures[i].is_timestamp)
            continue;
        text_signature(out, w, &r->signatures[i], english);
        shown++;
    }
    if (shown == 0)
        ky_buf_addf(out, "%s\n", w->none);
    return ky_buf_finish(out);
}
