/* The process table of kysod. Start order: keepers before their workers, keys before the network. */
#include "prog/kysod/plan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

static const struct {
    ky_role role;
    const char *program; /* where the configuration names none */
    const char *folder;
} kinds[] = {
    {KY_ROLE_SAM_KEEPER, "kyso-sam", "sam"},      {KY_ROLE_SAM_WORKER, "kyso-sam", "sam"},
    {KY_ROLE_CA_KEEPER, "kyso-ca", "ca"},         {KY_ROLE_CA_WORKER, "kyso-ca", "ca"},
    {KY_ROLE_COURIER, "kyso-courier", "courier"}, {KY_ROLE_WEB, "kyso-web", "web"},
};

static const ky_role links[][2] = {
    {KY_ROLE_SAM_KEEPER, KY_ROLE_SAM_WORKER}, {KY_ROLE_CA_KEEPER, KY_ROLE_CA_WORKER},
    {KY_ROLE_WEB, KY_ROLE_SAM_WORKER},        {KY_ROLE_WEB, KY_ROLE_CA_WORKER},
    {KY_ROLE_WEB, KY_ROLE_SAM_KEEPER},        {KY_ROLE_WEB, KY_ROLE_CA_KEEPER},
    {KY_ROLE_COURIER, KY_ROLE_CA_WORKER},     {KY_ROLE_COURIER, KY_ROLE_SAM_WORKER},
};

bool ky_plan_linked(ky_role a, ky_role b)
{
    for (size_t i = 0; i < KY_COUNT(links); i++)
        if ((links[i][0] == a && links[i][1] == b) || (links[i][0] == b && links[i][1] == a))
            return true;
    return false;
}

/* What the configuration says about one role. */
struct wish {
    const char *program, *user, *module_env;
    int64_t count;
};

static struct wish wish_for(const struct ky_settings *s, ky_role role)
{
    const struct wish wishes[KY_ROLE_COUNT] = {
        [KY_ROLE_SAM_KEEPER] = {s->sam.program, s->sam.user, s->sam.module_env, 1},
        [KY_ROLE_SAM_WORKER] = {s->sam.program, s->sam.user, s->sam.module_env, s->sam.workers},
        [KY_ROLE_CA_KEEPER] = {s->ca.program, s->ca.user, s->ca.module_env, 1},
        [KY_ROLE_CA_WORKER] = {s->ca.program, s->ca.user, s->ca.module_env, s->ca.workers},
        [KY_ROLE_COURIER] = {s->courier.program, s->courier.user, "", 1},
        [KY_ROLE_WEB] = {s->web.program, s->web.user, "", 1},
        [KY_ROLE_PARSE] = {s->parse.program, s->parse.user, "", s->parse.processes},
    };
    return wishes[role];
}

/* The folder this program was started from. */
static ky_rc own_folder(char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n <= 0)
        return ky_fail(KY_EIO, "/proc/self/exe: %s", strerror(errno));
    out[n] = 0;
    *strrchr(out, '/') = 0; /* the kernel's answer is an absolute path */
    return KY_OK;
}

static ky_rc make_kind(struct ky_plan_kind *out, struct ky_arena *arena, const struct ky_settings *settings,
                       ky_role role, const char *program, const char *folder)
{
    char here[PATH_MAX];
    struct wish w = wish_for(settings, role);
    KY_TRY(own_folder(here));
    *out = (struct ky_plan_kind){
        .role = role, .folder = folder, .module_env = w.module_env, .count = (unsigned)w.count};
    out->program = w.program[0] != 0 ? w.program : ky_arena_printf(arena, "%s/%s", here, program);
    if (out->program == NULL)
        return ky_fail(KY_ENOMEM, "process table");
    if (geteuid() != 0) /* nobody else can change users */
        return KY_OK;
    return ky_context(ky_proc_user_find(&out->user, w.user), "%s", ky_role_name(role));
}

ky_rc ky_plan_make(struct ky_plan *out, struct ky_arena *arena, const struct ky_settings *settings)
{
    size_t members = 0;
    *out = (struct ky_plan){.kind_count = KY_COUNT(kinds)};
    for (size_t i = 0; i < KY_COUNT(kinds); i++) {
        KY_TRY(make_kind(&out->kinds[i], arena, settings, kinds[i].role, kinds[i].program, kinds[i].folder));
        members += out->kinds[i].count;
    }
    if (members > KY_PLAN_MEMBERS_MAX)
        return ky_fail(KY_ELIMIT, "%zu processes; at most %d", members, KY_PLAN_MEMBERS_MAX);
    return make_kind(&out->parse, arena, settings, KY_ROLE_PARSE, "kyso-parse", NULL);
}

static const struct ky_plan_kind *find_kind(const struct ky_plan *plan, ky_role role)
{
    size_t i = 0;
    while (i + 1 < plan->kind_count && plan->kinds[i].role != role)
        i++;
    return &plan->kinds[i];
}

static ky_rc give_folder(const char *path, const struct ky_proc_user *user)
{
    struct stat st;
    if (!user->change)
        return KY_OK;
    if (stat(path, &st) == 0 && st.st_uid == user->uid && st.st_gid == user->gid)
        return KY_OK;
    if (chown(path, user->uid, user->gid) != 0)
        return ky_fail(KY_EIO, "chown %s: %s", path, strerror(errno));
    return KY_OK;
}

/* The database is written by web and courier: the folder is web's, and their common group may write in it. */
static ky_rc make_store_folder(const struct ky_plan *plan, const struct ky_settings *settings)
{
    char path[PATH_MAX];
    if (settings->store.path[0] != 0)
        return KY_OK; /* the operator's own */
    snprintf(path, sizeof path, "%s/store", settings->kyso.state_dir);
    KY_TRY(ky_dir_make(path, 0770));
    return give_folder(path, &find_kind(plan, KY_ROLE_WEB)->user);
}

ky_rc ky_plan_make_folders(const struct ky_plan *plan, const struct ky_settings *settings)
{
    char path[PATH_MAX];
    KY_TRY(ky_dir_make(settings->kyso.state_dir, 0755));
    for (size_t i = 0; i < plan->kind_count; i++) {
        const struct ky_plan_kind *k = &plan->kinds[i];
        snprintf(path, sizeof path, "%s/%s", settings->kyso.state_dir, k->folder);
        KY_TRY(ky_dir_make(path, 0700));
        KY_TRY(give_folder(path, &k->user));
    }
    return make_store_folder(plan, settings);
}
