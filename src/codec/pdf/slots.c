/* The table of objects by number: chunks made when first used, so that memory follows what is in the file. */
#include <stdlib.h>

#include "codec/pdf/internal.h"

#define CHUNKS (KY_PDF_OBJECT_MAX / KY_PDF_SLOT_CHUNK + 1)

struct ky_pdf_slot *ky_pdf_slot_find(const struct ky_pdf *doc, uint32_t num)
{
    if (doc->chunks == NULL || num > KY_PDF_OBJECT_MAX)
        return NULL;
    struct ky_pdf_slot *chunk = doc->chunks[num / KY_PDF_SLOT_CHUNK];
    return chunk == NULL ? NULL : &chunk[num % KY_PDF_SLOT_CHUNK];
}

struct ky_pdf_slot *ky_pdf_slot_make(struct ky_pdf *doc, uint64_t num)
{
    if (num > KY_PDF_OBJECT_MAX) {
        (void)ky_fail(KY_ELIMIT, "pdf: object number above %u", KY_PDF_OBJECT_MAX);
        return NULL;
    }
    if (doc->chunks == NULL)
        doc->chunks = calloc(CHUNKS, sizeof(struct ky_pdf_slot *));
    if (doc->chunks == NULL) {
        (void)ky_fail(KY_ENOMEM, "pdf: table of objects");
        return NULL;
    }
    struct ky_pdf_slot **chunk = &doc->chunks[num / KY_PDF_SLOT_CHUNK];
    if (*chunk == NULL)
        *chunk = ky_arena_alloc_array(&doc->arena, KY_PDF_SLOT_CHUNK, sizeof **chunk);
    if (*chunk == NULL)
        return NULL;
    if (num >= doc->object_limit)
        doc->object_limit = (uint32_t)num + 1;
    return &(*chunk)[num % KY_PDF_SLOT_CHUNK];
}

void ky_pdf_slots_forget(struct ky_pdf *doc)
{
    free(doc->chunks);
    doc->chunks = NULL;
    doc->object_limit = 0;
}
