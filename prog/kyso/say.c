#include "prog/kyso/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "prog/kyso/cmd.h"

#define LINE_MAX_BYTES 1024

bool kyso_english(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < KY_COUNT(names); i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0')
            return ky_str_starts(v, "en");
    }
    return false;
}

const char *kyso_say(const char *vi, const char *en)
{
    return kyso_english() ? en : vi;
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

static const char *meaning(ky_rc rc)
{
    for (size_t i = 0; i < KY_COUNT(meanings); i++)
        if (meanings[i].rc == rc)
            return meanings[i].vi;
    return "lỗi";
}

/* One line only, whatever the text holds. */
static void put_line(const char *text)
{
    char line[LINE_MAX_BYTES];
    snprintf(line, sizeof line, "%s", text);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
    fprintf(stderr, "%s\n", line);
}

int kyso_fail(const char *command, ky_rc rc)
{
    char line[LINE_MAX_BYTES];
    if (kyso_english())
        snprintf(line, sizeof line, "kyso %s: %s", command, ky_error());
    else
        snprintf(line, sizeof line, "kyso %s: %s: %s", command, meaning(rc), ky_error());
    put_line(line);
    return KYSO_EXIT_FAILED;
}

void kyso_warn(const char *command, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    snprintf(line, sizeof line, "kyso %s: %s", command, text);
    put_line(line);
}
