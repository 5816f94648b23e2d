/* Rows of requests as lines of text; see request_show.h. */
#include "prog/kyso/request_show.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/procedure.h"
#include "domain/request.h"
#include "domain/subject.h"
#include "pki/crl.h"
#include "prog/kyso/say.h"

#define SUBJECT_MAX 2048 /* bytes of one subject as a line */
#define TEXT_MAX 1024    /* characters of one text */

static const char *text_of(const json_t *obj, const char *name)
{
    const char *v = json_string_value(json_object_get(obj, name));
    return v == NULL ? "" : v;
}

/* Every text of a row, also inside: a terminal must show what is there and nothing else. */
static ky_rc check_texts(const json_t *v)
{
    const char *name;
    size_t i;
    json_t *inner;
    if (json_is_string(v))
        return ky_text_check("row", ky_bytes_str(json_string_value(v)), TEXT_MAX);
    json_object_foreach((json_t *)v, name, inner)
    {
        KY_TRY(check_texts(inner));
    }
    json_array_foreach((json_t *)v, i, inner)
    {
        KY_TRY(check_texts(inner));
    }
    return KY_OK;
}

/* "Nguyễn Văn An, Tổ Toán, Trường THCS Nguyễn Trãi, Lâm Đồng" */
static ky_rc print_subject(const char *label, const json_t *subject)
{
    ky_auto_buf line = ky_buf_init(SUBJECT_MAX);
    ky_subject_text(&line, subject);
    KY_TRY(ky_buf_finish(&line));
    fprintf(stderr, "        %s%s, %s, %s\n", label, text_of(subject, "CN"), ky_buf_str(&line),
            text_of(subject, "L"));
    return KY_OK;
}

static ky_rc show_person(const json_t *row)
{
    const char *title = text_of(row, "title");
    fprintf(stderr, "%4lld  %s  %s  %s  %s  %s\n", json_integer_value(json_object_get(row, "row")),
            text_of(row, "name"), text_of(row, "identity"), text_of(row, "email"), text_of(row, "phone"),
            text_of(row, "key"));
    KY_TRY(print_subject("", json_object_get(row, "subject")));
    if (title[0] != 0)
        fprintf(stderr, kyso_say("        chức vụ: %s\n", "        title: %s\n"), title);
    return KY_OK;
}

static void show_old(const json_t *row)
{
    char end[KY_TIME_TEXT_MAX];
    const json_t *old = json_object_get(row, "old");
    bool same = json_is_true(json_object_get(row, "same_key"));
    ky_time_text_vn(end, json_integer_value(json_object_get(old, "not_after")));
    fprintf(stderr,
            kyso_say("        thay chứng thư số %s, hết hạn %.10s; %s\n",
                     "        replaces certificate %s, which ends %.10s; %s\n"),
            text_of(old, "serial"), end,
            same ? kyso_say("giữ nguyên khóa", "the key is kept") : kyso_say("tạo khóa mới", "a new key"));
}

static ky_rc show_renewal(const json_t *row)
{
    KY_TRY(show_person(row));
    show_old(row);
    return KY_OK;
}

static ky_rc show_change(const json_t *row)
{
    const json_t *old = json_object_get(row, "old");
    KY_TRY(show_person(row));
    show_old(row);
    fprintf(stderr, kyso_say("        trước đây: %s\n", "        until now: %s\n"), text_of(old, "email"));
    return print_subject(kyso_say("trước đây: ", "until now: "), json_object_get(old, "subject"));
}

static const char *reason_text(int64_t reason)
{
    static const struct {
        int64_t reason;
        const char *vi, *en;
    } reasons[] = {
        {KY_REASON_KEY_COMPROMISE, "lộ khóa", "key compromise"},
        {KY_REASON_AFFILIATION_CHANGED, "thay đổi đơn vị", "affiliation changed"},
        {KY_REASON_CESSATION, "ngừng hoạt động", "cessation of operation"},
        {KY_REASON_PRIVILEGE_WITHDRAWN, "rút quyền", "privilege withdrawn"},
    };
    for (size_t i = 0; i < KY_COUNT(reasons); i++)
        if (reasons[i].reason == reason)
            return kyso_say(reasons[i].vi, reasons[i].en);
    return kyso_say("không nêu", "unspecified");
}

static ky_rc show_revocation(const json_t *row)
{
    char happened[KY_TIME_TEXT_MAX];
    int64_t reason = json_integer_value(json_object_get(row, "reason"));
    ky_time_text_vn(happened, json_integer_value(json_object_get(row, "happened")));
    fprintf(stderr,
            kyso_say("%4lld  %s\n        thu hồi chứng thư số %s và hủy khóa\n"
                     "        căn cứ: %s; lý do: %s (%lld); xảy ra: %.10s\n",
                     "%4lld  %s\n        revokes certificate %s and destroys its key\n"
                     "        ground: %s; reason: %s (%lld); happened: %.10s\n"),
            json_integer_value(json_object_get(row, "row")), text_of(row, "name"), text_of(row, "serial"),
            text_of(row, "ground"), reason_text(reason), (long long)reason, happened);
    return KY_OK;
}

static const struct {
    const char *vi, *en;
    ky_rc (*show)(const json_t *row);
} procedures[KY_PROCEDURE_COUNT] = {
    [KY_PROCEDURE_NEW] = {"CẤP MỚI chứng thư số", "NEW certificates", show_person},
    [KY_PROCEDURE_RENEW] = {"GIA HẠN chứng thư số", "RENEWAL of certificates", show_renewal},
    [KY_PROCEDURE_CHANGE] = {"THAY ĐỔI NỘI DUNG THÔNG TIN chứng thư số", "CHANGE of certificates",
                             show_change},
    [KY_PROCEDURE_REVOKE] = {"THU HỒI chứng thư số", "REVOCATION of certificates", show_revocation},
};

ky_rc kyso_request_show(const struct ky_statement *request, const struct ky_statement *decision)
{
    ky_procedure p;
    const json_t *rows = json_object_get(request->json, "rows"), *org = json_object_get(request->json, "org");
    size_t i;
    json_t *row;
    KY_TRY(ky_procedure_read(&p, request->json));
    KY_TRY(ky_context(check_texts(rows), "request"));
    KY_TRY(ky_context(check_texts(org), "request"));
    fprintf(stderr, "%s: %s (%zu)\n", kyso_say(procedures[p].vi, procedures[p].en), text_of(org, "name"),
            json_array_size(decision == NULL ? rows : json_object_get(decision->json, "rows")));
    json_array_foreach(rows, i, row)
    {
        uint32_t number = (uint32_t)json_integer_value(json_object_get(row, "row"));
        if (decision == NULL || ky_rows_contain(decision, number))
            KY_TRY(procedures[p].show(row));
    }
    return KY_OK;
}
