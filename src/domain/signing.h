/*
 * A request document on its way through the hands that sign it: what is handed
 * to a person's signing program and by which one-time addresses, and the document
 * as each signer left it, until the dossier is submitted or edited again.
 *
 * What is kept here counts for nothing yet: submitting verifies it anew (dossier.h).
 */
#ifndef KY_DOMAIN_SIGNING_H
#define KY_DOMAIN_SIGNING_H

#include "domain/dossier_right.h"
#include "domain/session.h"
#include "store/signing.h"

#define KY_VISIT_LIFE (5 * KY_MINUTE)       /* of an address */
#define KY_SIGNING_DOCUMENT_MAX (24u << 20) /* bytes of a signed request document */
#define KY_SIGNING_HASH 32                  /* SHA-256 */

struct ky_visit_wish {
    const char *seal_record; /* who will sign */
    const char *session_id;  /* that the addresses end with; NULL: none */
    struct ky_bytes evidence;
};

struct ky_visit_made {
    char download[KY_BEARER_TEXT], upload[KY_BEARER_TEXT]; /* secrets */
    uint8_t hash[KY_SIGNING_HASH];                         /* of what will be handed out */
    size_t size;                                           /* bytes of it */
    ky_time expires_at;
};

/*
 * ky_visit_make — a pair of addresses, in place of an earlier one of this person and dossier.
 *
 * What is handed out is the document as the last other signer left it (the head's signature comes before the seal's), else
 * as it was drawn.
 * Errors: KY_EDENIED  the person may not sign and submit this dossier now; KY_ENOTFOUND  no such dossier, not drawn
 */
ky_rc ky_visit_make(struct ky_visit_made *out, struct ky_store *s, const struct ky_registration *reg,
                    const struct ky_actor *actor, const char *id, const struct ky_visit_wish *wish,
                    ky_time now);

typedef enum ky_visit_verdict {
    KY_VISIT_GOOD,
    KY_VISIT_UNKNOWN, /* never was, or replaced */
    KY_VISIT_USED,
    KY_VISIT_ENDED, /* too old, or its log-in has ended */
} ky_visit_verdict;

/*
 * ky_visit_find — whose address that is; nothing is used up.
 *
 * Shapes:  secret  as ky_visit_make made it
 *          actor   who asked for it: only with KY_VISIT_GOOD, like *out
 */
ky_rc ky_visit_find(ky_visit_verdict *verdict, struct ky_db_visit *out, struct ky_actor *actor,
                    struct ky_arena *a, struct ky_store *s, ky_visit_kind kind, struct ky_bytes secret,
                    const struct ky_session_limits *limits, ky_time now);
/* In a write transaction. KY_VISIT_USED: somebody was faster. */
ky_rc ky_visit_use(ky_visit_verdict *verdict, struct ky_store *s, ky_visit_kind kind, struct ky_bytes secret,
                   ky_time now);

/* Appends what was promised to be handed out. KY_EDENIED: the dossier was edited or signed by another since (reg->why). */
ky_rc ky_visit_open(struct ky_buf *document, struct ky_store *s, const struct ky_registration *reg,
                    const struct ky_db_visit *visit);

/*
 * ky_signing_keep — the document as its signer left it, which the caller has verified.
 *
 * Errors: KY_EDENIED  as ky_visit_make and ky_visit_open
 */
ky_rc ky_signing_keep(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                      const struct ky_db_visit *visit, struct ky_bytes document, struct ky_bytes hash,
                      ky_time now);
/* Who has signed the document as it is drawn now, and left it here. */
struct ky_signer_of {
    const char *name, *seal_record;
    ky_time at;
};
/* In the arena, in the order they signed. */
ky_rc ky_signing_list(struct ky_signer_of **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                      const struct ky_registration *reg, const char *id);
/* Appends a document that was kept. KY_ENOTFOUND: none has that hash, or the dossier was edited since. */
ky_rc ky_signing_open(struct ky_buf *document, struct ky_store *s, const struct ky_registration *reg,
                      const char *id, struct ky_bytes hash);

#endif
