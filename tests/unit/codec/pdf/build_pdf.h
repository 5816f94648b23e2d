/* Small PDF files, written object by object, for the tests of codec/pdf. */
#ifndef KY_TEST_BUILD_PDF_H
#define KY_TEST_BUILD_PDF_H

#include "base/buf.h"

#define BUILD_OBJECTS 64

struct build_pdf {
    struct ky_buf out;
    size_t base;              /* subtracted from offsets: where the header is */
    size_t at[BUILD_OBJECTS]; /* offsets of the objects of the section being made; 0: not in it */
    size_t last_xref;         /* as written; 0: none yet */
};
#define auto_build_pdf KY_CLEANUP(build_clear) struct build_pdf

/* Starts with the given bytes before "%PDF-1.7". */
struct build_pdf build_start(const char *junk);
void build_clear(struct build_pdf *b);
/* "num 0 obj body endobj" */
void build_object(struct build_pdf *b, unsigned num, const char *body);
void build_stream(struct build_pdf *b, unsigned num, const char *entries, struct ky_bytes data);
/* The section of the objects since the last one; extra: further trailer entries. /Size is 64. */
void build_table(struct build_pdf *b, const char *extra);
void build_xref_stream(struct build_pdf *b, unsigned num, const char *extra);
/* Catalog 1, page tree 2, pages 3 and 4; no section yet. */
void build_two_pages(struct build_pdf *b);

static inline struct ky_bytes build_bytes(const struct build_pdf *b)
{
    return ky_buf_bytes(&b->out);
}

#endif
