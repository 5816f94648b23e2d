/*
 * A keeper in this process: a token of SoftHSM with the keys and the founding record, two workers and, when wanted, a
 * web process that holds the copy of the log. The clock stands still unless a test moves it; each round is a second.
 */
#ifndef KY_TESTS_PROG_KEEPER_WORLD_H
#define KY_TESTS_PROG_KEEPER_WORLD_H

#include "prog/keeper/keeper.h"
#include "tests/unit/crypto/hsm.h"
#include "tests/unit/domain/fixture.h"
#include "tests/unit/domain/founder.h"

#define WORLD_WORKERS 2

struct world {
    struct softhsm hsm;
    struct ky_keystore *ks;
    struct ky_token_key *reg_key;
    struct ky_mac k_reg;
    struct founder founder;
    char state[96]; /* the keeper's folder */
    ky_time now;
    struct ky_clock clock;

    struct ky_ipc_server *server;
    struct ky_keeper keeper;
    bool running;
    int64_t mono_ms;
    int workers[WORLD_WORKERS]; /* our ends */
    uint32_t last_id;

    int web;            /* our end; -1: none */
    struct ky_buf copy; /* entries that web holds */
    size_t page;        /* entries it gives at once */
    uint64_t claim;     /* what it says it holds; 0: the truth */
};

int world_set_up(void **state);
int world_tear_down(void **state);

ky_rc world_start(struct world *w);
void world_stop(struct world *w);
void world_restart(struct world *w);
void world_connect_web(struct world *w);
/* The worker's connection ends, and a new one comes. */
void world_lose_worker(struct world *w, unsigned worker);
void world_steps(struct world *w, unsigned count);

/* The answer's code; its body in reply (may be NULL) unless it failed. */
ky_rc world_call(struct world *w, unsigned worker, uint16_t type, struct ky_bytes body, struct ky_buf *reply);
/* Sends without waiting; true when an answer has come. */
void world_send(struct world *w, unsigned worker, uint16_t type, struct ky_bytes body);
bool world_answered(struct world *w, unsigned worker, ky_rc *rc, struct ky_buf *reply);

/* A head with a fresh nonce; statement and authorisation are named by one byte. */
void world_head(struct ky_keeper_head *h, struct world *w, ky_operation op, uint8_t statement,
                ky_nonce_kind kind);
ky_rc world_execute(struct world *w, const struct ky_keeper_head *h, const struct ky_execute *e,
                    struct ky_buf *reply);
ky_rc world_reserve(struct world *w, unsigned worker, const struct ky_keeper_head *h,
                    const struct ky_reserve *r, struct ky_buf *reply);

void world_path(char out[160], const struct world *w, const char *name);
void world_read(struct ky_buf *out, const struct world *w, const char *name);
void world_write(const struct world *w, const char *name, struct ky_bytes content);
/* Records of that phase in the audit file. */
size_t world_audited(const struct world *w, ky_audit_phase phase);

#endif
