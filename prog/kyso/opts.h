/*
 * Options of a command as a table: parsing, --help and the error texts come
 * from it. "--name value", "--name=value"; "--" ends options; --help is always there.
 */
#ifndef KY_PROG_KYSO_OPTS_H
#define KY_PROG_KYSO_OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"

#define KYSO_LIST_MAX 32 /* times one option may be given, and most positional arguments */

struct kyso_list {
    const char *v[KYSO_LIST_MAX]; /* borrowed from argv */
    size_t n;
};

typedef enum kyso_opt_kind { KYSO_OPT_FLAG, KYSO_OPT_TEXT, KYSO_OPT_LIST } kyso_opt_kind;

struct kyso_opt {
    const char *name; /* without dashes */
    kyso_opt_kind kind;
    size_t offset;     /* in the command's struct: bool, const char * or struct kyso_list */
    const char *value; /* what stands for the value in --help; NULL: flag */
    const char *vi, *en;
};

struct kyso_usage {
    const char *command;
    const char *args;   /* positional, as in --help: "FILE …"; "" when none */
    size_t args_offset; /* struct kyso_list, looked at when args is not empty */
    const struct kyso_opt *opts;
    size_t n;
    const char *vi, *en; /* text after the table: environment, exit statuses */
};

/* A line of the table: a text, or NULL when it is not given, in a member of type_. */
#define KYSO_TEXT(type_, name_, member_, value_, vi_, en_)                                                   \
    {                                                                                                        \
        name_, KYSO_OPT_TEXT, offsetof(type_, member_), value_, vi_, en_                                     \
    }

/*
 * Fills values, zeroed before. *done: --help was printed, there is nothing else to do.
 * KY_EINVAL, naming what is wrong in the user's language.
 */
ky_rc kyso_opts_parse(bool *done, void *values, const struct kyso_usage *usage, int argc, char **argv);

/* KY_EINVAL when a value that the command cannot do without was not given. */
ky_rc kyso_need(const char *value, const char *option);

/*
 * A command from its arguments to its exit status: fills values, zeroed before, and runs fn over them. A failure is said
 * on stderr; otherwise the status is what fn put into *status, which is 0 at first.
 */
int kyso_opts_run(int argc, char **argv, const struct kyso_usage *usage, void *values,
                  ky_rc (*fn)(int *status, const void *values));

#endif
