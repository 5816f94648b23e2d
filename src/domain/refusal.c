/* Codes and messages of refusals; see refusal.h. */
#include "domain/refusal.h"

#include "base/str.h"
#include "domain/template.h"

#define ELLIPSIS "…"

static const struct {
    const char *name, *vi, *en;
} codes[KY_REFUSE_COUNT] = {
    [KY_REFUSE_REQUIRED] = {"REQUIRED", "{field}: bắt buộc nhập.", "{field} is required."},
    [KY_REFUSE_TOO_LONG] = {"TOO_LONG", "{field} “{value}” dài quá {limit} ký tự.",
                            "{field} “{value}” has more than {limit} characters."},
    [KY_REFUSE_TOO_MANY_BYTES] = {"TOO_MANY_BYTES", "{field} “{value}” dài quá {limit} byte.",
                                  "{field} “{value}” has more than {limit} bytes."},
    [KY_REFUSE_CHARACTER] = {"CHARACTER", "{field} có ký tự không được phép; hãy gõ lại thay vì dán.",
                             "{field} has a character that is not allowed; type it instead of pasting."},
    [KY_REFUSE_NOT_NFC] = {"NOT_NFC", "{field} “{value}” dùng dấu tổ hợp; hãy dùng bảng mã Unicode dựng sẵn.",
                           "{field} “{value}” is not in Unicode normalisation form C."},
    [KY_REFUSE_SPACES] = {"SPACES", "{field} “{value}” có khoảng trắng thừa.",
                          "{field} “{value}” has spaces too many."},
    [KY_REFUSE_UNKNOWN_FIELD] = {"UNKNOWN_FIELD", "Thủ tục này không có trường “{value}”.",
                                 "This procedure has no field “{value}”."},
    [KY_REFUSE_TWICE] = {"TWICE", "{field} được nhập hai lần.", "{field} is there twice."},
    [KY_REFUSE_CHOICE] = {"CHOICE", "{field} “{value}” không có trong danh sách: {limit}.",
                          "{field} “{value}” is not one of: {limit}."},
    [KY_REFUSE_SCIENTIFIC] =
        {"SCIENTIFIC",
         "{field} “{value}” đã bị bảng tính đổi sang dạng số mũ và mất chữ số; hãy định "
         "dạng ô là Văn bản (Text) rồi nhập lại.",
         "{field} “{value}” was turned into scientific notation by a spreadsheet and lost "
         "digits; format the cell as Text and type it again."},
    [KY_REFUSE_IDENTITY_FORM] = {"IDENTITY_FORM", "{field} “{value}” phải gồm đúng {limit} chữ số.",
                                 "{field} “{value}” must have exactly {limit} digits."},
    [KY_REFUSE_IDENTITY_ZERO] =
        {"IDENTITY_ZERO", "{field} “{value}” mất số 0 ở đầu; có phải là {proposal} (đủ {limit} chữ số)?",
         "{field} “{value}” lost its leading zeros; is it {proposal} ({limit} digits)?"},
    [KY_REFUSE_IDENTITY_OLD] =
        {"IDENTITY_OLD",
         "{field} “{value}” là số chứng minh nhân dân cũ; hãy nhập số định danh {limit} chữ số.",
         "{field} “{value}” is an old identity card number; the personal number has {limit} digits."},
    [KY_REFUSE_IDENTITY_PLACE] = {"IDENTITY_PLACE",
                                  "{field} “{value}”: không có mã nơi đăng ký khai sinh {limit}.",
                                  "{field} “{value}”: there is no birthplace code {limit}."},
    [KY_REFUSE_IDENTITY_AGE] = {"IDENTITY_AGE", "{field} “{value}”: năm sinh muộn hơn {limit}.",
                                "{field} “{value}”: the year of birth is after {limit}."},
    [KY_REFUSE_IDENTITY_BIRTH] = {"IDENTITY_BIRTH",
                                  "{field} “{value}” ứng với năm sinh {limit}, khác ngày sinh đã nhập.",
                                  "{field} “{value}” says born in {limit}, the date of birth another year."},
    [KY_REFUSE_IDENTITY_GENDER] = {"IDENTITY_GENDER",
                                   "{field} “{value}” ứng với giới tính {limit}, khác giới tính đã nhập.",
                                   "{field} “{value}” says {limit}, the gender another."},
    [KY_REFUSE_PHONE_FORM] = {"PHONE_FORM",
                              "{field} “{value}” phải là số di động Việt Nam gồm {limit} chữ số.",
                              "{field} “{value}” must be a Vietnamese mobile number of {limit} digits."},
    [KY_REFUSE_PHONE_ZERO] = {"PHONE_ZERO",
                              "{field} “{value}” mất số 0 ở đầu; có phải là {proposal} (đủ {limit} chữ số)?",
                              "{field} “{value}” lost its leading zero; is it {proposal} ({limit} digits)?"},
    [KY_REFUSE_PHONE_OLD] =
        {"PHONE_OLD",
         "{field} “{value}” là số 11 chữ số đã đổi năm 2018; số mới gồm {limit} chữ số là {proposal}.",
         "{field} “{value}” has 11 digits and was changed in 2018; its {limit} digits now are {proposal}."},
    [KY_REFUSE_PHONE_PREFIX] = {"PHONE_PREFIX", "{field} “{value}”: {limit} không phải đầu số di động.",
                                "{field} “{value}”: {limit} is not a mobile range."},
    [KY_REFUSE_EMAIL_FORM] = {"EMAIL_FORM", "{field} “{value}” không phải địa chỉ thư điện tử.",
                              "{field} “{value}” is not an e-mail address."},
    [KY_REFUSE_EMAIL_PUBLIC] =
        {"EMAIL_PUBLIC",
         "{field} “{value}”: {limit} là dịch vụ thư công cộng; phải dùng thư điện tử công vụ.",
         "{field} “{value}”: {limit} is a public mail service; an official address is needed."},
    [KY_REFUSE_EMAIL_NOT_OFFICIAL] = {"EMAIL_NOT_OFFICIAL",
                                      "{field} “{value}” không thuộc tên miền thư công vụ: {limit}.",
                                      "{field} “{value}” is not under an official domain: {limit}."},
    [KY_REFUSE_NAME_LETTER] = {"NAME_LETTER", "{field} “{value}”: “{limit}” không dùng trong họ tên.",
                               "{field} “{value}”: “{limit}” is no letter of a name."},
    [KY_REFUSE_NAME_CAPITALS] =
        {"NAME_CAPITALS", "{field} “{value}” phải viết hoa chữ cái đầu của mỗi từ.",
         "{field} “{value}”: each word starts with a capital and goes on in small letters."},
    [KY_REFUSE_DATE_FORM] = {"DATE_FORM", "{field} “{value}” phải viết theo dạng {limit}.",
                             "{field} “{value}” must be written as {limit}."},
    [KY_REFUSE_DATE_SERIAL] =
        {"DATE_SERIAL", "{field} “{value}” là số thứ tự ngày của bảng tính; có phải là {proposal} ({limit})?",
         "{field} “{value}” is a spreadsheet's day number; is it {proposal} ({limit})?"},
    [KY_REFUSE_DATE_IMPOSSIBLE] = {"DATE_IMPOSSIBLE", "{field} “{value}”: không có ngày này ({limit}).",
                                   "{field} “{value}”: there is no such day ({limit})."},
    [KY_REFUSE_DATE_RANGE] = {"DATE_RANGE", "{field} “{value}” phải trong khoảng {limit}.",
                              "{field} “{value}” must be within {limit}."},
    [KY_REFUSE_SERIAL_FORM] = {"SERIAL_FORM",
                               "{field} “{value}” phải gồm từ 2 đến {limit} chữ số thập lục phân.",
                               "{field} “{value}” must have 2 to {limit} hexadecimal digits."},
    [KY_REFUSE_AUTHORITY] = {"AUTHORITY",
                             "Người có thẩm quyền của cơ quan, tổ chức không dùng giải pháp ký số tập trung.",
                             "A person with authority in an organisation may not use centralised signing."},
    [KY_REFUSE_FINANCE] =
        {"FINANCE",
         "Thuê bao thực hiện giao dịch liên quan đến tài chính, ngân sách nhà nước không dùng "
         "giải pháp ký số tập trung.",
         "Finance and state budget transactions are outside centralised signing."},
    [KY_REFUSE_PHONE_NOT_OWN] = {"PHONE_NOT_OWN", "Số điện thoại di động không được đăng ký chính chủ.",
                                 "The telephone is not registered in the person's own name."},
    [KY_REFUSE_KEY] = {"KEY", "Loại khóa “{value}” không được hỗ trợ: {limit}.",
                       "The kind of key “{value}” is not supported: {limit}."},
    [KY_REFUSE_SAME_IDENTITY] = {"SAME_IDENTITY", "Số định danh “{value}” đã có trong hồ sơ.",
                                 "The person “{value}” is in the dossier already."},
    [KY_REFUSE_SAME_EMAIL] = {"SAME_EMAIL", "Địa chỉ thư “{value}” đã dùng cho người khác trong hồ sơ.",
                              "Another person in the dossier has the e-mail address “{value}”."},
    [KY_REFUSE_SAME_PHONE] = {"SAME_PHONE", "Số điện thoại “{value}” đã dùng cho người khác trong hồ sơ.",
                              "Another person in the dossier has the telephone number “{value}”."},
    [KY_REFUSE_CERT_UNKNOWN] = {"CERT_UNKNOWN", "Đơn vị không có chứng thư số mang số hiệu “{value}”.",
                                "The organisation has no certificate with the serial number “{value}”."},
    [KY_REFUSE_CERT_ENDED] = {"CERT_ENDED", "Chứng thư số “{value}” đã hết hiệu lực từ ngày {limit}.",
                              "The certificate “{value}” is not in force since {limit}."},
    [KY_REFUSE_CERT_TAKEN] = {"CERT_TAKEN", "Chứng thư số “{value}” đang nằm trong hồ sơ {proposal}.",
                              "The certificate “{value}” is in dossier {proposal}, which is open."},
    [KY_REFUSE_CERT_TWICE] = {"CERT_TWICE", "Chứng thư số “{value}” đã có trong hồ sơ này.",
                              "The certificate “{value}” is in this dossier already."},
    [KY_REFUSE_CERT_REMAINING] =
        {"CERT_REMAINING", "Chứng thư số “{value}” còn hiệu lực chưa đến {limit} ngày; hãy đề nghị cấp mới.",
         "The certificate “{value}” has less than {limit} days left; ask for a new one."},
    [KY_REFUSE_CERT_TIMES] = {"CERT_TIMES",
                              "Chứng thư số “{value}” đã được gia hạn {limit} lần; hãy đề nghị cấp mới.",
                              "The certificate “{value}” was renewed {limit} time(s); ask for a new one."},
    [KY_REFUSE_SAME_KEY] = {"SAME_KEY", "Giữ nguyên khóa thì loại khóa là “{limit}”, không phải “{value}”.",
                            "The key that is kept is “{limit}”, not “{value}”."},
    [KY_REFUSE_EMAIL_KEPT] =
        {"EMAIL_KEPT",
         "Gia hạn giữ nguyên địa chỉ thư; muốn đổi thành “{value}” thì dùng thủ tục thay đổi nội dung thông "
         "tin.",
         "A renewal keeps the e-mail address; to change it to “{value}”, file a change of information."},
    [KY_REFUSE_PERSON_KEPT] =
        {"PERSON_KEPT",
         "{field} “{value}” khác với chứng thư số; người khác hoặc đổi tên thì thu hồi và cấp mới.",
         "{field} “{value}” is not that of the certificate; for another person or name revoke it and ask for "
         "a new one."},
    [KY_REFUSE_NO_CHANGE] =
        {"NO_CHANGE", "Cơ quan, bộ phận và thư điện tử đều như trong chứng thư số: không có gì thay đổi.",
         "Organisation, unit and e-mail are as in the certificate: nothing changes."},
    [KY_REFUSE_GROUND_NOT_YOURS] = {"GROUND_NOT_YOURS",
                                    "Đơn vị không được đề nghị thu hồi với lý do “{value}”.",
                                    "An organisation may not ask for revocation on the ground “{value}”."},
};

const char *ky_refusal_code_name(ky_refusal_code code)
{
    return codes[code].name;
}

struct ky_refusal *ky_refusals_add(struct ky_refusals *out, ky_refusal_code code, const char *field)
{
    struct ky_refusal *f = &out->list[out->n];
    out->n += out->n < KY_REFUSALS_MAX;
    *f = (struct ky_refusal){.code = code, .field = field};
    return f;
}

void ky_refusal_put(char *out, size_t room, struct ky_bytes text)
{
    size_t n = text.n;
    if (n >= room) {
        n = room - sizeof ELLIPSIS;
        while (n > 0 && (text.p[n] & 0xc0) == 0x80)
            n--;
    }
    if (n > 0)
        memcpy(out, text.p, n);
    memcpy(out + n, n < text.n ? ELLIPSIS : "", n < text.n ? sizeof ELLIPSIS : 1);
}

ky_rc ky_refusal_text(struct ky_buf *out, const struct ky_refusal *f, ky_language lang, bool with_value)
{
    const struct ky_place places[] = {
        {"field", lang == KY_ENGLISH ? f->field_en : f->field_vi},
        {"value", with_value ? f->value : ELLIPSIS},
        {"limit", f->limit},
        {"proposal", with_value ? f->proposal : ELLIPSIS},
    };
    const char *text = lang == KY_ENGLISH ? codes[f->code].en : codes[f->code].vi;
    return ky_template_fill(out, ky_bytes_str(text), places, KY_COUNT(places));
}

ky_rc ky_refusals_result(const struct ky_refusals *r)
{
    ky_auto_buf text = ky_buf_init(KY_REFUSAL_TEXT_MAX);
    if (r->n == 0)
        return KY_OK;
    KY_TRY(ky_refusal_text(&text, &r->list[0], KY_ENGLISH, false));
    return ky_fail(KY_EDENIED, "%s: %s", codes[r->list[0].code].name, ky_buf_str(&text));
}

static void write_text(struct ky_json_out *o, const char *name, const struct ky_refusal *f, ky_language lang)
{
    ky_auto_buf text = ky_buf_init_secret(KY_REFUSAL_TEXT_MAX);
    if (ky_refusal_text(&text, f, lang, true) == KY_OK)
        ky_json_put_str(o, name, ky_buf_bytes(&text));
}

void ky_refusals_write(struct ky_json_out *o, const char *name, const struct ky_refusals *r)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < r->n; i++) {
        const struct ky_refusal *f = &r->list[i];
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "code", codes[f->code].name);
        ky_json_put_cstr(o, "field", f->field);
        write_text(o, "vi", f, KY_VIETNAMESE);
        write_text(o, "en", f, KY_ENGLISH);
        if (f->proposal[0] != 0)
            ky_json_put_cstr(o, "proposal", f->proposal);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}
