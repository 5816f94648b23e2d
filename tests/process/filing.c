/* See filing.h. */
#include "tests/process/filing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/org.h"
#include "domain/record.h"
#include "os/clock.h"
#include "store/migrate.h"
#include "tests/support/bodies.h"
#include "tests/support/papers.h"

#define PATIENCE_MS 60000 /* somebody asks again for so long */
#define TRIES_MAX 60      /* of one dossier, refusals included */

/* ---- people ---- */

static ky_rc add_staff(struct ky_store *s, const char *org, const char *roles, char token[KY_BEARER_TEXT])
{
    char id[KY_NEW_ID_TEXT];
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@quangngai.gov.vn", .roles = roles};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(token, s, &KY_ACTOR_SYSTEM, id, ky_now());
}

ky_rc office_enter(struct office *o, struct realm *realm)
{
    char where[160], department[KY_NEW_ID_TEXT];
    ky_auto_store s = NULL;
    const struct ky_db_org cuc = {.code = "CUC",
                                  .name = "Cục Chứng thực số",
                                  .province = "Hà Nội",
                                  .place = "Hà Nội",
                                  .sector = "authority"};
    const struct ky_db_org so = {.code = "SGD-QN",
                                 .name = REALM_ORG_NAME,
                                 .province = "Quảng Ngãi",
                                 .place = "Quảng Ngãi",
                                 .sector = "education"};
    o->realm = realm;
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm->state);
    KY_TRY(ky_store_open(&s, where, 5000));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(ky_org_create(department, s, &KY_ACTOR_SYSTEM, &cuc, ky_now()));
    KY_TRY(ky_org_create(o->school, s, &KY_ACTOR_SYSTEM, &so, ky_now()));
    KY_TRY(add_staff(s, o->school, "enter", o->clerk));
    KY_TRY(add_staff(s, o->school, "sign", o->head));
    KY_TRY(add_staff(s, department, "receive examine", o->examiner));
    KY_TRY(add_staff(s, department, "approve", o->officer));
    KY_TRY(add_staff(s, department, "admin", o->admin));
    return ky_store_commit(s);
}

/* ---- asking ---- */

/* Nobody there, or busy: asked again until there is an answer. body may be NULL. */
static ky_rc ask(json_t **answer, long *status, const struct office *o, const char *token, const char *method,
                 const json_t *body, const char *path)
{
    const struct https to = {.port = o->realm->https_port, .token = token};
    for (int64_t end = ky_deadline_in(PATIENCE_MS); ky_mono_ms() < end; usleep(50000)) {
        json_t *got = NULL;
        *status = https_call(&got, &to, method, body, "%s", path);
        if (*status >= 200 && *status != 503) {
            *answer = got;
            return KY_OK;
        }
        json_decref(got);
    }
    return ky_fail(KY_EIO, "%s %s: no answer in %d s", method, path, PATIENCE_MS / 1000);
}

/* What must work. */
static ky_rc demand(json_t **answer, const struct office *o, const char *token, const char *method,
                    const json_t *body, const char *path)
{
    long status = 0;
    KY_TRY(ask(answer, &status, o, token, method, body, path));
    return status < 300 ? KY_OK : ky_fail(KY_EDENIED, "%s %s: HTTP %ld", method, path, status);
}

ky_rc filing_look(json_t **answer, const struct office *o, const char *id)
{
    char path[128];
    snprintf(path, sizeof path, "/api/v1/dossiers/%s", id);
    return ky_context(demand(answer, o, o->clerk, "GET", NULL, path), "an acknowledged dossier");
}

/* ---- the head's seal ---- */

static ky_rc ask_nonce(uint8_t out[KY_NONCE_SIZE], const struct office *o, const char *process)
{
    ky_auto_json body = json_pack("{s:s, s:s}", "process", process, "kind", "long");
    ky_auto_json answer = NULL;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    KY_TRY(demand(&answer, o, o->admin, "POST", body, "/api/v1/nonces"));
    KY_TRY(body_get_b64(&nonce, answer, "nonce"));
    memcpy(out, nonce.p, KY_NONCE_SIZE);
    return KY_OK;
}

ky_rc office_enrol_head(struct office *o)
{
    const struct person *const two[] = {&o->realm->officers[0], &o->realm->officers[1]};
    uint8_t sam[KY_NONCE_SIZE], ca[KY_NONCE_SIZE];
    struct body_seal seal = {.sam_nonce = sam, .ca_nonce = ca, .org = o->school};
    ky_auto_json wish = json_pack("{s:s}", "identity", "051080000099");
    ky_auto_json answer = NULL;
    ky_auto_json body = NULL;
    ky_auto_json done = NULL;
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    KY_TRY(demand(&answer, o, o->admin, "POST", wish, "/api/v1/owner"));
    KY_TRY(body_text(&seal.owner, answer, "owner"));
    KY_TRY(ask_nonce(sam, o, "sam"));
    KY_TRY(ask_nonce(ca, o, "ca"));
    KY_TRY(body_seal_statement(&text, o->realm, &seal));
    KY_TRY(body_authorised(&body, o->realm, ky_buf_str(&text), two, KY_COUNT(two)));
    return demand(&done, o, o->admin, "POST", body, "/api/v1/admin");
}

/* ---- the steps of one dossier ---- */

struct stage {
    const char *state; /* the dossier is in */
    filing_step step;  /* what is to be done then */
    ky_rc (*take)(struct filing *f, struct filed *d);
};

/* Acknowledged: what the service has promised. Refused: somebody looks where the dossier stands and goes on from there. */
static void acknowledge(struct filed *d, filing_step step, long status)
{
    if (status < 300)
        d->done[step] = true;
}

static ky_rc create(struct filing *f)
{
    struct filed *d = &f->dossiers[f->n];
    unsigned serial = f->number * 100000 + (unsigned)f->n;
    char identity[16], email[64], phone[16];
    const char *id;
    ky_auto_json answer = NULL;
    snprintf(identity, sizeof identity, "051191%06u", serial);
    snprintf(email, sizeof email, "hang%u@quangngai.edu.vn", serial);
    snprintf(phone, sizeof phone, "0912%06u", serial);
    ky_auto_json body =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}]}", "procedure",
                  "new", "recipient_name", "Lê Thị Tiếp", "recipient_channel", "email", "recipient_email",
                  "tiep@quangngai.gov.vn", "recipient_phone", "0912345678", "people", "identity", identity,
                  "name", "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "email", email, "phone", phone,
                  "sector", "education", "authority", 0, "finance", 0, "phone_own", 1);
    KY_TRY(demand(&answer, f->office, f->office->clerk, "POST", body, "/api/v1/dossiers"));
    KY_TRY(body_text(&id, answer, "id"));
    snprintf(d->id, sizeof d->id, "%s", id);
    d->done[FILING_CREATED] = true;
    f->n++;
    return KY_OK;
}

/* POST .../ID/verb; *status of what came. */
static ky_rc post(json_t **answer, long *status, const struct filing *f, const char *token,
                  const struct filed *d, const char *verb, const json_t *body)
{
    char path[128];
    snprintf(path, sizeof path, "/api/v1/dossiers/%s/%s", d->id, verb);
    return ask(answer, status, f->office, token, "POST", body, path);
}

static void hand_in_papers(const struct filing *f, const struct filed *d)
{
    const struct https clerk = {.port = f->office->realm->https_port, .token = f->office->clerk};
    (void)papers_hand_in(&clerk, d->id);
}

static ky_rc submit(struct filing *f, struct filed *d)
{
    long status = 0;
    const char *request;
    ky_auto_json nothing = json_object();
    ky_auto_json handed_out = NULL;
    ky_auto_json body = NULL;
    ky_auto_json answer = NULL;
    KY_TRY(post(&handed_out, &status, f, f->office->head, d, "document", nothing));
    if (status == 403) /* the subscriber's own request is missing */
        hand_in_papers(f, d);
    if (status >= 300)
        return KY_OK;
    KY_TRY(body_submission(&body, f->office->realm, handed_out, &f->office->realm->head));
    KY_TRY(post(&answer, &status, f, f->office->head, d, "submit", body));
    acknowledge(d, FILING_SUBMITTED, status);
    if (status >= 300)
        return KY_OK;
    KY_TRY(body_text(&request, answer, "request"));
    snprintf(d->request, sizeof d->request, "%s", request);
    return KY_OK;
}

static ky_rc act(struct filing *f, struct filed *d, const char *verb, filing_step step)
{
    long status = 0;
    ky_auto_json nothing = json_object();
    ky_auto_json answer = NULL;
    KY_TRY(post(&answer, &status, f, f->office->examiner, d, verb, nothing));
    acknowledge(d, step, status);
    return KY_OK;
}

static ky_rc receive(struct filing *f, struct filed *d)
{
    return act(f, d, "receive", FILING_RECEIVED);
}

static ky_rc examine(struct filing *f, struct filed *d)
{
    return act(f, d, "examine", FILING_EXAMINED);
}

static ky_rc approve(struct filing *f, struct filed *d)
{
    long status = 0;
    const char *statement;
    const struct person *const officer[] = {&f->office->realm->officers[2]};
    ky_auto_json nothing = json_object();
    ky_auto_json text = NULL;
    ky_auto_json body = NULL;
    ky_auto_json answer = NULL;
    KY_TRY(post(&text, &status, f, f->office->officer, d, "approval", nothing));
    if (status >= 300)
        return KY_OK;
    KY_TRY(body_text(&statement, text, "statement"));
    KY_TRY(body_authorised(&body, f->office->realm, statement, officer, 1));
    KY_TRY(post(&answer, &status, f, f->office->officer, d, "approve", body));
    acknowledge(d, FILING_APPROVED, status);
    if (status >= 300) /* an approval whose answer was lost is being carried out: it must have time */
        usleep(500000);
    return KY_OK;
}

static const struct stage stages[] = {
    {"draft", FILING_SUBMITTED, submit},     {"to-sign", FILING_SUBMITTED, submit},
    {"sent", FILING_RECEIVED, receive},      {"received", FILING_EXAMINED, examine},
    {"examining", FILING_APPROVED, approve},
};

static const struct stage *find_stage(const char *state)
{
    for (size_t i = 0; i < KY_COUNT(stages); i++)
        if (ky_str_eq(stages[i].state, state))
            return &stages[i];
    return NULL;
}

/* Where it stands is never before what was acknowledged. */
static ky_rc look(const struct stage **out, const struct filing *f, const struct filed *d)
{
    const char *state;
    ky_auto_json shown = NULL;
    KY_TRY(filing_look(&shown, f->office, d->id));
    KY_TRY(body_text(&state, shown, "state"));
    *out = find_stage(state);
    if (*out != NULL && (*out)->step != FILING_APPROVED && d->done[(*out)->step])
        return ky_fail(KY_EINTERNAL, "dossier %s is in state %s, which was acknowledged to be over", d->id,
                       state);
    return KY_OK;
}

static ky_rc file_one(struct filing *f)
{
    KY_TRY(create(f));
    struct filed *d = &f->dossiers[f->n - 1];
    for (unsigned tries = 0; !d->done[FILING_APPROVED]; tries++) {
        const struct stage *stage;
        KY_TRY(look(&stage, f, d));
        if (stage == NULL || *f->over) /* approved, and the answer was lost */
            return KY_OK;
        if (tries == TRIES_MAX)
            return ky_fail(KY_EDENIED, "dossier %s does not leave state %s", d->id, stage->state);
        KY_TRY(stage->take(f, d));
    }
    return KY_OK;
}

static void *run(void *ctx)
{
    struct filing *f = ctx;
    while (!*f->over && f->rc == KY_OK && f->n < FILING_DOSSIERS_MAX)
        f->rc = file_one(f);
    if (f->rc != KY_OK)
        snprintf(f->text, sizeof f->text, "%s: %s", ky_rc_name(f->rc), ky_error());
    f->failed = f->rc != KY_OK;
    return NULL;
}

void filing_begin(struct filing *f, const struct office *o, unsigned number, atomic_bool *over)
{
    f->office = o;
    f->number = number;
    f->over = over;
    if (pthread_create(&f->thread, NULL, run, f) != 0)
        abort();
}

void filing_end(struct filing *f)
{
    pthread_join(f->thread, NULL);
}
