/* See browser.h. */
#include "tests/support/browser.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define ANSWER_MAX ((size_t)1 << 20)
#define TIMEOUT_S 30L

static size_t take_body(char *p, size_t one, size_t n, void *ctx)
{
    ky_buf_add(ctx, KY_BYTES(p, one * n));
    return one * n;
}

/* The value after `name`, up to the end of the line. */
static bool take_line(char *out, size_t max, const char *line, size_t n, const char *name)
{
    size_t head = strlen(name);
    if (n < head || strncasecmp(line, name, head) != 0)
        return false;
    snprintf(out, max, "%.*s", (int)(n - head), line + head);
    out[strcspn(out, "\r\n")] = 0;
    return true;
}

static void take_cookie(char *out, const char *line, const char *name)
{
    size_t head = strlen(name);
    if (strncmp(line, name, head) == 0)
        snprintf(out, BROWSER_COOKIE_MAX, "%.*s", (int)strcspn(line + head, ";"), line + head);
}

static size_t take_header(char *p, size_t one, size_t n, void *ctx)
{
    struct browser *b = ctx;
    char line[400];
    if (take_line(line, sizeof line, p, one * n, "Set-Cookie: ")) {
        take_cookie(b->session, line, "__Host-kyso-session=");
        take_cookie(b->login, line, "__Host-kyso-login=");
        if (strstr(line, "Max-Age=0") == NULL)
            memcpy(b->set_cookie, line, sizeof line);
    }
    take_line(b->location, sizeof b->location, p, one * n, "Location: ");
    take_line(b->retry_after, sizeof b->retry_after, p, one * n, "Retry-After: ");
    return one * n;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    char line[400];
    if (value == NULL)
        return list;
    snprintf(line, sizeof line, "%s: %s", name, value);
    return curl_slist_append(list, line);
}

static struct curl_slist *make_headers(const struct browser *b)
{
    char bearer[100], cookies[2 * BROWSER_COOKIE_MAX + 64] = "";
    struct curl_slist *h = add_header(NULL, "Content-Type", "application/json");
    snprintf(bearer, sizeof bearer, "Bearer %s", b->token == NULL ? "" : b->token);
    if (b->session[0] != 0)
        snprintf(cookies, sizeof cookies, "__Host-kyso-session=%s; ", b->session);
    if (b->login[0] != 0)
        snprintf(cookies + strlen(cookies), sizeof cookies - strlen(cookies), "__Host-kyso-login=%s",
                 b->login);
    h = add_header(h, "Origin", b->origin);
    h = add_header(h, "X-Kyso-Page", b->page ? "1" : NULL);
    h = add_header(h, "Authorization", b->token == NULL ? NULL : bearer);
    return add_header(h, "Cookie", cookies[0] == 0 ? NULL : cookies);
}

static void set_options(CURL *c, const struct browser *b, const char *url, struct ky_buf *out)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "Firefox/140 (thử nghiệm)");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, b);
    if (b->from != NULL)
        curl_easy_setopt(c, CURLOPT_INTERFACE, b->from);
    if (b->cert != NULL) {
        curl_easy_setopt(c, CURLOPT_SSLCERT, b->cert);
        curl_easy_setopt(c, CURLOPT_SSLKEY, b->key);
    }
}

long browser_call(struct browser *b, json_t **answer, const char *method, unsigned port, json_t *taken_body,
                  const char *path_fmt, ...)
{
    va_list args;
    char path[300], url[400];
    long status = 0;
    struct ky_bytes error = KY_BYTES_NONE;
    ky_auto_json json = NULL;
    ky_auto_buf out = ky_buf_init(ANSWER_MAX);
    va_start(args, path_fmt);
    vsnprintf(path, sizeof path, path_fmt, args);
    va_end(args);
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", port, path);
    b->set_cookie[0] = b->location[0] = b->retry_after[0] = b->error[0] = 0;
    CURL *c = curl_easy_init();
    struct curl_slist *headers = make_headers(b);
    char *text = taken_body == NULL ? NULL : json_dumps(taken_body, JSON_COMPACT);
    set_options(c, b, url, &out);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    if (text != NULL)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    if (curl_easy_perform(c) == CURLE_OK)
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (out.n > 0 && ky_json_parse(&json, ky_buf_bytes(&out), ANSWER_MAX) == KY_OK &&
        ky_json_find_str(&error, json, "error", sizeof b->error - 1) == KY_OK && error.n > 0)
        snprintf(b->error, sizeof b->error, "%s", (const char *)error.p);
    if (answer != NULL)
        *answer = KY_STEAL(json);
    free(text);
    json_decref(taken_body);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return status;
}
