/*
 * The life of a dossier and of its rows, as tables: from which state which
 * action leads where, and who may take it. Labels are what people are shown.
 */
#ifndef KY_DOMAIN_DOSSIER_STATE_H
#define KY_DOMAIN_DOSSIER_STATE_H

#include "domain/staff.h"

typedef enum ky_dossier_action {
    KY_ACT_PREPARE,    /* draw the document: it waits for its signature */
    KY_ACT_REOPEN,     /* edit again */
    KY_ACT_SUBMIT,     /* signed and sent */
    KY_ACT_RECEIVE,    /* tiếp nhận: the time limit starts */
    KY_ACT_EXAMINE,    /* thẩm định */
    KY_ACT_ASK,        /* yêu cầu bổ sung */
    KY_ACT_SUPPLEMENT, /* answered without a change of the request */
    KY_ACT_APPROVE,    /* phê duyệt: with an authorised `issue` statement */
    KY_ACT_REFUSE,     /* từ chối */
    KY_ACT_WITHDRAW,   /* rút hồ sơ */
    KY_ACT_LAPSE,      /* nothing came in time */
    KY_ACT_ISSUE,      /* every row has its certificate */
    KY_ACT_NOTIFY,     /* account letters are out */
    KY_ACT_COMPLETE,   /* every row is active, revoked or refused */
    KY_ACT_OVERDUE,    /* revoked by itself: nobody answered in time */
    KY_ACT_COUNT,
} ky_dossier_action;

/* What a dossier's clock does in a state. */
typedef enum ky_state_clock {
    KY_CLOCK_NONE, /* of a row, and before the dossier is received */
    KY_CLOCK_RUNS,
    KY_CLOCK_STANDS, /* waits for the organisation */
    KY_CLOCK_ENDS,
} ky_state_clock;

struct ky_state_info {
    const char *id;      /* as stored: "draft" */
    const char *vi, *en; /* labels */
    bool final;
    ky_state_clock clock;
};

/* State of a dossier by its id; NULL for no state. */
const struct ky_state_info *ky_dossier_state_find(const char *id);
const struct ky_state_info *ky_row_state_find(const char *id);
const char *ky_dossier_action_name(ky_dossier_action a); /* "submit" */
/* KY_ENOTFOUND: no such action. */
ky_rc ky_dossier_action_parse(ky_dossier_action *out, const char *name);

/*
 * ky_dossier_next — the state an action leads to.
 *
 * roles: those the person has over this dossier (domain/dossier_right.h).
 * Errors: KY_EDENIED  not in this state, or not by this person; the text says which
 */
ky_rc ky_dossier_next(const char **to, const char *from, ky_dossier_action action, unsigned roles);

/* Is there anybody who may take that action in the state? */
bool ky_dossier_can(const char *from, ky_dossier_action action);
/* May the request be edited in the state? */
bool ky_dossier_is_open(const char *state);
/* The i-th state; NULL after the last. */
const struct ky_state_info *ky_dossier_state_at(size_t i);

/* Actions the person may take now, as a bit set of 1 << ky_dossier_action. */
unsigned ky_dossier_actions(const char *from, unsigned roles);

typedef enum ky_row_action {
    KY_ROW_APPROVE,
    KY_ROW_REFUSE,
    KY_ROW_KEY,      /* key made */
    KY_ROW_ISSUE,    /* certificate stored as good */
    KY_ROW_NOTIFY,   /* account letter written */
    KY_ROW_ACTIVATE, /* first device enrolled, or there was one before */
    KY_ROW_REVOKE,   /* certificate and key have ended: as approved, or before anybody activated them */
    KY_ROW_OVERDUE,  /* the same, by itself */
} ky_row_action;

/* KY_EDENIED: the row is in another state. */
ky_rc ky_row_next(const char **to, const char *from, ky_row_action action);

#endif
