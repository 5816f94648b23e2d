/*
 * sam: the process that holds subscribers' keys. Its worker parses and
 * verifies; what must happen once is asked of the keeper. One file a concern.
 */
#ifndef KY_PROG_SAM_SAM_H
#define KY_PROG_SAM_SAM_H

#include "pki/cert.h"
#include "prog/worker/worker.h"

struct ky_sam {
    struct ky_worker w; /* first: handlers of prog/worker take it */
    struct ky_token_key *wrap_key, *act_key, *open_key, *data_key;
    struct ky_mac k_act, k_data;
    unsigned has_data_key; /* KY_PEER bits of those whose connection was given it */
};

ky_ipc_handler ky_sam_handle_owner, ky_sam_handle_founding; /* main.c */
ky_ipc_handler ky_sam_handle_issue_keys;                    /* issue.c */
ky_ipc_handler ky_sam_handle_bind;                          /* bind.c */
ky_ipc_handler ky_sam_handle_code, ky_sam_handle_enrol;     /* activate.c */
ky_ipc_handler ky_sam_handle_sign;                          /* sign.c */
ky_ipc_handler ky_sam_handle_revoke, ky_sam_handle_revoked; /* revoke.c */
ky_ipc_handler ky_sam_handle_lock;                          /* lock.c */

/* credential.c — a key record and the certificate it names. */
struct ky_credential {
    struct ky_record record;
    struct ky_key_record key; /* points into record */
    struct ky_cert *cert;     /* owned */
};
#define ky_auto_credential KY_CLEANUP(ky_credential_clear) struct ky_credential
void ky_credential_clear(struct ky_credential *c);
/*
 * ky_credential_read — `lv(key record) ‖ lv(certificate)` up to the end of in. Whether the record is alive is the keeper's.
 *
 * Errors: KY_EAUTH the record is not ours; KY_EDENIED not of a key, or it names another certificate; KY_EFORMAT
 */
ky_rc ky_credential_read(struct ky_credential *out, struct ky_reader *in, struct ky_sam *sam);
/*
 * ky_credential_replace — what a row of a renewal or a change replaces: `lv(key record) ‖ lv(certificate)`.
 *
 * The record must be alive and unlocked when the head is executed: its ref is added.
 * Errors: KY_EDENIED of another person, another serial number or, with the same key, another key type;
 *         KY_EEXPIRED the certificate has ended; else as ky_credential_read
 */
ky_rc ky_credential_replace(struct ky_credential *out, struct ky_sam *sam, struct ky_keeper_head *head,
                            const struct ky_request_row *row, const uint8_t owner[KY_OWNER_SIZE],
                            struct ky_bytes bytes);
/* KY_EDENIED when the certificate has another one. */
ky_rc ky_credential_check_serial(const struct ky_credential *c, const uint8_t serial[KY_SERIAL_SIZE]);

ky_ipc_handler ky_sam_handle_data_key; /* data_key.c */
/* A connection ended: its peer may ask for the data key again. */
void ky_sam_closed(void *worker, ky_role peer, unsigned index);

/* Numbers for `count` letters from the keeper, the first of them. */
ky_rc ky_sam_letter_numbers(uint64_t *first, struct ky_sam *sam, size_t count);

#endif
