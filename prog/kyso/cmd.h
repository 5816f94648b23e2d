/*
 * A command of `kyso`. Each lives in its own file as a struct kyso_cmd and has
 * its line in the table of main.c.
 */
#ifndef KY_PROG_KYSO_CMD_H
#define KY_PROG_KYSO_CMD_H

struct kyso_cmd {
    const char *name;
    const char *vi, *en; /* summary, one line */
    /* argv[0] is the command's name. The exit status; what went wrong has been said on stderr (kyso_fail). */
    int (*run)(int argc, char **argv);
};

#define KYSO_EXIT_FAILED 1
#define KYSO_EXIT_USAGE 64 /* the command line itself is wrong */

extern const struct kyso_cmd kyso_cmd_audit;
extern const struct kyso_cmd kyso_cmd_client;
extern const struct kyso_cmd kyso_cmd_dossier;
extern const struct kyso_cmd kyso_cmd_init;
extern const struct kyso_cmd kyso_cmd_inspect;
extern const struct kyso_cmd kyso_cmd_officer;
extern const struct kyso_cmd kyso_cmd_org;
extern const struct kyso_cmd kyso_cmd_seal;
extern const struct kyso_cmd kyso_cmd_sign;
extern const struct kyso_cmd kyso_cmd_user;
extern const struct kyso_cmd kyso_cmd_verify;

#endif
