/*
 * A web tier gone bad, for the attack tests: stands where the web process
 * stands and lets a test speak to the workers over their own connections.
 * STATE_DIR/web/relay/sam-worker.0 … are unix sockets: bytes go through as
 * they are, one client at a time; when the client or the worker closes, the
 * worker's connection ends and a fresh one is asked for. The keepers' copies
 * of the registry log are the files log.sam and log.ca, which a test may cut
 * or spoil; while the file `deaf` exists, keepers get no answer but an error.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "domain/message.h"
#include "domain/reglog.h"
#include "os/child.h"
#include "os/settings.h"

#define PEERS_MAX 32
#define CHUNK 65536
#define FETCH_MAX (4096 * KY_LOG_ENTRY_SIZE)

struct relay;

struct peer {
    struct relay *relay;
    ky_role role;
    unsigned index;
    int fd; /* connection to the worker; -1: none now */
    int listener;
};

struct relay {
    struct ky_child *child;
    char folder[256];
    struct peer peers[PEERS_MAX];
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t came;
};

static int listen_at(const struct peer *p)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%.80s/%.16s.%u", p->relay->folder, ky_role_name(p->role),
             p->index);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(at.sun_path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 64) != 0) {
        ky_log(KY_LOG_ERROR, "relay.listen", "path=" KY_Q, at.sun_path);
        abort();
    }
    return fd;
}

static int wait_for_worker(struct peer *p)
{
    pthread_mutex_lock(&p->relay->lock);
    while (p->fd < 0)
        pthread_cond_wait(&p->relay->came, &p->relay->lock);
    int fd = p->fd;
    p->fd = -1;
    pthread_mutex_unlock(&p->relay->lock);
    return fd;
}

static bool pass(int from, int to)
{
    static _Thread_local char chunk[CHUNK];
    ssize_t n = read(from, chunk, sizeof chunk);
    for (ssize_t at = 0; at < n;) {
        struct pollfd ready = {.fd = to, .events = POLLOUT};
        ssize_t w = write(to, chunk + at, (size_t)(n - at));
        if (w < 0 && poll(&ready, 1, 5000) != 1)
            return false;
        at += w < 0 ? 0 : w;
    }
    return n > 0;
}

static void bridge(int client, int worker)
{
    struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = worker, .events = POLLIN}};
    for (;;) {
        if (poll(ends, 2, -1) < 0)
            return;
        if (ends[0].revents != 0 && !pass(client, worker))
            return;
        if (ends[1].revents != 0 && !pass(worker, client))
            return;
    }
}

static void *serve_peer(void *ctx)
{
    struct peer *p = ctx;
    for (;;) {
        int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            continue;
        int worker = wait_for_worker(p);
        bridge(client, worker);
        close(client);
        close(worker);
        if (ky_child_relink(p->relay->child, p->role, p->index) != KY_OK)
            ky_log(KY_LOG_ERROR, "relay.relink", "error=" KY_Q, ky_error());
    }
    return NULL;
}

static struct peer *find_peer(struct relay *r, ky_role role, unsigned index)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->peers[i].role == role && r->peers[i].index == index)
            return &r->peers[i];
    if (r->count == PEERS_MAX)
        abort();
    struct peer *p = &r->peers[r->count++];
    pthread_t thread;
    *p = (struct peer){.relay = r, .role = role, .index = index, .fd = -1};
    p->listener = listen_at(p); /* before web is ready: whoever waits for that can connect */
    if (pthread_create(&thread, NULL, serve_peer, p) != 0)
        abort();
    pthread_detach(thread);
    return p;
}

static void on_connected(void *ctx, ky_role role, unsigned index, int taken_fd)
{
    struct relay *r = ctx;
    struct peer *p = find_peer(r, role, index);
    pthread_mutex_lock(&r->lock);
    if (p->fd >= 0)
        close(p->fd);
    p->fd = taken_fd;
    pthread_cond_broadcast(&r->came);
    pthread_mutex_unlock(&r->lock);
}

static ky_rc open_copy(int *fd, const struct relay *r, uint8_t process)
{
    char path[300];
    snprintf(path, sizeof path, "%s/deaf", r->folder);
    if (access(path, F_OK) == 0)
        return ky_fail(KY_EBUSY, "deaf");
    snprintf(path, sizeof path, "%s/log.%s", r->folder, process == KY_PROCESS_SAM ? "sam" : "ca");
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return *fd < 0 ? ky_fail(KY_EIO, "%s", path) : KY_OK;
}

static uint64_t copy_size(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? (uint64_t)st.st_size / KY_LOG_ENTRY_SIZE : 0;
}

static ky_rc on_append(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_reader in = KY_READER(body);
    uint8_t process = ky_read_u8(&in);
    uint64_t first = ky_read_u64(&in);
    int fd;
    (void)request;
    KY_TRY(open_copy(&fd, ctx, process));
    if (first == copy_size(fd) + 1 && in.left.n > 0 &&
        pwrite(fd, in.left.p, in.left.n, (off_t)((first - 1) * KY_LOG_ENTRY_SIZE)) < 0)
        ky_log(KY_LOG_ERROR, "relay.copy", "first=%llu", (unsigned long long)first);
    ky_buf_add_u64(reply, copy_size(fd));
    close(fd);
    return ky_buf_finish(reply);
}

static ky_rc on_fetch(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_reader in = KY_READER(body);
    uint8_t process = ky_read_u8(&in);
    uint64_t after = ky_read_u64(&in);
    int fd;
    (void)request;
    KY_TRY(open_copy(&fd, ctx, process));
    char *entries = malloc(FETCH_MAX);
    ssize_t n = entries == NULL ? -1 : pread(fd, entries, FETCH_MAX, (off_t)(after * KY_LOG_ENTRY_SIZE));
    ky_buf_add(reply, KY_BYTES(entries, n < 0 ? 0 : n / KY_LOG_ENTRY_SIZE * KY_LOG_ENTRY_SIZE));
    free(entries);
    close(fd);
    return ky_buf_finish(reply);
}

static const struct ky_ipc_message messages[] = {
    {KY_MSG_LOG_APPEND, "LOG_APPEND", KY_PEER(KY_ROLE_SAM_KEEPER) | KY_PEER(KY_ROLE_CA_KEEPER),
     KY_IPC_ANY_PHASE, 1 << 20, false, on_append},
    {KY_MSG_LOG_FETCH, "LOG_FETCH", KY_PEER(KY_ROLE_SAM_KEEPER) | KY_PEER(KY_ROLE_CA_KEEPER),
     KY_IPC_ANY_PHASE, 16, false, on_fetch},
};

static ky_rc run(struct relay *r, int argc, char **argv)
{
    const struct ky_ipc_table table = {messages, KY_COUNT(messages), r};
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_settings settings;
    KY_TRY(ky_child_init(&r->child, argc, argv, KY_PEER(KY_ROLE_WEB)));
    KY_TRY(ky_settings_load(&settings, &arena, KY_ROLE_WEB, "configuration", ky_child_config(r->child)));
    snprintf(r->folder, sizeof r->folder, "%s/web/relay", settings.kyso.state_dir);
    mkdir(r->folder, 0700);
    KY_TRY(ky_child_serve(r->child, KY_PEER(KY_ROLE_SAM_KEEPER) | KY_PEER(KY_ROLE_CA_KEEPER), &table));
    KY_TRY(ky_child_connect(r->child, KY_PEER(KY_ROLE_SAM_WORKER) | KY_PEER(KY_ROLE_CA_WORKER), on_connected,
                            r));
    return ky_child_run(r->child);
}

int main(int argc, char **argv)
{
    static struct relay r = {.lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER};
    ky_rc rc = run(&r, argc, argv);
    return ky_child_exit_status(r.child, rc);
}
