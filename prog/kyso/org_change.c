/* kyso org move, delegate, close: one organisation by its code. */
#include "prog/kyso/org_change.h"

#include <string.h>

#include "domain/org.h"
#include "os/clock.h"
#include "prog/kyso/admin_store.h"
#include "prog/kyso/opts.h"

#define ARENA_MAX (1u << 20)

struct options {
    const char *config, *code, *above, *procedures;
};
#define TEXT(...) KYSO_TEXT(struct options, __VA_ARGS__)
#define CONFIG TEXT("config", config, "FILE", "tệp cấu hình của kysod", "configuration of kysod")
#define CODE TEXT("code", code, "CODE", "mã định danh của cơ quan", "identification code of the organisation")

static const struct kyso_opt move_opts[] = {
    CONFIG, CODE,
    TEXT("above", above, "CODE", "cơ quan chứng thực cấp trên mới", "the authority it goes below")};
static const struct kyso_usage move_usage = {
    .command = "org move", .args = "", .opts = move_opts, .n = KY_COUNT(move_opts)};

static const struct kyso_opt delegate_opts[] = {
    CONFIG, CODE,
    TEXT("procedures", procedures, "WORDS", "new renew change revoke; không có: thôi ủy quyền",
         "new renew change revoke; none: nothing is delegated any more")};
static const struct kyso_usage delegate_usage = {
    .command = "org delegate", .args = "", .opts = delegate_opts, .n = KY_COUNT(delegate_opts)};

static const struct kyso_opt close_opts[] = {CONFIG, CODE};
static const struct kyso_usage close_usage = {
    .command = "org close", .args = "", .opts = close_opts, .n = KY_COUNT(close_opts)};

/* What is done, in the transaction that has found the organisation. */
typedef ky_rc org_act(struct ky_store *s, struct ky_arena *a, const struct options *o, const char *id);

static ky_rc find(const char **id, struct ky_store *s, struct ky_arena *a, const char *code)
{
    struct ky_db_org org;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_context(ky_db_org_get_by_code(&org, a, s, &all, code), "%s", code));
    *id = org.id;
    return KY_OK;
}

static ky_rc move(struct ky_store *s, struct ky_arena *a, const struct options *o, const char *id)
{
    const char *above;
    KY_TRY(kyso_need(o->above, "above"));
    KY_TRY(find(&above, s, a, o->above));
    return ky_org_move(NULL, s, &KY_ACTOR_SYSTEM, id, above, ky_now());
}

static ky_rc delegate(struct ky_store *s, struct ky_arena *a, const struct options *o, const char *id)
{
    const char *list[KY_PROCEDURES_MAX];
    size_t n = 0;
    char *next = NULL, *words = ky_arena_strdup(a, o->procedures == NULL ? "" : o->procedures);
    if (words == NULL)
        return KY_ENOMEM;
    for (char *w = strtok_r(words, " ", &next); w != NULL; w = strtok_r(NULL, " ", &next)) {
        if (n == KY_PROCEDURES_MAX)
            return ky_fail(KY_ELIMIT, "--procedures: at most %d", KY_PROCEDURES_MAX);
        list[n++] = w;
    }
    return ky_org_delegate(s, &KY_ACTOR_SYSTEM, id, list, n, ky_now());
}

static ky_rc close_org(struct ky_store *s, struct ky_arena *a, const struct options *o, const char *id)
{
    return ky_org_close(NULL, s, &KY_ACTOR_SYSTEM, id, ky_now());
}

struct acting {
    const struct options *o;
    org_act *act;
};

static ky_rc act_on(struct ky_store *s, void *ctx)
{
    const struct acting *a = ctx;
    const char *id;
    ky_auto_arena arena = ky_arena_init(ARENA_MAX);
    KY_TRY(find(&id, s, &arena, a->o->code));
    return a->act(s, &arena, a->o, id);
}

static ky_rc act(const struct options *o, org_act *fn)
{
    struct acting acting = {.o = o, .act = fn};
    ky_auto_store s = NULL;
    KY_TRY(kyso_need(o->code, "code"));
    KY_TRY(kyso_store_open(&s, o->config));
    return kyso_store_write(s, act_on, &acting);
}

static ky_rc run_move(int *status, const void *options)
{
    return act(options, move);
}

static ky_rc run_delegate(int *status, const void *options)
{
    return act(options, delegate);
}

static ky_rc run_close(int *status, const void *options)
{
    return act(options, close_org);
}

int kyso_org_move(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &move_usage, &o, run_move);
}

int kyso_org_delegate(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &delegate_usage, &o, run_delegate);
}

int kyso_org_close(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &close_usage, &o, run_close);
}
