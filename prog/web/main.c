/*
 * kyso-web: the network side. Holds its TLS key and the database, no login to
 * an HSM; what is signed or issued the key processes decide (SECURITY.md).
 */
#include "ades/evidence.h"
#include "base/log.h"
#include "base/str.h"
#include "domain/paper.h"
#include "domain/people_template.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/settings.h"
#include "os/share.h"
#include "web/forms.h"
#include "web/logcopy.h"
#include "web/pipeline.h"
#include "web/portal.h"
#include "web/routes.h"
#include "web/server.h"
#include "web/throttle.h"
#include "web/web.h"

#define PEM_MAX (256u << 10)
#define OPENAPI_MAX (1u << 20)
#define LOOKUPS 20 /* at once; then one in so many seconds */
#define LOOKUP_EVERY_S 30
#define VALIDATIONS 10
#define VALIDATION_EVERY_S 10
#define VISITS 120
#define VISIT_EVERY_S 1
#define IO_THREADS 2
#define FILES_MORE 256 /* beside connections and what threads open: database, log, peers */
#define KEYPROCS (KY_PEER(KY_ROLE_SAM_WORKER) | KY_PEER(KY_ROLE_CA_WORKER))
#define KEEPERS (KY_PEER(KY_ROLE_SAM_KEEPER) | KY_PEER(KY_ROLE_CA_KEEPER))

struct process {
    struct ky_child *child;
    struct ky_arena arena;
    struct ky_settings settings;
    struct ky_buf tls_cert, tls_key;
    struct ky_web web;
    struct ky_workers *workers;
    struct ky_buf client_cas; /* PEM */
    struct ky_server *https, *http, *login;
};

static const char *state_path(struct process *p, const char *given, const char *name)
{
    if (given[0] != 0)
        return given;
    return ky_arena_printf(&p->arena, "%s/%s", p->settings.kyso.state_dir, name);
}

/* What the configuration names, or what came with the program. */
static ky_rc read_shared(struct process *p)
{
    const struct ky_settings_web *s = &p->settings.web;
    char legal[PATH_MAX], templates[PATH_MAX];
    KY_TRY(ky_share_folder(legal, "legal", KYSO_LEGAL));
    KY_TRY(ky_share_folder(templates, "templates", KYSO_TEMPLATES));
    KY_TRY(ky_legal_book_load(&p->web.legal, s->legal[0] != 0 ? s->legal : legal));
    KY_TRY(ky_notices_load(&p->web.notices, s->templates[0] != 0 ? s->templates : templates));
    p->web.login.notices = p->web.notices;
    if (s->portal[0] != 0)
        KY_TRY(ky_context(ky_portal_load(&p->web.portal, s->portal), "[web]"));
    return KY_OK;
}

/* The description of the API, as it is served. */
static ky_rc read_api(struct process *p)
{
    char folder[PATH_MAX];
    p->web.openapi = ky_buf_init(OPENAPI_MAX);
    KY_TRY(ky_share_folder(folder, "api", KYSO_API));
    const char *path = ky_arena_printf(&p->arena, "%s/openapi.yaml", folder);
    return path == NULL ? KY_ENOMEM : ky_file_read(&p->web.openapi, path);
}

/* Strangers: wrong codes of dossiers, documents to validate, one-time addresses of signing programs. */
static ky_rc limit_strangers(struct process *p)
{
    KY_TRY(ky_throttle_new(&p->web.lookups, LOOKUPS, LOOKUP_EVERY_S));
    KY_TRY(ky_throttle_new(&p->web.validations, VALIDATIONS, VALIDATION_EVERY_S));
    return ky_throttle_new(&p->web.visits, VISITS, VISIT_EVERY_S);
}

/* Made once: it is the same for everybody. */
static ky_rc make_people_template(struct process *p)
{
    p->web.people_xlsx = ky_buf_init(KY_PEOPLE_TEMPLATE_MAX);
    p->web.people_csv = ky_buf_init(KY_PEOPLE_TEMPLATE_MAX);
    KY_TRY(ky_people_template(&p->web.people_xlsx, state_path(p, "", "web")));
    return ky_people_template_csv(&p->web.people_csv);
}

static ky_rc read_login(struct process *p)
{
    const struct ky_settings_web *s = &p->settings.web;
    KY_TRY(ky_context(ky_login_init(&p->web.login, s->origin), "[web]"));
    p->web.login.personal = &p->web.personal;
    p->web.login.limits = (struct ky_session_limits){.idle_s = s->session_idle_minutes * KY_MINUTE,
                                                     .absolute_s = s->session_hours * KY_HOUR};
    p->web.login_port = (uint16_t)s->login_port;
    p->web.token_crls = state_path(p, s->token_crls, "web/token-crls");
    return p->web.token_crls == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc read_settings(struct process *p)
{
    p->arena = ky_arena_init(1 << 20);
    KY_TRY(
        ky_settings_load(&p->settings, &p->arena, KY_ROLE_WEB, "configuration", ky_child_config(p->child)));
    p->web.state_dir = p->settings.kyso.state_dir;
    p->web.pages = p->settings.web.pages;
    p->web.child = p->child;
    p->web.clocks = &p->settings.clocks;
    return read_login(p);
}

static ky_rc read_tls(struct process *p)
{
    p->tls_cert = ky_buf_init(PEM_MAX);
    p->tls_key = ky_buf_init_secret(PEM_MAX);
    KY_TRY(ky_file_read(&p->tls_cert, state_path(p, p->settings.web.tls_cert, "web/tls.crt")));
    return ky_file_read_secret(&p->tls_key, state_path(p, p->settings.web.tls_key, "web/tls.key"));
}

/* Configured ones; those of the founding record come with it. */
static ky_rc read_token_cas(struct process *p)
{
    ky_auto_buf pem = ky_buf_init(PEM_MAX);
    p->web.token_cas = ky_evidence_new();
    if (p->web.token_cas == NULL)
        return ky_fail(KY_ENOMEM, "token CAs");
    if (p->settings.web.token_cas[0] == 0)
        return KY_OK;
    KY_TRY(ky_file_read(&pem, p->settings.web.token_cas));
    return ky_context(ky_evidence_add_certs(p->web.token_cas, ky_buf_bytes(&pem)), "[web] token_cas");
}

/* Passkeys for logging in and passkeys for approving belong under different names (docs/design/023-log-in.md). */
static void warn_of_shared_name(const struct process *p)
{
    if (ky_str_eq(p->web.founding->rp_id, p->web.login.host))
        ky_log(KY_LOG_WARN, "login.shared_name", "host=" KY_Q, p->web.login.host);
}

/* All of them, as the port for certificates names them to browsers. */
static ky_rc list_token_cas(struct process *p)
{
    const struct ky_founding *f = p->web.founding;
    struct ky_evidence *cas = p->web.token_cas;
    for (size_t i = 0; i < f->token_ca_count; i++)
        KY_TRY(ky_evidence_add_cert(cas, f->token_cas[i]->der));
    p->client_cas = ky_buf_init(KY_EVIDENCE_MAX * KY_CERT_DER_MAX);
    for (size_t i = 0; i < cas->n_certs; i++)
        ky_buf_add_cert_pem(&p->client_cas, cas->certs[i]->der);
    return ky_buf_finish(&p->client_cas);
}

static void on_broken_sam(void *ctx, unsigned index)
{
    if (ky_child_relink(ctx, KY_ROLE_SAM_WORKER, index) != KY_OK)
        ky_log(KY_LOG_WARN, "relink.failed", "peer=sam reason=" KY_Q, ky_error());
}

static void on_broken_ca(void *ctx, unsigned index)
{
    if (ky_child_relink(ctx, KY_ROLE_CA_WORKER, index) != KY_OK)
        ky_log(KY_LOG_WARN, "relink.failed", "peer=ca reason=" KY_Q, ky_error());
}

static void on_connected(void *ctx, ky_role peer, unsigned index, int taken_fd)
{
    struct ky_web *w = ctx;
    if (ky_ipc_pool_put(peer == KY_ROLE_SAM_WORKER ? w->sam : w->ca, index, taken_fd) != KY_OK)
        ky_log(KY_LOG_ERROR, "peer.refused", "reason=" KY_Q, ky_error());
}

static ky_rc connect_peers(struct process *p, const struct ky_ipc_table *logcopy)
{
    KY_TRY(ky_ipc_pool_new(&p->web.sam, on_broken_sam, p->child));
    KY_TRY(ky_ipc_pool_new(&p->web.ca, on_broken_ca, p->child));
    KY_TRY(ky_child_connect(p->child, KEYPROCS, on_connected, &p->web));
    return ky_child_serve(p->child, KEEPERS, logcopy);
}

static ky_rc open_store(struct process *p)
{
    const char *where =
        ky_arena_printf(&p->arena, "sqlite:%s", state_path(p, p->settings.store.path, "store/kyso.db"));
    size_t readers = (size_t)p->settings.web.threads + 2;
    if (where == NULL)
        return ky_fail(KY_ENOMEM, "store");
    return ky_db_open(&p->web.db, where, readers < KY_DB_READERS_MAX ? readers : KY_DB_READERS_MAX, ky_now());
}

/* Every connection that is let in must find a descriptor. */
static ky_rc make_room(const struct process *p)
{
    const struct ky_settings_web *s = &p->settings.web;
    uint64_t files = (uint64_t)(3 * s->connections + 2 * s->threads + FILES_MORE);
    return ky_context(ky_proc_raise_files(files), "[web] connections = %lld", (long long)s->connections);
}

static ky_rc start_servers(struct process *p)
{
    const struct ky_settings_web *s = &p->settings.web;
    struct ky_server_config cfg = {.web = &p->web,
                                   .workers = p->workers,
                                   .address = s->address,
                                   .port = (uint16_t)s->http_port,
                                   .io_threads = IO_THREADS,
                                   .connections = (unsigned)s->connections,
                                   .connections_per_address = (unsigned)s->connections_per_address,
                                   .idle_s = (unsigned)s->idle_s,
                                   .routes = ky_routes_http,
                                   .route_count = ky_routes_http_count};
    KY_TRY(ky_server_start(&p->http, &cfg));
    cfg.port = (uint16_t)s->https_port;
    cfg.tls_cert = ky_buf_str(&p->tls_cert);
    cfg.tls_key = ky_buf_str(&p->tls_key);
    cfg.routes = ky_routes_https;
    cfg.route_count = ky_routes_https_count;
    KY_TRY(ky_server_start(&p->https, &cfg));
    if (s->login_port == 0)
        return KY_OK;
    cfg.port = (uint16_t)s->login_port;
    cfg.client_cas = ky_buf_str(&p->client_cas);
    cfg.routes = ky_routes_login;
    cfg.route_count = ky_routes_login_count;
    return ky_server_start(&p->login, &cfg);
}

static ky_rc run(struct process *p)
{
    const struct ky_ipc_table logcopy = {ky_logcopy_messages, ky_logcopy_message_count, &p->web};
    KY_TRY(read_settings(p));
    KY_TRY(read_tls(p));
    KY_TRY(read_token_cas(p));
    KY_TRY(read_shared(p));
    KY_TRY(read_api(p));
    KY_TRY(make_people_template(p));
    KY_TRY(limit_strangers(p));
    KY_TRY(ky_paper_open_fonts());
    KY_TRY(ky_web_forms_draw(&p->web.forms, &p->web.legal));
    KY_TRY(make_room(p));
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_WEB));
    KY_TRY(open_store(p));
    KY_TRY(connect_peers(p, &logcopy));
    KY_TRY(ky_web_load_data_key(&p->web));
    KY_TRY(ky_web_load_founding(&p->web));
    warn_of_shared_name(p);
    KY_TRY(list_token_cas(p));
    KY_TRY(ky_workers_start(&p->workers, (size_t)p->settings.web.threads));
    KY_TRY(ky_pipeline_start(&p->web.pipeline, &p->web));
    KY_TRY(start_servers(p));
    return ky_child_run(p->child);
}

/* Handlers first, then sockets, then what handlers use. */
static void stop(struct process *p)
{
    ky_server_quiesce(p->https);
    ky_server_quiesce(p->http);
    ky_server_quiesce(p->login);
    ky_workers_stop(p->workers);
    ky_server_stop(p->https);
    ky_server_stop(p->http);
    ky_server_stop(p->login);
    ky_pipeline_stop(p->web.pipeline);
    ky_web_clear(&p->web);
    ky_paper_close_fonts();
    ky_buf_clear(&p->tls_key);
    ky_buf_clear(&p->tls_cert);
    ky_buf_clear(&p->client_cas);
    ky_arena_clear(&p->arena);
}

int main(int argc, char **argv)
{
    struct process p = {0};
    ky_rc rc = ky_child_init(&p.child, argc, argv, KY_PEER(KY_ROLE_WEB));
    if (rc == KY_OK)
        rc = run(&p);
    int status = ky_child_exit_status(p.child, rc);
    stop(&p);
    ky_child_free(p.child);
    return status;
}
