/*
 * The log-in of kyso-web without its key processes: its two HTTPS ports with
 * the real routes over a database of its own, a token CA with its list, people
 * with certificates and passkeys, and the mails. Time passes by machine_wait.
 */
#ifndef KY_TESTS_LOGIN_WORLD_H
#define KY_TESTS_LOGIN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/notifier.h"
#include "domain/org.h"
#include "tests/support/browser.h"
#include "tests/support/machine.h"
#include "tests/support/people.h"
#include "tests/support/phone.h"
#include "web/server.h"
#include "web/web.h"

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

/* Someone who works here. */
struct colleague {
    char id[KY_NEW_ID_TEXT], token[KY_BEARER_TEXT];
    struct phone phone;   /* a passkey, once registered */
    struct person person; /* a certificate */
    char cert[160], key[160];
};

struct login_world {
    char dir[64];
    struct machine *machine;
    struct ky_web web;
    struct ky_workers *workers;
    struct ky_server *https, *login;
    unsigned port, login_port;
    char origin[64];
    struct token_ca ca;
    struct ky_buf tls_cert, tls_key, client_cas;
    struct colleague admin, clerk;
    struct ky_notifier mailbox;
    char subject[300], body[2000]; /* of the last mail */
    unsigned mails;
};

int login_world_open(void **state);
int login_world_close(void **state);

/* Of the portal's page. */
struct browser login_browser(const struct login_world *w);
/* Delivers what waits; how many mails. The last one is in w. */
unsigned login_mails(struct login_world *w);
/* The list of the token CA, made now; revoked: NULL or someone. */
void login_publish_list(struct login_world *w, const struct person *revoked);
/* DIR/NAME.pem and .key, and b uses them. */
void login_use_certificate(struct login_world *w, struct browser *b, const struct person *p,
                           const char *name);
/* The certificate of c is registered. */
void login_register_certificate(struct login_world *w, struct colleague *c);
/* Closed, as by an administrator. */
void login_close_person(struct login_world *w, const struct colleague *c);

/* Steps of a page; each gives the status. */
long login_start(struct browser *b, const struct login_world *w, char start[80], uint8_t challenge[32]);
/* An answer of that phone to the challenge, as body of POST /session. */
json_t *login_assertion(struct phone *p, const uint8_t challenge[32]);
long login_by_passkey(struct browser *b, const struct login_world *w, struct phone *p);
/* To the other port and back; the code or error of the fragment ("code=…"). */
void login_fetch_code(struct browser *b, const struct login_world *w, const char *start, char fragment[80]);
long login_by_code(struct browser *b, const struct login_world *w, const char *fragment);
long login_by_certificate(struct browser *b, const struct login_world *w);
/* Invites c, takes the secret from the mail. */
void login_invite(struct login_world *w, const struct colleague *c, char secret[64]);
/* Opens the invitation and registers the phone. */
long login_accept(struct browser *b, const struct login_world *w, struct phone *p, const char *secret);
json_t *login_registration(struct phone *p, const uint8_t challenge[32], const char *name);
/* GET /session. */
long login_look(struct browser *b, const struct login_world *w);

#endif
