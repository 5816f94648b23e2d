#include "prog/kyso/sub.h"

#include <stdio.h>

#include "base/str.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/say.h"

static void print_subs(FILE *to, const char *command, const struct kyso_sub *subs, size_t count)
{
    fprintf(to,
            kyso_say("Cách dùng: kyso %s LỆNH [TÙY CHỌN] …\n\n", "Usage: kyso %s COMMAND [OPTIONS] …\n\n"),
            command);
    for (size_t i = 0; i < count; i++)
        fprintf(to, "  %-12s %s\n", subs[i].name, kyso_say(subs[i].vi, subs[i].en));
}

int kyso_sub_run(const char *command, const struct kyso_sub *subs, size_t count, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (ky_str_eq(name, "--help")) {
        print_subs(stdout, command, subs, count);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        if (ky_str_eq(subs[i].name, name))
            return subs[i].run(argc - 1, argv + 1);
    if (name[0] != 0)
        fprintf(stderr, kyso_say("kyso %s: không có lệnh %s\n", "kyso %s: there is no command %s\n"), command,
                name);
    else
        print_subs(stderr, command, subs, count);
    return KYSO_EXIT_USAGE;
}
