/*
 * Many clients that leaf through lists, search, and look at the board, each with a connection of its own kept alive and
 * a moment between two requests, as people have.
 *
 *   bench_lists SERVER CACERT QUESTIONS CLIENTS SECONDS PAUSE_MS
 *
 * QUESTIONS: a file of lines "NAME TOKEN PATH". A list is followed page by page now and then. Prints one line a request:
 * NAME, its id in the service's log, the status, and milliseconds as this program saw them.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/str.h"
#include "codec/json.h"
#include "os/clock.h"

#define BODY_MAX (1u << 22)
#define CLIENTS_MAX 256
#define QUESTIONS_MAX 64
#define PAGES_MAX 20 /* of one list, one after another */

struct question {
    char name[64], token[128], path[256];
};

struct bench {
    const char *server, *cacert;
    struct question questions[QUESTIONS_MAX];
    size_t count;
    int64_t end_ms;
    unsigned pause_ms;
    unsigned failed;
    pthread_mutex_t print;
};

struct client {
    struct bench *b;
    CURL *curl;
    unsigned seed;
    char id[64]; /* X-Request-Id of the last answer */
    struct ky_buf answer;
};

static size_t take(char *data, size_t size, size_t count, void *ctx)
{
    struct ky_buf *out = ctx;
    ky_buf_add(out, KY_BYTES(data, size * count));
    return out->rc == KY_OK ? size * count : 0;
}

static size_t take_header(char *data, size_t size, size_t count, void *ctx)
{
    static const char name[] = "X-Request-Id: ";
    struct client *c = ctx;
    if (size * count > sizeof name && strncasecmp(data, name, sizeof name - 1) == 0)
        snprintf(c->id, sizeof c->id, "%.16s", data + sizeof name - 1);
    return size * count;
}

/* next: where the page goes on, "" at the end. */
static bool ask(struct client *c, const struct question *q, char next[128])
{
    char url[768], header[192];
    long status = 0;
    struct ky_bytes cursor = KY_BYTES_NONE;
    ky_auto_json answer = NULL;
    snprintf(url, sizeof url, "%s%s%s%s%s", c->b->server, q->path,
             next[0] == 0           ? ""
             : strchr(q->path, '?') ? "&"
                                    : "?",
             next[0] == 0 ? "" : "after=", next);
    snprintf(header, sizeof header, "Authorization: Bearer %s", q->token);
    struct curl_slist *headers = curl_slist_append(NULL, header);
    ky_buf_reset(&c->answer);
    curl_easy_setopt(c->curl, CURLOPT_URL, url);
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
    int64_t began = ky_mono_ms();
    CURLcode rc = curl_easy_perform(c->curl);
    int64_t ms = ky_mono_ms() - began;
    curl_slist_free_all(headers);
    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    pthread_mutex_lock(&c->b->print);
    printf("%s %s %ld %lld\n", q->name, c->id, rc == CURLE_OK ? status : 0L, (long long)ms);
    pthread_mutex_unlock(&c->b->print);
    next[0] = 0;
    if (rc != CURLE_OK || status != 200 ||
        ky_json_parse(&answer, ky_buf_bytes(&c->answer), BODY_MAX) != KY_OK)
        return false;
    if (ky_json_find_str(&cursor, answer, "next", 100) == KY_OK)
        snprintf(next, 128, "%.*s", (int)cursor.n, cursor.n == 0 ? "" : (const char *)cursor.p);
    return true;
}

static void pause_between(struct client *c)
{
    usleep((c->b->pause_ms / 2 + (unsigned)rand_r(&c->seed) % (c->b->pause_ms + 1)) * 1000);
}

/* One question; of a list a few more pages, sometimes. */
static bool leaf(struct client *c)
{
    const struct question *q = &c->b->questions[(unsigned)rand_r(&c->seed) % c->b->count];
    char next[128] = "";
    unsigned pages = rand_r(&c->seed) % 8 == 0 ? PAGES_MAX : 1;
    do {
        if (!ask(c, q, next))
            return false;
        pause_between(c);
    } while (next[0] != 0 && --pages > 0 && ky_mono_ms() < c->b->end_ms);
    return true;
}

static void *run(void *ctx)
{
    struct client *c = ctx;
    unsigned failed = 0;
    pause_between(c);
    while (ky_mono_ms() < c->b->end_ms)
        failed += !leaf(c);
    pthread_mutex_lock(&c->b->print);
    c->b->failed += failed;
    pthread_mutex_unlock(&c->b->print);
    return NULL;
}

static bool read_questions(struct bench *b, const char *path)
{
    FILE *f = fopen(path, "re");
    while (f != NULL && b->count < QUESTIONS_MAX) {
        struct question *q = &b->questions[b->count];
        if (fscanf(f, "%63s %127s %255s", q->name, q->token, q->path) != 3)
            break;
        b->count++;
    }
    if (f != NULL)
        fclose(f);
    return b->count > 0;
}

static void set_up(struct client *c, struct bench *b, unsigned number)
{
    *c = (struct client){.b = b, .curl = curl_easy_init(), .seed = number, .answer = ky_buf_init(BODY_MAX)};
    curl_easy_setopt(c->curl, CURLOPT_CAINFO, b->cacert);
    curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &c->answer);
    curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
}

int main(int argc, char **argv)
{
    static struct bench b = {.print = PTHREAD_MUTEX_INITIALIZER};
    static struct client clients[CLIENTS_MAX];
    pthread_t ids[CLIENTS_MAX];
    unsigned count = argc == 7 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
    if (count == 0 || count > CLIENTS_MAX || !read_questions(&b, argv[3])) {
        fprintf(stderr, "usage: bench_lists SERVER CACERT QUESTIONS CLIENTS SECONDS PAUSE_MS\n");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    b.server = argv[1];
    b.cacert = argv[2];
    b.pause_ms = (unsigned)strtoul(argv[6], NULL, 10);
    b.end_ms = ky_deadline_in(atoi(argv[5]) * 1000);
    for (unsigned i = 0; i < count; i++) {
        set_up(&clients[i], &b, i + 1);
        if (pthread_create(&ids[i], NULL, run, &clients[i]) != 0)
            return 1;
    }
    for (unsigned i = 0; i < count; i++) {
        pthread_join(ids[i], NULL);
        ky_buf_clear(&clients[i].answer);
        curl_easy_cleanup(clients[i].curl);
    }
    curl_global_cleanup();
    return b.failed == 0 ? 0 : 1;
}
