#include "prog/kyso/http.h"

#include <curl/curl.h>
#include <stdio.h>

#define CONNECT_TIMEOUT_S 10L
#define HEADER_MAX 8192

static size_t receive(char *data, size_t size, size_t n, void *out)
{
    ky_buf_add(out, KY_BYTES(data, size * n));
    return ((const struct ky_buf *)out)->rc == KY_OK ? size * n : 0;
}

static bool set_headers(CURL *c, struct curl_slist **list, const struct kyso_http *req)
{
    char line[HEADER_MAX];
    if (req->content_type != NULL) {
        snprintf(line, sizeof line, "Content-Type: %s", req->content_type);
        *list = curl_slist_append(*list, line);
    }
    if (req->bearer != NULL) {
        if (snprintf(line, sizeof line, "Authorization: Bearer %s", req->bearer) >= (int)sizeof line)
            return false;
        *list = curl_slist_append(*list, line);
    }
    *list = curl_slist_append(*list, "Expect:");
    return *list != NULL && curl_easy_setopt(c, CURLOPT_HTTPHEADER, *list) == CURLE_OK;
}

static void set_options(CURL *c, const struct kyso_http *req, struct ky_buf *out, char *why)
{
    curl_easy_setopt(c, CURLOPT_URL, req->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, req->https_only ? "https" : "http");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, req->timeout_s);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "kyso/" KYSO_VERSION);
    if (req->ca_file != NULL) {
        curl_easy_setopt(c, CURLOPT_CAINFO, req->ca_file);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    if (req->content_type != NULL) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, req->body.p);
    }
}

ky_rc kyso_http(struct ky_buf *out, long *status, const struct kyso_http *req)
{
    char why[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL;
    CURL *c = curl_easy_init();
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "HTTP");
    set_options(c, req, out, why);
    const bool ready = set_headers(c, &headers, req);
    const CURLcode code = ready ? curl_easy_perform(c) : CURLE_OUT_OF_MEMORY;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    KY_TRY(ky_context(ky_buf_finish(out), "%s", req->url));
    if (code != CURLE_OK)
        return ky_fail(KY_EIO, "%s: %s", req->url, why[0] != '\0' ? why : curl_easy_strerror(code));
    return KY_OK;
}
