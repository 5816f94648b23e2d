/*
 * Log-in and step-up. In the browser one begins (a cookie and a challenge), is
 * proved with a passkey, or with a certificate at the port that asks for one,
 * which gives a code; and ends with a session. Every step is for the browser
 * that began, and works once. No step knows a password.
 *
 * All of these run inside a write transaction. A refusal is a verdict, not a
 * failure: what was counted and used up must stay.
 */
#ifndef KY_DOMAIN_LOGIN_H
#define KY_DOMAIN_LOGIN_H

#include "crypto/webauthn.h"
#include "domain/login_notice.h"
#include "domain/session.h"

#define KY_LOGIN_START_LIFE (5 * KY_MINUTE)
#define KY_LOGIN_CODE_LIFE 30            /* seconds */
#define KY_LOGIN_STARTS_PER_ADDRESS 1000 /* begun and not ended */
#define KY_LOGIN_CHALLENGE 32
#define KY_LOGIN_START_NAME (2 * KY_BEARER_HASH + 1)
#define KY_LOGIN_HOST_MAX 254

/* web/login_refusal has the code and the sentence of each. */
typedef enum ky_login_verdict {
    KY_LOGIN_GOOD,
    KY_LOGIN_NO_START,         /* not begun in this browser, too long ago, or used already */
    KY_LOGIN_BAD_CODE,         /* unknown, older than 30 s, used, or of another browser */
    KY_LOGIN_UNKNOWN_KEY,      /* nobody has registered this certificate or passkey */
    KY_LOGIN_BAD_ASSERTION,    /* the passkey's answer is wrong */
    KY_LOGIN_OTHER_IDENTITY,   /* step-up with another key than the session came from */
    KY_LOGIN_CLOSED,           /* the person no longer works here */
    KY_LOGIN_LOCKED,           /* after failures; see until */
    KY_LOGIN_BAD_INVITATION,   /* unknown, older than 7 days, or used */
    KY_LOGIN_BAD_REGISTRATION, /* the new passkey's answer is wrong */
    KY_LOGIN_KEY_TAKEN,        /* registered already */
    KY_LOGIN_TOO_MANY_KEYS,
    KY_LOGIN_LAST_KEY, /* there would be no way in */
    KY_LOGIN_NO_CERTIFICATE,
    KY_LOGIN_CERT_UNTRUSTED, /* no path to a CA that is known here, or one of our own */
    KY_LOGIN_CERT_UNFIT,     /* key usage */
    KY_LOGIN_CERT_EXPIRED,   /* or not yet valid */
    KY_LOGIN_CERT_REVOKED,
    KY_LOGIN_CERT_NO_EVIDENCE, /* no list or answer of the last 24 h */
    KY_LOGIN_VERDICTS
} ky_login_verdict;

/* What every step needs; borrowed. */
struct ky_login {
    const struct ky_notices *notices;
    const struct ky_personal *personal;
    const char *origin;           /* "https://kyso.example.vn:8443", of the portal's pages */
    char host[KY_LOGIN_HOST_MAX]; /* rpId: the host in it */
    struct ky_session_limits limits;
};
/* origin: https, host, optional port, no path. KY_EFORMAT. */
ky_rc ky_login_init(struct ky_login *out, const char *origin);

struct ky_login_started {
    char cookie[KY_BEARER_TEXT];    /* for the browser that begins */
    char name[KY_LOGIN_START_NAME]; /* its hash in hex: for the address of the other port */
    uint8_t challenge[KY_LOGIN_CHALLENGE];
};
/* session_id: a session to be proved again, or NULL. invitation: its hash, or none. */
ky_rc ky_login_start(struct ky_login_started *out, struct ky_store *s, const char *session_id,
                     struct ky_bytes invitation, const char *address, ky_time now);

/* Who asks, and with what. */
struct ky_login_attempt {
    const struct ky_login *login;
    struct ky_session_place place;
    struct ky_bytes start_cookie;   /* may be empty */
    struct ky_bytes session_cookie; /* may be empty */
    ky_time now;
};

struct ky_login_result {
    ky_login_verdict verdict;
    ky_time until;                 /* KY_LOGIN_LOCKED */
    char cookie[KY_BEARER_TEXT];   /* KY_LOGIN_GOOD: of the session, new */
    char staff_id[KY_NEW_ID_TEXT]; /* "" when not known */
};

struct ky_login_assertion {
    struct ky_bytes credential_id;
    struct ky_bytes user_handle; /* staff id, 16 bytes; may be empty */
    struct ky_webauthn_assertion made;
};
/* The session for a passkey's answer to the challenge that this browser was given. */
ky_rc ky_login_by_passkey(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                          const struct ky_login_assertion *assertion);
/* The session for a code of ky_login_by_certificate. */
ky_rc ky_login_by_code(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                       struct ky_bytes code);

/*
 * The code for a certificate that was used on the other port and judged there (login_certificate.h): judged is its
 * verdict. start_name: ky_login_started.name, as the browser brought it. result.cookie is the code. Refusals are not
 * counted: the handshake has proved the key, there is nothing to guess, and any page can make a browser come here.
 */
ky_rc ky_login_by_certificate(struct ky_login_result *out, struct ky_store *s,
                              const struct ky_login_attempt *by, struct ky_bytes start_name,
                              ky_login_verdict judged, const uint8_t fingerprint[KY_SHA256_SIZE]);

/* Refused, and counted against the address, and the person when known (NULL: not). For steps in other files. */
ky_rc ky_login_refuse(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                      const char *staff_id, ky_login_verdict verdict);
/* A session for that key in place of the one the browser had, with the notice about a new place. */
ky_rc ky_login_enter(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                     const struct ky_db_login_key *key, const struct ky_db_staff *staff);
/* *locked: the address is; *out then says so. */
ky_rc ky_login_check_address(struct ky_login_result *out, bool *locked, struct ky_store *s,
                             const struct ky_login_attempt *by);

/* Begun, codes, invitations, failures, places: what is over. */
ky_rc ky_login_purge(struct ky_store *s, ky_time now);

#endif
