/*
 * What the web process has in its hands, passed to every handler: the
 * database, the way to the key processes, personal data's keys, the founding record.
 */
#ifndef KY_WEB_WEB_H
#define KY_WEB_WEB_H

#include <stdatomic.h>

#include "domain/founding.h"
#include "domain/legal.h"
#include "domain/login.h"
#include "domain/message.h"
#include "domain/nonce.h"
#include "domain/notice.h"
#include "domain/personal.h"
#include "os/child.h"
#include "os/ipc_pool.h"
#include "os/settings.h"
#include "store/db.h"
#include "web/route.h"

#define KY_WEB_PATH_MAX 512
#define KY_WEB_CALL_MS 30000 /* a key process answers within */

struct ky_evidence;
struct ky_pipeline;
struct ky_portal;
struct ky_throttle;
struct ky_web_forms;

struct ky_web {
    struct ky_db *db;
    struct ky_ipc_pool *sam, *ca;
    const char *state_dir;    /* borrowed; root.crl lies in its folder public */
    const char *pages;        /* borrowed; folder of static pages, "": none */
    struct ky_portal *portal; /* the application's pages; NULL: none */
    struct ky_child *child;   /* borrowed: where parse processes come from */
    struct ky_personal personal;
    struct ky_legal_book legal;
    struct ky_notices *notices;
    const struct ky_settings_clocks *clocks; /* borrowed */
    struct ky_founding *founding;
    struct ky_buf founding_json;
    struct ky_buf openapi;                     /* the description of this API, YAML */
    struct ky_buf people_xlsx, people_csv;     /* the empty list of people, to download */
    struct ky_web_forms *forms;                /* the blank forms, to download */
    struct ky_throttle *lookups, *validations; /* of strangers */
    struct ky_throttle *visits;                /* by one-time addresses */
    atomic_int validating;                     /* documents of strangers, now */
    atomic_int exporting;                      /* tables on their way out, now */
    struct ky_pipeline *pipeline;              /* issuance in the background */
    struct ky_login login;                     /* its texts are borrowed */
    struct ky_evidence *token_cas;             /* who may issue certificates for log-in */
    const char *token_crls;                    /* borrowed; folder of their lists */
    uint16_t login_port;                       /* 0: no log-in with certificates */
};

/*
 * Asks a key process: the request's fields, the answer's bytes. Never inside a database transaction.
 * Errors: what it refused, with its text; KY_EBUSY none is free or no answer came; KY_ETOKEN; KY_EIO lost on the way: it
 * may or may not have acted.
 */
ky_rc ky_web_sam(struct ky_web *w, uint16_t type, const struct ky_bytes *fields, size_t count,
                 struct ky_buf *reply);
ky_rc ky_web_ca(struct ky_web *w, uint16_t type, const struct ky_bytes *fields, size_t count,
                struct ky_buf *reply);
/* By the message's number. */
ky_rc ky_web_ask(struct ky_web *w, ky_process process, uint16_t type, const struct ky_bytes *fields,
                 size_t count, struct ky_buf *reply);

/* A nonce of that process. */
ky_rc ky_web_nonce(uint8_t out[KY_NONCE_SIZE], struct ky_web *w, ky_process process, ky_nonce_kind kind);
/* HMAC by sam of an identity number, as hex64. */
ky_rc ky_web_owner(char out[2 * KY_OWNER_SIZE + 1], struct ky_web *w, struct ky_bytes identity);

/* Asks sam for the data key, from which the keys of personal data are made; once, at start. */
ky_rc ky_web_load_data_key(struct ky_web *w);
/* Asks sam for the founding record and keeps it; once, at start. */
ky_rc ky_web_load_founding(struct ky_web *w);
/* Everything it owns except child and pipeline. */
void ky_web_clear(struct ky_web *w);

#endif
