/* A small PDF that anybody takes, and subscribers' own requests for every row of a dossier. */
#ifndef KY_TESTS_SUPPORT_PAPERS_H
#define KY_TESTS_SUPPORT_PAPERS_H

#include <stdio.h>

#include "tests/support/https.h"

/* One page; catalog: more members of the catalog, "" for none. */
static inline void papers_make_pdf(struct ky_buf *out, const char *catalog)
{
    size_t at[4];
    ky_buf_add_str(out, "%PDF-1.7\n");
    at[1] = out->n;
    ky_buf_addf(out, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n", catalog);
    at[2] = out->n;
    ky_buf_add_str(out, "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    at[3] = out->n;
    ky_buf_add_str(out, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n");
    const size_t xref = out->n;
    ky_buf_add_str(out, "xref\n0 4\n0000000000 65535 f \n");
    for (size_t i = 1; i < KY_COUNT(at); i++)
        ky_buf_addf(out, "%010zu 00000 n \n", at[i]);
    ky_buf_addf(out, "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", xref);
}

/* One PDF for all rows that lack a request; the status. to: a clerk (role enter). */
static inline long papers_hand_in(const struct https *to, const char *dossier)
{
    char path[160];
    ky_auto_json answer = NULL;
    ky_auto_buf pdf = ky_buf_init(4096);
    papers_make_pdf(&pdf, "");
    snprintf(path, sizeof path, "/api/v1/dossiers/%s/own-requests", dossier);
    return https_upload(&answer, to, path, ky_buf_bytes(&pdf));
}

#endif
