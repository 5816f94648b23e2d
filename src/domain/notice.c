/* Loading and filling of notices; see notice.h. */
#include "domain/notice.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "domain/vietnamese.h"
#include "os/file.h"

#define TEMPLATE_MAX 16384 /* bytes of a file */
#define SUBJECT_HEAD "Subject: "

static const char *const channel_names[KY_CHANNEL_COUNT] = {"email", "sms"};

/* Every template of the service; all of them must be there. */
static const struct {
    const char *name;
    ky_channel channel;
} known[] = {
    {"activation-mail", KY_CHANNEL_EMAIL},
    {"activation-code", KY_CHANNEL_SMS},
    {"device-notice", KY_CHANNEL_EMAIL},
    {"device-notice", KY_CHANNEL_SMS},
    {"request-sent", KY_CHANNEL_EMAIL},
    {"request-sent", KY_CHANNEL_SMS},
    {"request-received", KY_CHANNEL_EMAIL},
    {"request-received", KY_CHANNEL_SMS},
    {"request-incomplete", KY_CHANNEL_EMAIL},
    {"request-incomplete", KY_CHANNEL_SMS},
    {"request-refused", KY_CHANNEL_EMAIL},
    {"request-refused", KY_CHANNEL_SMS},
    {"request-result", KY_CHANNEL_EMAIL},
    {"request-result", KY_CHANNEL_SMS},
    {"request-lapsed", KY_CHANNEL_EMAIL},
    {"request-lapsed", KY_CHANNEL_SMS},
    {"addition-soon", KY_CHANNEL_EMAIL},
    {"addition-soon", KY_CHANNEL_SMS},
    {"clock-warning", KY_CHANNEL_EMAIL},
    {"clock-overdue", KY_CHANNEL_EMAIL},
    {"clock-arrived", KY_CHANNEL_EMAIL},
    {"clock-oncall", KY_CHANNEL_SMS},
    {"own-request-link", KY_CHANNEL_EMAIL},
    {"clock-oncall-overdue", KY_CHANNEL_SMS},
    {"login-invitation", KY_CHANNEL_EMAIL},
    {"login-key-added", KY_CHANNEL_EMAIL},
    {"login-key-removed", KY_CHANNEL_EMAIL},
    {"login-new-place", KY_CHANNEL_EMAIL},
    {"login-locked", KY_CHANNEL_EMAIL},
    {"request-renewed", KY_CHANNEL_EMAIL},
    {"request-renewed", KY_CHANNEL_SMS},
    {"request-changed", KY_CHANNEL_EMAIL},
    {"request-changed", KY_CHANNEL_SMS},
    {"request-revoked", KY_CHANNEL_EMAIL},
    {"request-revoked", KY_CHANNEL_SMS},
    {"request-revoked-overdue", KY_CHANNEL_EMAIL},
    {"request-revoked-overdue", KY_CHANNEL_SMS},
    {"renewed", KY_CHANNEL_EMAIL},
    {"changed", KY_CHANNEL_EMAIL},
    {"revoked", KY_CHANNEL_EMAIL},
    {"revoked-overdue", KY_CHANNEL_EMAIL},
    {"expiry-subscriber", KY_CHANNEL_EMAIL},
    {"expiry-digest", KY_CHANNEL_EMAIL},
    {"letter-bounced", KY_CHANNEL_EMAIL},
    {"letter-bounced", KY_CHANNEL_SMS},
    {"dossier-message", KY_CHANNEL_EMAIL},
};

struct ky_notices {
    struct ky_buf text[KY_COUNT(known)];
};

const char *ky_channel_name(ky_channel c)
{
    return channel_names[c];
}

ky_rc ky_channel_parse(ky_channel *out, const char *name)
{
    for (ky_channel c = 0; c < KY_CHANNEL_COUNT; c++) {
        if (ky_str_eq(channel_names[c], name)) {
            *out = c;
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "channel is neither email nor sms");
}

void ky_notice_time(char out[KY_TIME_TEXT_MAX], ky_time t)
{
    struct ky_date d = ky_time_split(t + KY_TIME_VN_OFFSET_S);
    snprintf(out, KY_TIME_TEXT_MAX, "%02d:%02d ngày %02d/%02d/%04d", d.hour, d.minute, d.day, d.month,
             d.year);
}

void ky_notice_clear(struct ky_notice *n)
{
    ky_buf_clear(&n->subject);
    ky_buf_clear(&n->body);
}

/* A mail's first line is its subject, the second is empty. */
static ky_rc split_mail(struct ky_bytes *subject, struct ky_bytes *body, struct ky_bytes text)
{
    const size_t head = strlen(SUBJECT_HEAD);
    const uint8_t *end =
        text.n > head && memcmp(text.p, SUBJECT_HEAD, head) == 0 ? memchr(text.p, '\n', text.n) : NULL;
    size_t first = end == NULL ? 0 : (size_t)(end - text.p);
    if (end == NULL || first + 2 > text.n || text.p[first + 1] != '\n')
        return ky_fail(KY_EFORMAT, "template: no line 'Subject: …' followed by an empty one");
    *subject = KY_BYTES(text.p + head, first - head);
    *body = KY_BYTES(text.p + first + 2, text.n - first - 2);
    return KY_OK;
}

static ky_rc load_one(struct ky_buf *text, const char *folder, size_t i)
{
    char path[512];
    struct ky_bytes subject, body;
    snprintf(path, sizeof path, "%s/%s.%s.txt", folder, known[i].name, channel_names[known[i].channel]);
    KY_TRY(ky_file_read(text, path));
    if (!ky_utf8_valid(ky_buf_bytes(text)))
        return ky_fail(KY_EFORMAT, "%s: not UTF-8", path);
    if (known[i].channel == KY_CHANNEL_SMS)
        return KY_OK;
    return ky_context(split_mail(&subject, &body, ky_buf_bytes(text)), "%s", path);
}

ky_rc ky_notices_load(struct ky_notices **out, const char *folder)
{
    ky_auto_notices n = calloc(1, sizeof *n);
    if (n == NULL)
        return ky_fail(KY_ENOMEM, "templates");
    for (size_t i = 0; i < KY_COUNT(known); i++) {
        n->text[i] = ky_buf_init(TEMPLATE_MAX);
        KY_TRY(load_one(&n->text[i], folder, i));
    }
    *out = KY_STEAL(n);
    return KY_OK;
}

void ky_notices_free(struct ky_notices *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < KY_COUNT(known); i++)
        ky_buf_clear(&n->text[i]);
    free(n);
}

bool ky_notices_at(struct ky_notice_template *out, const struct ky_notices *n, size_t i)
{
    if (i >= KY_COUNT(known))
        return false;
    *out = (struct ky_notice_template){
        .name = known[i].name, .channel = known[i].channel, .body = ky_buf_bytes(&n->text[i])};
    return out->channel == KY_CHANNEL_SMS ||
           split_mail(&out->subject, &out->body, ky_buf_bytes(&n->text[i])) == KY_OK;
}

static ky_rc find_text(struct ky_bytes *out, const struct ky_notices *n, const char *name, ky_channel channel)
{
    for (size_t i = 0; i < KY_COUNT(known); i++) {
        if (known[i].channel == channel && ky_str_eq(known[i].name, name)) {
            *out = ky_buf_bytes(&n->text[i]);
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "no template '%s' for %s", name, channel_names[channel]);
}

/* Nothing in an address may end a header, a command or a recipient. */
static ky_rc set_address(struct ky_notice *n, const char *address)
{
    size_t len = strlen(address);
    bool ok = len > 0 && len < sizeof n->address;
    for (size_t i = 0; ok && i < len; i++)
        ok = address[i] > ' ' && address[i] < 0x7f && strchr("<>,;:\"()\\", address[i]) == NULL;
    if (!ok)
        return ky_fail(KY_EFORMAT, "notice: not an address that can be written to");
    memcpy(n->address, address, len + 1);
    return KY_OK;
}

static ky_rc make_mail(struct ky_notice *n, struct ky_bytes text, const struct ky_place *places, size_t count)
{
    struct ky_bytes subject, body;
    KY_TRY(split_mail(&subject, &body, text));
    KY_TRY(ky_template_fill(&n->subject, subject, places, count));
    KY_TRY(ky_template_fill(&n->body, body, places, count));
    for (size_t i = 0; i < n->subject.n; i++)
        if (n->subject.p[i] < ' ')
            return ky_fail(KY_EFORMAT, "notice: control character in the subject");
    return KY_OK;
}

static ky_rc make_sms(struct ky_notice *n, struct ky_bytes text, const struct ky_place *places, size_t count)
{
    ky_auto_buf filled = ky_buf_init_secret(KY_NOTICE_BODY_MAX);
    KY_TRY(ky_template_fill(&filled, text, places, count));
    while (filled.n > 0 && filled.p[filled.n - 1] == '\n')
        filled.n--;
    KY_TRY(ky_text_unaccent(&n->body, ky_buf_bytes(&filled)));
    if (!ky_text_is_gsm(ky_buf_bytes(&n->body)))
        return ky_fail(KY_EFORMAT, "notice: SMS has a character outside the GSM alphabet");
    if (n->body.n > KY_SMS_MAX)
        return ky_fail(KY_ELIMIT, "notice: SMS of %zu characters, at most %d", n->body.n, KY_SMS_MAX);
    return KY_OK;
}

ky_rc ky_notice_make(struct ky_notice *out, const struct ky_notices *templates, const char *name,
                     ky_channel channel, const char *address, const struct ky_place *places, size_t count)
{
    struct ky_bytes text;
    ky_auto_notice n = {.channel = channel,
                        .subject = ky_buf_init(KY_NOTICE_SUBJECT_MAX),
                        .body = ky_buf_init_secret(KY_NOTICE_BODY_MAX)};
    KY_TRY(find_text(&text, templates, name, channel));
    KY_TRY(set_address(&n, address));
    KY_TRY(ky_context(channel == KY_CHANNEL_EMAIL ? make_mail(&n, text, places, count)
                                                  : make_sms(&n, text, places, count),
                      "%s", name));
    *out = n;
    n = (struct ky_notice){.channel = channel};
    return KY_OK;
}
