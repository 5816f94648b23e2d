/* Rules a and b of the coverage check; the later content is judged by ades/changes. */
#include "ades/coverage.h"

#include "codec/pdf/lex.h"
#include "crypto/digest.h"

static uint64_t without_space(struct ky_bytes file, uint64_t end)
{
    while (end > 0 && ky_pdf_is_space(file.p[end - 1]))
        end--;
    return end;
}

/* Does a revision end there, give or take the end of its last line? */
static bool ends_a_revision(const struct ky_pdf *doc, uint64_t end)
{
    const struct ky_bytes file = ky_pdf_file(doc);
    const uint64_t wanted = without_space(file, end);
    for (size_t i = 0; i < ky_pdf_revision_count(doc); i++) {
        const uint64_t here = ky_pdf_revision_at(doc, i)->end;
        if (here > 0 && without_space(file, here) == wanted)
            return true;
    }
    return false;
}

static const char *broken_rule(const struct ky_pdf_signature *s, const struct ky_pdf *doc)
{
    const int64_t *r = s->byte_range;
    if (!s->byte_range_ok || s->byte_range_count != 4)
        return "/ByteRange is not four numbers";
    if (s->contents_len == 0)
        return "/Contents does not stand in the file as such";
    if (r[0] != 0)
        return "the first range does not start at 0";
    if ((uint64_t)r[1] != s->contents_at || (uint64_t)r[2] != s->contents_at + s->contents_len)
        return "the gap is not exactly /Contents";
    const uint64_t size = ky_pdf_file(doc).n;
    if ((uint64_t)r[2] > size || (uint64_t)r[3] > size - (uint64_t)r[2])
        return "the second range is beyond the file";
    const uint64_t end = (uint64_t)r[2] + (uint64_t)r[3];
    if (end != size && !ends_a_revision(doc, end))
        return "the second range does not end with a revision";
    return NULL;
}

void ky_coverage_find(struct ky_coverage_facts *out, const struct ky_pdf_signature *s,
                      const struct ky_pdf *doc)
{
    const char *why = broken_rule(s, doc);
    if (why != NULL) {
        *out = (struct ky_coverage_facts){.coverage = KY_COVERS_UNCLEAR, .why = why};
        return;
    }
    const uint64_t end = (uint64_t)s->byte_range[2] + (uint64_t)s->byte_range[3];
    const bool all = end == ky_pdf_file(doc).n;
    *out = (struct ky_coverage_facts){.coverage = all ? KY_COVERS_FILE : KY_COVERS_REVISION, .end = end};
}

const char *ky_coverage_doubt(const struct ky_pdf *before, const struct ky_pdf *after)
{
    if (ky_pdf_needs_repair(before) != NULL)
        return ky_pdf_needs_repair(before);
    if (ky_pdf_needs_repair(after) != NULL)
        return ky_pdf_needs_repair(after);
    const struct ky_bytes file = ky_pdf_file(after);
    uint64_t last = 0;
    for (size_t i = 0; i < ky_pdf_revision_count(after); i++)
        if (ky_pdf_revision_at(after, i)->end > last)
            last = ky_pdf_revision_at(after, i)->end;
    return without_space(file, file.n) > last ? "something follows the last revision" : NULL;
}

ky_rc ky_coverage_cms(struct ky_bytes *out, const struct ky_pdf_signature *s)
{
    const struct ky_bytes c = s->contents;
    if (c.n < 2 || c.p[0] != 0x30)
        return ky_fail(KY_EFORMAT, "/Contents is not a SEQUENCE");
    const size_t octets = c.p[1] < 0x80 ? 0 : (size_t)(c.p[1] & 0x7F);
    if ((c.p[1] >= 0x80 && octets == 0) || octets > 4 || c.n < 2 + octets)
        return ky_fail(KY_EFORMAT, "/Contents: length not in DER");
    size_t n = octets == 0 ? c.p[1] : 0;
    for (size_t i = 0; i < octets; i++)
        n = n << 8 | c.p[2 + i];
    if (n > c.n - 2 - octets)
        return ky_fail(KY_EFORMAT, "/Contents: %zu bytes announced, %zu there", n, c.n - 2 - octets);
    for (size_t i = 2 + octets + n; i < c.n; i++)
        if (c.p[i] != 0)
            return ky_fail(KY_EFORMAT, "/Contents: something follows the signature");
    *out = KY_BYTES(c.p, 2 + octets + n);
    return KY_OK;
}

ky_rc ky_coverage_digest(uint8_t out[KY_HASH_MAX], ky_hash hash, const struct ky_pdf_signature *s,
                         struct ky_bytes file)
{
    const struct ky_bytes parts[] = {
        KY_BYTES(file.p + s->byte_range[0], s->byte_range[1]),
        KY_BYTES(file.p + s->byte_range[2], s->byte_range[3]),
    };
    return ky_digest_parts(out, hash, parts, KY_COUNT(parts));
}
