/* See people_file.h. */
#include "domain/people_file.h"

#include "codec/sheet/csv_read.h"
#include "codec/sheet/xlsx_read.h"

ky_rc ky_people_file_read(json_t **out, struct ky_bytes file)
{
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault = {.kind = KY_SHEET_NO_FAULT};
    ky_rc rc =
        ky_xlsx_is_likely(file) ? ky_xlsx_read(&sheet, &fault, file) : ky_csv_read(&sheet, &fault, file);
    if (rc != KY_OK && fault.kind != KY_SHEET_NO_FAULT)
        return ky_people_table_fault(out, &fault);
    KY_TRY(rc);
    return ky_people_table_read(out, &sheet);
}
