/*
 * A PDF from a page: read, laid out for its signature and finished by a child that can open nothing and has neither PIN,
 * token nor network. What it says is not believed: its parent hashes the document itself, so that a file that took the child
 * over cannot have anything signed but bytes that begin with that very file.
 */
#ifndef KY_PROG_AGENT_PAPER_H
#define KY_PROG_AGENT_PAPER_H

#include "ades/format.h"
#include "prog/agent/link.h"

struct agent_paper {
    struct agent_child child;
    uint32_t pages, signatures;  /* as the file says */
    uint8_t digest[KY_HASH_MAX]; /* to be signed */
};
#define agent_auto_paper KY_CLEANUP(agent_paper_close) struct agent_paper

/* Who signs, and how. */
struct agent_paper_wish {
    const struct ky_cert *signer;
    struct ky_certs others;
    ky_scheme scheme;
    ky_hash hash;
    ky_time now;
};

/*
 * in: a sealed memory file; file: its bytes, mapped by the caller; out: an empty memory file.
 * KY_EFORMAT no PDF; KY_EDENIED it may not be signed, with the reason; KY_EBUSY not done in time.
 */
ky_rc agent_paper_open(struct agent_paper *p, int in, int out, struct ky_bytes file,
                       const struct agent_paper_wish *wish);
/* The signed document is in out afterwards. KY_EAUTH: not a signature of the signer's key. */
ky_rc agent_paper_finish(struct agent_paper *p, struct ky_bytes signature);
void agent_paper_close(struct agent_paper *p);

#endif
