/*
 * The keeper of a key process: what must happen once or in order
 * (docs/protocol/keeper.md). One struct, handed down; files by concern:
 *   start.c    token, log, anchor and audit file taken over at start
 *   commit.c   flushing, the copy in the database, anchors, answers that wait
 *   judge.c    ready, nonce, records, spends, contradictions to the log
 *   handle.c   the messages of workers
 *   execute.c  of them K_EXECUTE and K_RESULT
 *   spent.c    short nonces and positions in memory
 *   outbox.c   results until they are acknowledged
 */
#ifndef KY_PROG_KEEPER_KEEPER_H
#define KY_PROG_KEEPER_KEEPER_H

#include "domain/anchor.h"
#include "domain/founding.h"
#include "domain/keeper_msg.h"
#include "domain/message.h"
#include "prog/keeper/spent.h"
#include "os/child.h"
#include "os/clock.h"

#define KY_KEEPER_ANCHOR_MS 1000 /* least time between two anchors, and between two looks at it */
#define KY_KEEPER_COPY_MS 2000   /* the database has that long to take an entry */
#define KY_KEEPER_COPY_ENTRIES 4096
#define KY_KEEPER_COPY_PAUSE_MS 1000 /* after an answer that brought nothing on */
#define KY_KEEPER_CLOCK_BACK_S 60    /* how far behind the highest time seen the clock may be */
#define KY_KEEPER_SWEEP_MS 3600000   /* between two looks for entries that have ended */

struct ky_keeper_config {
    ky_process process;
    const char *state;            /* folder: log, audit, checkpoints, outbox/, lock */
    struct ky_keystore *ks;       /* borrowed; read-write login */
    const struct ky_clock *clock; /* NULL: the system's */
    ky_time
        overdue_s; /* ca: a request for revocation may be executed so long after it was received; 0: never */
};

/* An answer that goes out when the log is anchored that far. */
struct ky_waiting {
    struct ky_waiting *next;
    struct ky_ipc_ticket ticket;
    uint64_t sequence;  /* 0: only the files need flushing */
    bool local;         /* the local log file is enough */
    struct ky_buf body; /* owned */
};

struct ky_keeper {
    struct ky_keeper_config cfg;
    struct ky_ipc_server *server; /* borrowed */
    struct ky_founding *founding;
    struct ky_token_key *reg_key, *audit_key;
    struct ky_mac k_reg;
    struct ky_signer k_audit;
    uint8_t boot_id[KY_BOOT_ID_SIZE];
    uint8_t boot_key[KY_HMAC_SIZE]; /* MAC of short nonces; dies with the process */
    struct ky_mac boot_mac;
    int lock_fd, log_fd, audit_fd, checkpoint_fd;

    struct ky_reglog *log;
    struct ky_buf log_out; /* entries that are not yet in the file */
    uint64_t written;      /* sequence in the local file */
    uint64_t copied;       /* sequence the database says it holds; on one connection it only rises */
    uint64_t anchored;
    uint64_t letters;      /* highest letter number */
    int64_t copy_asked_ms; /* when the outstanding LOG_APPEND was sent; 0: none */
    bool copy_stalled;     /* the last answer brought nothing on */
    int64_t copy_next_ms;  /* not to be sent again before */
    int64_t copy_late_ms;  /* since when the database is behind; 0: it is not */
    bool copy_alarm;       /* it has been late and said so */
    bool web_connected;
    int64_t anchor_ms, anchor_seen_ms;
    bool anchor_unsure; /* writing it failed half way; it is written again before anyone is answered */

    struct ky_audit_chain audit;
    struct ky_buf audit_out;
    uint8_t checkpoint[KY_CHECKPOINT_SIZE];
    int64_t checkpoint_ms;
    uint32_t refused[KY_OP_END][16]; /* by operation and -ky_rc, since the last summary */
    bool any_refused;

    int64_t swept_ms; /* when ended entries left the index of the log */

    struct ky_spent_set *spent;
    struct ky_waiting *waiting, **waiting_end;
    bool sealed;
    bool short_log;    /* why: the anchor is ahead of the log, so the copy in the database may help */
    bool files_failed; /* a write failed; the tails are unknown and nothing more is written */
    char sealed_why[256];
};

/* start.c — KY_EAUTH, KY_EFORMAT: state or token is not what it was; a person must look. */
ky_rc ky_keeper_start(struct ky_keeper *k, const struct ky_keeper_config *cfg, struct ky_ipc_server *server);
void ky_keeper_clear(struct ky_keeper *k);
/*
 * After entries were taken from the copy: unseals and appends boot when the anchor lies on the chain now. Only what was
 * sealed because the log was too short is unsealed. KY_EBUSY: still too short.
 */
ky_rc ky_keeper_try_unseal(struct ky_keeper *k);

/* commit.c */
/* Nothing is executed from now on; says why once. */
void ky_keeper_seal(struct ky_keeper *k, const char *why);
ky_rc ky_keeper_log(struct ky_keeper *k, ky_log_kind kind, const uint8_t id[KY_LOG_ID_SIZE], uint32_t version,
                    const uint8_t *hash, ky_time not_after);
ky_rc ky_keeper_audit(struct ky_keeper *k, ky_audit_phase phase, const struct ky_keeper_head *head,
                      ky_rc result, struct ky_bytes payload);
/* Answers request with body (moved out) when what was logged so far is safe. local: the log file is enough. */
ky_rc ky_keeper_answer_when_safe(struct ky_keeper *k, struct ky_ipc_request *request, struct ky_buf *body,
                                 bool log, bool local);
int64_t ky_keeper_tick(void *ctx, int64_t now_ms);
void ky_keeper_closed(void *ctx, ky_role peer, unsigned index);
ky_rc ky_keeper_checkpoint(struct ky_keeper *k);

/* judge.c */
/* KY_EBUSY: sealed, or the clock is behind what was recorded. */
ky_rc ky_keeper_check_ready(const struct ky_keeper *k);
/* The highest time in log and audit file: no clock that is accepted lies more than KY_KEEPER_CLOCK_BACK_S behind. */
ky_time ky_keeper_highest_time(const struct ky_keeper *k);
/* MAC, node, for short ones this very start; and that the statement has not ended. */
ky_rc ky_keeper_check_nonce(const struct ky_keeper *k, const struct ky_keeper_head *h,
                            struct ky_nonce *nonce);
ky_rc ky_keeper_check_refs(const struct ky_keeper *k, const struct ky_keeper_head *h);
/* Unspent, or spent by this very statement. *spent: the latter. */
ky_rc ky_keeper_check_unspent(const struct ky_keeper *k, const uint8_t id[KY_LOG_ID_SIZE],
                              const uint8_t statement[KY_HASH_SIZE], bool *spent, const char *what);
/* KY_EDENIED: it contradicts the log. *logged: the log says so already. repeated: by the same statement as before. */
ky_rc ky_keeper_judge_append(bool *logged, const struct ky_keeper *k, const struct ky_append *a,
                             bool repeated);

/* execute.c */
ky_ipc_handler ky_keeper_handle_execute, ky_keeper_handle_result;

/* handle.c */
extern const struct ky_ipc_message ky_keeper_messages[];
extern const size_t ky_keeper_message_count;

/* outbox.c — KY_ENOTFOUND when nothing is kept under that spend. */
ky_rc ky_outbox_put(const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE], struct ky_bytes payload);
ky_rc ky_outbox_get(struct ky_buf *out, const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE]);
bool ky_outbox_has(const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE]);
ky_rc ky_outbox_drop(const struct ky_keeper *k, const uint8_t spend[KY_LOG_ID_SIZE]);

#endif
