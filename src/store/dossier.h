/*
 * Dossiers, their rows (one person each) and their history. States are words
 * that domain/dossier defines; a change of state names the state it starts from.
 */
#ifndef KY_STORE_DOSSIER_H
#define KY_STORE_DOSSIER_H

#include "store/page.h"
#include "store/scope.h"
#include "store/table.h"

#define KY_DB_DOSSIER_ROWS_MAX 1000

struct ky_db_dossier {
    const char *id;                /* hex32 */
    const char *code;              /* what people call it: "CM-2026-000123" */
    const char *org_id;            /* cơ quan, tổ chức quản lý trực tiếp */
    const char *procedure;         /* "new", "renew", "change", "revoke" */
    const char *state;             /* domain/dossier.h */
    const char *entered_by;        /* staff id */
    const char *legal;             /* legal profile, "2024" */
    const char *document_number;   /* Số …/…, or NULL: not given yet */
    int64_t document_date;         /* UTC; shown in Vietnamese time */
    const char *signer_title;      /* "HIỆU TRƯỞNG", or NULL */
    const char *signer_name;       /* or NULL */
    const char *recipient_name;    /* Người tiếp nhận chứng thư số */
    const char *recipient_title;   /* or NULL */
    const char *recipient_channel; /* "email", "sms" */
    const char *recipient_email;
    struct ky_bytes sealed_recipient_phone; /* domain/personal */
    const char *note;                       /* reason of the last decision, or NULL */
    int64_t created_at, updated_at;
    int64_t received_at, due_at; /* 0: not yet; received_at: when it counts as received */
    const char *path;            /* of its organisation: store/scope.h */
    const char *handler;         /* authority that decides it; NULL until sent */
    const char *clock;           /* "none" (as inserted), "runs", "stands", "ended" */
    int64_t stage;               /* of its limit: 0, 1 and 2 after the warnings, 3 overdue */
    const char *tracking;        /* code for looking it up, or NULL: not sent */
    int64_t sent_at;             /* 0: not sent */
    int64_t ordinal;             /* counts up with creation; set by the insert (store/find.h) */
};

struct ky_db_dossier_row {
    const char *dossier_id;
    int64_t number;    /* 1..KY_DB_DOSSIER_ROWS_MAX, the row of the statement */
    const char *state; /* domain/dossier.h */
    const char *name;
    struct ky_bytes identity_hash; /* keyed hash of the identity number */
    struct ky_bytes sealed_person; /* all that was entered, domain/personal */
    const char *owner;             /* hex64, once sam has said it; or NULL */
    const char *key_id;            /* key record, or NULL */
    const char *serial;            /* certificate, hex32, or NULL */
    const char *reason;            /* why it was refused, or NULL */
    int64_t updated_at;
    const char *old_serial; /* certificate that the row is about: renewed, changed, revoked; or NULL */
};

struct ky_db_dossier_event {
    const char *dossier_id;
    int64_t sequence; /* from 1; set by the insert */
    int64_t at;
    const char *staff_id; /* NULL: the system */
    const char *action, *from_state, *to_state;
    const char *note; /* or NULL */
};

ky_rc ky_db_dossier_insert(struct ky_store *s, const struct ky_db_dossier *d);
ky_rc ky_db_dossier_get(struct ky_db_dossier *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *id);
/* What a list is narrowed to; NULL: any. */
struct ky_dossier_filter {
    const char *org_id, *state, *procedure;
};

/* The order of a list; page->before: after the number of that order and the id. */
typedef enum ky_dossier_order {
    KY_DOSSIER_NEWEST, /* created_at, down */
    KY_DOSSIER_DUE,    /* due_at, up: those whose clock has not ended, what is due first first */
    KY_DOSSIER_OLDEST, /* sent_at, up: those that were sent, who has waited longest first */
    KY_DOSSIER_ORDERS
} ky_dossier_order;

ky_rc ky_db_dossier_list(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const struct ky_scope *scope, const struct ky_dossier_filter *filter,
                         ky_dossier_order order, const struct ky_page *page);
/* The number that the order goes by. */
int64_t ky_db_dossier_number(const struct ky_db_dossier *d, ky_dossier_order order);
/* The id of the one with that ordinal. KY_ENOTFOUND. */
ky_rc ky_db_dossier_id_at(const char **id, struct ky_arena *a, struct ky_store *s, int64_t ordinal);
/* When it is sent the first time; KY_EEXIST: the code is another's. */
ky_rc ky_db_dossier_set_tracking(struct ky_store *s, const char *id, const char *code, int64_t now);
/* By the code, of everything: whoever has it may. KY_ENOTFOUND. */
ky_rc ky_db_dossier_get_tracked(struct ky_db_dossier *out, struct ky_arena *a, struct ky_store *s,
                                const char *code);
ky_rc ky_db_dossier_set_handler(struct ky_store *s, const char *id, const char *handler);
/* KY_ENOTFOUND when the dossier is not in state `from` (any more). note may be NULL. */
ky_rc ky_db_dossier_set_state(struct ky_store *s, const char *id, const char *from, const char *to,
                              const char *note, int64_t now);
/* What the row says of the dossier's clock (store/clock.h). */
ky_rc ky_db_dossier_set_clock(struct ky_store *s, const char *id, const char *clock, int64_t stage,
                              int64_t received_at, int64_t due_at);

/*
 * Those that are found, newest first: by a question of store/find, or (match NULL) because this person is in them.
 * page->before: after that ordinal.
 */
ky_rc ky_db_dossier_list_found(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                               const struct ky_scope *scope, const struct ky_dossier_filter *filter,
                               const char *match, struct ky_bytes identity_hash, const struct ky_page *page);

/* KY_EEXIST: the number, or the person, is in the dossier already. */
ky_rc ky_db_dossier_row_insert(struct ky_store *s, const struct ky_db_dossier_row *row);
/* Name, identity and person of a row that is only entered so far. KY_ENOTFOUND; KY_EEXIST as the insert. */
ky_rc ky_db_dossier_row_set_person(struct ky_store *s, const struct ky_db_dossier_row *row);
ky_rc ky_db_dossier_row_delete(struct ky_store *s, const char *dossier_id, int64_t number);
ky_rc ky_db_dossier_row_get(struct ky_db_dossier_row *out, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id, int64_t number);
/* All of them, by number; none where the dossier is not in the scope. */
ky_rc ky_db_dossier_row_list(struct ky_db_dossier_row **out, size_t *n, struct ky_arena *a,
                             struct ky_store *s, const struct ky_scope *scope, const char *dossier_id);
/* Rows of any dossier about that certificate, newest first, at most 200. */
ky_rc ky_db_dossier_row_list_about(struct ky_db_dossier_row **out, size_t *n, struct ky_arena *a,
                                   struct ky_store *s, const char *serial);
/* KY_ENOTFOUND when the row is not in state `from`. reason may be NULL. */
ky_rc ky_db_dossier_row_set_state(struct ky_store *s, const char *dossier_id, int64_t number,
                                  const char *from, const char *to, const char *reason, int64_t now);
ky_rc ky_db_dossier_row_set_key(struct ky_store *s, const char *dossier_id, int64_t number, const char *owner,
                                const char *key_id);
ky_rc ky_db_dossier_row_set_serial(struct ky_store *s, const char *dossier_id, int64_t number,
                                   const char *serial);
/* Rows in the state; state NULL: all. */
ky_rc ky_db_dossier_row_count(int64_t *out, struct ky_store *s, const char *dossier_id, const char *state);

ky_rc ky_db_dossier_event_insert(struct ky_store *s, const struct ky_db_dossier_event *e);
ky_rc ky_db_dossier_event_list(struct ky_db_dossier_event **out, size_t *n, struct ky_arena *a,
                               struct ky_store *s, const struct ky_scope *scope, const char *dossier_id);
/* How many events of that action. */
ky_rc ky_db_dossier_event_count(int64_t *out, struct ky_store *s, const char *dossier_id, const char *action);
/* Did the person take this action on the dossier, ever? */
ky_rc ky_db_dossier_event_by(bool *out, struct ky_store *s, const char *dossier_id, const char *action,
                             const char *staff_id);

#endif
