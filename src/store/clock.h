/*
 * The clocks of dossiers: of what a deadline is reckoned, when it stood, and
 * what happens by itself at a moment. The dossier's own row has copies to list by: due_at, clock and stage.
 */
#ifndef KY_STORE_CLOCK_H
#define KY_STORE_CLOCK_H

#include "store/dossier.h"

#define KY_DB_PAUSES_MAX 1000 /* of one dossier */

struct ky_db_clock {
    const char *dossier_id;
    const char *unit; /* "working-day", "hour" */
    int64_t amount;
    int64_t arrived_at; /* as it came in, also out of hours */
    int64_t confirmed;  /* 1: every year it touches has a confirmed list */
    int64_t calendar;   /* ky_db_calendar_number it was reckoned after */
    int64_t ended_at;   /* 0: open */
};

struct ky_db_pause {
    const char *dossier_id;
    int64_t sequence; /* from 1; set by the insert */
    int64_t from_at;
    int64_t to_at;     /* 0: still stands */
    int64_t answer_by; /* the addition is due; lapses after it */
};

struct ky_db_timer {
    const char *dossier_id;
    const char *kind; /* domain/clock_timer */
    int64_t at;
};

/* KY_EEXIST: it has one. */
ky_rc ky_db_clock_insert(struct ky_store *s, const struct ky_db_clock *c);
ky_rc ky_db_clock_get(struct ky_db_clock *out, struct ky_arena *a, struct ky_store *s,
                      const char *dossier_id);
ky_rc ky_db_clock_set_reckoned(struct ky_store *s, const char *dossier_id, bool confirmed, int64_t calendar);
ky_rc ky_db_clock_set_ended(struct ky_store *s, const char *dossier_id, int64_t now);
/* Open ones that were reckoned after fewer confirmations than `calendar`, at most limit. */
ky_rc ky_db_clock_list_stale(struct ky_db_clock **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                             int64_t calendar, int64_t limit);

/* KY_EEXIST: the last one is open. */
ky_rc ky_db_pause_begin(struct ky_store *s, const char *dossier_id, int64_t from, int64_t answer_by);
/* KY_ENOTFOUND: none is open. */
ky_rc ky_db_pause_end(struct ky_store *s, const char *dossier_id, int64_t to);
ky_rc ky_db_pause_list(struct ky_db_pause **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                       const char *dossier_id);

/* In place of the one of that kind. */
ky_rc ky_db_timer_set(struct ky_store *s, const char *dossier_id, const char *kind, int64_t at);
/* KY_ENOTFOUND: it is gone, or at another moment. */
ky_rc ky_db_timer_take(struct ky_store *s, const struct ky_db_timer *t);
/* To another moment; nothing happens to one that is gone or was set anew since. */
ky_rc ky_db_timer_postpone(struct ky_store *s, const struct ky_db_timer *t, int64_t at);
ky_rc ky_db_timer_delete(struct ky_store *s, const char *dossier_id, const char *kind);
/* What was due longest first. */
ky_rc ky_db_timer_list_due(struct ky_db_timer **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           int64_t now, int64_t limit);

#endif
