/*
 * Approvals of officers, gathered until as many have signed the same bytes as must. What the first has signed is
 * what the next are shown; any step of the dossier but approving makes it void, and it ends with the statement. Whether
 * an approval is good is for sam and ca to judge (docs/protocol/statements.md §4); here it is kept until there are enough.
 */
#ifndef KY_DOMAIN_APPROVAL_H
#define KY_DOMAIN_APPROVAL_H

#include "domain/authorisation.h"
#include "domain/dossier.h"
#include "store/approval.h"

/* How many officers must sign a statement of that type. */
int64_t ky_approval_needed(const struct ky_founding *f, ky_statement_type type);

/* One officer's signature, as it is to be kept for one statement. */
struct ky_approval_in {
    const struct ky_statement *st;
    const char *dossier_id;
    struct ky_bytes item, evidence; /* of the authorisation list; encoded list */
    const uint8_t *owner;           /* KY_OWNER_SIZE: the person */
    struct ky_bytes name;
};

/* What has been given so far. */
struct ky_approval_count {
    int64_t given, needed;
    bool mine; /* the actor is among them */
};

/*
 * ky_approval_keep — in a transaction: one more approval; with the last one the statement is authorised.
 *
 * Errors: KY_ENOTFOUND  no such statement of the dossier, used, void or expired
 *         KY_EDENIED    the actor may not approve; the person has done so; another approval of the dossier is under way: see
 *                       reg->why
 */
ky_rc ky_approval_keep(struct ky_approval_count *out, struct ky_store *s, const struct ky_registration *reg,
                       const struct ky_actor *actor, const struct ky_founding *f,
                       const struct ky_approval_in *in, ky_time now);

/*
 * ky_approval_find — the statement about the dossier that is being gathered for. KY_ENOTFOUND: none, or none that
 * is about the request as it stands.
 */
ky_rc ky_approval_find(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                       const char *dossier_id, struct ky_bytes request_hash, ky_time now);

/* Of a statement; actor may be NULL. */
ky_rc ky_approval_count(struct ky_approval_count *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_founding *f, const struct ky_db_statement *st,
                        const struct ky_actor *actor);

/* Who has approved it: an authorisation list and the evidence with it, the newest first where not all fits. */
ky_rc ky_approval_load(struct ky_bytes *authorisations, struct ky_bytes *evidence, struct ky_arena *a,
                       struct ky_store *s, struct ky_bytes statement_hash);

#endif
