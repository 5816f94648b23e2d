/* kyso: the command line, for administration and for anyone who signs or verifies. One command per file. */
#include <stdio.h>

#include "base/bytes.h"
#include "base/str.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/say.h"

/* clang-format off */
static const struct kyso_cmd *const commands[] = {
    &kyso_cmd_audit,
    &kyso_cmd_client,
    &kyso_cmd_dossier,
    &kyso_cmd_init,
    &kyso_cmd_inspect,
    &kyso_cmd_officer,
    &kyso_cmd_org,
    &kyso_cmd_seal,
    &kyso_cmd_sign,
    &kyso_cmd_user,
    &kyso_cmd_verify,
};
/* clang-format on */

static void print_commands(FILE *to)
{
    fprintf(to, "%s",
            kyso_say("Cách dùng: kyso LỆNH [TÙY CHỌN] …\n\n", "Usage: kyso COMMAND [OPTIONS] …\n\n"));
    for (size_t i = 0; i < KY_COUNT(commands); i++)
        fprintf(to, "  %-12s %s\n", commands[i]->name, kyso_say(commands[i]->vi, commands[i]->en));
    fprintf(to, "\n%s\n", kyso_say("kyso LỆNH --help cho biết thêm.", "kyso COMMAND --help says more."));
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (ky_str_eq(name, "--help") || ky_str_eq(name, "help")) {
        print_commands(stdout);
        return 0;
    }
    if (ky_str_eq(name, "--version")) {
        printf("kyso %s\n", KYSO_VERSION);
        return 0;
    }
    for (size_t i = 0; i < KY_COUNT(commands); i++)
        if (ky_str_eq(commands[i]->name, name))
            return commands[i]->run(argc - 1, argv + 1);
    if (name[0] != '\0')
        fprintf(stderr, kyso_say("kyso: không có lệnh %s\n", "kyso: there is no command %s\n"), name);
    else
        print_commands(stderr);
    return KYSO_EXIT_USAGE;
}
