/* Lists of people as text: what is read is within the limits, and becomes people or errors. */
#include <stdlib.h>

#include "codec/sheet/csv_read.h"
#include "domain/people_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_sheet sheet = {.n = 0};
    ky_auto_json list = NULL;
    struct ky_sheet_fault fault = {.kind = KY_SHEET_NO_FAULT};
    ky_rc rc = ky_csv_read(&sheet, &fault, KY_BYTES(data, size));
    if (rc != KY_OK && rc != KY_ENOMEM && fault.kind == KY_SHEET_NO_FAULT)
        abort();
    if (rc == KY_OK && (ky_people_table_read(&list, &sheet) != KY_OK || list == NULL))
        abort();
    return 0;
}
