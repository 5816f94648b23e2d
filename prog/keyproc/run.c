/* main of a key process; see run.h. */
#include "prog/keyproc/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "os/file.h"
#include "prog/keeper/keeper.h"

#define PATH_MAX_BYTES 512
#define PIN_MAX 256
#define UNWRAPS_MAX                                                                                          \
    200000 /* then the worker is recycled: the token's library may leak (SoftHSM: ~270 bytes each) */

struct opened {
    struct ky_arena arena;
    struct ky_settings settings;
    const struct ky_settings_key *key;
    struct ky_secret pin;
    char state[PATH_MAX_BYTES];
};

static ky_rc read_pin(struct opened *o)
{
    char path[PATH_MAX_BYTES];
    if (o->key->pin_file[0] != 0)
        snprintf(path, sizeof path, "%s", o->key->pin_file);
    else
        snprintf(path, sizeof path, "%s/pin", o->state);
    ky_auto_buf text = ky_buf_init_secret(PIN_MAX);
    KY_TRY(ky_file_read_secret(&text, path));
    KY_TRY(ky_secret_init(&o->pin, text.n));
    memcpy(o->pin.p, text.p, text.n);
    return KY_OK;
}

static ky_rc read_settings(struct opened *o, struct ky_child *child, const struct ky_keyproc *def)
{
    o->arena = ky_arena_init(1 << 20);
    KY_TRY(ky_settings_load(&o->settings, &o->arena, ky_child_role(child), "configuration",
                            ky_child_config(child)));
    o->key =
        (const struct ky_settings_key *)(const void *)((const char *)&o->settings + def->settings_offset);
    snprintf(o->state, sizeof o->state, "%s/%s", o->settings.kyso.state_dir, ky_process_name(def->process));
    return read_pin(o);
}

static struct ky_keystore_config token_config(const struct opened *o, bool read_write)
{
    return (struct ky_keystore_config){
        .module = o->key->module, .token = o->key->token, .pin = &o->pin, .read_write = read_write};
}

static void clear_opened(struct opened *o)
{
    ky_secret_clear(&o->pin);
    ky_arena_clear(&o->arena);
}

static ky_rc run_keeper(struct ky_child *child, const struct ky_keyproc *def, const struct opened *o)
{
    ky_auto_keystore ks = NULL;
    KY_CLEANUP(ky_keeper_clear) struct ky_keeper k = {0};
    const struct ky_keystore_config token = token_config(o, true);
    KY_TRY(ky_keystore_open(&ks, &token));
    const struct ky_keeper_config cfg = {
        .process = def->process, .state = o->state, .ks = ks, .overdue_s = o->key->overdue_hours * KY_HOUR};
    KY_TRY(ky_keeper_start(&k, &cfg, ky_child_server(child)));
    const struct ky_ipc_table table = {ky_keeper_messages, ky_keeper_message_count, &k};
    const struct ky_ipc_table nothing = {NULL, 0, &k};
    const struct ky_ipc_server_ops ops = {.ctx = &k, .tick = ky_keeper_tick, .closed = ky_keeper_closed};
    KY_TRY(ky_child_serve(child, KY_PEER(def->worker_role), &table));
    KY_TRY(ky_child_serve(child, KY_PEER(KY_ROLE_WEB), &nothing));
    ky_child_set_ops(child, &ops);
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_KEY));
    return ky_child_run(child);
}

/*
 * A worker whose token library has leaked enough ends; the supervisor starts a fresh one. One that lost its connection to
 * the keeper asks for another.
 */
static int64_t watch_worker(void *ctx, int64_t now_ms)
{
    struct ky_worker *w = ctx;
    if (ky_keystore_counts(w->ks).unwraps > UNWRAPS_MAX) {
        ky_log(KY_LOG_INFO, "worker.recycled", "unwraps=%d", UNWRAPS_MAX);
        ky_ipc_server_stop(w->server);
    }
    ky_role keeper = w->process == KY_PROCESS_SAM ? KY_ROLE_SAM_KEEPER : KY_ROLE_CA_KEEPER;
    if (!ky_ipc_client_connected(&w->keeper) && ky_child_relink(w->child, keeper, 0) != KY_OK)
        ky_log(KY_LOG_WARN, "relink.failed", "peer=keeper reason=" KY_Q, ky_error());
    return now_ms + 1000;
}

static ky_rc serve_worker(struct ky_child *child, const struct ky_keyproc *def, struct ky_worker *w)
{
    const struct ky_ipc_table table = {def->messages, def->message_count, w};
    const struct ky_ipc_server_ops ops = {.ctx = w, .tick = watch_worker, .closed = def->closed};
    w->server = ky_child_server(child);
    w->child = child;
    KY_TRY(ky_child_serve(child, def->worker_peers, &table));
    KY_TRY(ky_child_connect(child, KY_PEER(def->keeper_role), ky_worker_keeper_connected, w));
    ky_child_set_ops(child, &ops);
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_KEY));
    return ky_child_run(child);
}

static ky_rc run_worker(struct ky_child *child, const struct ky_keyproc *def, const struct opened *o)
{
    struct ky_worker *w = calloc(1, def->worker_size);
    if (w == NULL)
        return ky_fail(KY_ENOMEM, "worker");
    const struct ky_keystore_config token = token_config(o, false);
    ky_rc rc = ky_worker_open(w, def->process, &token);
    if (rc == KY_OK)
        rc = def->open(w, o->key);
    if (rc == KY_OK)
        rc = serve_worker(child, def, w);
    def->clear(w);
    ky_worker_clear(w);
    free(w);
    return rc;
}

int ky_keyproc_main(int argc, char **argv, const struct ky_keyproc *def)
{
    ky_auto_child child = NULL;
    KY_CLEANUP(clear_opened) struct opened o = {0};
    ky_rc rc = ky_child_init(&child, argc, argv, KY_PEER(def->keeper_role) | KY_PEER(def->worker_role));
    if (rc == KY_OK)
        rc = read_settings(&o, child, def);
    if (rc == KY_OK)
        rc = ky_child_role(child) == def->keeper_role ? run_keeper(child, def, &o)
                                                      : run_worker(child, def, &o);
    return ky_child_exit_status(child, rc);
}
