/*
 * The route table: what may be asked for, by whom, how long it may be, and who
 * answers. Everything else is refused before a byte of the body is read.
 */
#ifndef KY_WEB_ROUTE_H
#define KY_WEB_ROUTE_H

#include "store/scope.h"
#include "web/exchange.h"

struct ky_web;

/* Which dialect errors are told in, and whether pages of another origin may ask. */
typedef enum ky_route_family {
    KY_FAMILY_PORTAL,  /* {error, error_description, vi} */
    KY_FAMILY_APPROVE, /* the same; CORS for the approval app's origin and no other */
    KY_FAMILY_CSC,     /* {error, error_description} by the CSC API */
    KY_FAMILY_PKI,     /* plain text: OCSP, CRL, certificates, time stamps */
} ky_route_family;

typedef enum ky_route_body {
    KY_BODY_NONE,
    KY_BODY_JSON, /* parsed into x->json, an object */
    KY_BODY_RAW,  /* as `type` says */
} ky_route_body;

/* Who may, beside the roles of staff (domain/org.h): a program with an access token (CSC). */
#define KY_MAY_CLIENT 0x100u
/* … and a signing program with a one-time address: the secret is the first {} (web/visit.h) */
#define KY_MAY_VISIT 0x1000u
#define KY_MAY_STAFF (KY_STAFF_OF_ORG | KY_STAFF_OF_AUTHORITY)
#define KY_MAY_OFFICER (KY_STAFF_RECEIVE | KY_STAFF_EXAMINE | KY_STAFF_APPROVE)

/* What is asked for beside the role. */
#define KY_ROUTE_PAGE 1u    /* only our own pages may ask: for routes that set cookies without a session */
#define KY_ROUTE_SESSION 2u /* a session; a token does not do */
#define KY_ROUTE_FRESH 4u   /* a session whose key was used in the last five minutes; tokens are as ever */

typedef ky_rc ky_web_handler(struct ky_web *web, struct ky_exchange *x);

struct ky_route {
    const char *method,
        *path; /* a {} stands for one path segment; {*} at the end for all the rest; {page} for
                                  any rest, also none, with which no interface begins */
    ky_route_family family;
    unsigned roles; /* who may: any of these; 0: everyone */
    unsigned demands;
    ky_object
        object; /* what the first {} is the id of: to be in the actor's scope, or there is nothing here */
    ky_route_body body;
    const char *type; /* of a raw body */
    size_t max_body;  /* bytes */
    ky_web_handler *handle;
};

/* The object that the address names is in the actor's scope. KY_ENOTFOUND: another's, or none; the same text for both. */
ky_rc ky_route_check_object(struct ky_store *s, struct ky_exchange *x);

/*
 * ky_route_find — the line for this method and path; fills x->route and x->params. The first path that fits is the
 * address: a later line with a {} in its place is not looked at for another method.
 *
 * HEAD is GET; OPTIONS finds the preflight of a path of the approval API.
 * Errors: KY_ENOTFOUND no such path (x->route then NULL); KY_EDENIED not with this method (x->route is one of that path);
 * then 405 with Allow is written as the answer, and 501 for a method of CSC that is not offered.
 */
ky_rc ky_route_find(struct ky_exchange *x, const struct ky_route *routes, size_t count);

#endif
