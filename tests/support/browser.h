/*
 * A browser for tests of log-in: keeps the two cookies, sends what our pages
 * send, may hold a certificate. A test changes members to play a thief or a
 * foreign page. The server's certificate is not looked at.
 */
#ifndef KY_TESTS_SUPPORT_BROWSER_H
#define KY_TESTS_SUPPORT_BROWSER_H

#include "codec/json.h"

#define BROWSER_COOKIE_MAX 100

struct browser {
    unsigned port;
    const char *origin;     /* of the page that asks; NULL: the header is not sent */
    bool page;              /* sends X-Kyso-Page */
    const char *cert, *key; /* PEM files; NULL: none */
    const char *from;       /* source address on loopback; NULL: any */
    const char *token;      /* bearer; NULL: none */
    char session[BROWSER_COOKIE_MAX], login[BROWSER_COOKIE_MAX]; /* "": none */
    /* of the last answer */
    char set_cookie[400]; /* the last line of that name */
    char location[400], retry_after[16];
    char error[64]; /* member "error" of a refusal */
};

/* GET and DELETE when taken_body is NULL. The status, 0: no answer. *answer may be NULL, else it is the caller's. */
long browser_call(struct browser *b, json_t **answer, const char *method, unsigned port, json_t *taken_body,
                  const char *path_fmt, ...) KY_PRINTF(6, 7);

#endif
