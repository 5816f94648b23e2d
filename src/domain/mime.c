/* Writing mails; see mime.h. */
#include "domain/mime.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/str.h"
#include "domain/mime_html.h"

#define WORD_BYTES                                                                                           \
    45 /* of text in an encoded word: 60 base64 digits, 72 characters with its frame (RFC 2047 §2) */
#define BOUNDARY "=_kyso_" /* and the id: no line of base64 has a '_' (RFC 2045 §6.8) */
#define LINE_BYTES 57      /* of text in a body line: 76 base64 digits (RFC 2045 §6.8) */

static bool is_plain(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < ' ' || text.p[i] > '~' || strchr("=?_\"()<>@,;:\\[]", text.p[i]) != NULL)
            return false;
    return text.n <= WORD_BYTES;
}

/* The longest beginning of at most WORD_BYTES that does not split a character (RFC 2047 §5). */
static size_t word_length(struct ky_bytes text)
{
    size_t n = text.n < WORD_BYTES ? text.n : WORD_BYTES;
    while (n > 0 && n < text.n && (text.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void add_words(struct ky_buf *out, struct ky_bytes text)
{
    if (is_plain(text)) {
        ky_buf_add(out, text);
        return;
    }
    for (bool first = true; text.n > 0; first = false) {
        size_t n = word_length(text);
        ky_buf_add_str(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        ky_buf_add_base64(out, KY_BYTES(text.p, n));
        ky_buf_add_str(out, "?=");
        text = KY_BYTES(text.p + n, text.n - n);
    }
}

/* "Mon, 23 Nov 2026 09:30:00 +0700" (RFC 5322 §3.3) */
static void add_date(struct ky_buf *out, ky_time now)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun",
                                       "Mon", "Tue", "Wed"}; /* 1970-01-01: Thursday */
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    ky_time local = now + KY_TIME_VN_OFFSET_S;
    struct ky_date d = ky_time_split(local);
    ky_buf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0700\r\n", days[local / KY_DAY % 7], d.day,
                months[d.month - 1], d.year, d.hour, d.minute, d.second);
}

static void add_body(struct ky_buf *out, struct ky_bytes text)
{
    while (text.n > 0) {
        size_t n = text.n < LINE_BYTES ? text.n : LINE_BYTES;
        ky_buf_add_base64(out, KY_BYTES(text.p, n));
        ky_buf_add_str(out, "\r\n");
        text = KY_BYTES(text.p + n, text.n - n);
    }
}

static void add_part(struct ky_buf *out, const char *id, const char *kind, struct ky_bytes text)
{
    ky_buf_addf(out,
                "\r\n--" BOUNDARY "%s\r\nContent-Type: text/%s; charset=utf-8\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\n",
                id, kind);
    add_body(out, text);
}

ky_rc ky_mime_encode(struct ky_buf *out, const struct ky_notice *n, const struct ky_mail_sender *from,
                     const char *id, ky_time now)
{
    const char *host = strchr(from->address, '@');
    if (host == NULL)
        return ky_fail(KY_EINVAL, "mail: the sender '%s' has no host", from->address);
    ky_buf_add_str(out, "From: ");
    add_words(out, ky_bytes_str(from->name));
    ky_buf_addf(out, " <%s>\r\nTo: <%s>\r\nSubject: ", from->address, n->address);
    add_words(out, ky_buf_bytes(&n->subject));
    ky_buf_add_str(out, "\r\n");
    add_date(out, now);
    ky_buf_addf(out, "Message-ID: <%s%s>\r\n", id, host);
    ky_buf_addf(out,
                "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"" BOUNDARY "%s\"\r\n"
                "Auto-Submitted: auto-generated\r\nContent-Language: vi, en\r\n",
                id);
    ky_auto_buf html = ky_buf_init_secret(KY_MAIL_MAX);
    ky_mime_html(&html, ky_buf_bytes(&n->body));
    KY_TRY(ky_buf_finish(&html));
    add_part(out, id, "plain", ky_buf_bytes(&n->body));
    add_part(out, id, "html", ky_buf_bytes(&html));
    ky_buf_addf(out, "\r\n--" BOUNDARY "%s--\r\n", id);
    return ky_buf_finish(out);
}
