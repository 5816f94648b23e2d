/* See keeper_world.h. */
#include "tests/unit/prog/keeper_world.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "os/file.h"
#include "os/sock.h"

#define MONO_START 1000000
#define REPLY_MAX (1u << 20)
#define ROUNDS_MAX 50
#define FILE_MAX (8u << 20)

static int64_t stand_still(void *ctx)
{
    const struct world *w = ctx;
    return w->now * 1000000;
}

static int64_t tick(void *ctx, int64_t now_ms)
{
    struct world *w = ctx;
    ky_keeper_tick(&w->keeper, w->mono_ms);
    return now_ms;
}

static void closed(void *ctx, ky_role peer, unsigned index)
{
    struct world *w = ctx;
    ky_keeper_closed(&w->keeper, peer, index);
}

/* ---- the token, as the ceremony leaves it ---- */

static void make_keys(struct world *w)
{
    ky_auto_token_key audit = NULL;
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    assert_ok(make_token(softhsm_module(), "keeper"));
    assert_ok(open_token(&w->ks, softhsm_module(), "keeper", PIN));
    assert_ok(ky_keystore_make_key(w->ks, "K_reg", KY_USE_MAC, KY_KEY_P256));
    assert_ok(ky_keystore_make_key(w->ks, "K_audit", KY_USE_SIGN, KY_KEY_P256));
    assert_ok(ky_keystore_find_key(&w->reg_key, w->ks, "K_reg", KY_USE_MAC));
    w->k_reg = ky_token_mac(w->reg_key);
    assert_ok(ky_keystore_find_key(&audit, w->ks, "K_audit", KY_USE_SIGN));
    assert_ok(ky_keystore_public(&spki, audit));
    assert_true(spki.n > KY_P256_POINT);
    memcpy(w->founder.sam_audit, spki.p + spki.n - KY_P256_POINT, KY_P256_POINT);
}

static void found(struct world *w)
{
    ky_auto_json json = NULL;
    ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX), value = ky_buf_init(KY_TOKEN_DATA_MAX);
    const struct ky_anchor first = {.time = w->now};
    founder_json(&json, &w->founder);
    founder_text(&text, json);
    assert_ok(ky_founding_seal(&value, ky_buf_bytes(&text), KY_PROCESS_SAM, &w->k_reg));
    assert_ok(
        ky_keystore_add_data(w->ks, KY_FOUNDING_APPLICATION, KY_FOUNDING_LABEL, ky_buf_bytes(&value), true));
    assert_ok(ky_anchor_write(w->ks, &w->k_reg, KY_PROCESS_SAM, FOUNDER_NODE, &first));
}

int world_set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    *w = (struct world){.now = NOW, .mono_ms = MONO_START, .web = -1, .workers = {-1, -1}, .page = 4096};
    w->clock = (struct ky_clock){stand_still, w};
    w->copy = ky_buf_init(FILE_MAX);
    assert_true(softhsm_setup(&w->hsm));
    snprintf(w->state, sizeof w->state, "%s/state", w->hsm.dir);
    assert_int_equal(mkdir(w->state, 0700), 0);
    founder_init(&w->founder, NOW);
    make_keys(w);
    found(w);
    *state = w;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *w = *state;
    world_stop(w);
    ky_token_key_close(w->reg_key);
    ky_keystore_close(w->ks);
    founder_clear(&w->founder);
    softhsm_teardown(&w->hsm);
    ky_buf_clear(&w->copy);
    free(w);
    return 0;
}

/* ---- connections ---- */

static int connect_peer(struct world *w, ky_role role, unsigned index)
{
    int fds[2];
    assert_ok(ky_sock_pair(fds));
    assert_ok(ky_ipc_server_add(w->server, role, index, fds[0]));
    return fds[1];
}

ky_rc world_start(struct world *w)
{
    static struct ky_ipc_table table;
    const struct ky_keeper_config cfg = {
        .process = KY_PROCESS_SAM, .state = w->state, .ks = w->ks, .clock = &w->clock};
    const struct ky_ipc_server_ops ops = {.ctx = w, .tick = tick, .closed = closed};
    assert_false(w->running);
    assert_ok(ky_ipc_server_new(&w->server));
    w->running = true;
    KY_TRY(ky_keeper_start(&w->keeper, &cfg, w->server));
    table = (struct ky_ipc_table){ky_keeper_messages, ky_keeper_message_count, &w->keeper};
    assert_ok(ky_ipc_server_serve(w->server, &table));
    for (unsigned i = 0; i < WORLD_WORKERS; i++)
        w->workers[i] = connect_peer(w, KY_ROLE_SAM_WORKER, i);
    ky_ipc_server_set_ops(w->server, &ops);
    return KY_OK;
}

void world_stop(struct world *w)
{
    if (!w->running)
        return;
    const struct ky_ipc_server_ops none = {.ctx = w};
    ky_ipc_server_set_ops(w->server, &none);
    ky_ipc_server_free(w->server);
    ky_keeper_clear(&w->keeper);
    for (unsigned i = 0; i < WORLD_WORKERS; i++)
        ky_fd_clear(&w->workers[i]);
    ky_fd_clear(&w->web);
    w->running = false;
}

void world_restart(struct world *w)
{
    world_stop(w);
    assert_ok(world_start(w));
}

void world_connect_web(struct world *w)
{
    ky_fd_clear(&w->web);
    w->web = connect_peer(w, KY_ROLE_WEB, 0);
}

void world_lose_worker(struct world *w, unsigned worker)
{
    ky_fd_clear(&w->workers[worker]);
    world_steps(w, 2);
    w->workers[worker] = connect_peer(w, KY_ROLE_SAM_WORKER, worker);
}

/* ---- frames ---- */

static void put_frame(int fd, struct ky_ipc_header h, struct ky_bytes body)
{
    uint8_t head[KY_IPC_HEADER];
    h.body_n = (uint32_t)body.n;
    ky_ipc_header_encode(head, &h);
    assert_ok(ky_sock_write(fd, KY_BYTES_OF(head), -1, ky_deadline_in(1000)));
    assert_ok(ky_sock_write(fd, body, -1, ky_deadline_in(1000)));
}

static bool get_frame(int fd, struct ky_ipc_header *h, struct ky_buf *body)
{
    uint8_t head[KY_IPC_HEADER];
    size_t done;
    int passed = -1;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, 0) != 1)
        return false;
    assert_ok(ky_sock_read(fd, head, sizeof head, &done, &passed, ky_deadline_in(1000)));
    assert_ok(ky_ipc_header_decode(h, head));
    uint8_t *at = ky_buf_grow(body, h->body_n);
    assert_true(at != NULL || h->body_n == 0);
    if (h->body_n > 0)
        assert_ok(ky_sock_read(fd, at, h->body_n, &done, &passed, ky_deadline_in(1000)));
    return true;
}

/* The database keeps what continues what it has; a hostile one is made by changing `copy` or `claim`. */
static void keep_copy(struct world *w, struct ky_reader *in, struct ky_buf *answer)
{
    uint64_t held = w->copy.n / KY_LOG_ENTRY_SIZE, first = ky_read_u64(in);
    if (first == held + 1)
        ky_buf_add(&w->copy, in->left);
    ky_buf_add_u64(answer, w->claim != 0 ? w->claim : w->copy.n / KY_LOG_ENTRY_SIZE);
}

static void give_copy(const struct world *w, struct ky_reader *in, struct ky_buf *answer)
{
    uint64_t held = w->copy.n / KY_LOG_ENTRY_SIZE, after = ky_read_u64(in);
    size_t count = after >= held ? 0 : (size_t)(held - after);
    count = count > w->page ? w->page : count;
    if (count > 0)
        ky_buf_add(answer, KY_BYTES(w->copy.p + after * KY_LOG_ENTRY_SIZE, count * KY_LOG_ENTRY_SIZE));
}

static void play_web(struct world *w)
{
    struct ky_ipc_header h;
    ky_auto_buf body = ky_buf_init(REPLY_MAX), answer = ky_buf_init(REPLY_MAX);
    if (w->web < 0 || !get_frame(w->web, &h, &body))
        return;
    struct ky_reader in = KY_READER(ky_buf_bytes(&body));
    assert_int_equal(ky_read_u8(&in), KY_PROCESS_SAM);
    if (h.type == KY_MSG_LOG_APPEND)
        keep_copy(w, &in, &answer);
    else
        give_copy(w, &in, &answer);
    h.type |= KY_IPC_REPLY;
    put_frame(w->web, h, ky_buf_bytes(&answer));
}

void world_steps(struct world *w, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        w->mono_ms += KY_KEEPER_ANCHOR_MS;
        assert_ok(ky_ipc_server_step(w->server, 0));
        play_web(w);
    }
}

void world_send(struct world *w, unsigned worker, uint16_t type, struct ky_bytes body)
{
    put_frame(w->workers[worker], (struct ky_ipc_header){.type = type, .id = ++w->last_id}, body);
}

bool world_answered(struct world *w, unsigned worker, ky_rc *rc, struct ky_buf *reply)
{
    struct ky_ipc_header h;
    ky_auto_buf body = ky_buf_init(REPLY_MAX);
    if (!get_frame(w->workers[worker], &h, &body))
        return false;
    assert_int_equal(h.id, w->last_id);
    *rc = (ky_rc) - (int)h.status;
    if (*rc != KY_OK)
        *rc = ky_fail(*rc, "%s", ky_buf_str(&body));
    else if (reply != NULL)
        ky_buf_add(reply, ky_buf_bytes(&body));
    return true;
}

ky_rc world_call(struct world *w, unsigned worker, uint16_t type, struct ky_bytes body, struct ky_buf *reply)
{
    ky_rc rc = KY_EINTERNAL;
    world_send(w, worker, type, body);
    for (unsigned i = 0; i < ROUNDS_MAX; i++) {
        world_steps(w, 1);
        if (world_answered(w, worker, &rc, reply))
            return rc;
    }
    fail_msg("message %#x was not answered", type);
    return rc;
}

/* ---- messages ---- */

void world_head(struct ky_keeper_head *h, struct world *w, ky_operation op, uint8_t statement,
                ky_nonce_kind kind)
{
    const uint8_t body = (uint8_t)kind;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    assert_ok(world_call(w, 0, KY_MSG_K_NONCE, KY_BYTES(&body, 1), &nonce));
    assert_int_equal(nonce.n, KY_NONCE_SIZE);
    *h = (struct ky_keeper_head){.op = op,
                                 .statement = {statement},
                                 .authorisation = {statement},
                                 .has_nonce = true,
                                 .exp = w->now + 60};
    memcpy(h->nonce, nonce.p, KY_NONCE_SIZE);
}

ky_rc world_execute(struct world *w, const struct ky_keeper_head *h, const struct ky_execute *e,
                    struct ky_buf *reply)
{
    ky_auto_buf body = ky_buf_init(KY_KEEPER_BODY_MAX);
    ky_keeper_head_encode(&body, h);
    ky_execute_encode(&body, e);
    return world_call(w, 0, KY_MSG_K_EXECUTE, ky_buf_bytes(&body), reply);
}

ky_rc world_reserve(struct world *w, unsigned worker, const struct ky_keeper_head *h,
                    const struct ky_reserve *r, struct ky_buf *reply)
{
    ky_auto_buf body = ky_buf_init(8192);
    ky_keeper_head_encode(&body, h);
    ky_reserve_encode(&body, r);
    return world_call(w, worker, KY_MSG_K_RESERVE, ky_buf_bytes(&body), reply);
}

/* ---- files ---- */

void world_path(char out[160], const struct world *w, const char *name)
{
    snprintf(out, 160, "%s/%s", w->state, name);
}

void world_read(struct ky_buf *out, const struct world *w, const char *name)
{
    char path[160];
    world_path(path, w, name);
    *out = ky_buf_init(FILE_MAX);
    assert_ok(ky_file_read(out, path));
}

void world_write(const struct world *w, const char *name, struct ky_bytes content)
{
    char path[160];
    world_path(path, w, name);
    assert_ok(ky_file_write(path, content, 0600));
}

size_t world_audited(const struct world *w, ky_audit_phase phase)
{
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    struct ky_buf file;
    size_t count = 0;
    world_read(&file, w, "audit");
    struct ky_reader in = KY_READER(ky_buf_bytes(&file));
    while (in.left.n > 0) {
        assert_ok(ky_audit_parse(&r, objects, ky_read_lv(&in, KY_AUDIT_RECORD_MAX)));
        count += r.phase == phase;
    }
    ky_buf_clear(&file);
    return count;
}
