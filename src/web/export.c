/* See export.h. */
#include "web/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "codec/sheet/csv_write.h"
#include "os/file.h"

#define STEP ((size_t)256 << 10)   /* bytes of CSV gathered before they are written */
#define TEXT_MAX ((size_t)2 << 20) /* a row more than a step */

static ky_rc make_file(int *out, const struct ky_web *w)
{
    char folder[KY_WEB_PATH_MAX];
    snprintf(folder, sizeof folder, "%s/web", w->state_dir);
    *out = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return *out >= 0 ? KY_OK : ky_fail(KY_EIO, "%s: %s", folder, strerror(errno));
}

static ky_rc write_text(struct ky_export *e)
{
    KY_TRY(ky_buf_finish(&e->text));
    for (size_t at = 0; at < e->text.n;) {
        ssize_t n = write(e->fd, e->text.p + at, e->text.n - at);
        if (n < 0 && errno != EINTR)
            return ky_fail(KY_EIO, "export: %s", strerror(errno));
        at += n > 0 ? (size_t)n : 0;
    }
    ky_buf_reset(&e->text);
    return KY_OK;
}

ky_rc ky_export_begin(struct ky_export *out, struct ky_web *w, ky_export_form form, const char *name,
                      const struct ky_sheet_column *columns, size_t n)
{
    char folder[KY_WEB_PATH_MAX];
    *out = (struct ky_export){.form = form,
                              .columns = columns,
                              .column_count = n,
                              .fd = -1,
                              .text = ky_buf_init(TEXT_MAX),
                              .web = w};
    if (atomic_fetch_add(&w->exporting, 1) >= KY_EXPORT_AT_ONCE)
        return ky_fail(KY_EBUSY, "%d exports are under way", KY_EXPORT_AT_ONCE);
    if (form == KY_EXPORT_CSV) {
        ky_csv_add_headings(&out->text, columns, n);
        return make_file(&out->fd, w);
    }
    snprintf(folder, sizeof folder, "%s/web", w->state_dir);
    return ky_xlsx_out_new(&out->book, folder, name, columns, n);
}

ky_rc ky_export_row(struct ky_export *e, const char *const *cells)
{
    struct ky_bytes row[KY_EXPORT_COLUMNS_MAX];
    if (++e->rows > KY_EXPORT_ROWS_MAX)
        return ky_fail(KY_ELIMIT, "export: more than %d rows; narrow the list", KY_EXPORT_ROWS_MAX);
    for (size_t i = 0; i < e->column_count; i++)
        row[i] = ky_bytes_str(cells[i]);
    if (e->form == KY_EXPORT_XLSX)
        return ky_xlsx_out_row(e->book, row);
    ky_csv_add_row(&e->text, row, e->column_count);
    return e->text.n < STEP ? ky_buf_finish(&e->text) : write_text(e);
}

ky_rc ky_export_answer(struct ky_export *e, struct ky_exchange *x, const char *file_name)
{
    static const struct {
        const char *ending, *type;
    } forms[] = {
        [KY_EXPORT_CSV] = {"csv", "text/csv; charset=utf-8"},
        [KY_EXPORT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    };
    if (e->form == KY_EXPORT_XLSX)
        KY_TRY(ky_xlsx_out_finish_file(&e->fd, e->book));
    else
        KY_TRY(write_text(e));
    const char *place =
        ky_arena_printf(&x->arena, "attachment; filename=\"%s.%s\"", file_name, forms[e->form].ending);
    if (place == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Content-Disposition", place);
    ky_answer_fd(x, 200, forms[e->form].type, ky_fd_take(&e->fd));
    return KY_OK;
}

void ky_export_clear(struct ky_export *e)
{
    if (e->web == NULL)
        return;
    atomic_fetch_sub(&e->web->exporting, 1);
    ky_xlsx_out_free(e->book);
    ky_fd_clear(&e->fd);
    ky_buf_clear(&e->text);
    e->web = NULL;
}
