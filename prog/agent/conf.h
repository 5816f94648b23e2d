/* ~/.config/kyso-agent/agent.conf: one section, [agent]. */
#ifndef KY_PROG_AGENT_CONF_H
#define KY_PROG_AGENT_CONF_H

#include "os/conf.h"

struct agent_conf {
    int64_t port;
    const char *origins;     /* separated by spaces */
    const char *module;      /* PKCS#11 library */
    const char *token, *key; /* labels */
    const char
        *prompt; /* program that asks the person; "": zenity where there is a desktop, else the terminal */
    const char *ca_file; /* PEM of the roots of the pages' servers; "": the system's */
    int64_t file_mb;     /* largest document */
    int64_t answer_s;    /* time to answer a question */
    int64_t fetch_s;     /* time for one download or upload */
};

ky_rc agent_conf_load(struct agent_conf *out, struct ky_arena *arena, const char *path);
/* Appends a commented file with every item at its default. */
void agent_conf_sample(struct ky_buf *out);

#endif
