/*
 * sam: the process that holds subscribers' keys. Its worker parses and
 * verifies; what must happen once is asked of the keeper. One file a concern.
 */
#ifndef KY_PROG_SAM_SAM_H
#define KY_PROG_SAM_SAM_H

#include "prog/worker/worker.h"

struct ky_sam {
    struct ky_worker w; /* first: handlers of prog/worker take it */
    struct ky_token_key *wrap_key, *act_key, *open_key;
    struct ky_mac k_act;
};

ky_ipc_handler ky_sam_handle_owner, ky_sam_handle_founding; /* main.c */
ky_ipc_handler ky_sam_handle_issue_keys;                    /* issue.c */
ky_ipc_handler ky_sam_handle_bind;                          /* bind.c */
ky_ipc_handler ky_sam_handle_code, ky_sam_handle_enrol;     /* activate.c */
ky_ipc_handler ky_sam_handle_sign;                          /* sign.c */

/* Numbers for `count` letters from the keeper, the first of them. */
ky_rc ky_sam_letter_numbers(uint64_t *first, struct ky_sam *sam, size_t count);

#endif
