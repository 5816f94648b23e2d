/* See rules.h. */
#include "prog/agent/rules.h"

#include <stdio.h>

#include "base/str.h"
#include "os/lang.h"

#define SCHEME "https://"
#define PORT_MAX 65535
#define HTTPS_PORT 443

static bool is_host_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* The first byte of that value, or the end. */
static size_t find_byte(struct ky_bytes in, uint8_t value)
{
    size_t i = 0;
    while (i < in.n && in.p[i] != value)
        i++;
    return i;
}

static struct ky_bytes from(struct ky_bytes in, size_t at)
{
    return KY_BYTES(in.p + at, in.n - at);
}

static bool is_good_port(struct ky_bytes text)
{
    uint64_t port;
    return ky_parse_u64(&port, text, PORT_MAX) == KY_OK && port != 0 && port != HTTPS_PORT;
}

ky_rc agent_origin_check(struct ky_bytes origin)
{
    const size_t scheme = sizeof SCHEME - 1;
    bool good = origin.n > scheme && origin.n <= AGENT_ORIGIN_MAX && memcmp(origin.p, SCHEME, scheme) == 0;
    if (good) {
        const struct ky_bytes rest = from(origin, scheme);
        const size_t host = find_byte(rest, ':');
        good = host > 0 && (host == rest.n || is_good_port(from(rest, host + 1)));
        for (size_t i = 0; i < host; i++)
            good = good && is_host_char(rest.p[i]);
    }
    return good ? KY_OK
                : ky_fail(KY_EFORMAT,
                          "origin \"%.*s\": write https://host or https://host:port, in lower case",
                          (int)(origin.n < AGENT_ORIGIN_MAX ? origin.n : AGENT_ORIGIN_MAX),
                          origin.n == 0 ? "" : (const char *)origin.p);
}

/* Cuts the next word off the list; false at its end. */
static bool next_word(struct ky_bytes *word, struct ky_bytes *list)
{
    while (list->n > 0 && list->p[0] == ' ')
        *list = from(*list, 1);
    const size_t n = find_byte(*list, ' ');
    *word = KY_BYTES(list->p, n);
    *list = from(*list, n);
    return n > 0;
}

ky_rc agent_origins_check(const char *list)
{
    struct ky_bytes word, rest = ky_bytes_str(list);
    size_t n = 0;
    for (; next_word(&word, &rest); n++)
        KY_TRY(agent_origin_check(word));
    return n > 0 ? KY_OK : ky_fail(KY_EINVAL, "no origin may use the agent: name at least one");
}

bool agent_origin_allowed(const char *list, const char *origin)
{
    struct ky_bytes word, rest = ky_bytes_str(list);
    while (origin != NULL && next_word(&word, &rest))
        if (ky_bytes_eq_str(word, origin))
            return true;
    return false;
}

bool agent_host_allowed(const char *host, unsigned port)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    char own[32];
    for (size_t i = 0; host != NULL && i < KY_COUNT(names); i++) {
        snprintf(own, sizeof own, "%s:%u", names[i], port);
        if (ky_str_eq(host, own))
            return true;
    }
    return false;
}

/* RFC 3986 §2: printable ASCII without what would begin a fragment or be read as a slash by some. */
static bool is_url_text(struct ky_bytes url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] >= 0x7f || strchr("#\\\"<>^`{|}", url.p[i]) != NULL)
            return false;
    return true;
}

ky_rc agent_url_check(const char *name, struct ky_bytes url, const char *origin)
{
    const size_t n = strlen(origin);
    if (url.n > AGENT_URL_MAX)
        return ky_fail(KY_ELIMIT,
                       ky_say("%s: địa chỉ dài %zu byte, nhiều nhất %d", "%s: %zu bytes, at most %d"), name,
                       url.n, AGENT_URL_MAX);
    if (!is_url_text(url))
        return ky_fail(KY_EFORMAT, ky_say("%s: không phải là một địa chỉ", "%s: not an address"), name);
    if (url.n <= n || memcmp(url.p, origin, n) != 0 || url.p[n] != '/')
        return ky_fail(
            KY_EDENIED,
            ky_say("%s: địa chỉ không thuộc trang %s, không tải", "%s: not an address of %s itself"), name,
            origin);
    return KY_OK;
}

struct ky_bytes agent_url_name(struct ky_bytes url)
{
    const struct ky_bytes path = KY_BYTES(url.p, find_byte(url, '?'));
    size_t at = path.n;
    while (at > 0 && path.p[at - 1] != '/')
        at--;
    return from(path, at);
}
