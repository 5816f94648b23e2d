/*
 * A certificate as people are shown it: whose it is, whether it counts, and how
 * far its account letter has come. For lists, exports and the page of one.
 */
#ifndef KY_DOMAIN_HOLDING_H
#define KY_DOMAIN_HOLDING_H

#include "domain/dossier.h"
#include "store/inventory.h"

/* Texts lie in the arena; NULL: none. */
struct ky_holding {
    const struct ky_db_listed_cert *cert; /* borrowed */
    const char *name, *title, *unit, *email;
    const char *org_name;
    const char *key_type;                   /* "p256", …, or "other" */
    const char *state;                      /* "good", "revoked", "expired" */
    const char *reason_vi;                  /* of a revoked one */
    int64_t days_left;                      /* whole days; 0 when it has ended */
    const char *letter, *letter_vi;         /* "none", "queued", "sent", "bounced" */
    const char *letter_error;               /* what the mail server said last */
    const char *activation, *activation_vi; /* "none", "waiting", "opened", "done", "expired", "dead" */
    const char *activation_id;
    int64_t opened_at, expires_at; /* of the activation; 0: none */
    int64_t activated_at;          /* 0: not active */
};

ky_rc ky_holding_open(struct ky_holding *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_registration *reg, const struct ky_db_listed_cert *c, ky_time now);

/* A certificate has become good: from now on it is listed, found and counted. */
ky_rc ky_holding_begin(struct ky_store *s, const char *serial);
/* good → revoked. KY_ENOTFOUND: not good. */
ky_rc ky_holding_end(struct ky_store *s, const char *serial, ky_time now, int64_t reason);

/* "Chấm dứt hoạt động", of a CRL reason. */
const char *ky_holding_reason_vi(int64_t reason);

#endif
