/* The table of findings. */
#include "ades/verdict.h"

#define FAILED(sub) true, KY_TOTAL_FAILED, sub
#define UNCLEAR(sub) true, KY_INDETERMINATE, sub
#define WARNING false, KY_TOTAL_PASSED, ""

static const struct ky_finding_info infos[KY_FIND_COUNT] = {
    [KY_FIND_BYTE_RANGE] = {"BYTE_RANGE", FAILED("FORMAT_FAILURE"),
                            "chữ ký không bao phủ đúng một phiên bản của tệp",
                            "the signature does not cover exactly one revision of the file"},
    [KY_FIND_SHARED_DICT] = {"SHARED_SIGNATURE", FAILED("FORMAT_FAILURE"),
                             "nhiều trường cùng trỏ đến một chữ ký", "several fields point to one signature"},
    [KY_FIND_SUBFILTER] = {"SUBFILTER", UNCLEAR("FORMAT_FAILURE"), "loại chữ ký PDF không được hỗ trợ",
                           "a kind of PDF signature that is not supported"},
    [KY_FIND_CMS] = {"CMS_FORMAT", FAILED("FORMAT_FAILURE"), "cấu trúc CMS của chữ ký không hợp lệ",
                     "the CMS structure of the signature is not valid"},
    [KY_FIND_ALGORITHM] = {"ALGORITHM", UNCLEAR("CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
                           "thuật toán không còn được chấp nhận", "an algorithm that is no longer accepted"},
    [KY_FIND_DIGEST] = {"DIGEST", FAILED("HASH_FAILURE"), "nội dung đã bị thay đổi sau khi ký",
                        "the signed content has been changed"},
    [KY_FIND_NO_SIGNER] = {"NO_SIGNER", UNCLEAR("NO_SIGNING_CERTIFICATE_FOUND"),
                           "không tìm thấy chứng thư số của người ký",
                           "the signer's certificate was not found"},
    [KY_FIND_SIGNATURE] = {"SIGNATURE", FAILED("SIG_CRYPTO_FAILURE"), "giá trị chữ ký không đúng",
                           "the signature value is wrong"},
    [KY_FIND_SIGNING_CERT] = {"SIGNING_CERTIFICATE", UNCLEAR("SIG_CONSTRAINTS_FAILURE"),
                              "thuộc tính signing-certificate-v2 thiếu hoặc không khớp",
                              "signing-certificate-v2 is missing or does not match"},
    [KY_FIND_NO_CHAIN] = {"NO_CHAIN", UNCLEAR("NO_CERTIFICATE_CHAIN_FOUND"),
                          "không có đường dẫn đến tổ chức chứng thực được tin cậy",
                          "no path to a trusted authority"},
    [KY_FIND_CHAIN] = {"CHAIN", UNCLEAR("CHAIN_CONSTRAINTS_FAILURE"), "đường dẫn chứng thư số không hợp lệ",
                       "the certificate path is not valid"},
    [KY_FIND_EXPIRED] = {"EXPIRED", UNCLEAR("OUT_OF_BOUNDS_NO_POE"),
                         "chứng thư số đã hết hạn và không có dấu thời gian",
                         "the certificate has expired and there is no time stamp"},
    [KY_FIND_NOT_YET_VALID] = {"NOT_YET_VALID", UNCLEAR("OUT_OF_BOUNDS_NO_POE"),
                               "chứng thư số chưa có hiệu lực", "the certificate is not valid yet"},
    [KY_FIND_REVOKED] = {"REVOKED", UNCLEAR("REVOKED_NO_POE"),
                         "chứng thư số đã bị thu hồi và không có dấu thời gian trước đó",
                         "the certificate is revoked and no time stamp is older than that"},
    [KY_FIND_REVOKED_CA] = {"REVOKED_CA", UNCLEAR("REVOKED_CA_NO_POE"),
                            "chứng thư số của tổ chức chứng thực đã bị thu hồi",
                            "the certificate of an authority is revoked"},
    [KY_FIND_NO_REVOCATION_INFO] = {"NO_REVOCATION_INFO", UNCLEAR("TRY_LATER"),
                                    "chưa kiểm tra được tình trạng thu hồi của chứng thư số",
                                    "whether the certificate is revoked could not be found out"},
    [KY_FIND_CHANGED] = {"CHANGED_AFTER_SIGNING", FAILED("FORMAT_FAILURE"),
                         "tài liệu đã bị sửa sau khi ký theo cách không được phép",
                         "the document was changed after signing in a way that is not allowed"},
    [KY_FIND_NO_REVOCATION_POINTER] = {"NO_REVOCATION_POINTER", WARNING,
                                       "chứng thư số không chỉ ra nơi kiểm tra thu hồi",
                                       "the certificate does not say where its revocation can be checked"},
    [KY_FIND_NOT_BASELINE] = {"NOT_BASELINE", WARNING, "chữ ký không theo chuẩn PAdES baseline",
                              "the signature does not follow the PAdES baseline"},
    [KY_FIND_NO_SIGNING_TIME] = {"NO_SIGNING_TIME", WARNING, "chữ ký không ghi thời điểm ký",
                                 "the signature does not say when it was made"},
    [KY_FIND_SIGNED_OUTSIDE_VALIDITY] =
        {"TIME_OUTSIDE_VALIDITY", WARNING, "thời điểm ký nằm ngoài thời hạn hiệu lực hoặc ở tương lai",
         "the signing time is outside the certificate's validity or in the future"},
    [KY_FIND_LATER_SIGNATURES] = {"LATER_SIGNATURES", WARNING, "sau chữ ký này tài liệu được ký thêm",
                                  "further signatures were added after this one"},
    [KY_FIND_LATER_FILLING] = {"LATER_FORM_FILLING", WARNING, "sau chữ ký này biểu mẫu được điền thêm",
                               "form fields were filled after this signature"},
    [KY_FIND_STRUCTURE] = {"STRUCTURE", WARNING, "cấu trúc tệp PDF có lỗi",
                           "the structure of the PDF is damaged"},
};

const struct ky_finding_info *ky_finding_info(ky_finding_id id)
{
    return &infos[id];
}

void ky_verdict_add(struct ky_sig_report *s, ky_finding_id id, const char *detail)
{
    const struct ky_finding_info *info = &infos[id];
    struct ky_finding *list = info->error ? s->errors : s->warnings;
    size_t *n = info->error ? &s->n_errors : &s->n_warnings;
    if (*n < KY_REPORT_FINDINGS_MAX)
        list[(*n)++] = (struct ky_finding){id, detail};
    if (info->error && info->indication > s->indication) {
        s->indication = info->indication;
        s->sub_indication = info->sub_indication;
    }
}

void ky_verdict_add_error(struct ky_sig_report *s, struct ky_arena *a, ky_finding_id id)
{
    ky_verdict_add(s, id, ky_arena_strdup(a, ky_error()));
}
