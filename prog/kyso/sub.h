/* Commands that have commands of their own: `kyso org add`. */
#ifndef KY_PROG_KYSO_SUB_H
#define KY_PROG_KYSO_SUB_H

#include <stddef.h>

struct kyso_sub {
    const char *name;
    const char *vi, *en;
    int (*run)(int argc, char **argv); /* argv[0] is the sub-command's name */
};

/* Finds and runs argv[1]; its exit status, or that of a wrong command line. */
int kyso_sub_run(const char *command, const struct kyso_sub *subs, size_t count, int argc, char **argv);

#endif
