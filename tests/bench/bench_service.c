/*
 * Hashes signed per second over HTTPS through the CSC API, with a software
 * phone that approves: authorize, pending, approval, authorizeCheck, signHash.
 * Several threads, each with a connection of its own kept alive.
 *
 *   bench_service SERVER CACERT TOKEN CREDENTIAL DEVICE PHONE_STATE SIGN_ALGO HASHES THREADS SECONDS
 *
 * Prints one JSON object: hashes per second, and the share of the machine's CPU time this program took.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "os/clock.h"
#include "os/file.h"
#include "tests/support/phone.h"

#define BODY_MAX (1u << 20)
#define THREADS_MAX 64
#define HASHES_MAX 1000

struct bench {
    const char *server, *cacert, *token, *credential, *device, *sign_algo;
    uint8_t device_id[16];
    unsigned hashes;
    struct ky_buf phone_state;
    int64_t end_ms;
    atomic_ullong signed_hashes;
    atomic_bool failed;
};

struct runner {
    struct bench *b;
    CURL *curl;
    struct curl_slist *headers;
    struct phone phone;
    struct ky_buf answer;
};

static size_t take(char *data, size_t size, size_t count, void *ctx)
{
    struct ky_buf *out = ctx;
    ky_buf_add(out, KY_BYTES(data, size * count));
    return out->rc == KY_OK ? size * count : 0;
}

/* POSTs body (GET when NULL); the answer is parsed unless empty. */
static ky_rc call(json_t **out, long *status, struct runner *r, const char *path, const struct ky_buf *body)
{
    char url[512];
    snprintf(url, sizeof url, "%s%s", r->b->server, path);
    ky_buf_reset(&r->answer);
    curl_easy_setopt(r->curl, CURLOPT_URL, url);
    if (body != NULL) {
        curl_easy_setopt(r->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(r->curl, CURLOPT_POSTFIELDSIZE, (long)body->n);
        curl_easy_setopt(r->curl, CURLOPT_POSTFIELDS, ky_buf_str(body));
    } else {
        curl_easy_setopt(r->curl, CURLOPT_HTTPGET, 1L);
    }
    CURLcode rc = curl_easy_perform(r->curl);
    if (rc != CURLE_OK)
        return ky_fail(KY_EIO, "%s: %s", path, curl_easy_strerror(rc));
    curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, status);
    if (*status >= 300)
        return ky_fail(KY_EDENIED, "%s: %ld %.300s", path, *status, ky_buf_str(&r->answer));
    return r->answer.n == 0 ? KY_OK : ky_json_parse(out, ky_buf_bytes(&r->answer), BODY_MAX);
}

static void put_hashes(struct ky_json_out *o, uint8_t hashes[][32], unsigned n)
{
    ky_json_open_array(o, "hashes");
    for (unsigned i = 0; i < n; i++)
        ky_json_put_base64(o, NULL, KY_BYTES(hashes[i], 32));
    ky_json_close_array(o);
    ky_json_put_cstr(o, "hashAlgorithmOID", "2.16.840.1.101.3.4.2.1");
}

static ky_rc authorize(char handle[40], struct runner *r, uint8_t hashes[][32])
{
    ky_auto_buf body = ky_buf_init(BODY_MAX);
    ky_auto_json answer = NULL;
    struct ky_json_out o = KY_JSON_OUT(&body);
    struct ky_bytes text;
    long status;
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "credentialID", r->b->credential);
    ky_json_put_int(&o, "numSignatures", r->b->hashes);
    ky_json_put_cstr(&o, "signAlgo", r->b->sign_algo);
    put_hashes(&o, hashes, r->b->hashes);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    KY_TRY(call(&answer, &status, r, "/csc/v2/credentials/authorize", &body));
    KY_TRY(ky_json_get_str(&text, answer, "handle", 39));
    snprintf(handle, 40, "%.*s", (int)text.n, (const char *)text.p);
    return KY_OK;
}

static ky_rc approve(struct runner *r, const char *handle)
{
    char path[128];
    ky_auto_json answer = NULL;
    ky_auto_json none = NULL;
    const json_t *list;
    struct ky_bytes statement = KY_BYTES_NONE;
    size_t i;
    json_t *v;
    long status;
    snprintf(path, sizeof path, "/approve/v1/pending?device=%s", r->b->device);
    KY_TRY(call(&answer, &status, r, path, NULL));
    KY_TRY(ky_json_get_array(&list, answer, "pending", 1000));
    json_array_foreach(list, i, v) if (ky_bytes_eq_str(ky_json_str(json_object_get(v, "handle")), handle))
        statement = ky_json_str(json_object_get(v, "statement"));
    if (statement.n == 0)
        return ky_fail(KY_ENOTFOUND, "the phone is not asked about %s", handle);
    ky_auto_buf auths = ky_buf_init(BODY_MAX), body = ky_buf_init(BODY_MAX);
    KY_TRY(phone_authorise(&r->phone, &auths, statement, r->b->device_id));
    struct ky_json_out o = KY_JSON_OUT(&body);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "handle", handle);
    ky_json_put_base64url(&o, "authorisations", ky_buf_bytes(&auths));
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    return call(&none, &status, r, "/approve/v1/authorise", &body);
}

static ky_rc fetch_sad(struct ky_buf *sad, struct runner *r, const char *handle)
{
    ky_auto_buf body = ky_buf_init(256);
    ky_auto_json answer = NULL;
    struct ky_bytes text;
    long status;
    ky_buf_addf(&body, "{\"handle\":\"%s\"}", handle);
    KY_TRY(call(&answer, &status, r, "/csc/v2/credentials/authorizeCheck", &body));
    KY_TRY(ky_json_get_str(&text, answer, "SAD", 4096));
    ky_buf_add(sad, text);
    return ky_buf_finish(sad);
}

static ky_rc sign(struct runner *r, const char *sad, uint8_t hashes[][32])
{
    ky_auto_buf body = ky_buf_init(BODY_MAX);
    ky_auto_json answer = NULL;
    const json_t *list;
    long status;
    struct ky_json_out o = KY_JSON_OUT(&body);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "credentialID", r->b->credential);
    ky_json_put_cstr(&o, "SAD", sad);
    ky_json_put_cstr(&o, "signAlgo", r->b->sign_algo);
    put_hashes(&o, hashes, r->b->hashes);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&body));
    KY_TRY(call(&answer, &status, r, "/csc/v2/signatures/signHash", &body));
    KY_TRY(ky_json_get_array(&list, answer, "signatures", HASHES_MAX));
    if (json_array_size(list) != r->b->hashes)
        return ky_fail(KY_EINTERNAL, "%zu signatures", json_array_size(list));
    return KY_OK;
}

static ky_rc round_trip(struct runner *r)
{
    static _Thread_local uint8_t hashes[HASHES_MAX][32];
    char handle[40];
    ky_auto_buf sad = ky_buf_init(4096);
    for (unsigned i = 0; i < r->b->hashes; i++)
        KY_TRY(ky_random(hashes[i], 32));
    KY_TRY(authorize(handle, r, hashes));
    KY_TRY(approve(r, handle));
    KY_TRY(fetch_sad(&sad, r, handle));
    return sign(r, ky_buf_str(&sad), hashes);
}

static void set_up_curl(struct runner *r)
{
    char line[1024];
    snprintf(line, sizeof line, "Authorization: Bearer %s", r->b->token);
    r->headers = curl_slist_append(r->headers, line);
    r->headers = curl_slist_append(r->headers, "Content-Type: application/json");
    r->headers = curl_slist_append(r->headers, "Expect:");
    r->curl = curl_easy_init();
    curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, r->headers);
    curl_easy_setopt(r->curl, CURLOPT_CAINFO, r->b->cacert);
    curl_easy_setopt(r->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, &r->answer);
    curl_easy_setopt(r->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L);
}

static void *run(void *ctx)
{
    struct runner r = {.b = ctx, .answer = ky_buf_init(BODY_MAX)};
    set_up_curl(&r);
    ky_rc rc = phone_load(&r.phone, ky_buf_bytes(&r.b->phone_state));
    while (rc == KY_OK && ky_mono_ms() < r.b->end_ms && !atomic_load(&r.b->failed)) {
        rc = round_trip(&r);
        if (rc == KY_OK)
            atomic_fetch_add(&r.b->signed_hashes, r.b->hashes);
    }
    if (rc != KY_OK) {
        fprintf(stderr, "bench_service: %s\n", ky_error());
        atomic_store(&r.b->failed, true);
    }
    phone_clear(&r.phone);
    ky_buf_clear(&r.answer);
    curl_slist_free_all(r.headers);
    curl_easy_cleanup(r.curl);
    return NULL;
}

static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static ky_rc read_arguments(struct bench *b, unsigned *threads, unsigned *seconds, char **argv)
{
    uint64_t hashes, t, s;
    b->server = argv[1];
    b->cacert = argv[2];
    b->token = argv[3];
    b->credential = argv[4];
    b->device = argv[5];
    b->sign_algo = argv[7];
    KY_TRY(ky_hex_decode(b->device_id, sizeof b->device_id, ky_bytes_str(b->device)));
    KY_TRY(ky_file_read(&b->phone_state, argv[6]));
    KY_TRY(ky_parse_u64(&hashes, ky_bytes_str(argv[8]), HASHES_MAX));
    KY_TRY(ky_parse_u64(&t, ky_bytes_str(argv[9]), THREADS_MAX));
    KY_TRY(ky_parse_u64(&s, ky_bytes_str(argv[10]), 600));
    b->hashes = (unsigned)hashes;
    *threads = (unsigned)t;
    *seconds = (unsigned)s;
    return KY_OK;
}

int main(int argc, char **argv)
{
    static struct bench b;
    unsigned threads, seconds;
    pthread_t ids[THREADS_MAX];
    b.phone_state = ky_buf_init(65536);
    if (argc != 11 || read_arguments(&b, &threads, &seconds, argv) != KY_OK) {
        fprintf(stderr, "bench_service: %s\n", argc != 11 ? "ten arguments, see the source" : ky_error());
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int64_t begin = ky_mono_ms();
    b.end_ms = begin + (int64_t)seconds * 1000;
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, run, &b) != 0)
            return 1;
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    double wall = (double)(ky_mono_ms() - begin) / 1000;
    double share = cpu_seconds() / (wall * (double)sysconf(_SC_NPROCESSORS_ONLN));
    printf("{\"value\":%.1f,\"unit\":\"hashes/s\",\"load_cpu_share\":%.3f,\"seconds\":%.1f}\n",
           (double)atomic_load(&b.signed_hashes) / wall, share, wall);
    ky_buf_clear(&b.phone_state);
    curl_global_cleanup();
    return atomic_load(&b.failed) ? 1 : 0;
}
