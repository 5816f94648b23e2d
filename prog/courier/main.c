/*
 * kyso-courier: mail, SMS and the CRL timer. The loop of the process listens
 * to kysod; one thread does the work, which may wait for a mail server.
 */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/str.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/settings.h"
#include "os/share.h"
#include "prog/courier/courier.h"

#define SECRET_HEX_MAX 128
#define PASSWORD_MAX 256
#define READERS 1

struct process {
    struct ky_child *child;
    struct ky_arena arena;
    struct ky_settings settings;
    struct courier courier;
    pthread_t thread;
    bool working;
};

static const char *state_path(struct process *p, const char *given, const char *name)
{
    return given[0] != 0 ? given : ky_arena_printf(&p->arena, "%s/%s", p->settings.kyso.state_dir, name);
}

/* A key of 32 bytes in a file, written in hex. */
static ky_rc read_key(uint8_t out[32], const char *path)
{
    ky_auto_buf text = ky_buf_init_secret(SECRET_HEX_MAX);
    KY_TRY(ky_file_read_secret(&text, path));
    return ky_context(ky_hex_decode(out, 32, ky_buf_bytes(&text)), "%s", path);
}

/* The key must be the one that the founding record names: every letter is sealed to that. */
static ky_rc read_identity(struct process *p)
{
    struct courier *c = &p->courier;
    uint8_t public_key[KY_X25519_SIZE];
    ky_auto_buf founding = ky_buf_init(KY_FOUNDING_MAX);
    const char *path = state_path(p, "", "public/founding.json");
    KY_TRY(ky_file_read(&founding, path));
    KY_TRY(ky_context(ky_founding_parse(&c->founding, ky_buf_bytes(&founding)), "%s", path));
    path = state_path(p, "", "courier/key");
    KY_TRY(read_key(c->key, path));
    KY_TRY(ky_x25519_public(public_key, c->key));
    if (memcmp(public_key, c->founding->courier_key, KY_X25519_SIZE) != 0)
        return ky_fail(KY_EAUTH, "%s: not the key in the founding record", path);
    return KY_OK;
}

static ky_rc open_smtp(struct process *p, const struct ky_mail_sender *from)
{
    const struct ky_settings_courier *s = &p->settings.courier;
    ky_auto_buf password = ky_buf_init_secret(PASSWORD_MAX);
    if (s->smtp_password_file[0] != 0)
        KY_TRY(ky_file_read_secret(&password, s->smtp_password_file));
    const struct ky_smtp_config config = {.url = s->smtp_url,
                                          .user = s->smtp_user[0] == 0 ? NULL : s->smtp_user,
                                          .password = password.n == 0 ? NULL : ky_buf_str(&password),
                                          .tls_required = s->smtp_user[0] != 0,
                                          .timeout_s = COURIER_SEND_S,
                                          .from = *from,
                                          .bounces = s->bounces[0] == 0 ? NULL : &p->courier.personal};
    return ky_notifier_open_smtp(&p->courier.smtp, &config);
}

static ky_rc open_kannel(struct process *p)
{
    const struct ky_settings_courier *s = &p->settings.courier;
    ky_auto_buf password = ky_buf_init_secret(PASSWORD_MAX);
    if (s->kannel_password_file[0] != 0)
        KY_TRY(ky_file_read_secret(&password, s->kannel_password_file));
    const struct ky_kannel_config config = {.url = s->kannel_url,
                                            .user = s->kannel_user,
                                            .password = password.n == 0 ? "" : ky_buf_str(&password),
                                            .from = s->kannel_from,
                                            .dlr_mask = s->kannel_dlr_mask,
                                            .dlr_url = s->kannel_dlr_url,
                                            .timeout_s = COURIER_SEND_S};
    return ky_notifier_open_kannel(&p->courier.kannel, &config);
}

/* What has no driver goes into the folder, from where somebody else takes it. */
static ky_rc open_notifiers(struct process *p)
{
    struct courier *c = &p->courier;
    const struct ky_settings_courier *s = &p->settings.courier;
    const struct ky_mail_sender from = {
        .address = s->smtp_from, .name = json_string_value(json_object_get(c->founding->json, "name"))};
    KY_TRY(ky_notifier_open_folder(&c->folder, state_path(p, s->outbox_dir, "courier/outbox"), &from));
    if (ky_str_eq(s->driver, "smtp"))
        KY_TRY(open_smtp(p, &from));
    if (ky_str_eq(s->sms_driver, "kannel"))
        KY_TRY(open_kannel(p));
    c->by_channel[KY_CHANNEL_SMS] = c->kannel != NULL ? c->kannel : c->folder;
    c->by_channel[KY_CHANNEL_EMAIL] = c->smtp != NULL ? c->smtp : c->folder;
    return KY_OK;
}

static ky_rc open_store(struct process *p)
{
    const char *where =
        ky_arena_printf(&p->arena, "sqlite:%s", state_path(p, p->settings.store.path, "store/kyso.db"));
    return where == NULL ? ky_fail(KY_ENOMEM, "store") : ky_db_open(&p->courier.db, where, READERS, ky_now());
}

static void relink(struct ky_child *child, ky_role peer, unsigned index)
{
    if (ky_child_relink(child, peer, index) != KY_OK)
        ky_log(KY_LOG_WARN, "relink.failed", "peer=%s reason=" KY_Q, ky_role_name(peer), ky_error());
}

static void on_broken_ca(void *ctx, unsigned index)
{
    relink(ctx, KY_ROLE_CA_WORKER, index);
}

static void on_broken_sam(void *ctx, unsigned index)
{
    relink(ctx, KY_ROLE_SAM_WORKER, index);
}

static void on_connected(void *ctx, ky_role peer, unsigned index, int taken_fd)
{
    struct courier *c = ctx;
    if (ky_ipc_pool_put(peer == KY_ROLE_SAM_WORKER ? c->sam : c->ca, index, taken_fd) != KY_OK)
        ky_log(KY_LOG_ERROR, "peer.refused", "reason=" KY_Q, ky_error());
}

static ky_rc connect_peers(struct process *p)
{
    struct courier *c = &p->courier;
    KY_TRY(ky_ipc_pool_new(&c->ca, on_broken_ca, p->child));
    KY_TRY(ky_ipc_pool_new(&c->sam, on_broken_sam, p->child));
    return ky_child_connect(p->child, KY_PEER(KY_ROLE_CA_WORKER) | KY_PEER(KY_ROLE_SAM_WORKER), on_connected,
                            c);
}

/* Personal data's keys, of what sam gives; nothing else is asked of it. */
static ky_rc ask_data_key(struct courier *c)
{
    ky_auto_buf key = ky_buf_init_secret(KY_DATA_KEY_SIZE);
    KY_TRY(ky_context(ky_ipc_pool_call(c->sam, KY_IPC_POOL_ANY, KY_MSG_SAM_DATA_KEY, KY_BYTES_NONE, &key,
                                       COURIER_ASK_SAM_MS),
                      "sam"));
    return ky_personal_init(&c->personal, ky_buf_bytes(&key));
}

static void log_failure(const char *event, ky_rc rc)
{
    if (rc != KY_OK)
        ky_log(KY_LOG_WARN, event, "reason=%s text=" KY_Q, ky_rc_name(rc), ky_error());
}

static void *work(void *ctx)
{
    struct courier *c = ctx;
    struct ky_outbox_result sent;
    while (!atomic_load(&c->stop)) {
        ky_time now = ky_now();
        log_failure("clocks.failed", courier_clocks(c, now));
        log_failure("expiries.failed", courier_expiries(c, now));
        log_failure("letters.failed", courier_letters(c, now));
        log_failure("outbox.failed", ky_outbox_run(&sent, c->db, &c->personal, c->by_channel, now));
        log_failure("bounces.failed", courier_bounces(c, now));
        log_failure("crl.failed", courier_crl(c, now));
        log_failure("purge.failed", courier_purge(c, now));
        usleep(COURIER_ROUND_MS * 1000);
    }
    return NULL;
}

static ky_rc read_files(struct process *p)
{
    const struct ky_settings_courier *s = &p->settings.courier;
    struct courier *c = &p->courier;
    char templates[PATH_MAX], legal[PATH_MAX];
    KY_TRY(read_identity(p));
    KY_TRY(ky_share_folder(templates, "templates", KYSO_TEMPLATES));
    KY_TRY(ky_share_folder(legal, "legal", KYSO_LEGAL));
    KY_TRY(ky_notices_load(&c->templates, s->templates[0] != 0 ? s->templates : templates));
    KY_TRY(ky_legal_book_load(&c->legal, s->legal[0] != 0 ? s->legal : legal));
    c->registration = (struct ky_registration){
        .legal = &c->legal,
        .personal = &c->personal,
        .notices = c->templates,
        .clocks = &p->settings.clocks,
        .scope = ky_scope_everything(),
    };
    KY_TRY(ky_letter_book_open(&c->book, state_path(p, "", "courier/letters")));
    ky_sms_quota_open(&c->quota, state_path(p, "", "courier"), &c->personal);
    c->child = p->child;
    c->bounces = s->bounces;
    return open_notifiers(p);
}

/* The database has a thread of its own, so it is opened inside the sandbox. */
static ky_rc run(struct process *p)
{
    p->arena = ky_arena_init(1 << 20);
    KY_TRY(ky_settings_load(&p->settings, &p->arena, KY_ROLE_COURIER, "configuration",
                            ky_child_config(p->child)));
    KY_TRY(read_files(p));
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_COURIER));
    KY_TRY(open_store(p));
    KY_TRY(connect_peers(p));
    KY_TRY(ask_data_key(&p->courier));
    if (pthread_create(&p->thread, NULL, work, &p->courier) != 0)
        return ky_fail(KY_ENOMEM, "courier: no thread");
    p->working = true;
    return ky_child_run(p->child);
}

static void stop(struct process *p)
{
    struct courier *c = &p->courier;
    atomic_store(&c->stop, true);
    if (p->working)
        pthread_join(p->thread, NULL);
    ky_db_close(c->db);
    ky_ipc_pool_free(c->ca);
    ky_ipc_pool_free(c->sam);
    ky_notifier_close(c->smtp);
    ky_notifier_close(c->kannel);
    ky_notifier_close(c->folder);
    ky_notices_free(c->templates);
    ky_legal_book_clear(&c->legal);
    ky_letter_book_close(&c->book);
    ky_sms_quota_close(&c->quota);
    ky_founding_free(c->founding);
    ky_personal_clear(&c->personal);
    ky_wipe(c->key, sizeof c->key);
    ky_arena_clear(&p->arena);
}

int main(int argc, char **argv)
{
    struct process p = {.courier.quota.fd = -1};
    ky_rc rc = ky_child_init(&p.child, argc, argv, KY_PEER(KY_ROLE_COURIER));
    if (rc == KY_OK)
        rc = run(&p);
    int status = ky_child_exit_status(p.child, rc);
    stop(&p);
    ky_child_free(p.child);
    return status;
}
