/* Spreadsheets in packages: whatever is read is within the limits, and is refused with a fault otherwise. */
#include <stdlib.h>

#include "codec/sheet/xlsx_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault = {.kind = KY_SHEET_NO_FAULT};
    ky_rc rc = ky_xlsx_read(&sheet, &fault, KY_BYTES(data, size));
    if (rc != KY_OK && rc != KY_ENOMEM && fault.kind == KY_SHEET_NO_FAULT)
        abort();
    if (rc == KY_OK && (sheet.n == 0 || sheet.n > KY_SHEET_ROWS_MAX))
        abort();
    return 0;
}
