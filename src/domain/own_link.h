/*
 * The link by which a subscriber makes her own request: the organisation gives
 * it for a row, it goes to her official address; she looks, corrects, declares and
 * confirms, without an account. Good for 14 days and one answer.
 *
 * Opening and answering run inside a write transaction; a refusal is a verdict, not a failure: what was counted must stay.
 */
#ifndef KY_DOMAIN_OWN_LINK_H
#define KY_DOMAIN_OWN_LINK_H

#include "domain/own_request.h"

#define KY_OWN_LINK_LIFE (14 * KY_DAY)
#define KY_OWN_LINK_PATH "/own-request" /* of the portal's page; the secret stands after the # */
#define KY_OWN_LINKS_A_DAY 5            /* of one row */
#define KY_OWN_LINK_URL_MAX 512

struct ky_own_link {
    int64_t number;                /* of the row */
    char url[KY_OWN_LINK_URL_MAX]; /* a secret */
    const char *email;             /* where it was sent; in the arena */
    ky_time expires_at;
    ky_time locked_until; /* not 0: the row had too many links, none was made */
};

/*
 * ky_own_link_make — a link for a row, in place of an earlier one, and the mail with it. origin: of the portal's pages.
 *
 * Errors: KY_EDENIED  not a draft of the actor's organisation, or no request is needed there; KY_ENOTFOUND  no such row;
 *         KY_EFORMAT  the row has no address that can be written to
 */
ky_rc ky_own_link_make(struct ky_own_link *out, struct ky_arena *a, struct ky_store *s,
                       const struct ky_registration *reg, const struct ky_actor *actor, const char *origin,
                       const char *id, int64_t number, ky_time now);

/*
 * ky_own_links_make — the same for every row that needs a request, lacks it, and has no link that may be answered.
 *
 * Shapes:  out  in the arena; those with locked_until are of rows that had too many today
 * Errors:  as ky_own_link_make; none is made then
 */
ky_rc ky_own_links_make(struct ky_own_link **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                        const struct ky_registration *reg, const struct ky_actor *actor, const char *origin,
                        const char *id, ky_time now);

typedef enum ky_own_verdict {
    KY_OWN_GOOD,
    KY_OWN_BAD_LINK, /* unknown, used, replaced or expired */
    KY_OWN_LOCKED,   /* too many guesses from that address */
    KY_OWN_CLOSED,   /* the dossier is not being edited any more */
    KY_OWN_REFUSED,  /* what was entered or declared: see refusals */
} ky_own_verdict;

/* Who comes with a link. */
struct ky_own_guest {
    const struct ky_registration *reg; /* of everything: the secret says which dossier */
    const char *address;               /* numeric */
    struct ky_bytes secret;
    ky_time now;
};

struct ky_own_result {
    ky_own_verdict verdict;
    ky_time until; /* KY_OWN_LOCKED */
    struct ky_refusals refusals;
};

/* What the link is about. */
struct ky_own_page {
    struct ky_dossier d;
    size_t row; /* index */
    const struct ky_legal_procedure *procedure;
    ky_time expires_at;
};
void ky_own_page_clear(struct ky_own_page *page);
#define ky_auto_own_page KY_CLEANUP(ky_own_page_clear) struct ky_own_page

/* Uses nothing up: programs that look at mail open links. *page only with KY_OWN_GOOD. */
ky_rc ky_own_link_open(struct ky_own_result *out, struct ky_own_page *page, struct ky_store *s,
                       const struct ky_own_guest *guest);

/* The request as it was kept. */
struct ky_own_kept {
    uint8_t hash[KY_SHA256_SIZE];
    struct ky_buf pdf;
};

/*
 * ky_own_link_answer — what the person entered goes into the row, the form is drawn and kept, the link is used up.
 *
 * Shapes:  values        object {field: text}; fields that are fixed or unknown are left out, absent ones stay as they are
 *          declarations  object {key: bool}; all that are hers
 * Errors:  KY_EFORMAT  a value that is no text, a declaration that is missing
 */
ky_rc ky_own_link_answer(struct ky_own_result *out, struct ky_own_kept *kept, struct ky_store *s,
                         const struct ky_own_guest *guest, const json_t *values, const json_t *declarations);

#endif
