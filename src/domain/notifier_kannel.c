/*
 * SMS through the sendsms service of Kannel's smsbox (Kannel User Guide 1.4.5, "Using HTTP interface to SMS"), by
 * libcurl; see notifier.h. The POST form: number, text and password stand in no URL and so in no log of either side.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "domain/notifier.h"

#define TIMEOUT_MAX_S 600
#define CONNECT_TIMEOUT_S 10L
#define REPLY_MAX 256
#define HEADER_MAX 2048
#define URL_MAX 1024
#define ACCEPTED_BELOW 300

struct kannel_notifier {
    struct ky_notifier base;
    char *url, *user, *password, *from, *dlr_url; /* owned */
    int64_t dlr_mask;
    long timeout_s;
};

/* One request while it is made. */
struct posting {
    CURL *curl;
    struct curl_slist *headers;
    char reply[REPLY_MAX]; /* its beginning */
    size_t reply_n;
    bool failed; /* a header could not be added */
};

static void clear_posting(struct posting *p)
{
    for (struct curl_slist *h = p->headers; h != NULL; h = h->next)
        ky_wipe(h->data, strlen(h->data));
    curl_slist_free_all(p->headers);
    curl_easy_cleanup(p->curl);
}

static void kannel_close(struct ky_notifier *n)
{
    struct kannel_notifier *k = (struct kannel_notifier *)n;
    if (k->password != NULL)
        ky_wipe(k->password, strlen(k->password));
    char *texts[] = {k->url, k->user, k->password, k->from, k->dlr_url};
    for (size_t i = 0; i < KY_COUNT(texts); i++)
        free(texts[i]);
    free(k);
}

/* Keeps the beginning of the answer, fit for a log: one line, and no digits, which may be the receiver's number. */
static size_t read_reply(char *from, size_t size, size_t count, void *ctx)
{
    struct posting *p = ctx;
    size_t n = size * count;
    for (size_t i = 0; i < n && p->reply_n < REPLY_MAX - 1; i++) {
        char c = from[i];
        p->reply[p->reply_n++] = (char)(c >= '0' && c <= '9' ? '#' : c < ' ' || c > '~' ? ' ' : c);
    }
    return n;
}

static void add_header(struct posting *p, const char *name, const char *value)
{
    char line[HEADER_MAX];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = n < (int)sizeof line ? curl_slist_append(p->headers, line) : NULL;
    ky_wipe(line, sizeof line);
    if (longer == NULL)
        p->failed = true;
    else
        p->headers = longer;
}

/* Where the delivery report goes; {id} in the address becomes the message's. */
static ky_rc add_report(struct posting *p, const struct kannel_notifier *k, const char *id)
{
    char mask[24];
    ky_auto_buf url = ky_buf_init(URL_MAX);
    const struct ky_place places[] = {{"id", id}};
    if (k->dlr_mask == 0)
        return KY_OK;
    KY_TRY(ky_context(ky_template_fill(&url, ky_bytes_str(k->dlr_url), places, KY_COUNT(places)),
                      "kannel_dlr_url"));
    snprintf(mask, sizeof mask, "%lld", (long long)k->dlr_mask);
    add_header(p, "X-Kannel-DLR-Mask", mask);
    add_header(p, "X-Kannel-DLR-Url", ky_buf_str(&url));
    return KY_OK;
}

static ky_rc add_headers(struct posting *p, const struct kannel_notifier *k, const struct ky_notice *notice,
                         const char *id)
{
    add_header(p, "X-Kannel-Username", k->user);
    add_header(p, "X-Kannel-Password", k->password);
    add_header(p, "X-Kannel-To", notice->address);
    if (k->from[0] != 0)
        add_header(p, "X-Kannel-From", k->from);
    add_header(p, "X-Kannel-Coding", "0"); /* GSM 7-bit */
    add_header(p, "Content-Type", "text/plain; charset=UTF-8");
    KY_TRY(add_report(p, k, id));
    return p->failed ? ky_fail(KY_ENOMEM, "SMS") : KY_OK;
}

static void configure(struct posting *p, const struct kannel_notifier *k, struct ky_bytes text)
{
    curl_easy_setopt(p->curl, CURLOPT_URL, k->url);
    curl_easy_setopt(p->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, (const char *)text.p);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE, (long)text.n);
    curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, read_reply);
    curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(p->curl, CURLOPT_TIMEOUT, k->timeout_s);
    curl_easy_setopt(p->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(p->curl, CURLOPT_NOPROXY, "*");
}

/*
 * Taken: 202 (at once or queued). What is wrong with this message (4xx) stays wrong; what is wrong with our account
 * (401, 403 "Authorization failed"), the gateway or the way to it passes.
 */
static ky_rc judge(const struct posting *p, CURLcode code, const char *url)
{
    long status = 0;
    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return ky_fail(KY_EBUSY, "SMS: %s: %s", url, curl_easy_strerror(code));
    if (status >= 200 && status < ACCEPTED_BELOW)
        return KY_OK;
    bool account = status == 401 || strncmp(p->reply, "Authorization failed", 20) == 0;
    bool message = status >= 400 && status < 500 && status != 408 && status != 429 && !account;
    return ky_fail(message ? KY_EDENIED : KY_EBUSY, "SMS: %s: HTTP %ld: %s", url, status, p->reply);
}

static ky_rc kannel_send(struct ky_notifier *n, const struct ky_notice *notice, const char *id, ky_time now)
{
    const struct kannel_notifier *k = (const struct kannel_notifier *)n;
    KY_CLEANUP(clear_posting) struct posting p = {.curl = curl_easy_init()};
    (void)now;
    if (p.curl == NULL)
        return ky_fail(KY_ENOMEM, "SMS");
    KY_TRY(add_headers(&p, k, notice, id));
    configure(&p, k, ky_buf_bytes(&notice->body));
    return judge(&p, curl_easy_perform(p.curl), k->url);
}

static const struct ky_notifier_ops kannel_ops = {
    .name = "kannel", .send = kannel_send, .close = kannel_close};

/* Nothing in it may end a header line. */
static ky_rc check_text(const char *what, const char *text)
{
    for (const char *c = text; *c != 0; c++)
        if (*c < ' ' || *c > '~')
            return ky_fail(KY_EINVAL, "SMS: %s has a character that no HTTP header takes", what);
    return KY_OK;
}

static ky_rc check_config(const struct ky_kannel_config *c)
{
    if (c->timeout_s < 1 || c->timeout_s > TIMEOUT_MAX_S)
        return ky_fail(KY_EINVAL, "SMS: timeout %ld s is not within 1..%d", c->timeout_s, TIMEOUT_MAX_S);
    if (c->url[0] == 0 || c->user[0] == 0 || c->password[0] == 0)
        return ky_fail(KY_EINVAL, "SMS: kannel_url, kannel_user and kannel_password_file are needed");
    if ((c->dlr_mask != 0) != (c->dlr_url[0] != 0))
        return ky_fail(KY_EINVAL, "SMS: kannel_dlr_mask and kannel_dlr_url belong together");
    KY_TRY(check_text("kannel_user", c->user));
    KY_TRY(check_text("the password", c->password));
    KY_TRY(check_text("kannel_from", c->from));
    return check_text("kannel_dlr_url", c->dlr_url);
}

ky_rc ky_notifier_open_kannel(struct ky_notifier **out, const struct ky_kannel_config *c)
{
    KY_TRY(check_config(c));
    struct kannel_notifier *k = calloc(1, sizeof *k);
    if (k == NULL)
        return ky_fail(KY_ENOMEM, "SMS");
    *k = (struct kannel_notifier){.base = {&kannel_ops, 1u << KY_CHANNEL_SMS},
                                  .url = strdup(c->url),
                                  .user = strdup(c->user),
                                  .password = strdup(c->password),
                                  .from = strdup(c->from),
                                  .dlr_url = strdup(c->dlr_url),
                                  .dlr_mask = c->dlr_mask,
                                  .timeout_s = c->timeout_s};
    if (k->url == NULL || k->user == NULL || k->password == NULL || k->from == NULL || k->dlr_url == NULL) {
        kannel_close(&k->base);
        return ky_fail(KY_ENOMEM, "SMS");
    }
    *out = &k->base;
    return KY_OK;
}
