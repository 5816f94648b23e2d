/* What the files of the reader share: the document, its table of objects, the steps of opening. */
#ifndef KY_CODEC_PDF_INTERNAL_H
#define KY_CODEC_PDF_INTERNAL_H

#include "codec/pdf/crypt.h"
#include "codec/pdf/doc.h"
#include "codec/pdf/lex.h"

#define KY_PDF_SLOT_CHUNK 64u
#define KY_PDF_NODE_WORK 16 /* units for a visit to a node of a tree, besides its entries */

typedef enum ky_pdf_use {
    KY_PDF_USE_UNKNOWN, /* no section has spoken yet */
    KY_PDF_USE_FREE,
    KY_PDF_USE_PLAIN,  /* at an offset of the file */
    KY_PDF_USE_PACKED, /* in an object stream */
} ky_pdf_use;

struct ky_pdf_slot {
    uint64_t at;                      /* PLAIN: file offset; PACKED: number of the object stream */
    const struct ky_pdf_value *value; /* parsed already */
    struct ky_pdf_packed *packed;     /* this object is an object stream that was unpacked */
    uint32_t gen_or_index;            /* PLAIN: generation; PACKED: index in the stream */
    ky_pdf_use use : 8;
    bool loading : 1; /* on the way: a second request is a loop */
};

/* An unpacked object stream. */
struct ky_pdf_packed {
    struct ky_bytes data; /* decoded, in the arena; empty when it is broken */
    size_t first;         /* where the objects begin */
    size_t n;
    struct {
        uint32_t num;
        size_t at; /* in data */
    } * items;
};

struct ky_pdf {
    struct ky_bytes file;
    struct ky_arena arena;
    uint64_t header_at, base;
    struct ky_pdf_slot **chunks; /* owned array; the chunks are in the arena */
    uint32_t object_limit;
    struct ky_pdf_revision
        *sections; /* oldest first once opened (the chain is read backwards); in the arena */
    size_t section_count, section_cap;
    char damage[256];   /* first thing that had to be guessed; "" when none */
    uint64_t budget;    /* units of work left: bytes parsed or searched, nodes visited; see ky_pdf_charge */
    size_t decode_left; /* bytes that filters may still make */
    struct ky_pdf_value null;
    bool encrypted;
    struct ky_pdf_ref encrypt_ref;
    struct ky_pdf_crypt crypt;
};

/* Notes damage (the first one is kept). */
void ky_pdf_damage(struct ky_pdf *doc, const char *fmt, ...) KY_PRINTF(2, 3);

/*
 * Takes work off the budget, which is a multiple of the file's size: files whose parts overlap or share
 * each other can ask for far more. False, with damage noted and error text set, when it is spent.
 */
bool ky_pdf_charge(struct ky_pdf *doc, uint64_t work);
/* ky_pdf_parse_value, charged with what it read. */
ky_rc ky_pdf_parse_charged(struct ky_pdf_value **out, struct ky_pdf *doc, struct ky_pdf_lexer *lx);

/* The slot of a number; find returns NULL and make a new one when there is none yet (NULL: limits). */
struct ky_pdf_slot *ky_pdf_slot_find(const struct ky_pdf *doc, uint32_t num);
struct ky_pdf_slot *ky_pdf_slot_make(struct ky_pdf *doc, uint64_t num);
void ky_pdf_slots_forget(struct ky_pdf *doc);

/* xref.c: finds startxref and reads the chain of sections. */
ky_rc ky_pdf_read_sections(struct ky_pdf *doc);
ky_rc ky_pdf_add_section(struct ky_pdf *doc, const struct ky_pdf_revision *r);

/* repair.c: fills the table by looking for "n g obj"; then, once strings can be decrypted, object streams. */
ky_rc ky_pdf_rebuild(struct ky_pdf *doc);
ky_rc ky_pdf_rebuild_packed(struct ky_pdf *doc);

/* object.c: an indirect object at a file offset, strings not decrypted. */
struct ky_pdf_indirect {
    struct ky_pdf_ref ref;
    struct ky_pdf_value *value;
    size_t start, end; /* from the number to after endobj */
};
ky_rc ky_pdf_parse_indirect(struct ky_pdf_indirect *out, struct ky_pdf *doc, struct ky_arena *a, uint64_t at);
/* The unpacked object stream of that number; NULL with error text when it is broken. */
const struct ky_pdf_packed *ky_pdf_unpack(struct ky_pdf *doc, uint32_t num);

#endif
