/*
 * What left the house, or did not: the outbox and the letters of sam together, without what is in them; and how far
 * the account letter of each row of a dossier came.
 */
#ifndef KY_STORE_MESSAGE_H
#define KY_STORE_MESSAGE_H

#include "store/page.h"
#include "store/scope.h"
#include "store/table.h"

struct ky_db_message {
    const char *id;         /* hex32; of letters: ky_letter_id */
    const char *template;   /* or kind of letter */
    const char *channel;    /* "email", "sms" */
    const char *dossier_id; /* or NULL */
    int64_t dossier_row;    /* or 0 */
    const char *state;      /* "waiting", "sent", "bounced", "dead" */
    int64_t attempts;
    int64_t next_try;       /* of waiting ones */
    const char *last_error; /* or NULL */
    int64_t created_at;
};

/*
 * Newest first; state and dossier_id may be NULL: any. Of a scope that is not everything only what is about one of its
 * dossiers, and unless dossier_id names one, only what was not sent.
 */
ky_rc ky_db_message_list(struct ky_db_message **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const struct ky_scope *scope, const char *dossier_id, const char *state,
                         const struct ky_page *page);
/* Of sam (store/outbox), else of the outbox. */
bool ky_message_is_letter(const char *id);
/* KY_ENOTFOUND: none in the scope. */
ky_rc ky_db_message_get(struct ky_db_message *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *id);
/*
 * bounced or dead → waiting, with all attempts before it; of letters only account letters, which the courier
 * then takes once more. KY_ENOTFOUND: in another state, or no such message.
 */
ky_rc ky_db_message_retry(struct ky_store *s, const char *id, int64_t now);
/* sent → bounced. KY_ENOTFOUND: in another state, or no such message. */
ky_rc ky_db_message_set_bounced(struct ky_store *s, const char *id, const char *why);

struct ky_db_row_letter {
    int64_t dossier_row;
    const char *id;
    const char *state;   /* "waiting", "sent", "bounced", "dead"; "opened": the link was used; "activated" */
    const char *sending; /* the same without the last two */
    const char *last_error; /* what the mail server said last; NULL: nothing */
    int64_t created_at, expires_at;
};

/* By row; of each only the newest. */
ky_rc ky_db_row_letter_list(struct ky_db_row_letter **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id);
/* KY_ENOTFOUND: the row has none, or is not in the scope. */
ky_rc ky_db_row_letter_get(struct ky_db_row_letter *out, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const char *dossier_id, int64_t row);
/* Sends it once more, whatever became of it but waiting. KY_ENOTFOUND: it waits. */
ky_rc ky_db_row_letter_resend(struct ky_store *s, const char *letter_id, int64_t now);

#endif
