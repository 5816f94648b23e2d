/* What a PDF says, by pdftotext: for tests of documents. */
#ifndef KY_TEST_PDF_TEXT_H
#define KY_TEST_PDF_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"

/* The document's text by pdftotext, without layout; "" where the program is missing. */
static inline void text_of(char *out, size_t room, struct ky_bytes pdf)
{
    char path[] = "/tmp/kyso-form-XXXXXX", command[128];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
    close(fd);
    snprintf(command, sizeof command, "pdftotext -raw %s - 2>/dev/null | tr '\\n' ' '", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    out[fread(out, 1, room - 1, f)] = 0;
    pclose(f);
    remove(path);
}

#endif
