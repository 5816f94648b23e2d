/*
 * What is written to people: a mail or an SMS made from a template file
 * (etc/templates/NAME.email.txt with "Subject: " on its first line, NAME.sms.txt).
 */
#ifndef KY_DOMAIN_NOTICE_H
#define KY_DOMAIN_NOTICE_H

#include "base/buf.h"
#include "base/time.h"
#include "domain/template.h"

#define KY_NOTICE_ADDRESS_MAX 255 /* with the NUL */
#define KY_NOTICE_SUBJECT_MAX 500 /* bytes */
#define KY_NOTICE_BODY_MAX 8000   /* bytes */
#define KY_SMS_MAX 160            /* GSM characters of one SMS */

typedef enum ky_channel { KY_CHANNEL_EMAIL, KY_CHANNEL_SMS, KY_CHANNEL_COUNT } ky_channel;

const char *ky_channel_name(ky_channel c); /* "email", "sms" */
ky_rc ky_channel_parse(ky_channel *out, const char *name);

struct ky_notice {
    ky_channel channel;
    char address[KY_NOTICE_ADDRESS_MAX]; /* mail address, or +84… */
    const char *dossier_id;              /* that it is about; borrowed; NULL: none */
    struct ky_buf subject;               /* empty for SMS */
    struct ky_buf body;                  /* UTF-8 with '\n'; SMS: GSM characters, at most KY_SMS_MAX */
};
#define ky_auto_notice KY_CLEANUP(ky_notice_clear) struct ky_notice
void ky_notice_clear(struct ky_notice *n); /* wipes: there may be a secret in it */

/* A moment as notices tell it: "17:30 ngày 30/11/2026". */
void ky_notice_time(char out[KY_TIME_TEXT_MAX], ky_time t);

/* All templates, read once at start. */
struct ky_notices;
/* KY_ENOTFOUND or KY_EFORMAT naming the file that is missing or wrong. */
ky_rc ky_notices_load(struct ky_notices **out, const char *folder);
void ky_notices_free(struct ky_notices *n);
KY_DEFINE_CLEANUP(struct ky_notices, ky_notices_free)

/* One template as it stands in its file; views into the templates. */
struct ky_notice_template {
    const char *name;
    ky_channel channel;
    struct ky_bytes subject, body; /* subject: of a mail */
};
/* The i-th of them; false: there are no more. */
bool ky_notices_at(struct ky_notice_template *out, const struct ky_notices *n, size_t i);
#define ky_auto_notices KY_CLEANUP(ky_notices_freep) struct ky_notices *

/*
 * ky_notice_make — fill a template. SMS text loses its diacritics.
 *
 * Errors: KY_ENOTFOUND  no such template for the channel
 *         KY_EFORMAT    a place that has no value; an address with characters that end a line or a recipient
 *         KY_ELIMIT     SMS longer than KY_SMS_MAX
 */
ky_rc ky_notice_make(struct ky_notice *out, const struct ky_notices *templates, const char *name,
                     ky_channel channel, const char *address, const struct ky_place *places, size_t n);

#endif
