/* Mail by SMTP through libcurl; see notifier.h. */
#include "domain/notifier.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"

#define TIMEOUT_MAX_S 600
#define CONNECT_TIMEOUT_S 20L

struct smtp_notifier {
    struct ky_notifier base;
    char *url, *user, *password, *ca_file, *address, *name; /* owned */
    const struct ky_personal *bounces;
    bool tls_required;
    long timeout_s;
};

KY_DEFINE_CLEANUP(CURL, curl_easy_cleanup)
KY_DEFINE_CLEANUP(struct curl_slist, curl_slist_free_all)

/* What libcurl reads the message from. */
struct upload {
    struct ky_bytes left;
};

static size_t read_upload(char *to, size_t size, size_t count, void *ctx)
{
    struct upload *u = ctx;
    size_t room = size * count, n = u->left.n < room ? u->left.n : room;
    memcpy(to, u->left.p, n);
    u->left = KY_BYTES(u->left.p + n, u->left.n - n);
    return n;
}

static void smtp_close(struct ky_notifier *n)
{
    struct smtp_notifier *s = (struct smtp_notifier *)n;
    if (s->password != NULL)
        ky_wipe(s->password, strlen(s->password));
    char *texts[] = {s->url, s->user, s->password, s->ca_file, s->address, s->name};
    for (size_t i = 0; i < KY_COUNT(texts); i++)
        free(texts[i]);
    free(s);
}

/* 4xx and a server that cannot be reached pass; 5xx to the recipient stays so (RFC 5321 §4.2.1). */
static ky_rc map_failure(CURL *curl, CURLcode code, const char *url)
{
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    ky_rc rc = reply >= 500 && code != CURLE_LOGIN_DENIED ? KY_EDENIED : KY_EBUSY;
    return ky_fail(rc, "mail: %s: %s (reply %ld)", url, curl_easy_strerror(code), reply);
}

static void configure(CURL *curl, const struct smtp_notifier *s, const char *sender, struct curl_slist *to,
                      struct upload *upload)
{
    curl_easy_setopt(curl, CURLOPT_URL, s->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, s->tls_required ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, upload);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, s->timeout_s);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    if (s->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, s->ca_file);
    if (s->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, s->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, s->password == NULL ? "" : s->password);
    }
}

/* Where it goes back to: an address of this message's own. */
static ky_rc make_sender(char out[KY_BOUNCE_ADDRESS_MAX], const struct smtp_notifier *s, const char *id)
{
    if (s->bounces != NULL)
        return ky_bounce_address(out, s->bounces, id, s->address);
    return snprintf(out, KY_BOUNCE_ADDRESS_MAX, "%s", s->address) < KY_BOUNCE_ADDRESS_MAX
               ? KY_OK
               : ky_fail(KY_EINVAL, "mail: the sender's address is too long");
}

static ky_rc smtp_send(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now)
{
    const struct smtp_notifier *s = (const struct smtp_notifier *)n;
    char sender[KY_BOUNCE_ADDRESS_MAX];
    struct ky_mail_sender from = {s->address, s->name};
    KY_TRY(make_sender(sender, s, id));
    ky_auto_buf mail = ky_buf_init_secret(KY_MAIL_MAX);
    KY_TRY(ky_mime_encode(&mail, notice, &from, id, now));
    KY_CLEANUP(curl_easy_cleanupp) CURL *curl = curl_easy_init();
    KY_CLEANUP(curl_slist_free_allp) struct curl_slist *to = curl_slist_append(NULL, notice->address);
    if (curl == NULL || to == NULL)
        return ky_fail(KY_ENOMEM, "mail");
    struct upload upload = {ky_buf_bytes(&mail)};
    configure(curl, s, sender, to, &upload);
    CURLcode code = curl_easy_perform(curl);
    return code == CURLE_OK ? KY_OK : map_failure(curl, code, s->url);
}

static const struct ky_notifier_ops smtp_ops = {.name = "smtp", .send = smtp_send, .close = smtp_close};

/* NULL stays NULL; *ok turns false when memory is out. */
static char *copy(const char *text, bool *ok)
{
    char *c = text == NULL ? NULL : strdup(text);
    *ok = *ok && (text == NULL || c != NULL);
    return c;
}

ky_rc ky_notifier_open_smtp(struct ky_notifier **out, const struct ky_smtp_config *c)
{
    if (c->timeout_s < 1 || c->timeout_s > TIMEOUT_MAX_S)
        return ky_fail(KY_EINVAL, "mail: timeout %ld s is not within 1..%d", c->timeout_s, TIMEOUT_MAX_S);
    struct smtp_notifier *s = calloc(1, sizeof *s);
    bool ok = s != NULL;
    if (!ok)
        return ky_fail(KY_ENOMEM, "mail");
    *s = (struct smtp_notifier){.base = {&smtp_ops, 1u << KY_CHANNEL_EMAIL},
                                .url = copy(c->url, &ok),
                                .user = copy(c->user, &ok),
                                .password = copy(c->password, &ok),
                                .ca_file = copy(c->ca_file, &ok),
                                .address = copy(c->from.address, &ok),
                                .name = copy(c->from.name, &ok),
                                .bounces = c->bounces,
                                .tls_required = c->tls_required,
                                .timeout_s = c->timeout_s};
    if (!ok) {
        smtp_close(&s->base);
        return ky_fail(KY_ENOMEM, "mail");
    }
    *out = &s->base;
    return KY_OK;
}
