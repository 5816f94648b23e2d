/*
 * libmicrohttpd's callbacks. A request lives through: begin (headers) → suspended while a worker looks at its token →
 * resumed → body parts → suspended while a worker runs the handler → resumed → sent → ended. An answer given before the
 * body makes the library close the connection without reading it.
 */
#include "web/server.h"

#include <microhttpd.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "crypto/random.h"
#include "web/dispatch.h"
#include "web/peer.h"
#include "web/session.h"

#define BODY_SECRET_MAX 65536 /* shorter bodies are wiped: they carry proofs and secrets of clients */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

struct ky_server {
    struct ky_server_config cfg;
    struct MHD_Daemon *daemon;
    MHD_socket listening; /* after quiesce; ours to close */
};

/* Bytes promised to requests of all servers of this process; the second: to those that need no token. */
static atomic_size_t all_held, open_held;

struct request {
    struct ky_work work; /* first: handed to the workers */
    struct ky_server *server;
    struct MHD_Connection *connection;
    struct ky_exchange x;
    struct ky_buf body;
    size_t announced; /* bytes of the body; the route's limit when they come piecemeal */
    size_t held;      /* bytes of all_held that are ours */
    bool reading;     /* the body may come */
    bool done;        /* x has its answer */
    int64_t began_ms; /* ky_mono_ms */
};

static const struct ky_exchange_pair always[] = {
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
};

static const char *header(struct request *r, const char *name)
{
    const char *v = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
    return v == NULL ? NULL : ky_arena_strdup(&r->x.arena, v);
}

static const char *cookie(struct request *r, const char *name)
{
    const char *v = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, name);
    return v == NULL ? NULL : ky_arena_strdup(&r->x.arena, v);
}

static enum MHD_Result take_arg(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct ky_exchange *x = cls;
    (void)kind;
    if (x->arg_count == KY_EXCHANGE_ARGS_MAX)
        return MHD_NO;
    x->args[x->arg_count++] = (struct ky_exchange_pair){
        ky_arena_strdup(&x->arena, name), ky_arena_strdup(&x->arena, value == NULL ? "" : value)};
    return MHD_YES;
}

static bool reserve(atomic_size_t *held, size_t n, size_t max)
{
    if (atomic_fetch_add(held, n) + n <= max)
        return true;
    atomic_fetch_sub(held, n);
    return false;
}

/* Strangers get a share: what they promise to send never keeps out those with a token. */
static bool hold(struct request *r)
{
    size_t n = r->announced;
    bool open = r->x.route->roles == 0;
    if (open && !reserve(&open_held, n, KY_SERVER_OPEN_BODIES_MAX))
        return false;
    if (!reserve(&all_held, n, KY_SERVER_BODIES_MAX)) {
        atomic_fetch_sub(&open_held, open ? n : 0);
        return false;
    }
    r->held = n;
    return true;
}

static void release(struct request *r)
{
    if (r->held == 0)
        return;
    atomic_fetch_sub(&all_held, r->held);
    atomic_fetch_sub(&open_held, r->x.route->roles == 0 ? r->held : 0);
}

static ky_rc body_length(size_t *out, struct request *r)
{
    uint64_t n = r->x.route->max_body;
    const char *text = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Content-Length");
    bool chunked = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
    if (text == NULL && !chunked)
        n = 0;
    if (text != NULL &&
        (ky_parse_u64(&n, ky_bytes_str(text), UINT32_MAX) != KY_OK || n > r->x.route->max_body))
        return ky_fail(KY_ELIMIT, "the body is longer than %zu bytes", r->x.route->max_body);
    *out = (size_t)n;
    return KY_OK;
}

static ky_rc read_head(struct request *r, const char *url, const char *method)
{
    uint8_t id[KY_REQUEST_ID_SIZE];
    struct ky_exchange *x = &r->x;
    KY_TRY(ky_random(id, sizeof id));
    ky_hex_encode(x->id, KY_BYTES_OF(id));
    x->now = ky_now();
    x->method = ky_arena_strdup(&x->arena, method);
    x->path = ky_arena_strdup(&x->arena, url);
    x->authorization = header(r, "Authorization");
    x->content_type = header(r, "Content-Type");
    x->origin = header(r, "Origin");
    x->accept_encoding = header(r, "Accept-Encoding");
    x->if_none_match = header(r, "If-None-Match");
    x->page = header(r, KY_SESSION_PAGE_HEADER);
    x->session_cookie = cookie(r, KY_SESSION_COOKIE);
    x->login_cookie = cookie(r, KY_LOGIN_COOKIE);
    x->place.agent = header(r, "User-Agent");
    KY_TRY(ky_peer_address(x, r->connection));
    if (r->server->cfg.client_cas != NULL)
        KY_TRY(ky_peer_certificate(x, r->connection));
    if (x->method == NULL || x->path == NULL)
        return KY_ENOMEM;
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, take_arg, x);
    KY_TRY(ky_route_find(x, r->server->cfg.routes, r->server->cfg.route_count));
    return body_length(&r->announced, r);
}

static void free_request(struct request *r)
{
    release(r);
    ky_buf_clear(&r->body);
    ky_exchange_clear(&r->x);
    free(r);
}

/* The library becomes the owner of the descriptor. */
static struct MHD_Response *make_file_response(struct ky_exchange *x)
{
    struct stat st;
    if (fstat(x->fd, &st) != 0)
        return NULL;
    struct MHD_Response *response = MHD_create_response_from_fd64((uint64_t)st.st_size, x->fd);
    x->has_file = response == NULL;
    return response;
}

/* The answer's bytes; of those that were made for it the library becomes the owner. */
static struct MHD_Response *make_response(struct ky_exchange *x)
{
    uint8_t *p = NULL;
    size_t n = 0;
    if (x->has_file)
        return make_file_response(x);
    if (x->lasting.n > 0)
        return MHD_create_response_from_buffer(x->lasting.n, (void *)(uintptr_t)x->lasting.p,
                                               MHD_RESPMEM_PERSISTENT);
    if (x->out.n > 0 && ky_buf_steal(&p, &n, &x->out) != KY_OK)
        return NULL;
    struct MHD_Response *response = MHD_create_response_from_buffer(n, p, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        free(p);
    return response;
}

static enum MHD_Result send_answer(struct request *r)
{
    struct ky_exchange *x = &r->x;
    struct MHD_Response *response = make_response(x);
    if (response == NULL)
        return MHD_NO;
    for (size_t i = 0; i < KY_COUNT(always); i++)
        if (!ky_exchange_has_header(x, always[i].name)) /* a handler may say otherwise */
            MHD_add_response_header(response, always[i].name, always[i].value);
    for (size_t i = 0; i < x->header_count; i++)
        MHD_add_response_header(response, x->headers[i].name, x->headers[i].value);
    if (x->type != NULL)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, x->type);
    MHD_add_response_header(response, "X-Request-Id", x->id);
    enum MHD_Result result = MHD_queue_response(r->connection, x->status, response);
    MHD_destroy_response(response);
    return result;
}

/* In a worker thread, as the next; the connection stands still until it is resumed. */
static void admit(struct ky_work *work)
{
    struct request *r = (struct request *)(void *)work;
    r->done = !ky_dispatch_admits(r->server->cfg.web, &r->x);
    MHD_resume_connection(r->connection);
}

static void run(struct ky_work *work)
{
    struct request *r = (struct request *)(void *)work;
    r->x.now = ky_now(); /* the body may have taken its time */
    r->x.body = ky_buf_bytes(&r->body);
    ky_dispatch(r->server->cfg.web, &r->x);
    r->done = true;
    MHD_resume_connection(r->connection);
}

static enum MHD_Result start_work(struct request *r, void (*what)(struct ky_work *work))
{
    r->work.run = what;
    MHD_suspend_connection(r->connection);
    ky_rc rc = ky_workers_submit(r->server->cfg.workers, &r->work);
    if (rc == KY_OK)
        return MHD_YES;
    ky_answer_failure(&r->x, rc);
    r->done = true;
    MHD_resume_connection(r->connection);
    return MHD_YES;
}

static enum MHD_Result refuse(struct request *r, ky_rc rc)
{
    if (r->x.status == 0)
        ky_answer_failure(&r->x, rc);
    return send_answer(r);
}

static enum MHD_Result start_reading(struct request *r)
{
    size_t max = r->x.route->max_body;
    if (!hold(r))
        return refuse(r, ky_fail(KY_EBUSY, "too many uploads at once"));
    r->body = r->announced > BODY_SECRET_MAX ? ky_buf_init(max) : ky_buf_init_secret(max);
    r->reading = true;
    return MHD_YES;
}

/* Without body the handler's own look at the token is soon enough; without roles there is nothing to wait for. */
static enum MHD_Result begin_body(struct request *r)
{
    if (r->announced > 0 && r->x.route->roles != 0)
        return start_work(r, admit);
    if (r->announced > 0 && !ky_dispatch_admits(r->server->cfg.web, &r->x))
        return send_answer(r);
    return start_reading(r);
}

static enum MHD_Result begin(struct ky_server *s, struct MHD_Connection *c, const char *url,
                             const char *method, void **state)
{
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return MHD_NO;
    *state = r;
    r->server = s;
    r->connection = c;
    r->began_ms = ky_mono_ms();
    ky_exchange_init(&r->x);
    ky_rc rc = read_head(r, url, method);
    return rc == KY_OK ? begin_body(r) : refuse(r, rc);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **state)
{
    struct request *r = *state;
    (void)version;
    if (r == NULL)
        return begin(cls, c, url, method, state);
    if (r->done)
        return send_answer(r);
    if (!r->reading) /* admitted; still at the headers */
        return start_reading(r);
    if (*n > 0) {
        ky_buf_add(&r->body, KY_BYTES(data, *n));
        *n = 0;
        return r->body.rc == KY_OK ? MHD_YES : MHD_NO; /* longer than announced: the connection ends */
    }
    return start_work(r, run);
}

static void on_completed(void *cls, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct request *r = *state;
    (void)cls;
    (void)c;
    if (r == NULL)
        return;
    ky_log(KY_LOG_INFO, "http.request", "id=%s method=%.8s route=%s status=%u ms=%lld%s", r->x.id,
           r->x.method == NULL ? "-" : r->x.method, r->x.route == NULL ? "-" : r->x.route->path, r->x.status,
           (long long)(ky_mono_ms() - r->began_ms),
           how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " cut=yes");
    free_request(r);
    *state = NULL;
}

KY_PRINTF(2, 0) static void on_library_log(void *cls, const char *fmt, va_list args)
{
    char text[256];
    (void)cls;
    vsnprintf(text, sizeof text, fmt, args);
    text[strcspn(text, "\n")] = 0;
    ky_log(KY_LOG_DEBUG, "http.library", "text=" KY_Q, text);
}

static struct MHD_Daemon *start_daemon(struct ky_server *s, const struct sockaddr *address, unsigned flags)
{
    const struct ky_server_config *cfg = &s->cfg;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cfg->tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)cfg->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        /* last: it makes the library ask, and without it there is nothing to say */
        {cfg->client_cas == NULL ? MHD_OPTION_END : MHD_OPTION_HTTPS_MEM_TRUST, 0,
         (void *)(uintptr_t)cfg->client_cas},
        {MHD_OPTION_END, 0, NULL},
    };
    static struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, address,
                            MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL, MHD_OPTION_NOTIFY_COMPLETED,
                            on_completed, NULL, MHD_OPTION_THREAD_POOL_SIZE, cfg->io_threads,
                            MHD_OPTION_CONNECTION_LIMIT, cfg->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                            cfg->connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, cfg->idle_s,
                            MHD_OPTION_ARRAY, cfg->tls_cert == NULL ? plain : tls, MHD_OPTION_END);
}

static ky_rc listen_on(struct ky_server *s)
{
    char port[8];
    struct addrinfo *found,
        want = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    snprintf(port, sizeof port, "%u", s->cfg.port);
    if (getaddrinfo(s->cfg.address, port, &want, &found) != 0)
        return ky_fail(KY_EINVAL, "address %s is not numeric", s->cfg.address);
    if (found->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (s->cfg.tls_cert != NULL)
        flags |= MHD_USE_TLS;
    s->daemon = start_daemon(s, found->ai_addr, flags);
    freeaddrinfo(found);
    return s->daemon != NULL ? KY_OK
                             : ky_fail(KY_EIO, "cannot listen on %s port %u", s->cfg.address, s->cfg.port);
}

ky_rc ky_server_start(struct ky_server **out, const struct ky_server_config *cfg)
{
    struct ky_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ky_fail(KY_ENOMEM, "server");
    s->cfg = *cfg;
    s->listening = MHD_INVALID_SOCKET;
    ky_rc rc = listen_on(s);
    if (rc != KY_OK) {
        free(s);
        return rc;
    }
    *out = s;
    return KY_OK;
}

void ky_server_quiesce(struct ky_server *s)
{
    if (s != NULL)
        s->listening = MHD_quiesce_daemon(s->daemon);
}

void ky_server_stop(struct ky_server *s)
{
    if (s == NULL)
        return;
    MHD_stop_daemon(s->daemon);
    if (s->listening != MHD_INVALID_SOCKET)
        close(s->listening);
    free(s);
}

uint16_t ky_server_port(const struct ky_server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}
