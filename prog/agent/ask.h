/*
 * Asking the person: consent to one use, and the PIN. By the configured program, zenity on a desktop, or the terminal;
 * never by the page.
 *
 * A configured program is called as PROGRAM consent or PROGRAM pin. The text is on its standard input; exit status 0 means
 * yes; the PIN is the first line of its standard output.
 */
#ifndef KY_PROG_AGENT_ASK_H
#define KY_PROG_AGENT_ASK_H

#include "base/buf.h"
#include "base/secret.h"
#include "prog/agent/conf.h"

#define AGENT_PIN_MAX 255 /* bytes */

/* KY_OK: the person agrees. KY_EDENIED: does not; KY_EBUSY: did not answer in time; KY_EIO: there is no way to ask. */
ky_rc agent_ask_consent(const struct agent_conf *conf, struct ky_bytes text);
/* pin: empty before. Errors as above; KY_EDENIED also for an empty one. */
ky_rc agent_ask_pin(struct ky_secret *pin, const struct agent_conf *conf, struct ky_bytes text);

#endif
