/*
 * What a file is, by its content and to its last byte: PDF, PNG or JPEG, with
 * nothing before and nothing behind it, so that no reader can take it for
 * something else. Only for parse processes: the files are strangers'.
 */
#ifndef KY_ADES_FILE_KIND_H
#define KY_ADES_FILE_KIND_H

#include "base/buf.h"

#define KY_FILE_SIDE_MAX 30000u /* pixels of an image's side */
#define KY_FILE_ANSWER_MAX 512  /* bytes of the JSON of ky_file_answer */

typedef enum ky_file_kind { KY_FILE_PDF, KY_FILE_PNG, KY_FILE_JPEG, KY_FILE_KINDS } ky_file_kind;

/* "application/pdf", "image/png", "image/jpeg". */
const char *ky_file_kind_type(ky_file_kind kind);

typedef enum ky_file_fault {
    KY_FILE_GOOD,
    KY_FILE_UNKNOWN,   /* none of the three */
    KY_FILE_DAMAGED,   /* its structure does not hold */
    KY_FILE_BEHIND,    /* bytes behind its end */
    KY_FILE_ENCRYPTED, /* a PDF that wants a password */
    KY_FILE_ACTIVE,    /* a PDF that runs or carries something */
    KY_FILE_NO_PAGE,
    KY_FILE_LARGE, /* more pixels or objects than are looked at */
    KY_FILE_FAULTS
} ky_file_fault;

/* "DAMAGED" …: stable, for programs. */
const char *ky_file_fault_name(ky_file_fault fault);
/* KY_FILE_DAMAGED where there is none of that name. */
ky_file_fault ky_file_fault_find(const char *name);
/* What people are told. */
const char *ky_file_fault_vi(ky_file_fault fault);
const char *ky_file_fault_en(ky_file_fault fault);

struct ky_file_info {
    ky_file_kind kind;
    size_t pages;           /* of a PDF; else 1 */
    uint32_t width, height; /* of an image, pixels; else 0 */
};

/* KY_FILE_GOOD with *out, or what is wrong. */
ky_file_fault ky_file_look(struct ky_file_info *out, struct ky_bytes file);

/* Appends {"type","pages"} or {"fault"} for a file: what a parse process answers. */
ky_rc ky_file_answer(struct ky_buf *out, struct ky_bytes file);

#endif
