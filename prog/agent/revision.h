/* What a PDF was before others added to it: incremental updates stand behind the bytes of the earlier revision (ISO 32000-1 §7.5.6). */
#ifndef KY_PROG_AGENT_REVISION_H
#define KY_PROG_AGENT_REVISION_H

#include "crypto/digest.h"

#define AGENT_REVISIONS_MAX 16 /* ends of revisions that are looked at, the first ones */

/* Whether the file, or what ends at one of its end-of-file markers with the end of its line, has that SHA-256. */
ky_rc agent_revision_find(bool *found, struct ky_bytes file, const uint8_t hash[KY_SHA256_SIZE]);

#endif
