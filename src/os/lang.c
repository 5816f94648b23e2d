/* See lang.h. */
#include "os/lang.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/str.h"

bool ky_lang_english(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < KY_COUNT(names); i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0')
            return ky_str_starts(v, "en");
    }
    return false;
}

const char *ky_say(const char *vi, const char *en)
{
    return ky_lang_english() ? en : vi;
}

/* What a code means, in Vietnamese; the English texts of the library say it themselves. */
static const struct {
    ky_rc rc;
    const char *vi;
} meanings[] = {
    {KY_ENOMEM, "hết bộ nhớ"},
    {KY_EINVAL, "yêu cầu không hợp lệ"},
    {KY_EFORMAT, "dữ liệu không đúng định dạng"},
    {KY_ENOTFOUND, "không tìm thấy"},
    {KY_EEXIST, "đã có sẵn"},
    {KY_EDENIED, "bị từ chối"},
    {KY_EAUTH, "sai mật khẩu, mã PIN, quyền hoặc chữ ký"},
    {KY_EEXPIRED, "ngoài thời hạn hiệu lực"},
    {KY_EBUSY, "đang bận, hãy thử lại sau"},
    {KY_ELIMIT, "vượt quá giới hạn"},
    {KY_EIO, "lỗi đọc, ghi hoặc kết nối"},
    {KY_ETOKEN, "thiết bị lưu khóa không hoạt động"},
    {KY_ECRYPTO, "lỗi thư viện mật mã"},
    {KY_EINTERNAL, "lỗi bên trong chương trình"},
};

const char *ky_meaning(ky_rc rc)
{
    for (size_t i = 0; i < KY_COUNT(meanings); i++)
        if (meanings[i].rc == rc)
            return meanings[i].vi;
    return "lỗi";
}
