/* Messages that wait to be sent: our own (outbox) and the sealed letters of sam. */
#ifndef KY_STORE_OUTBOX_H
#define KY_STORE_OUTBOX_H

#include "store/table.h"

struct ky_db_outbox {
    const char *id;                 /* hex32 */
    const char *about;              /* what it tells of, unique */
    const char *template;           /* name of the template: for reports */
    const char *channel;            /* "email", "sms" */
    struct ky_bytes sealed_message; /* domain/outbox */
    const char *dossier_id;         /* that it is about, or NULL */
    const char *state;              /* "waiting", "sent", "bounced", "dead" */
    int64_t attempts;
    int64_t next_try;
    const char *last_error; /* or NULL */
    int64_t created_at;
};

/* Nothing happens when there is one about the same already. */
ky_rc ky_db_outbox_put(struct ky_store *s, const struct ky_db_outbox *m);
ky_rc ky_db_outbox_get(struct ky_db_outbox *out, struct ky_arena *a, struct ky_store *s, const char *id);
/* Waiting, and due now, longest due first, at most limit. */
ky_rc ky_db_outbox_list_due(struct ky_db_outbox **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            int64_t now, int64_t limit);
ky_rc ky_db_outbox_set_sent(struct ky_store *s, const char *id);
/* One attempt more that failed; next_try 0: the last one. */
ky_rc ky_db_outbox_set_failed(struct ky_store *s, const char *id, const char *error, int64_t next_try);

#define KY_LETTER_ID_MAX 33

struct ky_db_letter {
    int64_t number; /* sam's, unique */
    const char *id; /* hex32 of the number; set by the insert */
    const char
        *kind; /* "activation-mail", "activation-code", "device-notice": what the caller asked sam for */
    const char *channel; /* "email", "sms": likewise; the courier goes by what is sealed */
    struct ky_bytes sealed;
    const char *dossier_id; /* whose row it is about, or NULL */
    int64_t dossier_row;    /* or 0 */
    int64_t again;          /* 1: may go out although its number was dealt with */
    const char *state;      /* "waiting", "sent", "bounced", "dead" */
    int64_t attempts;
    int64_t next_try;
    const char *last_error; /* or NULL */
    int64_t created_at;
};

/* The number as an id: 16 zeros and 16 hex digits, which no random id begins with. */
void ky_letter_id(char out[KY_LETTER_ID_MAX], int64_t number);
ky_rc ky_db_letter_insert(struct ky_store *s, const struct ky_db_letter *l);
ky_rc ky_db_letter_list_due(struct ky_db_letter **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            int64_t now, int64_t limit);
ky_rc ky_db_letter_set_sent(struct ky_store *s, int64_t number);
ky_rc ky_db_letter_set_failed(struct ky_store *s, int64_t number, const char *error, int64_t next_try);

#endif
