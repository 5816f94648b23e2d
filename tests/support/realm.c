/* See realm.h. */
#include "tests/support/realm.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/random.h"
#include "os/clock.h"
#include "os/file.h"

#define WAIT_MS 60000
#define CALL_MS 20000
#define PROCESSES_MAX 64
#define TEXT_MAX (1u << 20)
#define IDENTITY_HEAD "051080000099"

static const char *const officer_names[REALM_OFFICERS] = {"an", "binh", "chi"};

/* ---- ceremony ---- */

static ky_rc write_text(const struct realm *r, const char *name, const struct ky_buf *text)
{
    char path[128];
    KY_TRY(ky_buf_finish(text));
    snprintf(path, sizeof path, "%s/%s", r->dir, name);
    return ky_file_write(path, ky_buf_bytes(text), 0600);
}

static ky_rc make_officers(struct realm *r, ky_time now)
{
    KY_TRY(token_ca_init(&r->token_ca, "CA token thử nghiệm", now));
    KY_TRY(person_write(&r->token_ca.ca, r->dir, "token-ca"));
    for (size_t i = 0; i < REALM_OFFICERS; i++) {
        KY_TRY(token_ca_certify(&r->token_ca, &r->officers[i], officer_names[i], now));
        KY_TRY(person_write(&r->officers[i], r->dir, officer_names[i]));
    }
    return KY_OK;
}

static ky_rc write_ceremony(const struct realm *r, const struct realm_options *o)
{
    ky_auto_buf t = ky_buf_init(TEXT_MAX);
    ky_buf_addf(&t, "[ceremony]\nname = Thử nghiệm\nstate_dir = %s\nofficers = an, binh, chi\n", r->state);
    ky_buf_addf(&t, "token_cas = %s/token-ca.pem\norigin = https://approve.kyso.test\n", r->dir);
    ky_buf_addf(&t, "rp_id = approve.kyso.test\nn = 2\nissue_n = %u\nwitnesses = 0\n",
                o->issue_n == 0 ? 1 : o->issue_n);
    ky_buf_addf(&t, "[policy]\nurl = http://ca.kyso.test:8080\ncps = https://ca.kyso.test/cps\n");
    ky_buf_addf(&t, "[keys]\nroot = %s\nissuing = %s\n", o->root_key, o->issuing_key);
    for (size_t i = 0; i < REALM_OFFICERS; i++)
        ky_buf_addf(&t,
                    "[officer.%s]\nname = Cán bộ %s\nidentity = 00108000000%zu\nroles = approve, admin\n"
                    "cert = %s/%s.pem\n",
                    officer_names[i], officer_names[i], i, r->dir, officer_names[i]);
    return write_text(r, "ceremony.ini", &t);
}

/* Runs KYSO_BIN/PROGRAM and waits; what it says goes to DIR/log. */
static pid_t spawn(const struct realm *r, const char *const *argv)
{
    char program[512], log[128];
    snprintf(program, sizeof program, "%s/%s", getenv("KYSO_BIN"), argv[0]);
    snprintf(log, sizeof log, "%s/log", r->dir);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(fd, STDERR_FILENO);
    dup2(fd, STDOUT_FILENO);
    execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

static ky_rc hold_ceremony(const struct realm *r)
{
    char path[128];
    int status;
    snprintf(path, sizeof path, "%s/ceremony.ini", r->dir);
    const char *const argv[] = {"kyso", "init", "--config", path, NULL};
    pid_t pid = spawn(r, argv);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return ky_fail(KY_EIO, "kyso init failed: see %s/log", r->dir);
    return KY_OK;
}

/* A port that was free a moment ago. */
static unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = bind(fd, (struct sockaddr *)&at, n) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0;
    close(fd);
    return good ? ntohs(at.sin_port) : 0;
}

/* A program that puts a process on the machine of the test, where there is one. */
static ky_rc write_wrapper(const struct realm *r, const char *key, struct ky_buf *conf)
{
    char path[128];
    ky_auto_buf t = ky_buf_init(TEXT_MAX);
    if (r->machine == NULL)
        return KY_OK;
    ky_buf_addf(&t, "#!/bin/sh\nexport KYSO_MACHINE=%s/machine\n", r->dir);
    ky_buf_addf(&t, "export ASAN_OPTIONS=verify_asan_link_order=0\nexport LD_PRELOAD=%s\n",
                getenv("KYSO_MACHINE_SO"));
    ky_buf_addf(&t, "exec %s/kyso-%s \"$@\"\n", getenv("KYSO_BIN"), key);
    ky_buf_addf(conf, "program = %s/%s\n", r->dir, key);
    snprintf(path, sizeof path, "%s/%s", r->dir, key);
    return ky_file_write(path, ky_buf_bytes(&t), 0755);
}

static ky_rc write_web_conf(struct realm *r, struct ky_buf *t)
{
    KY_CLEANUP(person_clear) struct person tls = {0};
    KY_TRY(token_ca_certify(&r->token_ca, &tls, "127.0.0.1", ky_now()));
    KY_TRY(person_write(&tls, r->dir, "tls"));
    r->https_port = free_port();
    r->http_port = free_port();
    ky_buf_addf(t, "[web]\naddress = 127.0.0.1\nhttps_port = %u\nhttp_port = %u\n", r->https_port,
                r->http_port);
    r->login_port = free_port();
    ky_buf_addf(t, "login_port = %u\norigin = https://127.0.0.1:%u\n", r->login_port, r->https_port);
    ky_buf_addf(t, "tls_cert = %s/tls.pem\ntls_key = %s/tls.key\n", r->dir, r->dir);
    KY_TRY(write_wrapper(r, "web", t));
    ky_buf_addf(t, "[courier]\n");
    return write_wrapper(r, "courier", t);
}

static ky_rc write_conf(struct realm *r, bool web)
{
    static const char *const keys[] = {"sam", "ca"};
    ky_auto_buf t = ky_buf_init(TEXT_MAX);
    const char *bin = getenv("KYSO_BIN");
    ky_buf_addf(&t, "[kyso]\nstate_dir = %s\n", r->state);
    for (size_t i = 0; i < KY_COUNT(keys); i++) {
        ky_buf_addf(&t, "[%s]\nworkers = 2\nmodule_env = SOFTHSM2_CONF=%s/%s/softhsm2.conf\n", keys[i],
                    r->state, keys[i]);
        KY_TRY(write_wrapper(r, keys[i], &t));
    }
    if (web) {
        KY_TRY(write_web_conf(r, &t));
        return write_text(r, "kyso.conf", &t);
    }
    ky_buf_addf(&t, "[web]\nprogram = %s/tests/support/webrelay\n", bin);
    ky_buf_addf(&t, "[courier]\nprogram = %s/tests/support/echo-child\n", bin);
    return write_text(r, "kyso.conf", &t);
}

static ky_rc read_founding(struct realm *r)
{
    char path[128];
    ky_auto_buf json = ky_buf_init(KY_FOUNDING_MAX);
    snprintf(path, sizeof path, "%s/public/founding.json", r->state);
    KY_TRY(ky_file_read(&json, path));
    KY_TRY(ky_founding_parse(&r->founding, ky_buf_bytes(&json)));
    for (size_t i = 0; i < REALM_OFFICERS; i++)
        memcpy(r->officers[i].record, r->founding->officers[i].id, KY_ID_SIZE);
    return KY_OK;
}

static ky_rc make_machine(struct realm *r)
{
    char path[80];
    snprintf(path, sizeof path, "%s/machine", r->dir);
    r->machine = machine_make(path);
    return r->machine != NULL ? KY_OK : ky_fail(KY_EIO, "%s: %s", path, strerror(errno));
}

ky_rc realm_make(struct realm *r, const struct realm_options *options)
{
    const struct realm_options usual = {.issuing_key = "p256", .root_key = "p256"};
    *r = (struct realm){.sam_head = ky_buf_init(KY_RECORD_ENVELOPE_MAX),
                        .ca_head = ky_buf_init(KY_RECORD_ENVELOPE_MAX)};
    snprintf(r->dir, sizeof r->dir, "/tmp/kyso-realm-XXXXXX");
    if (mkdtemp(r->dir) == NULL)
        return ky_fail(KY_EIO, "%s: %s", r->dir, strerror(errno));
    snprintf(r->state, sizeof r->state, "%s/state", r->dir);
    KY_TRY(make_officers(r, ky_now()));
    KY_TRY(write_ceremony(r, options == NULL ? &usual : options));
    KY_TRY(hold_ceremony(r));
    if (options != NULL && options->machine)
        KY_TRY(make_machine(r));
    KY_TRY(write_conf(r, options != NULL && options->web));
    return read_founding(r);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

void realm_clear(struct realm *r)
{
    if (r->kysod != 0 && realm_stop(r) != KY_OK)
        fprintf(stderr, "realm: %s\n", ky_error());
    token_ca_clear(&r->token_ca);
    for (size_t i = 0; i < REALM_OFFICERS; i++)
        person_clear(&r->officers[i]);
    person_clear(&r->head);
    ky_buf_clear(&r->sam_head);
    ky_buf_clear(&r->ca_head);
    ky_founding_free(r->founding);
    machine_free(r->machine);
    if (r->dir[0] != 0 && getenv("KYSO_KEEP") == NULL)
        nftw(r->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- processes ---- */

static bool file_has(const struct realm *r, const char *name, const char *wanted, size_t *from)
{
    char path[160];
    ky_auto_buf text = ky_buf_init(64u << 20);
    snprintf(path, sizeof path, "%s/%s", r->dir, name);
    if (ky_file_read(&text, path) != KY_OK || text.n < *from)
        return false;
    return strstr(ky_buf_str(&text) + *from, wanted) != NULL;
}

static size_t file_size(const struct realm *r, const char *name)
{
    char path[160];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", r->dir, name);
    return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

ky_rc realm_start(struct realm *r)
{
    char conf[128];
    size_t from = file_size(r, "log");
    snprintf(conf, sizeof conf, "%s/kyso.conf", r->dir);
    const char *const argv[] = {"kysod", "-c", conf, NULL};
    r->kysod = spawn(r, argv);
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(20000))
        if (file_has(r, "log", "service.ready", &from))
            return KY_OK;
    return ky_fail(KY_EIO, "kysod is not ready: see %s/log", r->dir);
}

ky_rc realm_stop(struct realm *r)
{
    int status = -1;
    pid_t pid = r->kysod;
    r->kysod = 0;
    kill(pid, SIGTERM);
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(20000))
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status == 0 ? KY_OK : ky_fail(KY_EIO, "kysod ended with %d", status);
    return ky_fail(KY_EIO, "kysod does not end");
}

pid_t realm_pid(const struct realm *r, const char *process)
{
    char path[128];
    int pid = 0;
    ky_auto_buf text = ky_buf_init(TEXT_MAX);
    snprintf(path, sizeof path, "%s/kysod.status", r->state);
    if (ky_file_read(&text, path) != KY_OK)
        return 0;
    const char *at = strstr(ky_buf_str(&text), process);
    return at != NULL && sscanf(at + strlen(process), " %d", &pid) == 1 ? pid : 0;
}

/* The status file may be older than the process: only a child of this kysod is killed. */
static bool is_ours(const struct realm *r, pid_t pid)
{
    char path[64], line[256];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && parent == 0 && fgets(line, sizeof line, f) != NULL)
        (void)!sscanf(line, "PPid: %d", &parent);
    if (f != NULL)
        fclose(f);
    return parent != 0 && parent == (int)r->kysod;
}

bool realm_kill_process(const struct realm *r, const char *process)
{
    pid_t pid = realm_pid(r, process);
    return pid > 0 && is_ours(r, pid) && kill(pid, SIGKILL) == 0;
}

/* ---- messages ---- */

ky_rc realm_connect(struct ky_ipc_client *out, const struct realm *r, const char *worker)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%.64s/web/relay/%.20s", r->state, worker);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        if (fd >= 0)
            close(fd);
        return ky_fail(KY_EIO, "%s: %s", at.sun_path, strerror(errno));
    }
    *out = ky_ipc_client_init(fd);
    return KY_OK;
}

ky_rc realm_call_raw(const struct realm *r, const char *worker, uint16_t type, struct ky_bytes body,
                     struct ky_buf *reply)
{
    ky_auto_ipc_client client = KY_IPC_CLIENT_NONE;
    KY_TRY(realm_connect(&client, r, worker));
    return ky_ipc_call(&client, type, body, reply, CALL_MS);
}

ky_rc realm_call(const struct realm *r, const char *worker, uint16_t type, const struct ky_bytes *fields,
                 size_t count, struct ky_buf *reply)
{
    ky_auto_buf body = ky_buf_init(KY_MESSAGE_BODY_MAX);
    KY_TRY(ky_message_write(&body, type, fields, count));
    return realm_call_raw(r, worker, type, ky_buf_bytes(&body), reply);
}

static const char *first_worker(ky_process p)
{
    return p == KY_PROCESS_SAM ? "sam-worker.0" : "ca-worker.0";
}

ky_rc realm_nonce(uint8_t nonce[KY_NONCE_SIZE], const struct realm *r, ky_process process, ky_nonce_kind kind)
{
    uint8_t k = (uint8_t)kind;
    const struct ky_bytes field = {&k, 1};
    ky_auto_buf reply = ky_buf_init(KY_NONCE_SIZE);
    uint16_t type = process == KY_PROCESS_SAM ? KY_MSG_SAM_NONCE : KY_MSG_CA_NONCE;
    KY_TRY(realm_call(r, first_worker(process), type, &field, 1, &reply));
    if (reply.n != KY_NONCE_SIZE)
        return ky_fail(KY_EFORMAT, "nonce of %zu bytes", reply.n);
    memcpy(nonce, reply.p, KY_NONCE_SIZE);
    return KY_OK;
}

/* Pids that kysod.status tells. */
static size_t read_pids(pid_t out[PROCESSES_MAX], const struct realm *r)
{
    char path[128];
    size_t n = 0;
    int pid;
    ky_auto_buf text = ky_buf_init(TEXT_MAX);
    snprintf(path, sizeof path, "%s/kysod.status", r->state);
    if (ky_file_read(&text, path) != KY_OK)
        return 0;
    for (const char *at = ky_buf_str(&text); at != NULL && n < PROCESSES_MAX; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (sscanf(at, "%*s %d", &pid) == 1 && pid > 0)
            out[n++] = pid;
    }
    return n;
}

ky_rc realm_kill(struct realm *r)
{
    pid_t pids[PROCESSES_MAX];
    size_t n = read_pids(pids, r);
    pid_t kysod = r->kysod;
    r->kysod = 0;
    if (kill(kysod, SIGKILL) != 0 || waitpid(kysod, NULL, 0) != kysod)
        return ky_fail(KY_EIO, "kysod: %s", strerror(errno));
    int64_t end = ky_deadline_in(WAIT_MS);
    for (size_t i = 0; i < n; i++)
        while (pids[i] != kysod && kill(pids[i], 0) == 0 && ky_mono_ms() < end)
            usleep(5000);
    return ky_mono_ms() < end ? KY_OK : ky_fail(KY_EIO, "a process outlives kysod");
}

static ky_rc current_evidence(struct ky_buf *list, const struct realm *r)
{
    ky_auto_buf crl = ky_buf_init(65536);
    KY_TRY(token_ca_crl(&crl, &r->token_ca, ky_now(), NULL));
    return evidence_of(list, ky_buf_bytes(&crl));
}

ky_rc realm_execute(const struct realm *r, ky_process process, struct ky_bytes statement,
                    const struct person *const *officers, size_t count, struct ky_buf *record)
{
    ky_auto_buf auths = ky_buf_init(1 << 20), evidence = ky_buf_init(65536), reply = ky_buf_init(TEXT_MAX);
    struct ky_bytes made[4];
    size_t made_count;
    const uint8_t no_records[2] = {0, 0};
    KY_TRY(people_authorise(&auths, officers, count, statement, ky_now()));
    KY_TRY(current_evidence(&evidence, r));
    const struct ky_bytes fields[] = {statement, ky_buf_bytes(&auths), KY_BYTES_OF(no_records),
                                      ky_buf_bytes(&evidence)};
    uint16_t type = process == KY_PROCESS_SAM ? KY_MSG_SAM_EXECUTE : KY_MSG_CA_EXECUTE;
    KY_TRY(realm_call(r, first_worker(process), type, fields, KY_COUNT(fields), &reply));
    KY_TRY(ky_list_read(made, &made_count, KY_COUNT(made), ky_buf_bytes(&reply), "records"));
    if (record != NULL && made_count > 0)
        ky_buf_add(record, made[0]);
    return record == NULL ? KY_OK : ky_buf_finish(record);
}

ky_rc realm_enrol_head(struct realm *r)
{
    uint8_t sam_nonce[KY_NONCE_SIZE], ca_nonce[KY_NONCE_SIZE];
    const struct ky_bytes identity = KY_BYTES_LIT(IDENTITY_HEAD);
    const struct person *const two[] = {&r->officers[0], &r->officers[1]};
    ky_auto_buf owner = ky_buf_init(KY_OWNER_SIZE), text = ky_buf_init(KY_STATEMENT_MAX);
    ky_time now = ky_now();
    KY_TRY(ky_random(r->org, sizeof r->org));
    KY_TRY(token_ca_certify(&r->token_ca, &r->head, "Nguyễn Văn Hiệu", now));
    KY_TRY(person_write(&r->head, r->dir, "head"));
    KY_TRY(realm_call(r, "sam-worker.0", KY_MSG_SAM_OWNER, &identity, 1, &owner));
    memcpy(r->head_owner, owner.p, KY_OWNER_SIZE);
    KY_TRY(realm_nonce(sam_nonce, r, KY_PROCESS_SAM, KY_NONCE_LONG));
    KY_TRY(realm_nonce(ca_nonce, r, KY_PROCESS_CA, KY_NONCE_LONG));
    const struct admin_spec spec = {
        .head = {.realm = r->founding->realm,
                 .sam_nonce = sam_nonce,
                 .ca_nonce = ca_nonce,
                 .iat = now,
                 .exp = now + KY_DAY},
        .who = &r->head,
        .owner = r->head_owner,
        .name = "Nguyễn Văn Hiệu",
        .org = r->org,
        .org_name = REALM_ORG_NAME,
    };
    KY_TRY(admin_text(&text, &spec));
    KY_TRY(realm_execute(r, KY_PROCESS_SAM, ky_buf_bytes(&text), two, KY_COUNT(two), &r->sam_head));
    return realm_execute(r, KY_PROCESS_CA, ky_buf_bytes(&text), two, KY_COUNT(two), &r->ca_head);
}

/* ---- dossiers ---- */

static ky_rc add_record(struct ky_buf *list, const struct ky_buf *envelope)
{
    ky_list_begin(list, 1);
    ky_buf_add_lv(list, ky_buf_bytes(envelope));
    return ky_buf_finish(list);
}

static ky_rc fresh_head(struct statement_head *h, uint8_t nonces[2][KY_NONCE_SIZE], const struct realm *r,
                        ky_time now)
{
    KY_TRY(realm_nonce(nonces[0], r, KY_PROCESS_SAM, KY_NONCE_LONG));
    KY_TRY(realm_nonce(nonces[1], r, KY_PROCESS_CA, KY_NONCE_LONG));
    *h = (struct statement_head){.realm = r->founding->realm,
                                 .sam_nonce = nonces[0],
                                 .ca_nonce = nonces[1],
                                 .iat = now,
                                 .exp = now + 20 * KY_DAY};
    return KY_OK;
}

static ky_rc make_request(struct dossier *d, const struct realm *r, unsigned rows, const char *key_type,
                          ky_time now)
{
    uint8_t nonces[2][KY_NONCE_SIZE];
    const struct person *const head[] = {&r->head};
    struct request_spec spec = {.org = r->org,
                                .org_name = REALM_ORG_NAME,
                                .dossier = d->id,
                                .document = d->document,
                                .rows = rows,
                                .key_type = key_type};
    KY_TRY(fresh_head(&spec.head, nonces, r, now));
    KY_TRY(request_text(&d->request, &spec));
    return people_authorise(&d->request_auths, head, 1, ky_buf_bytes(&d->request), now);
}

static ky_rc make_issue(struct dossier *d, const struct realm *r, unsigned rows, ky_time now)
{
    uint8_t nonces[2][KY_NONCE_SIZE];
    const struct person *const officers[] = {&r->officers[0], &r->officers[1], &r->officers[2]};
    struct issue_spec spec = {.dossier = d->id,
                              .document = d->document,
                              .request = ky_buf_bytes(&d->request),
                              .first = 1,
                              .last = rows,
                              .not_before = now,
                              .not_after = now + 3 * 365 * KY_DAY,
                              .activate = true};
    KY_TRY(fresh_head(&spec.head, nonces, r, now));
    KY_TRY(issue_text(&d->issue, &spec));
    return people_authorise(&d->issue_auths, officers, (size_t)r->founding->issue_n, ky_buf_bytes(&d->issue),
                            now);
}

ky_rc dossier_make(struct dossier *d, const struct realm *r, unsigned rows, const char *key_type)
{
    ky_time now = ky_now();
    *d = (struct dossier){
        .request = ky_buf_init(KY_REQUEST_MAX),
        .request_auths = ky_buf_init(KY_AUTHORISATION_CMS_MAX),
        .issue = ky_buf_init(KY_STATEMENT_MAX),
        .issue_auths = ky_buf_init(KY_AUTHORISATION_CMS_MAX),
        .evidence = ky_buf_init(65536),
        .sam_records = ky_buf_init(TEXT_MAX),
        .ca_records = ky_buf_init(TEXT_MAX),
    };
    KY_TRY(ky_random(d->id, sizeof d->id));
    KY_TRY(ky_random(d->document, sizeof d->document));
    KY_TRY(add_record(&d->sam_records, &r->sam_head));
    KY_TRY(add_record(&d->ca_records, &r->ca_head));
    KY_TRY(current_evidence(&d->evidence, r));
    KY_TRY(make_request(d, r, rows, key_type, now));
    return make_issue(d, r, rows, now);
}

void dossier_clear(struct dossier *d)
{
    ky_buf_clear(&d->request);
    ky_buf_clear(&d->request_auths);
    ky_buf_clear(&d->issue);
    ky_buf_clear(&d->issue_auths);
    ky_buf_clear(&d->evidence);
    ky_buf_clear(&d->sam_records);
    ky_buf_clear(&d->ca_records);
}

void dossier_fields(struct ky_bytes fields[6], const struct dossier *d, ky_process process)
{
    fields[0] = ky_buf_bytes(&d->request);
    fields[1] = ky_buf_bytes(&d->request_auths);
    fields[2] = ky_buf_bytes(&d->issue);
    fields[3] = ky_buf_bytes(&d->issue_auths);
    fields[4] = ky_buf_bytes(process == KY_PROCESS_SAM ? &d->sam_records : &d->ca_records);
    fields[5] = ky_buf_bytes(&d->evidence);
}

ky_rc dossier_make_keys(struct ky_buf *answer, const struct dossier *d, const struct realm *r, unsigned first,
                        unsigned last)
{
    struct ky_bytes fields[7];
    ky_auto_buf rows = ky_buf_init(1024);
    dossier_fields(fields, d, KY_PROCESS_SAM);
    ky_list_begin(&rows, last - first + 1);
    for (unsigned i = first; i <= last; i++) {
        ky_buf_add_u32(&rows, 4);
        ky_buf_add_u32(&rows, i);
    }
    fields[6] = ky_buf_bytes(&rows);
    return realm_call(r, "sam-worker.0", KY_MSG_SAM_ISSUE_KEYS, fields, KY_COUNT(fields), answer);
}

ky_rc dossier_attestations(struct ky_buf *list, struct ky_bytes answer, unsigned first, unsigned last,
                           uint32_t row)
{
    struct ky_bytes items[KY_BATCH_MAX];
    size_t count;
    KY_TRY(ky_list_read(items, &count, KY_BATCH_MAX, answer, "keys"));
    ky_list_begin(list, last - first + 1);
    for (unsigned i = first; i <= last && i < count; i++) {
        struct ky_reader in = KY_READER(items[i]);
        ky_auto_buf item = ky_buf_init(8192);
        (void)ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
        (void)ky_read_lv(&in, 8192);
        ky_buf_add_u32(&item, row + i);
        ky_buf_add_lv(&item, ky_read_lv(&in, 8192));
        ky_buf_add(&item, ky_read_bytes(&in, KY_P256_RAW));
        KY_TRY(ky_buf_finish(&item));
        ky_buf_add_lv(list, ky_buf_bytes(&item));
    }
    return ky_buf_finish(list);
}
