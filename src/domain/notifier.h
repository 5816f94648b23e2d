/* How a notice leaves the house: SMTP, Kannel, or files in a folder for demonstrations and gateways that poll. */
#ifndef KY_DOMAIN_NOTIFIER_H
#define KY_DOMAIN_NOTIFIER_H

#include "domain/bounce.h"
#include "domain/mime.h"

struct ky_notifier;

struct ky_notifier_ops {
    const char *name;
    /* id as ky_mime_encode. KY_EBUSY: try again later; KY_EDENIED: this one will never be taken; KY_EIO. */
    ky_rc (*send)(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now);
    void (*close)(struct ky_notifier *n);
};

struct ky_notifier {
    const struct ky_notifier_ops *ops;
    unsigned channels; /* bits 1 << ky_channel that it takes */
};

/* KY_EINVAL: not one of its channels. */
ky_rc ky_notifier_send(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now);
void ky_notifier_close(struct ky_notifier *n); /* NULL is fine */
KY_DEFINE_CLEANUP(struct ky_notifier, ky_notifier_close)
#define ky_auto_notifier KY_CLEANUP(ky_notifier_closep) struct ky_notifier *

/*
 * Writes <id>.eml (a whole mail) and <id>.sms.json ({"to","text","time"}) into a folder, each at once under its name:
 * who reads never sees half a file. The folder is made when absent, mode 0700.
 */
ky_rc ky_notifier_open_folder(struct ky_notifier **out, const char *folder,
                              const struct ky_mail_sender *from);

struct ky_smtp_config {
    const char
        *url; /* "smtp://host:25", "smtps://host:465"; an smtp server that offers STARTTLS is asked for it */
    const char *user;     /* or NULL: no login */
    const char *password; /* or NULL */
    const char *ca_file;  /* PEM of the server's authority, or NULL: the system's */
    bool tls_required;    /* no plain text, ever */
    long timeout_s;       /* of one mail, 1..600 */
    struct ky_mail_sender from;
    const struct ky_personal
        *bounces; /* borrowed; makes the envelope's sender (domain/bounce.h); NULL: from.address */
};
/* The texts are copied. Mail only. */
ky_rc ky_notifier_open_smtp(struct ky_notifier **out, const struct ky_smtp_config *config);

struct ky_kannel_config {
    const char *url;      /* of sendsms: "http://host:13013/cgi-bin/sendsms" */
    const char *user;     /* of the group sendsms-user */
    const char *password; /* of the same */
    const char *from;     /* sender; "": what the smsbox says */
    int64_t dlr_mask;     /* which delivery reports Kannel sends to dlr_url; 0: none */
    const char *dlr_url;  /* "": none; {id} becomes the message's, Kannel fills %d and the like */
    long timeout_s;       /* of one SMS, 1..600 */
};
/*
 * The texts are copied. SMS only, in the GSM 7-bit alphabet. Sending: KY_EDENIED when the gateway refuses this message,
 * KY_EBUSY when it refuses our account, is busy or cannot be reached (test: tests/process/mail/run).
 * KY_EINVAL: something needed is missing, or has a character that a header cannot have.
 */
ky_rc ky_notifier_open_kannel(struct ky_notifier **out, const struct ky_kannel_config *config);

#endif
