/* See fetch.h. */
#include "prog/agent/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/lang.h"
#include "os/sandbox.h"
#include "prog/agent/link.h"
#include "prog/agent/rules.h"

#define FILE_FD 4
#define CONNECT_TIMEOUT_S 10L
#define HEADER_MAX 8192
#define NAME_MAX_BYTES 255
#define PDF_TYPE "application/pdf"
#define MIB ((int64_t)1 << 20)
#define GRACE_S 5 /* beyond libcurl's own time limit */
#define HTTP_OK 200
#define HTTP_TOO_LARGE 413

/* What a child is told: it is a copy of this process. */
struct errand {
    const struct agent_conf *conf;
    const struct agent_document *doc;
    bool upload;
};

/* One transfer in the child. */
struct transfer {
    const struct errand *errand;
    CURL *curl;
    struct curl_slist *headers;
    curl_mime *form;
    struct ky_buf answer;
    int64_t received; /* bytes written to FILE_FD */
    char url[AGENT_URL_MAX + 1];
    char why[CURL_ERROR_SIZE];
};

static int64_t size_limit(const struct transfer *t)
{
    return t->errand->conf->file_mb * MIB;
}

static size_t take_answer(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    ky_buf_add(&t->answer, KY_BYTES(data, size * n));
    return t->answer.rc == KY_OK ? size * n : 0;
}

static long status_of(const struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* What comes with a refusal is not the file. */
static size_t take_file(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    const size_t bytes = size * n;
    if (status_of(t) != HTTP_OK)
        return take_answer(data, size, n, ctx);
    t->received += (int64_t)bytes;
    if (t->received > size_limit(t))
        return 0;
    for (size_t at = 0; at < bytes;) {
        const ssize_t w = write(FILE_FD, data + at, bytes - at);
        if (w < 0 && errno != EINTR)
            return 0;
        at += w < 0 ? 0 : (size_t)w;
    }
    return bytes;
}

static size_t give_file(char *out, size_t size, size_t n, void *ctx)
{
    (void)ctx;
    const ssize_t r = read(FILE_FD, out, size * n);
    return r < 0 ? CURL_READFUNC_ABORT : (size_t)r;
}

static int seek_file(void *ctx, curl_off_t offset, int origin)
{
    (void)ctx;
    return lseek(FILE_FD, offset, origin) < 0 ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static void set_common(struct transfer *t)
{
    const struct agent_conf *conf = t->errand->conf;
    curl_easy_setopt(t->curl, CURLOPT_URL, t->url);
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(t->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(t->curl, CURLOPT_TIMEOUT, (long)conf->fetch_s);
    curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->why);
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->curl, CURLOPT_USERAGENT, "kyso-agent/" KYSO_VERSION);
    if (conf->ca_file[0] != 0) {
        curl_easy_setopt(t->curl, CURLOPT_CAINFO, conf->ca_file);
        curl_easy_setopt(t->curl, CURLOPT_CAPATH, NULL);
    }
}

static void set_headers(struct transfer *t)
{
    char line[HEADER_MAX];
    const struct ky_bytes bearer = t->errand->doc->bearer;
    t->headers = curl_slist_append(NULL, "Expect:");
    if (bearer.n > 0) {
        snprintf(line, sizeof line, "Authorization: Bearer %.*s", (int)bearer.n, (const char *)bearer.p);
        t->headers = curl_slist_append(t->headers, line);
    }
    curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
}

static ky_rc add_form(struct transfer *t)
{
    char name[NAME_MAX_BYTES + 1];
    const struct agent_document *doc = t->errand->doc;
    const struct ky_bytes last = agent_url_name(doc->download);
    struct stat st;
    if (fstat(FILE_FD, &st) != 0 || lseek(FILE_FD, 0, SEEK_SET) != 0)
        return ky_fail(KY_EIO, "signed document: %s", strerror(errno));
    snprintf(name, sizeof name, "%.*s", (int)last.n, last.n == 0 ? "" : (const char *)last.p);
    t->form = curl_mime_init(t->curl);
    for (size_t i = 0; i < doc->n_meta; i++) {
        char key[NAME_MAX_BYTES + 1];
        curl_mimepart *field = curl_mime_addpart(t->form);
        snprintf(key, sizeof key, "%.*s", (int)doc->meta[i].key.n, (const char *)doc->meta[i].key.p);
        curl_mime_name(field, key);
        curl_mime_data(field, (const char *)doc->meta[i].value.p, doc->meta[i].value.n);
    }
    curl_mimepart *file = curl_mime_addpart(t->form);
    curl_mime_name(file, "uploadfile");
    curl_mime_filename(file, name[0] == 0 ? "document.pdf" : name);
    curl_mime_type(file, PDF_TYPE);
    curl_mime_data_cb(file, st.st_size, give_file, seek_file, NULL, NULL);
    return curl_easy_setopt(t->curl, CURLOPT_MIMEPOST, t->form) == CURLE_OK ? KY_OK
                                                                            : ky_fail(KY_ENOMEM, "upload");
}

/* With the server's own words, where it has some: that the address was used or has ended, say. */
static ky_rc refuse(const struct transfer *t, long status)
{
    ky_auto_json json = NULL;
    struct ky_bytes words = KY_BYTES_NONE;
    if (status / 100 == 3)
        return ky_fail(KY_EDENIED,
                       ky_say("máy chủ chuyển sang địa chỉ khác (%ld), không theo",
                              "the server redirects (%ld), which is not followed"),
                       status);
    if (ky_json_parse(&json, ky_buf_bytes(&t->answer), AGENT_ANSWER_MAX) == KY_OK)
        agent_server_words(&words, json);
    return ky_fail(status == HTTP_TOO_LARGE ? KY_ELIMIT : KY_EDENIED,
                   ky_say("máy chủ trả lời %ld%s%.*s", "the server answered %ld%s%.*s"), status,
                   words.n == 0 ? "" : ": ", (int)words.n, words.n == 0 ? "" : (const char *)words.p);
}

/* Anything but success is a refusal: a redirect too, for it leads elsewhere. */
static ky_rc check_answer(const struct transfer *t)
{
    const long status = status_of(t);
    const char *type = NULL;
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    if (t->errand->upload ? status / 100 != 2 : status != HTTP_OK)
        return refuse(t, status);
    if (!t->errand->upload && (type == NULL || strncasecmp(type, PDF_TYPE, sizeof PDF_TYPE - 1) != 0))
        return ky_fail(KY_EFORMAT, "%s",
                       ky_say("tệp tải về không phải là PDF", "the file fetched is not a PDF"));
    return KY_OK;
}

static ky_rc tell_failure(const struct transfer *t, CURLcode code)
{
    const char *why = t->why[0] != 0 ? t->why : curl_easy_strerror(code);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return ky_fail(KY_EBUSY, "%s (%s)", ky_say("máy chủ không trả lời kịp", "the server took too long"),
                       why);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return ky_fail(
            KY_EIO, "%s (%s)",
            ky_say("chứng thư số của máy chủ không tin cậy được", "the server's certificate is not trusted"),
            why);
    return ky_fail(KY_EIO, "%s (%s)", ky_say("mất kết nối với máy chủ", "the connection failed"), why);
}

static ky_rc perform(struct transfer *t)
{
    const struct errand *e = t->errand;
    const struct ky_bytes url = e->upload ? e->doc->upload : e->doc->download;
    memcpy(t->url, url.p, url.n); /* zeroed, and at most AGENT_URL_MAX */
    set_common(t);
    set_headers(t);
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, e->upload ? take_answer : take_file);
    if (e->upload)
        KY_TRY(add_form(t));
    const CURLcode code = curl_easy_perform(t->curl);
    if (t->received > size_limit(t))
        return ky_fail(KY_ELIMIT, ky_say("tài liệu lớn hơn %lld MiB", "the document is larger than %lld MiB"),
                       (long long)e->conf->file_mb);
    return code == CURLE_OK ? check_answer(t) : tell_failure(t, code);
}

/* The process ends here and everything with it: nothing is freed. */
static void serve(const void *arg)
{
    struct transfer t = {.errand = arg, .answer = ky_buf_init(AGENT_ANSWER_MAX)};
    ky_auto_buf question = ky_buf_init(1);
    ky_rc rc = ky_sandbox_enter(KY_SANDBOX_COURIER);
    if (agent_recv(LINK_FD, &question, KY_DEADLINE_NEVER) != KY_OK)
        return;
    if (rc == KY_OK && (t.curl = curl_easy_init()) == NULL)
        rc = ky_fail(KY_ENOMEM, "HTTP");
    if (rc == KY_OK)
        rc = perform(&t);
    if (agent_send_result(LINK_FD, rc, ky_buf_bytes(&t.answer), KY_DEADLINE_NEVER) != KY_OK)
        _exit(1);
}

static ky_rc send_out(struct ky_buf *answer, int memfd, const struct errand *errand)
{
    agent_auto_child child = {.pid = 0};
    KY_TRY(agent_child_start(&child, serve, errand, &memfd, 1));
    return agent_ask(answer, &child, KY_BYTES_NONE,
                     ky_deadline_in((int)(errand->conf->fetch_s + GRACE_S) * 1000));
}

ky_rc agent_fetch_download(int memfd, const struct agent_conf *conf, const struct agent_document *doc)
{
    const struct errand errand = {.conf = conf, .doc = doc};
    ky_auto_buf nothing = ky_buf_init(AGENT_ANSWER_MAX);
    return ky_context(send_out(&nothing, memfd, &errand), "%s", ky_say("tải tài liệu", "download"));
}

ky_rc agent_fetch_upload(struct ky_buf *answer, int memfd, const struct agent_conf *conf,
                         const struct agent_document *doc)
{
    const struct errand errand = {.conf = conf, .doc = doc, .upload = true};
    return ky_context(send_out(answer, memfd, &errand), "%s", ky_say("gửi tài liệu đã ký", "upload"));
}
