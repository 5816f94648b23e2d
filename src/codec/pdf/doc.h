/*
 * A PDF document in memory (ISO 32000-2 §7.5): cross-reference sections,
 * revisions, objects parsed when asked for. The bytes belong to the caller (a
 * mapped file of any size) and must outlive the document; nothing is copied
 * but what had to be decoded.
 */
#ifndef KY_CODEC_PDF_DOC_H
#define KY_CODEC_PDF_DOC_H

#include "base/buf.h"
#include "codec/pdf/value.h"

#define KY_PDF_MEMORY_MAX ((size_t)512 * 1024 * 1024) /* default for parsed objects */
#define KY_PDF_STREAM_MAX ((size_t)128 * 1024 * 1024) /* one decoded structural stream */
#define KY_PDF_DECODE_MAX ((size_t)256 * 1024 * 1024) /* all that filters make for one document */
#define KY_PDF_SECTIONS_MAX 10000                     /* cross-reference sections */

typedef enum ky_pdf_xref_kind {
    KY_PDF_XREF_TABLE,
    KY_PDF_XREF_STREAM,
    KY_PDF_XREF_HYBRID, /* a table with /XRefStm */
} ky_pdf_xref_kind;

typedef enum ky_pdf_rights {
    KY_PDF_RIGHTS_OPEN,  /* not encrypted */
    KY_PDF_RIGHTS_USER,  /* opened with the user password: permission bits bind */
    KY_PDF_RIGHTS_OWNER, /* opened with the owner password */
} ky_pdf_rights;

/* One cross-reference section of the chain of /Prev. */
struct ky_pdf_revision {
    uint64_t xref_at; /* file offset of the section */
    uint64_t end;     /* one past its %%EOF and that line's end; 0 when there is none */
    ky_pdf_xref_kind kind;
    const struct ky_pdf_value *trailer; /* trailer or stream dictionary; strings as they stand */
};

struct ky_pdf_open_args {
    const char *password; /* user or owner password, UTF-8; NULL is the empty one */
    size_t memory_max;    /* bytes for parsed objects; 0 is KY_PDF_MEMORY_MAX */
};

struct ky_pdf;

/*
 * Reads the structure; args may be NULL. A file whose cross-reference data are
 * broken is rebuilt by a scan, for reading only: see ky_pdf_needs_repair.
 * KY_EFORMAT: not a PDF, or beyond repair. KY_EAUTH: encrypted and the password
 * does not open it. KY_EDENIED: encrypted in a way that is not supported
 * (public-key handler, unknown revision). KY_ELIMIT: more than a stated limit.
 */
ky_rc ky_pdf_open(struct ky_pdf **out, struct ky_bytes file, const struct ky_pdf_open_args *args);
void ky_pdf_free(struct ky_pdf *doc);
KY_DEFINE_CLEANUP(struct ky_pdf, ky_pdf_free)
#define ky_auto_pdf KY_CLEANUP(ky_pdf_freep) struct ky_pdf *

struct ky_bytes ky_pdf_file(const struct ky_pdf *doc);
struct ky_arena *ky_pdf_arena(struct ky_pdf *doc);
/* NULL, or what had to be guessed to read the file; grows as objects are parsed. */
const char *ky_pdf_needs_repair(const struct ky_pdf *doc);
/* Position of "%PDF-"; what is added to written offsets (0, or the header's position). */
uint64_t ky_pdf_header_at(const struct ky_pdf *doc);
uint64_t ky_pdf_offset_base(const struct ky_pdf *doc);
/* 10 × version: 17 for 1.7, 20 for 2.0; the later of header and catalog. */
int ky_pdf_version(struct ky_pdf *doc);
bool ky_pdf_is_linearised(struct ky_pdf *doc);

/* Oldest first. The halves of a linearised file are two sections. */
size_t ky_pdf_revision_count(const struct ky_pdf *doc);
const struct ky_pdf_revision *ky_pdf_revision_at(const struct ky_pdf *doc, size_t i);
/* The entry of the newest trailer that has it; references are not followed. */
const struct ky_pdf_value *ky_pdf_trailer(const struct ky_pdf *doc, const char *key);

bool ky_pdf_is_encrypted(const struct ky_pdf *doc);
ky_pdf_rights ky_pdf_rights_of(const struct ky_pdf *doc);
uint32_t ky_pdf_permissions(const struct ky_pdf *doc); /* /P; all ones when not encrypted */
int ky_pdf_crypt_revision(const struct ky_pdf *doc);   /* /R, 2 to 6; 0 when not encrypted */

/* One more than the highest object number in use or promised by a trailer's /Size. */
uint32_t ky_pdf_object_limit(const struct ky_pdf *doc);
/* In use in the newest revision; *gen (may be NULL) its generation. */
bool ky_pdf_object_exists(const struct ky_pdf *doc, uint32_t num, uint32_t *gen);
/* The object, parsed and decrypted; a missing or broken one is a null value, as the standard says. Never NULL. */
const struct ky_pdf_value *ky_pdf_object(struct ky_pdf *doc, struct ky_pdf_ref ref);
/* Where "n g obj" stands in the file, as the section says; false for absent objects and those inside object streams. */
bool ky_pdf_object_offset(uint64_t *out, const struct ky_pdf *doc, struct ky_pdf_ref ref);
/* Checks that the object stands where the section says; KY_EFORMAT names it. Reads only its first bytes. */
ky_rc ky_pdf_object_check(struct ky_pdf *doc, uint32_t num);

/* Follows references (chains bounded); never NULL. */
const struct ky_pdf_value *ky_pdf_resolve(struct ky_pdf *doc, const struct ky_pdf_value *v);
/* Entry of a dictionary or of an array, references followed; a null value when absent. Never NULL. */
const struct ky_pdf_value *ky_pdf_get(struct ky_pdf *doc, const struct ky_pdf_value *dict, const char *key);
const struct ky_pdf_value *ky_pdf_item(struct ky_pdf *doc, const struct ky_pdf_value *array, size_t i);
/* The catalog; a null value when there is none. */
const struct ky_pdf_value *ky_pdf_catalog(struct ky_pdf *doc);

/*
 * Appends the decrypted, decoded data. KY_EFORMAT; KY_ELIMIT above out->max, or above
 * KY_PDF_DECODE_MAX for all streams of the document together; KY_EDENIED for image filters.
 */
ky_rc ky_pdf_stream_decode(struct ky_buf *out, struct ky_pdf *doc, const struct ky_pdf_value *stream);
/* Where view stands in the file; false when it does not (decoded elsewhere). */
bool ky_pdf_offset_of(uint64_t *out, const struct ky_pdf *doc, struct ky_bytes view);

#endif
