/* Passwords and PINs: from the environment, else asked for at the terminal without echo; never from the command line. */
#ifndef KY_PROG_KYSO_PROMPT_H
#define KY_PROG_KYSO_PROMPT_H

#include "base/secret.h"

#define KYSO_PASSWORD_MAX 1024 /* bytes */

/*
 * *found is false, and nothing is asked, when variable is not set and there is no terminal. The secret ends with a NUL
 * that s->n counts. question is printed to the terminal.
 */
ky_rc kyso_prompt(struct ky_secret *s, bool *found, const char *variable, const char *question);

#endif
