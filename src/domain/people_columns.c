/* The table of columns; see people_columns.h. */
#include "domain/people_columns.h"

#include "base/str.h"
#include "domain/vietnamese.h"

/* Bytes of UTF-8 that decomposition can make of one (UAX #15): a Hangul syllable is three letters. */
#define NFD_GROWTH 3

#define YES_OR_NO                                                                                            \
    .words =                                                                                                 \
        {                                                                                                    \
            {"co", "1"}, {"khong", "0"}, {"yes", "1"},  {"no", "0"},  {"true", "1"}, {"false", "0"},         \
            {"1", "1"},  {"0", "0"},     {"dung", "1"}, {"sai", "0"}, {"x", "1"},                            \
    },                                                                                                       \
    .choices = {"không", "có"}

const struct ky_people_column ky_people_columns[] = {
    {
        .member = "name",
        .heading = "Họ và tên (*)",
        .labels = {"hovaten", "hoten", "hotenvachulot", "tencanbo", "hovatencanbo", "fullname"},
        .required = true,
        .max_chars = 64,
        .width = 28,
        .hint = "Họ, chữ đệm và tên như trên thẻ căn cước.",
    },
    {
        .member = "identity",
        .heading = "Số căn cước (*)",
        .labels = {"socancuoc", "cccd", "socccd", "socancuoccongdan", "cancuoccongdan", "sodinhdanh",
                   "sodinhdanhcanhan", "madinhdanh", "socccdhochieu", "cancuoc"},
        .kind = KY_PEOPLE_IDENTITY,
        .required = true,
        .max_chars = 32,
        .width = 18,
        .hint = "12 chữ số, kể cả số 0 ở đầu.",
    },
    {
        .member = "email",
        .heading = "Thư điện tử công vụ (*)",
        .labels = {"thudientucongvu", "thudientu", "email", "emailcongvu", "diachiemail", "diachithudientu",
                   "diachithudientucongvu"},
        .max_chars = 254,
        .width = 32,
        .hint = "Hộp thư do cơ quan nhà nước cấp; thư kích hoạt gửi về đây.",
    },
    {
        .member = "phone",
        .heading = "Số điện thoại (*)",
        .labels = {"sodienthoai", "dienthoai", "sdt", "sodienthoaididong", "dienthoaididong", "didong",
                   "mobile"},
        .kind = KY_PEOPLE_PHONE,
        .max_chars = 32,
        .width = 16,
        .hint = "Số di động để nhận mã kích hoạt, kể cả số 0 ở đầu.",
    },
    {
        .member = "phone_own",
        .heading = "Điện thoại chính chủ (*)",
        .labels = {"dienthoaichinhchu", "sodienthoaichinhchu", "chinhchu", "sdtchinhchu"},
        .kind = KY_PEOPLE_BOOL,
        .max_chars = 16,
        YES_OR_NO,
        .width = 12,
        .hint = "Số điện thoại đăng ký bằng tên của chính người này?",
    },
    {
        .member = "title",
        .heading = "Chức vụ, chức danh",
        .labels = {"chucvuchucdanh", "chucvu", "chucdanh"},
        .max_chars = 128,
        .width = 22,
    },
    {
        .member = "unit",
        .heading = "Bộ phận",
        .labels = {"bophan", "tobophan", "phongban", "khoaphong", "to", "donvicongtac"},
        .max_chars = 64,
        .width = 22,
        .hint = "Tổ, khoa, phòng trong cơ quan.",
    },
    {
        .member = "sector",
        .heading = "Lĩnh vực (*)",
        .labels = {"linhvuc", "nganh", "linhvuccongtac"},
        .kind = KY_PEOPLE_WORD,
        .required = true,
        .max_chars = 32,
        .words = {{"giaoduc", "education"},
                  {"giaoducvadaotao", "education"},
                  {"education", "education"},
                  {"yte", "health"},
                  {"health", "health"}},
        .choices = {"giáo dục", "y tế"},
        .width = 14,
    },
    {
        .member = "gender",
        .heading = "Giới tính",
        .labels = {"gioitinh"},
        .kind = KY_PEOPLE_WORD,
        .max_chars = 16,
        .words = {{"nam", "male"}, {"male", "male"}, {"nu", "female"}, {"female", "female"}},
        .choices = {"nam", "nữ"},
        .width = 10,
    },
    {
        .member = "birth_date",
        .heading = "Ngày sinh",
        .labels = {"ngaysinh", "ngaythangnamsinh", "namsinh"},
        .kind = KY_PEOPLE_DATE,
        .max_chars = 32,
        .width = 12,
        .hint = "ngày/tháng/năm, ví dụ 05/09/1985.",
    },
    {
        .member = "authority",
        .heading = "Người có thẩm quyền (*)",
        .labels = {"nguoicothamquyen", "cothamquyen", "languoicothamquyen"},
        .kind = KY_PEOPLE_BOOL,
        .required = true,
        .max_chars = 16,
        YES_OR_NO,
        .width = 14,
        .hint = "Người có thẩm quyền của cơ quan không dùng khóa lưu tập trung.",
    },
    {
        .member = "finance",
        .heading = "Giao dịch tài chính (*)",
        .labels = {"giaodichtaichinh", "taichinh", "giaodichtaichinhngansach"},
        .kind = KY_PEOPLE_BOOL,
        .required = true,
        .max_chars = 16,
        YES_OR_NO,
        .width = 14,
        .hint = "Có dùng chữ ký số cho giao dịch tài chính, ngân sách nhà nước?",
    },
    {
        .member = "key",
        .heading = "Loại khóa",
        .labels = {"loaikhoa", "thuattoankhoa", "thuattoan"},
        .kind = KY_PEOPLE_WORD,
        .max_chars = 16,
        .words = {{"p256", "p256"},
                  {"ecdsap256", "p256"},
                  {"p384", "p384"},
                  {"ecdsap384", "p384"},
                  {"rsa2048", "rsa2048"},
                  {"rsa3072", "rsa3072"}},
        .choices = {"p256", "p384", "rsa2048", "rsa3072"},
        .width = 10,
        .hint = "Để trống: loại khóa mặc định.",
    },
};
const size_t ky_people_column_count = KY_COUNT(ky_people_columns);
_Static_assert(KY_COUNT(ky_people_columns) <= KY_PEOPLE_COLUMNS_MAX, "room for every column");

ky_rc ky_people_fold(struct ky_buf *out, struct ky_bytes text)
{
    ky_auto_buf plain = ky_buf_init(NFD_GROWTH * text.n + 1);
    int depth = 0;
    KY_TRY(ky_text_unaccent(&plain, text));
    for (size_t i = 0; i < plain.n; i++) {
        uint8_t c = plain.p[i];
        bool capital = c >= 'A' && c <= 'Z';
        depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
        if (depth == 0 && (capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            ky_buf_add_u8(out, (uint8_t)(capital ? c + ('a' - 'A') : c));
    }
    return ky_buf_finish(out);
}

/* The member's own name is folded too: "phone_own" → "phoneown". */
static bool is_member(const char *member, const char *folded)
{
    for (; *member != '\0'; member++)
        if (*member != '_' && *folded++ != *member)
            return false;
    return *folded == '\0';
}

const struct ky_people_column *ky_people_column_find(const char *folded)
{
    for (size_t i = 0; i < KY_COUNT(ky_people_columns); i++) {
        const struct ky_people_column *c = &ky_people_columns[i];
        if (is_member(c->member, folded))
            return c;
        for (size_t k = 0; k < KY_PEOPLE_LABELS_MAX && c->labels[k] != NULL; k++)
            if (ky_str_eq(c->labels[k], folded))
                return c;
    }
    return NULL;
}

const char *ky_people_word_find(const struct ky_people_column *c, const char *folded)
{
    for (size_t i = 0; i < KY_PEOPLE_WORDS_MAX && c->words[i].folded != NULL; i++)
        if (ky_str_eq(c->words[i].folded, folded))
            return c->words[i].value;
    return NULL;
}
