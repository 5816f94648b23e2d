/* The letter's conditions as functions of one person; see eligibility.h. */
#include "domain/eligibility.h"

#include <stdlib.h>
#include <strings.h>

#include "crypto/alg.h"
#include "domain/vietnamese.h"

#define LOCAL_PART_MAX 64 /* RFC 5321 §4.5.3.1.1 */

static const struct ky_refusal_info infos[KY_REFUSE_COUNT] = {
    [KY_REFUSE_SECTOR] = {"sector", "Thuê bao không thuộc lĩnh vực giáo dục, đào tạo hoặc y tế.",
                          "The subscriber is not in education, training or health."},
    [KY_REFUSE_AUTHORITY] = {"authority",
                             "Người có thẩm quyền của cơ quan, tổ chức không dùng giải pháp ký số tập trung.",
                             "A person with authority in an organisation may not use centralised signing."},
    [KY_REFUSE_FINANCE] =
        {"finance",
         "Thuê bao thực hiện giao dịch liên quan đến tài chính, ngân sách nhà nước không dùng giải "
         "pháp ký số tập trung.",
         "Finance and state budget transactions are outside centralised signing."},
    [KY_REFUSE_NO_EMAIL] = {"no-email", "Thiếu địa chỉ thư điện tử công vụ.",
                            "There is no official e-mail address."},
    [KY_REFUSE_EMAIL_FORM] = {"email-form", "Địa chỉ thư điện tử không hợp lệ.",
                              "The e-mail address is malformed."},
    [KY_REFUSE_EMAIL_NOT_OFFICIAL] = {"email-not-official",
                                      "Địa chỉ thư điện tử không thuộc tên miền thư công vụ được chấp nhận.",
                                      "The e-mail address is not under an accepted official domain."},
    [KY_REFUSE_NO_PHONE] = {"no-phone", "Thiếu số điện thoại di động.",
                            "There is no mobile telephone number."},
    [KY_REFUSE_PHONE_FORM] = {"phone-form", "Số điện thoại không phải là số di động của Việt Nam.",
                              "The telephone number is not a Vietnamese mobile number."},
    [KY_REFUSE_PHONE_NOT_OWN] = {"phone-not-own", "Số điện thoại di động không được đăng ký chính chủ.",
                                 "The telephone is not registered in the person's own name."},
    [KY_REFUSE_IDENTITY_FORM] = {"identity-form", "Số định danh cá nhân phải gồm đúng 12 chữ số.",
                                 "The identity number must have exactly 12 digits."},
    [KY_REFUSE_IDENTITY_PLACE] = {"identity-place",
                                  "Số định danh cá nhân có mã nơi đăng ký khai sinh không tồn tại.",
                                  "The identity number has an unknown birthplace code."},
    [KY_REFUSE_IDENTITY_BIRTH] =
        {"identity-birth", "Năm sinh trong số định danh cá nhân không hợp lệ.",
         "The year of birth in the identity number is not possible or not the one stated."},
    [KY_REFUSE_IDENTITY_GENDER] = {"identity-gender", "Giới tính không khớp với số định danh cá nhân.",
                                   "The gender is not that of the identity number."},
    [KY_REFUSE_KEY] = {"key", "Loại khóa không được hỗ trợ.", "The kind of key is not supported."},
    [KY_REFUSE_SAME_IDENTITY] = {"same-identity", "Người này đã có trong hồ sơ.",
                                 "The person is in the dossier already."},
    [KY_REFUSE_SAME_EMAIL] = {"same-email", "Địa chỉ thư điện tử đã dùng cho người khác trong hồ sơ.",
                              "Another person in the dossier has this e-mail address."},
    [KY_REFUSE_SAME_PHONE] = {"same-phone", "Số điện thoại đã dùng cho người khác trong hồ sơ.",
                              "Another person in the dossier has this telephone number."},
};

const struct ky_refusal_info *ky_refusal_info(ky_refusal r)
{
    return &infos[r];
}

static void refuse(struct ky_refusals *out, bool condition, ky_refusal r)
{
    if (condition)
        out->list[out->n++] = r;
}

/* addr-spec with a dot-atom local part (RFC 5322 §3.4.1); *host is what follows the last @. */
static bool is_address(struct ky_bytes email, struct ky_bytes *host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-";
    const uint8_t *at = memchr(email.p, '@', email.n);
    if (at == NULL || at == email.p || at - email.p > LOCAL_PART_MAX)
        return false;
    *host = KY_BYTES(at + 1, email.n - (size_t)(at - email.p) - 1);
    for (const uint8_t *c = email.p; c < at; c++)
        if (*c == 0 || strchr(allowed, *c) == NULL)
            return false;
    bool label_open = false;
    for (size_t i = 0; i < host->n; i++) {
        uint8_t c = host->p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !(label_open && (c == '.' || c == '-')))
            return false;
        label_open = c != '.';
    }
    return label_open && host->n > 0 && host->p[host->n - 1] != '-' && memchr(host->p, '.', host->n) != NULL;
}

static void check_email(struct ky_refusals *out, const struct ky_person *p, const struct ky_legal *legal)
{
    struct ky_bytes host = KY_BYTES_NONE;
    if (p->email.n == 0)
        refuse(out, true, KY_REFUSE_NO_EMAIL);
    else if (!is_address(p->email, &host))
        refuse(out, true, KY_REFUSE_EMAIL_FORM);
    else
        refuse(out, !ky_legal_mail_host(legal, host), KY_REFUSE_EMAIL_NOT_OFFICIAL);
}

static bool is_mobile(struct ky_bytes phone, const struct ky_legal *legal)
{
    char number[KY_PHONE_MAX];
    if (ky_phone_normalise(number, phone) != KY_OK)
        return false;
    const char prefix[] = {'0', number[3], number[4], 0};
    return ky_legal_has(legal, "mobile_prefixes", prefix);
}

static void check_phone(struct ky_refusals *out, const struct ky_person *p, const struct ky_legal *legal)
{
    if (p->phone.n == 0) {
        refuse(out, true, KY_REFUSE_NO_PHONE);
        return;
    }
    refuse(out, !is_mobile(p->phone, legal), KY_REFUSE_PHONE_FORM);
    refuse(out, !p->phone_own, KY_REFUSE_PHONE_NOT_OWN);
}

static bool is_place(const char *place, const struct ky_legal *legal)
{
    return ky_legal_has(legal, "birthplaces", place) ||
           strtol(place, NULL, 10) >= ky_legal_int(legal, "birthplaces_abroad_from");
}

static void check_identity(struct ky_refusals *out, const struct ky_person *p, const struct ky_legal *legal,
                           ky_time now)
{
    struct ky_identity id;
    if (ky_identity_parse(&id, p->identity) != KY_OK) {
        refuse(out, true, KY_REFUSE_IDENTITY_FORM);
        return;
    }
    int64_t year = ky_time_split(now + KY_TIME_VN_OFFSET_S).year;
    bool too_young = id.birth_year + ky_legal_int(legal, "age_min") > year;
    bool other_year = p->birth_year != 0 && p->birth_year != id.birth_year;
    refuse(out, !is_place(id.place, legal), KY_REFUSE_IDENTITY_PLACE);
    refuse(out, too_young || other_year, KY_REFUSE_IDENTITY_BIRTH);
    refuse(out, p->gender.n > 0 && !ky_bytes_eq_str(p->gender, id.female ? "female" : "male"),
           KY_REFUSE_IDENTITY_GENDER);
}

/* The kinds that the subscribers' token makes and wraps. */
static bool is_key(struct ky_bytes key)
{
    static const char *const kinds[] = {"p256", "p384", "rsa2048", "rsa3072"};
    for (size_t i = 0; i < KY_COUNT(kinds); i++)
        if (ky_bytes_eq_str(key, kinds[i]))
            return true;
    return key.n == 0;
}

void ky_eligibility_check(struct ky_refusals *out, const struct ky_person *p, const struct ky_legal *legal,
                          ky_time now)
{
    out->n = 0;
    refuse(out, ky_legal_sector(legal, p->sector) == NULL, KY_REFUSE_SECTOR);
    refuse(out, p->authority, KY_REFUSE_AUTHORITY);
    refuse(out, p->finance, KY_REFUSE_FINANCE);
    check_email(out, p, legal);
    check_phone(out, p, legal);
    check_identity(out, p, legal, now);
    refuse(out, !is_key(p->key), KY_REFUSE_KEY);
}

static bool same_email(struct ky_bytes a, struct ky_bytes b)
{
    return a.n > 0 && a.n == b.n && strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0;
}

static bool same_phone(struct ky_bytes a, struct ky_bytes b)
{
    char x[KY_PHONE_MAX], y[KY_PHONE_MAX];
    return ky_phone_normalise(x, a) == KY_OK && ky_phone_normalise(y, b) == KY_OK && strcmp(x, y) == 0;
}

void ky_eligibility_check_among(struct ky_refusals *out, const struct ky_person *p,
                                const struct ky_person *others, size_t n)
{
    bool identity = false, email = false, phone = false;
    for (size_t i = 0; i < n; i++) {
        identity = identity || ky_bytes_eq(p->identity, others[i].identity);
        email = email || same_email(p->email, others[i].email);
        phone = phone || same_phone(p->phone, others[i].phone);
    }
    refuse(out, identity, KY_REFUSE_SAME_IDENTITY);
    refuse(out, email, KY_REFUSE_SAME_EMAIL);
    refuse(out, phone, KY_REFUSE_SAME_PHONE);
}

ky_rc ky_refusals_result(const struct ky_refusals *r)
{
    if (r->n == 0)
        return KY_OK;
    return ky_fail(KY_EDENIED, "%s: %s", infos[r->list[0]].code, infos[r->list[0]].en);
}

void ky_refusals_write(struct ky_json_out *o, const char *name, const struct ky_refusals *r)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < r->n; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "code", infos[r->list[i]].code);
        ky_json_put_cstr(o, "vi", infos[r->list[i]].vi);
        ky_json_put_cstr(o, "en", infos[r->list[i]].en);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}
