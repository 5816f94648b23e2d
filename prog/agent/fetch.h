/*
 * Download and upload at one-time addresses on the page's own origin, each by a child of its own: https only, the server's
 * certificate checked, no redirect, no cookie, bounded in bytes and time.
 */
#ifndef KY_PROG_AGENT_FETCH_H
#define KY_PROG_AGENT_FETCH_H

#include "prog/agent/conf.h"
#include "prog/agent/message.h"

#define AGENT_ANSWER_MAX 65536 /* bytes of what the server says to an upload */

/*
 * Fills memfd (empty before) with the PDF at doc->download. KY_EDENIED not 200 (with what the server says to people), or a
 * redirect; KY_EFORMAT not a PDF by its type; KY_ELIMIT; KY_EBUSY not in time; KY_EIO.
 */
ky_rc agent_fetch_download(int memfd, const struct agent_conf *conf, const struct agent_document *doc);
/* Posts the file as multipart/form-data (field uploadfile) to doc->upload; answer: at most AGENT_ANSWER_MAX. As above; any 2xx is good. */
ky_rc agent_fetch_upload(struct ky_buf *answer, int memfd, const struct agent_conf *conf,
                         const struct agent_document *doc);

#endif
