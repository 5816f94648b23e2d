/* Files of strangers: a look ends, and what is called good has a page. */
#include <stdlib.h>

#include "ades/file_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_file_info info = {.pages = 0};
    ky_auto_buf answer = ky_buf_init(KY_FILE_ANSWER_MAX);
    if (ky_file_look(&info, KY_BYTES(data, size)) == KY_FILE_GOOD && info.pages == 0)
        abort();
    if (ky_file_answer(&answer, KY_BYTES(data, size)) != KY_OK)
        abort();
    return 0;
}
