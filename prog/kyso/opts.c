#include "prog/kyso/opts.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/say.h"

static void print_help(const struct kyso_usage *u)
{
    printf(kyso_say("Cách dùng: kyso %s [TÙY CHỌN] %s\n\n", "Usage: kyso %s [OPTIONS] %s\n\n"), u->command,
           u->args);
    for (size_t i = 0; i < u->n; i++) {
        const struct kyso_opt *o = &u->opts[i];
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value != NULL ? " " : "",
                 o->value != NULL ? o->value : "");
        printf("  %-28s %s\n", left, kyso_say(o->vi, o->en));
    }
    printf("  %-28s %s\n", "--help", kyso_say("in phần trợ giúp này", "print this help"));
    const char *more = kyso_say(u->vi, u->en);
    if (more != NULL)
        printf("\n%s\n", more);
}

static const struct kyso_opt *find_opt(const struct kyso_usage *u, const char *name, size_t n)
{
    for (size_t i = 0; i < u->n; i++)
        if (strlen(u->opts[i].name) == n && memcmp(u->opts[i].name, name, n) == 0)
            return &u->opts[i];
    return NULL;
}

static ky_rc add_to_list(struct kyso_list *list, const char *v, const char *what)
{
    if (list->n == KYSO_LIST_MAX)
        return ky_fail(KY_EINVAL, kyso_say("%s: nhiều hơn %d lần", "%s: more than %d"), what, KYSO_LIST_MAX);
    list->v[list->n++] = v;
    return KY_OK;
}

static ky_rc set_value(void *values, const struct kyso_opt *o, const char *v)
{
    char *at = (char *)values + o->offset;
    if (o->kind == KYSO_OPT_LIST)
        return add_to_list((struct kyso_list *)(void *)at, v, o->name);
    const char **text = (const char **)(void *)at;
    if (*text != NULL)
        return ky_fail(KY_EINVAL, kyso_say("--%s được cho hai lần", "--%s is given twice"), o->name);
    *text = v;
    return KY_OK;
}

/* One option at argv[*i]; its value may be the next argument. */
static ky_rc take_option(void *values, const struct kyso_usage *u, int *i, int argc, char **argv)
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    const size_t n = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct kyso_opt *o = find_opt(u, name, n);
    if (o == NULL)
        return ky_fail(KY_EINVAL,
                       kyso_say("không có tùy chọn %s; xem: kyso %s --help",
                                "there is no option %s; see: kyso %s --help"),
                       argv[*i], u->command);
    if (o->kind == KYSO_OPT_FLAG) {
        if (equals != NULL)
            return ky_fail(KY_EINVAL, kyso_say("--%s không nhận giá trị", "--%s takes no value"), o->name);
        *(bool *)(void *)((char *)values + o->offset) = true;
        return KY_OK;
    }
    if (equals == NULL && *i + 1 >= argc)
        return ky_fail(KY_EINVAL, kyso_say("--%s cần một giá trị (%s)", "--%s needs a value (%s)"), o->name,
                       o->value);
    return set_value(values, o, equals != NULL ? equals + 1 : argv[++*i]);
}

ky_rc kyso_opts_parse(bool *done, void *values, const struct kyso_usage *usage, int argc, char **argv)
{
    bool options = true;
    *done = false;
    for (int i = 1; i < argc; i++) {
        if (options && ky_str_eq(argv[i], "--")) {
            options = false;
            continue;
        }
        if (options && ky_str_eq(argv[i], "--help")) {
            print_help(usage);
            *done = true;
            return KY_OK;
        }
        if (options && ky_str_starts(argv[i], "--")) {
            KY_TRY(take_option(values, usage, &i, argc, argv));
            continue;
        }
        if (usage->args[0] == '\0')
            return ky_fail(KY_EINVAL, kyso_say("thừa \"%s\"", "unexpected \"%s\""), argv[i]);
        KY_TRY(add_to_list((struct kyso_list *)(void *)((char *)values + usage->args_offset), argv[i],
                           usage->args));
    }
    return KY_OK;
}

ky_rc kyso_need(const char *value, const char *option)
{
    return value != NULL ? KY_OK : ky_fail(KY_EINVAL, kyso_say("thiếu --%s", "--%s is missing"), option);
}

int kyso_opts_run(int argc, char **argv, const struct kyso_usage *usage, void *values,
                  ky_rc (*fn)(int *status, const void *values))
{
    bool done = false;
    int status = 0;
    ky_rc rc = kyso_opts_parse(&done, values, usage, argc, argv);
    if (rc != KY_OK) {
        kyso_fail(usage->command, rc);
        return KYSO_EXIT_USAGE;
    }
    if (done)
        return 0;
    rc = fn(&status, values);
    return rc == KY_OK ? status : kyso_fail(usage->command, rc);
}
