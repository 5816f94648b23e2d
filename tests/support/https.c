/* See https.h. */
#include "tests/support/https.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "os/clock.h"
#include "os/sock.h"

#define ANSWER_MAX ((size_t)64 << 20)
#define TIMEOUT_S 60L

static size_t take(char *p, size_t one, size_t n, void *ctx)
{
    struct ky_buf *out = ctx;
    ky_buf_add(out, KY_BYTES(p, one * n));
    return out->rc == KY_OK ? one * n : 0;
}

static void set_common(CURL *c, const struct https *to, const char *url, struct ky_buf *out)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    if (to->from != NULL)
        curl_easy_setopt(c, CURLOPT_INTERFACE, to->from);
    if (to->token != NULL) {
        curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, to->token);
    }
}

static long run(json_t **answer, CURL *c, struct ky_buf *out)
{
    long status = 0;
    json_t *json = NULL;
    if (curl_easy_perform(c) == CURLE_OK)
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (out->n > 0 && ky_json_parse(&json, ky_buf_bytes(out), ANSWER_MAX) == KY_OK && status >= 400)
        fprintf(stderr, "  HTTP %ld %s\n", status, ky_buf_str(out));
    if (answer != NULL)
        *answer = json;
    else
        json_decref(json);
    ky_buf_clear(out);
    return status;
}

long https_call(json_t **answer, const struct https *to, const char *method, const json_t *body,
                const char *path_fmt, ...)
{
    va_list args;
    char path[512], url[600];
    va_start(args, path_fmt);
    vsnprintf(path, sizeof path, path_fmt, args);
    va_end(args);
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", to->port, path);
    struct ky_buf out = ky_buf_init(ANSWER_MAX);
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    set_common(c, to, url, &out);
    if (text != NULL) {
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, text);
    }
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    long status = run(answer, c, &out);
    free(text);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return status;
}

long https_form(json_t **answer, const struct https *to, const char *path, const char *form)
{
    char url[600];
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", to->port, path);
    struct ky_buf out = ky_buf_init(ANSWER_MAX);
    CURL *c = curl_easy_init();
    set_common(c, to, url, &out);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, form);
    long status = run(answer, c, &out);
    curl_easy_cleanup(c);
    return status;
}

long https_upload(json_t **answer, const struct https *to, const char *path, struct ky_bytes file)
{
    char url[600];
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", to->port, path);
    struct ky_buf out = ky_buf_init(ANSWER_MAX);
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/octet-stream");
    set_common(c, to, url, &out);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)file.n);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, file.p);
    long status = run(answer, c, &out);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return status;
}

long https_download(struct ky_buf *out, const struct https *to, const char *path)
{
    char url[600];
    long status = 0;
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", to->port, path);
    CURL *c = curl_easy_init();
    set_common(c, to, url, out);
    if (curl_easy_perform(c) == CURLE_OK)
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(c);
    return status;
}

bool https_stream_open(struct https_stream *s, const struct https *to)
{
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%u", to->port);
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
    if (to->from != NULL)
        curl_easy_setopt(c, CURLOPT_INTERFACE, to->from);
    s->curl = c;
    if (curl_easy_perform(c) == CURLE_OK)
        return true;
    https_stream_close(s);
    return false;
}

void https_stream_close(struct https_stream *s)
{
    if (s->curl != NULL)
        curl_easy_cleanup(s->curl);
    s->curl = NULL;
}

static bool wait_for(const struct https_stream *s, short events, int timeout_ms)
{
    curl_socket_t fd;
    return curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
           ky_sock_wait(fd, events, ky_deadline_in(timeout_ms)) == KY_OK;
}

bool https_stream_send(const struct https_stream *s, struct ky_bytes bytes, int timeout_ms)
{
    while (bytes.n > 0) {
        size_t n = 0;
        CURLcode rc = curl_easy_send(s->curl, bytes.p, bytes.n, &n);
        if (rc == CURLE_AGAIN && wait_for(s, POLLOUT, timeout_ms))
            continue;
        if (rc != CURLE_OK)
            return false;
        bytes = KY_BYTES(bytes.p + n, bytes.n - n);
    }
    return true;
}

bool https_stream_read_to_end(const struct https_stream *s, struct ky_buf *out, int timeout_ms)
{
    for (;;) {
        char part[16384];
        size_t n = 0;
        CURLcode rc = curl_easy_recv(s->curl, part, sizeof part, &n);
        if (rc == CURLE_AGAIN && !wait_for(s, POLLIN, timeout_ms))
            return false;
        if (rc == CURLE_AGAIN)
            continue;
        if (rc != CURLE_OK || n == 0)
            return true;
        ky_buf_add(out, KY_BYTES(part, n));
    }
}
