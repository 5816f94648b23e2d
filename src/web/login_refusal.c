/* Verdicts in words; see login_refusal.h. */
#include "web/login_refusal.h"

static const struct {
    unsigned status;
    const char *code, *en, *vi;
} refusals[KY_LOGIN_VERDICTS] = {
    [KY_LOGIN_GOOD] = {200, "good", "good", "Được."},
    [KY_LOGIN_NO_START] = {403, "start_invalid", "log-in was not begun in this browser, or too long ago",
                           "Lượt đăng nhập không còn hiệu lực; đề nghị bắt đầu lại."},
    [KY_LOGIN_BAD_CODE] = {403, "code_invalid", "the code is wrong, used or older than 30 seconds",
                           "Mã đăng nhập không đúng, đã dùng hoặc quá 30 giây; đề nghị đăng nhập lại."},
    [KY_LOGIN_UNKNOWN_KEY] = {403, "key_unknown", "nobody has registered this passkey or certificate",
                              "Khóa truy cập hoặc chứng thư số này chưa được đăng ký."},
    [KY_LOGIN_BAD_ASSERTION] = {403, "assertion_invalid", "the passkey's answer is wrong",
                                "Xác nhận bằng khóa truy cập không đúng."},
    [KY_LOGIN_OTHER_IDENTITY] = {403, "identity_differs",
                                 "the session came from another passkey or certificate",
                                 "Phiên làm việc này được mở bằng khóa truy cập hoặc chứng thư số khác."},
    [KY_LOGIN_CLOSED] = {403, "account_closed", "the account is closed", "Tài khoản đã đóng."},
    [KY_LOGIN_LOCKED] = {429, "locked", "too many failures; wait",
                         "Quá nhiều lần không thành công; đề nghị thử lại sau."},
    [KY_LOGIN_BAD_INVITATION] = {403, "invitation_invalid", "the invitation is unknown, used or expired",
                                 "Lời mời không đúng, đã dùng hoặc đã hết hạn; đề nghị xin lời mời mới."},
    [KY_LOGIN_BAD_REGISTRATION] = {403, "registration_invalid", "the new passkey's answer is wrong",
                                   "Không đăng ký được khóa truy cập này."},
    [KY_LOGIN_KEY_TAKEN] = {409, "key_taken", "the passkey or certificate is registered already",
                            "Khóa truy cập hoặc chứng thư số này đã được đăng ký."},
    [KY_LOGIN_TOO_MANY_KEYS] = {409, "too_many_keys", "too many passkeys and certificates",
                                "Quá nhiều khóa truy cập; đề nghị xóa bớt."},
    [KY_LOGIN_LAST_KEY] = {409, "last_key", "it is the only way in",
                           "Đây là cách đăng nhập duy nhất còn lại, không xóa được."},
    [KY_LOGIN_NO_CERTIFICATE] = {403, "certificate_missing", "the browser used no certificate",
                                 "Trình duyệt không gửi chứng thư số; đề nghị cắm thiết bị và thử lại."},
    [KY_LOGIN_CERT_UNTRUSTED] = {403, "certificate_untrusted", "the certificate's issuer is not known here",
                                 "Chứng thư số không do tổ chức được chấp nhận cấp."},
    [KY_LOGIN_CERT_UNFIT] = {403, "certificate_unfit", "the certificate is not meant for logging in",
                             "Chứng thư số không được dùng để đăng nhập."},
    [KY_LOGIN_CERT_EXPIRED] = {403, "certificate_expired", "the certificate has expired or is not valid yet",
                               "Chứng thư số đã hết hạn hoặc chưa có hiệu lực."},
    [KY_LOGIN_CERT_REVOKED] = {403, "certificate_revoked", "the certificate is revoked",
                               "Chứng thư số đã bị thu hồi."},
    [KY_LOGIN_CERT_NO_EVIDENCE] = {503, "revocation_unknown",
                                   "no list or answer of the last 24 hours tells whether it is revoked",
                                   "Chưa có dữ liệu thu hồi trong 24 giờ qua cho chứng thư số này."},
};

const char *ky_login_code(ky_login_verdict verdict)
{
    return refusals[verdict].code;
}

ky_rc ky_answer_login(struct ky_exchange *x, const struct ky_login_result *result)
{
    ky_login_verdict v = result->verdict;
    ky_answer_refusal(x, refusals[v].status, refusals[v].code, refusals[v].en, refusals[v].vi);
    const char *wait =
        v != KY_LOGIN_LOCKED ? NULL : ky_arena_printf(&x->arena, "%lld", (long long)(result->until - x->now));
    if (wait != NULL)
        ky_exchange_header(x, "Retry-After", wait);
    return ky_fail(KY_EAUTH, "log-in: %s", refusals[v].code);
}
