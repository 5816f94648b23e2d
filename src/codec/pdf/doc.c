/* Opening a document and asking it; see doc.h. */
#include "codec/pdf/doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/pdf/internal.h"

#define HEADER_SEARCH_BYTES 1024
#define BUDGET_BASE ((uint64_t)32 * 1024 * 1024)
#define BUDGET_PER_BYTE 4
#define REF_CHAIN_MAX 32
#define ENCRYPT_DEPTH 4

void ky_pdf_damage(struct ky_pdf *doc, const char *fmt, ...)
{
    if (doc->damage[0] != 0)
        return;
    char text[sizeof doc->damage];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const char *own = strncmp(text, "pdf: ", 5) == 0 ? text + 5 : text;
    memcpy(doc->damage, own, strlen(own) + 1);
}

bool ky_pdf_charge(struct ky_pdf *doc, uint64_t work)
{
    if (work <= doc->budget) {
        doc->budget -= work;
        return true;
    }
    doc->budget = 0;
    (void)ky_fail(KY_ELIMIT, "pdf: its parts overlap or repeat too often");
    ky_pdf_damage(doc, "%s", ky_error());
    return false;
}

ky_rc ky_pdf_parse_charged(struct ky_pdf_value **out, struct ky_pdf *doc, struct ky_pdf_lexer *lx)
{
    size_t start = lx->at;
    if (!ky_pdf_charge(doc, 1))
        return KY_ELIMIT;
    ky_rc rc = ky_pdf_parse_value(out, lx);
    return ky_pdf_charge(doc, lx->at - start) ? rc : KY_ELIMIT;
}

static ky_rc find_header(struct ky_pdf *doc)
{
    size_t n = doc->file.n < HEADER_SEARCH_BYTES ? doc->file.n : HEADER_SEARCH_BYTES;
    const uint8_t *p = n == 0 ? NULL : memmem(doc->file.p, n, "%PDF-", 5);
    if (p == NULL)
        ky_pdf_damage(doc, "no %%PDF- header in the first %d bytes", HEADER_SEARCH_BYTES);
    doc->header_at = p == NULL ? 0 : (uint64_t)(p - doc->file.p);
    return n == 0 ? ky_fail(KY_EFORMAT, "pdf: the file is empty") : KY_OK;
}

/* A copy with every reference replaced by what it refers to, as /Encrypt is read before anything else. */
static ky_rc inlined(struct ky_pdf_value **out, struct ky_pdf *doc, const struct ky_pdf_value *v,
                     unsigned depth)
{
    v = ky_pdf_resolve(doc, v);
    struct ky_pdf_value *copy = ky_pdf_copy_shallow(&doc->arena, v);
    if (copy == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; depth > 0 && ky_pdf_is_dict(copy) && i < copy->u.dict.n; i++)
        KY_TRY(inlined(&copy->u.dict.at[i].value, doc, v->u.dict.at[i].value, depth - 1));
    *out = copy;
    return KY_OK;
}

static ky_rc set_up_decryption(struct ky_pdf *doc, const char *password)
{
    const struct ky_pdf_value *entry = ky_pdf_trailer(doc, "Encrypt");
    if (!ky_pdf_is_dict(ky_pdf_resolve(doc, entry)))
        return KY_OK;
    struct ky_pdf_value *encrypt;
    KY_TRY(inlined(&encrypt, doc, entry, ENCRYPT_DEPTH));
    const struct ky_pdf_value *id0 = ky_pdf_item(doc, ky_pdf_resolve(doc, ky_pdf_trailer(doc, "ID")), 0);
    struct ky_bytes id = id0->type == KY_PDF_STRING ? id0->text : KY_BYTES_NONE;
    KY_TRY(ky_pdf_crypt_init(&doc->crypt, encrypt, id, password));
    doc->encrypted = true;
    if (entry->type == KY_PDF_REF)
        doc->encrypt_ref = entry->u.ref;
    return KY_OK;
}

static bool has_pages(struct ky_pdf *doc)
{
    return ky_pdf_is_dict(ky_pdf_get(doc, ky_pdf_catalog(doc), "Pages"));
}

static void reverse_sections(struct ky_pdf *doc)
{
    for (size_t i = 0, j = doc->section_count; i + 1 < j; i++) {
        struct ky_pdf_revision r = doc->sections[i];
        doc->sections[i] = doc->sections[--j];
        doc->sections[j] = r;
    }
}

static ky_rc read_rebuilt(struct ky_pdf *doc, const char *password)
{
    KY_TRY(ky_pdf_rebuild(doc));
    KY_TRY(set_up_decryption(doc, password));
    KY_TRY(ky_pdf_rebuild_packed(doc));
    return ky_pdf_is_dict(ky_pdf_catalog(doc)) ? KY_OK : ky_fail(KY_EFORMAT, "pdf: no document catalog");
}

static ky_rc read_structure(struct ky_pdf *doc, const char *password)
{
    KY_TRY(find_header(doc));
    ky_rc rc = ky_pdf_read_sections(doc);
    if (rc == KY_OK) {
        reverse_sections(doc);
        KY_TRY(set_up_decryption(doc, password));
        if (has_pages(doc))
            return KY_OK;
        rc = ky_fail(KY_EFORMAT, "no page tree where the cross-reference data say");
    }
    if (rc != KY_EFORMAT && rc != KY_ELIMIT)
        return rc;
    ky_pdf_damage(doc, "%s", ky_error());
    doc->encrypted = false;
    doc->encrypt_ref = (struct ky_pdf_ref){0, 0};
    return read_rebuilt(doc, password);
}

ky_rc ky_pdf_open(struct ky_pdf **out, struct ky_bytes file, const struct ky_pdf_open_args *args)
{
    static const struct ky_pdf_open_args none;
    args = args == NULL ? &none : args;
    ky_auto_pdf doc = calloc(1, sizeof *doc);
    if (doc == NULL)
        return ky_fail(KY_ENOMEM, "pdf");
    doc->file = file;
    doc->arena = ky_arena_init(args->memory_max == 0 ? KY_PDF_MEMORY_MAX : args->memory_max);
    doc->decode_left = KY_PDF_DECODE_MAX;
    doc->budget = BUDGET_BASE + BUDGET_PER_BYTE * (uint64_t)file.n;
    KY_TRY(read_structure(doc, args->password));
    *out = KY_STEAL(doc);
    return KY_OK;
}

void ky_pdf_free(struct ky_pdf *doc)
{
    if (doc == NULL)
        return;
    ky_pdf_slots_forget(doc);
    ky_pdf_crypt_clear(&doc->crypt);
    ky_arena_clear(&doc->arena);
    free(doc);
}

struct ky_bytes ky_pdf_file(const struct ky_pdf *doc)
{
    return doc->file;
}

struct ky_arena *ky_pdf_arena(struct ky_pdf *doc)
{
    return &doc->arena;
}

const char *ky_pdf_needs_repair(const struct ky_pdf *doc)
{
    return doc->damage[0] == 0 ? NULL : doc->damage;
}

uint64_t ky_pdf_header_at(const struct ky_pdf *doc)
{
    return doc->header_at;
}

uint64_t ky_pdf_offset_base(const struct ky_pdf *doc)
{
    return doc->base;
}

/* "1.7" → 17; 0 when it is no version. */
static int version_number(struct ky_bytes text)
{
    bool ok = text.n >= 3 && text.p[0] >= '0' && text.p[0] <= '9' && text.p[1] == '.' && text.p[2] >= '0' &&
              text.p[2] <= '9';
    return ok ? (text.p[0] - '0') * 10 + text.p[2] - '0' : 0;
}

int ky_pdf_version(struct ky_pdf *doc)
{
    size_t at = (size_t)doc->header_at + 5;
    int header = at + 3 <= doc->file.n ? version_number(KY_BYTES(doc->file.p + at, 3)) : 0;
    const struct ky_pdf_value *v = ky_pdf_get(doc, ky_pdf_catalog(doc), "Version");
    int catalog = v->type == KY_PDF_NAME ? version_number(v->text) : 0;
    return header > catalog ? header : catalog;
}

bool ky_pdf_is_linearised(struct ky_pdf *doc)
{
    ky_auto_arena scratch = ky_arena_init(doc->arena.max);
    struct ky_pdf_indirect first;
    return ky_pdf_parse_indirect(&first, doc, &scratch, doc->header_at) == KY_OK &&
           ky_pdf_dict_find(first.value, "Linearized") != NULL;
}

size_t ky_pdf_revision_count(const struct ky_pdf *doc)
{
    return doc->section_count;
}

const struct ky_pdf_revision *ky_pdf_revision_at(const struct ky_pdf *doc, size_t i)
{
    return i < doc->section_count ? &doc->sections[i] : NULL;
}

const struct ky_pdf_value *ky_pdf_trailer(const struct ky_pdf *doc, const char *key)
{
    for (size_t i = doc->section_count; i-- > 0;) {
        const struct ky_pdf_value *v = ky_pdf_dict_find(doc->sections[i].trailer, key);
        if (v != NULL)
            return v;
    }
    return NULL;
}

bool ky_pdf_is_encrypted(const struct ky_pdf *doc)
{
    return doc->encrypted;
}

ky_pdf_rights ky_pdf_rights_of(const struct ky_pdf *doc)
{
    if (!doc->encrypted)
        return KY_PDF_RIGHTS_OPEN;
    return doc->crypt.owner ? KY_PDF_RIGHTS_OWNER : KY_PDF_RIGHTS_USER;
}

uint32_t ky_pdf_permissions(const struct ky_pdf *doc)
{
    return doc->encrypted ? doc->crypt.p : UINT32_MAX;
}

int ky_pdf_crypt_revision(const struct ky_pdf *doc)
{
    return doc->encrypted ? doc->crypt.r : 0;
}

uint32_t ky_pdf_object_limit(const struct ky_pdf *doc)
{
    int64_t size = 0, most = doc->object_limit;
    for (size_t i = 0; i < doc->section_count; i++) {
        if (ky_pdf_as_int(ky_pdf_dict_find(doc->sections[i].trailer, "Size"), &size) && size > most)
            most = size;
    }
    return most > KY_PDF_OBJECT_MAX ? KY_PDF_OBJECT_MAX + 1 : most < 1 ? 1 : (uint32_t)most;
}

bool ky_pdf_object_exists(const struct ky_pdf *doc, uint32_t num, uint32_t *gen)
{
    const struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, num);
    if (slot == NULL || (slot->use != KY_PDF_USE_PLAIN && slot->use != KY_PDF_USE_PACKED))
        return false;
    if (gen != NULL)
        *gen = slot->use == KY_PDF_USE_PLAIN ? slot->gen_or_index : 0;
    return true;
}

const struct ky_pdf_value *ky_pdf_resolve(struct ky_pdf *doc, const struct ky_pdf_value *v)
{
    for (unsigned i = 0; i < REF_CHAIN_MAX; i++) {
        if (v == NULL)
            return &doc->null;
        if (v->type != KY_PDF_REF)
            return v;
        v = ky_pdf_object(doc, v->u.ref);
    }
    return &doc->null;
}

const struct ky_pdf_value *ky_pdf_get(struct ky_pdf *doc, const struct ky_pdf_value *dict, const char *key)
{
    return ky_pdf_resolve(doc, ky_pdf_dict_find(dict, key));
}

const struct ky_pdf_value *ky_pdf_item(struct ky_pdf *doc, const struct ky_pdf_value *array, size_t i)
{
    if (ky_pdf_type_of(array) != KY_PDF_ARRAY || i >= array->u.array.n)
        return &doc->null;
    return ky_pdf_resolve(doc, array->u.array.at[i]);
}

const struct ky_pdf_value *ky_pdf_catalog(struct ky_pdf *doc)
{
    return ky_pdf_resolve(doc, ky_pdf_trailer(doc, "Root"));
}

bool ky_pdf_offset_of(uint64_t *out, const struct ky_pdf *doc, struct ky_bytes view)
{
    uintptr_t p = (uintptr_t)view.p, start = (uintptr_t)doc->file.p;
    if (view.p == NULL || p < start || p - start > doc->file.n || view.n > doc->file.n - (p - start))
        return false;
    *out = p - start;
    return true;
}
