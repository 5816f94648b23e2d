/*
 * What happens to registry log, anchor and audit file while the service is stopped, and what must come of it at the
 * next start: attacks, and what a power failure may do.
 */
#ifndef KY_TESTS_PROCESS_AT_REST_H
#define KY_TESTS_PROCESS_AT_REST_H

#include "tests/process/tampering.h"

struct at_rest {
    struct harness world;
    struct ky_buf early_anchor[3]; /* by process: value of the anchor in the copy "early" */
};

enum then { SERVES, SEALED };

struct tampering {
    const char *name;
    void (*spoil)(const struct at_rest *w,
                  ky_process p); /* of the copy "now"; there are "early" and "fork" as well */
    enum then then;
    const char *why; /* in the refusal; for what serves, in the log of the processes */
};
extern const struct tampering at_rest_cases[];
extern const size_t at_rest_count;

void at_rest_anchor_deleted(const struct at_rest *w, ky_process p);
void at_rest_anchor_older_beside(const struct at_rest *w, ky_process p);
void at_rest_audit_changed(const struct at_rest *w, ky_process p);
void at_rest_audit_cut(const struct at_rest *w, ky_process p);
void at_rest_audit_put_back(const struct at_rest *w, ky_process p);
void at_rest_clock_set_back(const struct at_rest *w, ky_process p);

#endif
