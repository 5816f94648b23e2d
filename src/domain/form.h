/*
 * The request document of a dossier, drawn as an official letter: heading,
 * fixed subject line, table of people, declarations, recipients, signature block
 * (layout by Decree 30/2020/NĐ-CP, annex I; wording from the legal profile).
 */
#ifndef KY_DOMAIN_FORM_H
#define KY_DOMAIN_FORM_H

#include "domain/legal.h"
#include "domain/paper.h"
#include "domain/person.h"

/* What goes along, as the document names it. */
struct ky_form_file {
    const char *name; /* "quyet-dinh.pdf" */
    const char *hash; /* SHA-256, hex64 */
};

struct ky_form {
    bool blank;              /* nobody's yet: the date is left open, rows are to be written in; no people */
    const char *procedure;   /* "new", "renew", "change", "revoke" */
    const char *parent_name; /* cơ quan chủ quản, or NULL */
    const char *org_name;
    const char *number; /* "12/THCS-VP", or NULL: left open */
    const char *place;
    ky_time date;
    const char *signer_title, *signer_name;       /* NULL: left open */
    const char *recipient_name, *recipient_title; /* Người tiếp nhận chứng thư số; title may be NULL */
    const char *recipient_phone, *recipient_email;
    const char *recipient_channel;  /* "email", "sms" */
    const struct ky_person *people; /* in the order of the rows */
    const int64_t *numbers;         /* of the rows */
    size_t n;
    size_t own_requests;              /* văn bản đề nghị của thuê bao that go along */
    const char *own_requests_hash;    /* hex64 over them (domain/own_request.h); NULL when there are none */
    const struct ky_form_file *files; /* attachments */
    size_t n_files;
};

/* PDF points from the lower left corner of a page. */
struct ky_form_box {
    double x, y, w, h;
};

/* Where the signer's visible signature goes, and the organisation's seal, on a page from 1. */
struct ky_form_place {
    int pages; /* of the document */
    int page;
    struct ky_form_box signature;
    struct ky_form_box seal; /* over its left part (Decree 30/2020, annex I); w 0: the profile wants none */
};

/*
 * ky_form_draw — append the PDF.
 *
 * Errors: KY_ENOTFOUND  the legal profile has no such procedure
 *         KY_EFORMAT    the profile's text or column names something unknown
 */
ky_rc ky_form_draw(struct ky_buf *out, struct ky_form_place *place, const struct ky_legal *legal,
                   const struct ky_form *form);

#endif
