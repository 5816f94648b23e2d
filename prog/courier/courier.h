/*
 * kyso-courier: sends what people must get, does what happens to dossiers at its time, keeps the CRL fresh and removes
 * what has expired. It reads
 * the letters that sam sealed to it and the service's own outbox; whom a letter goes
 * to and what it says comes from the opened letter; from the database only whom the organisation's people may ask, a name
 * and a telephone number (domain/support.h).
 */
#ifndef KY_PROG_COURIER_COURIER_H
#define KY_PROG_COURIER_COURIER_H

#include <stdatomic.h>

#include "domain/clock_timer.h"
#include "domain/founding.h"
#include "domain/letter.h"
#include "domain/letter_book.h"
#include "domain/message.h"
#include "domain/outbox.h"
#include "domain/sms_quota.h"
#include "domain/support.h"
#include "os/ipc_pool.h"

#define COURIER_ROUND_MS 250 /* between two looks at what is due */
#define COURIER_LETTERS 50   /* of one round */
#define COURIER_SEND_S 8     /* for one mail; shorter than kysod's patience at the end */
#define COURIER_ASK_CA_MS 5000
#define COURIER_ASK_SAM_MS 30000 /* for the data key, at start */

struct courier {
    struct ky_db *db;
    struct ky_founding *founding;
    uint8_t key[KY_X25519_SIZE]; /* private; the public one is in the founding record */
    struct ky_personal personal;
    struct ky_notices *templates;
    struct ky_legal_book legal;
    struct ky_registration registration;              /* the rules, with what this process has */
    struct ky_notifier *folder, *smtp, *kannel;       /* owned; NULL: the folder takes that too */
    struct ky_notifier *by_channel[KY_CHANNEL_COUNT]; /* some of these */
    struct ky_letter_book book;
    struct ky_sms_quota quota;
    struct ky_ipc_pool *ca, *sam;
    struct ky_child *child; /* borrowed; starts parse processes */
    const char *bounces;    /* maildir; "": none */
    ky_time bounces_next;   /* when to look into it again */
    ky_time crl_next;       /* when to look at the CRL again */
    ky_time purge_next;     /* when to look for expired tokens again */
    atomic_bool stop;
};

/* Sends the letters that are due. Errors: of the database; what happens to a letter is in the log. */
ky_rc courier_letters(struct courier *c, ky_time now);
/* The notice that a letter becomes. */
ky_rc courier_compose(struct ky_notice *out, const struct courier *c, const struct ky_letter *letter,
                      const struct ky_support *support);
/* Has ca sign a new CRL when the stored one is older than half its life. KY_EBUSY: ca is not there. */
ky_rc courier_crl(struct courier *c, ky_time now);
/* Warns of limits, lapses dossiers, reckons deadlines anew after a list of working days is confirmed: what is due. */
ky_rc courier_clocks(struct courier *c, ky_time now);
/* Warns of certificates that end soon: what is due of them, then a digest for each organisation. */
ky_rc courier_expiries(struct courier *c, ky_time now);
/* Reads what came back into the maildir of bounces. Errors: of the folder, the store; a mail that says nothing is set aside. */
ky_rc courier_bounces(struct courier *c, ky_time now);
/* Removes what was read there more than 30 days ago. */
ky_rc courier_bounces_purge(const struct courier *c, ky_time now);
/* Once an hour: removes expired bearer tokens of staff and clients from the database. */
ky_rc courier_purge(struct courier *c, ky_time now);

#endif
