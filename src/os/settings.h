/*
 * What etc/kyso.conf says, section by section. kysod reads all of it; each child reads the sections of its
 * role, which is all that it is sent. The tables are in settings.c: a new item is one line there and one here.
 */
#ifndef KY_OS_SETTINGS_H
#define KY_OS_SETTINGS_H

#include "os/conf.h"
#include "os/role.h"

/* [kyso] */
struct ky_settings_kyso {
    const char *state_dir;   /* holds a folder for each kind of process */
    const char *pid_file;    /* "": none */
    const char *status_file; /* "": STATE_DIR/kysod.status */
    int64_t start_timeout_s; /* from start to ready, each process */
    int64_t stop_timeout_s;  /* from STOP to SIGKILL */
};

/* [store] */
struct ky_settings_store {
    const char *path; /* SQLite file; "": STATE_DIR/store/kyso.db */
};

/* [sam] and [ca] */
struct ky_settings_key {
    const char *program; /* "": next to kysod */
    const char *user;    /* "": as kysod */
    int64_t workers;
    const char *module;                               /* PKCS#11 library */
    const char *module_env;                           /* NAME=VALUE for it; "": none */
    const char *token;                                /* label */
    const char *pin_file;                             /* "": STATE_DIR/SECTION/pin */
    int64_t ocsp_minutes, crl_hours, tsa_accuracy_ms; /* [ca] only */
    int64_t
        overdue_hours; /* [ca] only: a request for revocation left unanswered so long is executed; 0: never */
};

/* [web] */
struct ky_settings_web {
    const char *program, *user; /* as above */
    const char *address;        /* to listen on */
    int64_t https_port, http_port;
    int64_t login_port;     /* where certificates are asked for; 0: nowhere */
    const char *origin;     /* of the portal's pages, as browsers see it */
    const char *token_cas;  /* PEM; CAs of tokens beside those of the founding record; "": none */
    const char *token_crls; /* folder of their lists; "": STATE_DIR/web/token-crls */
    int64_t session_idle_minutes, session_hours;
    const char *tls_cert, *tls_key; /* PEM; "": STATE_DIR/web/tls.{crt,key} */
    int64_t threads;
    int64_t connections;             /* at once, each port */
    int64_t connections_per_address; /* of these; 0: no limit */
    int64_t idle_s;
    const char *pages;     /* folder of static pages; "": none */
    const char *portal;    /* folder of the portal as built; "": none */
    const char *legal;     /* folder of legal profiles; "": those that came with the program */
    const char *templates; /* folder of notices; "": those that came with the program */
};

/* [courier] */
struct ky_settings_courier {
    const char *program, *user; /* as above */
    const char *driver;         /* "outbox" or "smtp" */
    const char *outbox_dir;     /* "": STATE_DIR/courier/outbox */
    const char *smtp_url, *smtp_user, *smtp_password_file, *smtp_from;
    const char *bounces;    /* maildir that what comes back is delivered to; "": none */
    const char *sms_driver; /* "outbox" or "kannel" */
    const char *kannel_url, *kannel_user, *kannel_password_file, *kannel_from;
    int64_t kannel_dlr_mask; /* 0: no delivery reports */
    const char *kannel_dlr_url;
    const char *templates; /* folder; "": those that came with the program */
    const char *legal;     /* folder of legal profiles; "": those that came with the program */
};

/* [clocks] */
struct ky_settings_clocks {
    int64_t warn_first, warn_second;         /* percent of a limit */
    int64_t addition_days;                   /* working days to answer a request for additions */
    int64_t addition_notice_days;            /* so many working days before that ends: a reminder */
    const char *oncall_email, *oncall_phone; /* with commas; paged about revocations; "": nobody */
};

/* [parse] */
struct ky_settings_parse {
    const char *program, *user; /* as above */
    int64_t processes;          /* at once */
    int64_t memory_mb;
    int64_t cpu_s;
};

struct ky_settings {
    struct ky_settings_kyso kyso;
    struct ky_settings_store store;
    struct ky_settings_key sam, ca;
    struct ky_settings_web web;
    struct ky_settings_courier courier;
    struct ky_settings_clocks clocks;
    struct ky_settings_parse parse;
};

/* The whole file (role: supervisor) or the slice that a role gets; texts live in arena. Errors as ky_conf_parse. */
ky_rc ky_settings_load(struct ky_settings *out, struct ky_arena *arena, ky_role role, const char *origin,
                       struct ky_bytes text);
/* The sections that a role is sent; ends with NULL. */
const char *const *ky_settings_sections(ky_role role);
/* The text of etc/kyso.conf. */
void ky_settings_sample(struct ky_buf *out);

#endif
