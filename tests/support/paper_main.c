/*
 * kyso-paper FILE: draws the document that the demo's teacher signs, a school report with Vietnamese
 * text and a table, the way an office program would write it.
 * kyso-paper FILE NAME…: the request that these people have signed on one sheet, as scanned.
 */
#include <stdio.h>

#include "domain/paper.h"
#include "os/clock.h"
#include "os/file.h"

/* Pango reads the fonts in a thread of its own, which may still hold fontconfig's lists when main ends. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

#define ROWS 14
#define COLUMNS 8
#define LINE_MM 8.0

static const struct ky_paper_style plain = {.size_pt = 13, .line_factor = 1.2};
static const struct ky_paper_style justified = {
    .size_pt = 13, .align = KY_ALIGN_JUSTIFY, .indent_pt = 28, .line_factor = 1.25};
static const struct ky_paper_style centred = {.size_pt = 12, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style strong = {.size_pt = 12, .bold = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style title = {.size_pt = 16, .bold = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style slanted = {.size_pt = 13, .italic = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style cell = {.size_pt = 11, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style cell_left = {.size_pt = 11};
static const struct ky_paper_style cell_strong = {.size_pt = 11, .bold = true, .align = KY_ALIGN_CENTER};

static const double widths_mm[COLUMNS] = {11, 45, 16, 18, 20, 17, 18, 20};
static const char *const heads[COLUMNS] = {"STT",       "Họ và tên", "Toán",  "Ngữ văn",
                                           "Tiếng Anh", "KHTN",      "LS&ĐL", "Kết quả"};
static const char *const names[ROWS] = {
    "Bùi Đức Anh",      "Đặng Ngọc Ánh",     "Đỗ Gia Bảo",    "Hoàng Minh Châu",   "Lê Quỳnh Chi",
    "Ngô Tiến Dũng",    "Nguyễn Thùy Dương", "Phạm Hải Đăng", "Phan Bảo Hân",      "Trần Nhật Huy",
    "Trịnh Khánh Linh", "Vũ Đình Long",      "Vương Tuệ Mẫn", "Huỳnh Thị Ngọc Yến"};

static double column_x(size_t column)
{
    double x = KY_PAPER_LEFT;
    for (size_t i = 0; i < column; i++)
        x += widths_mm[i] * KY_MM;
    return x;
}

static void draw_row(struct ky_paper *p, double y, const char *const cells[COLUMNS], bool head)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const struct ky_paper_style *style = head ? &cell_strong : i == 1 ? &cell_left : &cell;
        ky_paper_text(p, style, column_x(i) + 3, y + 5, widths_mm[i] * KY_MM - 6, cells[i]);
    }
    double bottom = y + LINE_MM * KY_MM;
    ky_paper_line(p, KY_PAPER_LEFT, bottom, column_x(COLUMNS), bottom);
}

static void draw_table(struct ky_paper *p)
{
    double top = ky_paper_y(p), y = top;
    ky_paper_line(p, KY_PAPER_LEFT, top, column_x(COLUMNS), top);
    draw_row(p, y, heads, true);
    for (size_t r = 0; r < ROWS; r++) {
        char marks[COLUMNS][8];
        const char *cells[COLUMNS];
        y += LINE_MM * KY_MM;
        snprintf(marks[0], sizeof marks[0], "%zu", r + 1);
        for (size_t i = 2; i < COLUMNS - 1; i++)
            snprintf(marks[i], sizeof marks[i], "%zu,%zu", 6 + (r * 7 + i * 5) % 4, (r * 3 + i * 7) % 10);
        for (size_t i = 0; i < COLUMNS; i++)
            cells[i] = marks[i];
        cells[1] = names[r];
        cells[COLUMNS - 1] = (r * 7) % 4 > 1 ? "Tốt" : "Khá";
        draw_row(p, y, cells, false);
    }
    y += LINE_MM * KY_MM;
    for (size_t i = 0; i <= COLUMNS; i++)
        ky_paper_line(p, column_x(i), top, column_x(i), y);
    ky_paper_set_y(p, y + 6 * KY_MM);
}

static void block(struct ky_paper *p, const struct ky_paper_style *style, const char *text)
{
    double height = ky_paper_text(p, style, KY_PAPER_LEFT, ky_paper_y(p), KY_PAPER_TEXT_WIDTH, text);
    ky_paper_set_y(p, ky_paper_y(p) + height + 2 * KY_MM);
}

static void draw_heading(struct ky_paper *p)
{
    double half = KY_PAPER_TEXT_WIDTH * 0.42, right = KY_PAPER_LEFT + half, y = ky_paper_y(p);
    ky_paper_text(p, &centred, KY_PAPER_LEFT, y, half, "UBND PHƯỜNG HỒNG HÀ");
    ky_paper_text(p, &strong, KY_PAPER_LEFT, y + 16, half, "TRƯỜNG THCS NGUYỄN DU");
    ky_paper_text(p, &strong, right, y, KY_PAPER_TEXT_WIDTH - half, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    ky_paper_text(p, &strong, right, y + 16, KY_PAPER_TEXT_WIDTH - half, "Độc lập - Tự do - Hạnh phúc");
    double middle = right + (KY_PAPER_TEXT_WIDTH - half) / 2;
    ky_paper_line(p, middle - 75, y + 34, middle + 75, y + 34);
    ky_paper_set_y(p, y + 52);
}

static void draw(struct ky_paper *p)
{
    char date[64];
    draw_heading(p);
    block(p, &title, "BẢNG TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ HỌC SINH");
    block(p, &slanted, "Lớp 8A, học kỳ I, năm học 2026 - 2027");
    block(p, &justified,
          "Giáo viên chủ nhiệm tổng hợp kết quả đánh giá theo Thông tư số 22/2021/TT-BGDĐT; điểm môn học do "
          "giáo "
          "viên bộ môn nhập và đã được đối chiếu với sổ theo dõi và đánh giá học sinh của lớp.");
    draw_table(p);
    block(p, &plain, "Danh sách có 14 học sinh; không có học sinh nào phải kiểm tra lại.");
    double half = KY_PAPER_TEXT_WIDTH / 2, x = KY_PAPER_LEFT + half, y = ky_paper_y(p);
    struct ky_date today = ky_time_split(ky_now() + KY_TIME_VN_OFFSET_S);
    snprintf(date, sizeof date, "Hà Nội, ngày %02d tháng %02d năm %d", today.day, today.month, today.year);
    ky_paper_text(p, &slanted, x, y, half, date);
    ky_paper_text(p, &strong, x, y + 18, half, "GIÁO VIÊN CHỦ NHIỆM");
}

/* A line for each to sign on. */
static void draw_request(struct ky_paper *p, char **people, int n)
{
    draw_heading(p);
    block(p, &title, "ĐỀ NGHỊ CẤP CHỨNG THƯ CHỮ KÝ SỐ");
    block(p, &slanted, "Kính gửi: Trường THCS Nguyễn Du");
    block(p, &justified,
          "Chúng tôi có tên dưới đây đề nghị cấp chứng thư số cho cá nhân sử dụng giải pháp ký số tập trung, "
          "cam đoan "
          "không phải là người có thẩm quyền của cơ quan, không thực hiện giao dịch liên quan đến tài chính, "
          "ngân sách "
          "nhà nước, số điện thoại di động được đăng ký chính chủ.");
    for (int i = 0; i < n; i++) {
        char line[256];
        snprintf(line, sizeof line, "%d. %s (đã ký)", i + 1, people[i]);
        block(p, &plain, line);
    }
}

static ky_rc write_document(const char *path, char **people, int n)
{
    ky_auto_paper paper = NULL;
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    KY_TRY(ky_paper_open_fonts());
    KY_TRY(ky_paper_new(&paper, n > 0 ? "Đề nghị của thuê bao" : "Bảng tổng hợp kết quả đánh giá học sinh",
                        "Trường THCS Nguyễn Du", ky_now()));
    if (n > 0)
        draw_request(paper, people, n);
    else
        draw(paper);
    KY_TRY(ky_paper_finish(&pdf, paper));
    return ky_file_write(path, ky_buf_bytes(&pdf), 0644);
}

int main(int argc, char **argv)
{
    ky_rc rc = argc >= 2 ? write_document(argv[1], argv + 2, argc - 2)
                         : ky_fail(KY_EINVAL, "usage: kyso-paper FILE [NAME…]");
    if (rc != KY_OK)
        fprintf(stderr, "kyso-paper: %s\n", ky_error());
    ky_paper_close_fonts();
    return rc == KY_OK ? 0 : 1;
}
