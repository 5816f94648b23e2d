/* See revision.h. */
#include "prog/agent/revision.h"

#define MARKER "%%EOF"

static ky_rc compare(bool *same, struct ky_bytes bytes, const uint8_t hash[KY_SHA256_SIZE])
{
    uint8_t digest[KY_SHA256_SIZE];
    KY_TRY(ky_sha256(digest, bytes));
    *same = memcmp(digest, hash, sizeof digest) == 0;
    return KY_OK;
}

static bool is_marker(struct ky_bytes file, size_t at)
{
    return file.n - at >= sizeof MARKER - 1 && memcmp(file.p + at, MARKER, sizeof MARKER - 1) == 0;
}

/* Behind the marker and the end of its line, where there is one. */
static size_t end_of_line(struct ky_bytes file, size_t at)
{
    if (at < file.n && file.p[at] == '\r')
        at++;
    if (at < file.n && file.p[at] == '\n')
        at++;
    return at;
}

ky_rc agent_revision_find(bool *found, struct ky_bytes file, const uint8_t hash[KY_SHA256_SIZE])
{
    size_t seen = 0;
    KY_TRY(compare(found, file, hash));
    for (size_t at = 0; !*found && at < file.n && seen < AGENT_REVISIONS_MAX; at++) {
        if (!is_marker(file, at))
            continue;
        seen++;
        KY_TRY(compare(found, KY_BYTES(file.p, end_of_line(file, at + sizeof MARKER - 1)), hash));
    }
    return KY_OK;
}
