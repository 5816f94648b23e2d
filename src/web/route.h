/*
 * The route table: what may be asked for, by whom, how long it may be, and who
 * answers. Everything else is refused before a byte of the body is read.
 */
#ifndef KY_WEB_ROUTE_H
#define KY_WEB_ROUTE_H

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

typedef enum ky_web_role {
    KY_ROLE_ORG = 1,     /* enters and signs dossiers of the own organisation */
    KY_ROLE_OFFICER = 2, /* receives and decides dossiers of all organisations */
    KY_ROLE_ADMIN = 4,   /* organisations and registry records */
    KY_ROLE_CLIENT = 8,  /* a program with an access token of scope "service" (CSC) */
} ky_web_role;
#define KY_ROLE_STAFF (KY_ROLE_ORG | KY_ROLE_OFFICER | KY_ROLE_ADMIN)

typedef ky_rc ky_web_handler(struct ky_web *web, struct ky_exchange *x);

struct ky_route {
    const char *method, *path; /* a {} stands for one path segment; {*} at the end for all the rest */
    ky_route_family family;
    unsigned roles; /* who may: any of these; 0: everyone */
    ky_route_body body;
    const char *type; /* of a raw body */
    size_t max_body;  /* bytes */
    ky_web_handler *handle;
};

/* Words "org", "officer", "admin" with spaces between; unknown words count for nothing. */
unsigned ky_web_roles(const char *words);

/*
 * ky_route_find — the line for this method and path; fills x->route and x->params.
 *
 * HEAD is GET; OPTIONS finds the preflight of a path of the approval API.
 * Errors: KY_ENOTFOUND no such path (x->route then NULL); KY_EDENIED not with this method (x->route is one of that path)
 */
ky_rc ky_route_find(struct ky_exchange *x, const struct ky_route *routes, size_t count);

#endif
