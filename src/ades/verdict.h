/*
 * Writing findings into a signature's report: each finding has its effect on
 * the verdict (EN 319 102-1 table 6), in one table. For ades/validate and
 * ades/trust.
 */
#ifndef KY_ADES_VERDICT_H
#define KY_ADES_VERDICT_H

#include "ades/validate.h"

/* What is known about a finding. */
struct ky_finding_info {
    const char *code; /* stable, for programs */
    bool error;
    ky_indication indication;   /* the verdict is at best this */
    const char *sub_indication; /* with an error */
    const char *vi, *en;
};
const struct ky_finding_info *ky_finding_info(ky_finding_id id);

/* Adds the finding; an error lowers the verdict, and of two equally bad ones the first names the sub-indication. */
void ky_verdict_add(struct ky_sig_report *s, ky_finding_id id, const char *detail);
/* The same with this thread's last error text as detail. */
void ky_verdict_add_error(struct ky_sig_report *s, struct ky_arena *a, ky_finding_id id);

#endif
