/* See listener.h. */
#include "prog/agent/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "os/lang.h"
#include "os/sandbox.h"
#include "os/sock.h"
#include "prog/agent/desk.h"
#include "prog/agent/link.h"
#include "prog/agent/rules.h"
#include "prog/agent/ws.h"

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"
#define CONNECTIONS_MAX 16u
#define BUFFER_SIZE                                                                                          \
    ((size_t)512 << 10)  /* bytes of a connection: what passes between TLS and the conversation at once */
#define IDLE_S 15u       /* of a connection before it has become a WebSocket */
#define MESSAGE_MS 30000 /* for the page's whole message */
#define REPLY_MS 15000
#define WS_LAST 0x88    /* first byte of a close frame */
#define GOODBYE_MS 2000 /* for the page's own close */
#define ANSWER_MS                                                                                            \
    2400000 /* two questions and two transfers at their longest; the desk keeps the real limits */

struct listener {
    const struct agent_listener *cfg;
    pthread_mutex_t desk; /* held by the one conversation that the desk works for */
};

/* An upgraded connection: a thread of its own. */
struct conversation {
    struct listener *listener;
    struct MHD_UpgradeResponseHandle *handle;
    int fd;
    int64_t deadline_ms;   /* for the page's message */
    struct ky_bytes early; /* bytes that came with the handshake */
    uint8_t *early_copy;   /* owned */
    const struct agent_endpoint *endpoint;
    char origin[AGENT_ORIGIN_MAX + 1];
};

/* ---- a conversation ---- */

static ky_rc give(void *ctx, uint8_t *out, size_t n)
{
    struct conversation *c = ctx;
    const size_t early = n < c->early.n ? n : c->early.n;
    size_t done = 0;
    int passed = -1;
    if (early > 0)
        memcpy(out, c->early.p, early);
    c->early = KY_BYTES(c->early.p + early, c->early.n - early);
    return early == n ? KY_OK : ky_sock_read(c->fd, out + early, n - early, &done, &passed, c->deadline_ms);
}

static ky_rc pong(void *ctx, struct ky_bytes payload)
{
    const struct conversation *c = ctx;
    ky_auto_buf frame = ky_buf_init(WS_HEADER_MAX + WS_CONTROL_MAX);
    ws_add_frame(&frame, WS_PONG, payload);
    KY_TRY(ky_buf_finish(&frame));
    return ky_sock_write(c->fd, ky_buf_bytes(&frame), -1, c->deadline_ms);
}

/* The desk works for one page at a time; another is told so at once. */
static ky_rc ask_desk(struct ky_buf *reply, struct conversation *c, struct ky_bytes text)
{
    const struct agent_request req = {.endpoint = c->endpoint, .origin = c->origin, .text = text};
    ky_auto_buf question = ky_buf_init(AGENT_TEXT_MAX + AGENT_QUESTION_ROOM);
    agent_question_add(&question, &req);
    KY_TRY(ky_buf_finish(&question));
    if (pthread_mutex_trylock(&c->listener->desk) != 0)
        return ky_fail(KY_EBUSY, "%s",
                       ky_say("đang thực hiện một yêu cầu khác", "another request is under way"));
    const int64_t deadline_ms = ky_deadline_in(ANSWER_MS);
    ky_rc rc = agent_send(LINK_FD, ky_buf_bytes(&question), deadline_ms);
    if (rc == KY_OK)
        rc = agent_recv(LINK_FD, reply, deadline_ms);
    if (rc != KY_OK)
        _exit(1); /* no desk, no agent: its end is noticed and said there */
    pthread_mutex_unlock(&c->listener->desk);
    return KY_OK;
}

static ky_rc send_reply(const struct conversation *c, const struct ky_buf *reply)
{
    ky_auto_buf frames = ky_buf_init(AGENT_REPLY_MAX + 2 * WS_HEADER_MAX);
    ws_add_frame(&frames, WS_TEXT, ky_buf_bytes(reply));
    ws_add_close(&frames, WS_NORMAL);
    KY_TRY(ky_buf_finish(&frames));
    return ky_sock_write(c->fd, ky_buf_bytes(&frames), -1, ky_deadline_in(REPLY_MS));
}

static void send_close(const struct conversation *c, ws_status status)
{
    ky_auto_buf frame = ky_buf_init(WS_HEADER_MAX);
    ws_add_close(&frame, status);
    if (ky_sock_write(c->fd, ky_buf_bytes(&frame), -1, ky_deadline_in(REPLY_MS)) != KY_OK)
        ky_log(KY_LOG_DEBUG, "agent.close", "text=" KY_Q, ky_error());
}

/* Waits a moment for the page's own close, so that ours is not lost with the connection. */
static void wait_for_end(struct conversation *c)
{
    uint8_t block[512];
    const int64_t deadline_ms = ky_deadline_in(GOODBYE_MS);
    for (bool closed = false; !closed && ky_sock_wait(c->fd, POLLIN, deadline_ms) == KY_OK;) {
        size_t n = 0;
        int passed = -1;
        if (ky_sock_read_some(c->fd, block, sizeof block, &n, &passed, &closed) != KY_OK)
            return;
        closed = closed || (n > 0 && block[0] == WS_LAST);
    }
}

static ky_rc converse(struct conversation *c, ws_status *status)
{
    const struct ws_source source = {.ctx = c, .give = give, .pong = pong};
    ky_auto_buf text = ky_buf_init(c->endpoint->max_bytes), reply = ky_buf_init(AGENT_REPLY_MAX);
    c->deadline_ms = ky_deadline_in(MESSAGE_MS);
    KY_TRY(ws_read_text(&text, status, &source));
    const ky_rc rc = ask_desk(&reply, c, ky_buf_bytes(&text));
    if (rc != KY_OK)
        agent_reply_failure(&reply, rc);
    return send_reply(c, &reply);
}

static void *run_conversation(void *arg)
{
    struct conversation *c = arg;
    ws_status status = WS_NORMAL;
    const ky_rc rc = converse(c, &status);
    if (rc != KY_OK) {
        ky_log(KY_LOG_WARN, "agent.message", "origin=%s path=%s text=" KY_Q, c->origin, c->endpoint->path,
               ky_error());
        send_close(c, status);
    }
    wait_for_end(c);
    shutdown(c->fd, SHUT_RDWR); /* wakes the daemon, which otherwise closes when something else happens */
    MHD_upgrade_action(c->handle, MHD_UPGRADE_ACTION_CLOSE);
    free(c->early_copy);
    free(c);
    return NULL;
}

/* ---- HTTP ---- */

static void on_upgrade(void *cls, struct MHD_Connection *connection, void *con_cls, const char *early,
                       size_t n_early, MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
    struct conversation *c = cls;
    pthread_t thread;
    (void)connection, (void)con_cls;
    c->handle = handle;
    c->fd = fd;
    c->early_copy = n_early == 0 ? NULL : malloc(n_early);
    if (c->early_copy != NULL) {
        memcpy(c->early_copy, early, n_early);
        c->early = KY_BYTES(c->early_copy, n_early);
    }
    const bool whole = n_early == 0 || c->early_copy != NULL;
    if (whole && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
        pthread_create(&thread, NULL, run_conversation, c) == 0) {
        pthread_detach(thread);
        return;
    }
    MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    free(c->early_copy);
    free(c);
}

static enum MHD_Result send_status(struct MHD_Connection *connection, unsigned status, const char *origin)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (origin != NULL) { /* a browser asks first whether a public page may speak to this machine */
        MHD_add_response_header(response, "Access-Control-Allow-Origin", origin);
        MHD_add_response_header(response, "Access-Control-Allow-Private-Network", "true");
        MHD_add_response_header(response, "Vary", "Origin");
    }
    const enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Is word one of a header's, separated by commas? */
static bool has_word(const char *list, const char *word)
{
    const size_t n = strlen(word);
    while (list != NULL && *list != 0) {
        list += strspn(list, " \t,");
        const size_t here = strcspn(list, " \t,");
        if (here == n && strncasecmp(list, word, n) == 0)
            return true;
        list += here;
    }
    return false;
}

static bool is_handshake(struct MHD_Connection *connection, const char *method, const char *version)
{
    return ky_str_eq(method, "GET") && ky_str_eq(version, "HTTP/1.1") &&
           has_word(header(connection, "Upgrade"), "websocket") &&
           has_word(header(connection, "Connection"), "upgrade") &&
           ky_str_eq(header(connection, "Sec-WebSocket-Version"), "13");
}

static enum MHD_Result upgrade(struct listener *l, struct MHD_Connection *connection,
                               const struct agent_endpoint *endpoint, const char *accept)
{
    struct conversation *c = calloc(1, sizeof *c);
    struct MHD_Response *response = c == NULL ? NULL : MHD_create_response_for_upgrade(on_upgrade, c);
    if (response == NULL) {
        free(c);
        return MHD_NO;
    }
    c->listener = l;
    c->endpoint = endpoint;
    snprintf(c->origin, sizeof c->origin, "%s", header(connection, "Origin"));
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", accept);
    const enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_SWITCHING_PROTOCOLS, response);
    MHD_destroy_response(response);
    if (result != MHD_YES)
        free(c);
    return result;
}

/* Who is it, from where, and does it speak to this machine by its own name? 0: go on. */
static unsigned judge(const struct listener *l, struct MHD_Connection *connection, const char *url)
{
    const char *origin = header(connection, "Origin"), *host = header(connection, "Host");
    const struct agent_conf *conf = l->cfg->conf;
    if (agent_host_allowed(host, (unsigned)conf->port) && agent_origin_allowed(conf->origins, origin))
        return 0;
    ky_log(KY_LOG_WARN, "agent.refused", "origin=" KY_Q " host=" KY_Q " path=" KY_Q,
           origin == NULL ? "" : origin, host == NULL ? "" : host, url);
    return MHD_HTTP_FORBIDDEN;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *n,
                                  void **state)
{
    struct listener *l = cls;
    char accept[WS_ACCEPT_SIZE];
    (void)data, (void)n, (void)state;
    const unsigned refusal = judge(l, connection, url);
    if (refusal != 0)
        return send_status(connection, refusal, NULL);
    if (ky_str_eq(method, "OPTIONS"))
        return send_status(connection, MHD_HTTP_NO_CONTENT, header(connection, "Origin"));
    const struct agent_endpoint *endpoint = agent_endpoint_find(url);
    if (endpoint == NULL)
        return send_status(connection, MHD_HTTP_NOT_FOUND, NULL);
    if (!is_handshake(connection, method, version))
        return send_status(connection, MHD_HTTP_UPGRADE_REQUIRED, NULL);
    if (ws_accept(accept, header(connection, "Sec-WebSocket-Key")) != KY_OK)
        return send_status(connection, MHD_HTTP_BAD_REQUEST, NULL);
    return upgrade(l, connection, endpoint, accept);
}

KY_PRINTF(2, 0) static void on_library_log(void *cls, const char *fmt, va_list args)
{
    char text[256];
    (void)cls;
    vsnprintf(text, sizeof text, fmt, args);
    text[strcspn(text, "\n")] = 0;
    ky_log(KY_LOG_DEBUG, "agent.library", "text=" KY_Q, text);
}

/* Loopback only, whatever the configuration says. */
static struct MHD_Daemon *start(struct listener *l)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)l->cfg->conf->port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_UPGRADE | MHD_USE_TLS | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_library_log,
                            NULL, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT,
                            CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_HTTPS_MEM_CERT,
                            l->cfg->cert, MHD_OPTION_HTTPS_MEM_KEY, l->cfg->key, MHD_OPTION_HTTPS_PRIORITIES,
                            TLS_PRIORITIES, MHD_OPTION_END);
}

void agent_listener_run(const void *arg)
{
    struct listener l = {.cfg = arg, .desk = PTHREAD_MUTEX_INITIALIZER};
    const int64_t now = ky_deadline_in(REPLY_MS);
    signal(SIGPIPE, SIG_IGN);
    ky_rc rc = ky_sandbox_enter(KY_SANDBOX_WEB);
    struct MHD_Daemon *daemon = rc == KY_OK ? start(&l) : NULL;
    if (rc == KY_OK && daemon == NULL)
        rc = ky_fail(KY_EIO,
                     ky_say("không mở được cổng %lld trên 127.0.0.1", "cannot listen on 127.0.0.1 port %lld"),
                     (long long)l.cfg->conf->port);
    if (agent_send_result(LINK_FD, rc, KY_BYTES_NONE, now) != KY_OK || rc != KY_OK)
        return;
    struct pollfd desk = {
        .fd = LINK_FD}; /* no events: only its end, which is ours; the daemon's thread works */
    while (poll(&desk, 1, -1) <= 0)
        ;
}
