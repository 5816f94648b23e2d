/* Rendering an update: objects, cross-reference section of the last kind, trailer (ISO 32000-2 §7.5.4 to §7.5.8). */
#include "codec/pdf/cipher.h"
#include "codec/pdf/internal.h"
#include "codec/pdf/update_priv.h"
#include "codec/pdf/write.h"

#define TABLE_OFFSET_MAX 9999999999u /* ten digits */
#define ID_BYTES 16

/* Never carried over: what belongs to a section itself or to the encoding of a stream. */
static const char *const section_keys[] = {"Prev",    "XRefStm", "Size",         "Type",   "W",
                                           "Index",   "Filter",  "DecodeParms",  "Length", "F",
                                           "FFilter", "DL",      "FDecodeParms", "ID"};

static bool is_section_key(struct ky_bytes key)
{
    for (size_t i = 0; i < KY_COUNT(section_keys); i++) {
        if (ky_bytes_eq_str(key, section_keys[i]))
            return true;
    }
    return false;
}

static const struct ky_pdf_revision *newest(const struct ky_pdf_update *u)
{
    return ky_pdf_revision_at(u->doc, ky_pdf_revision_count(u->doc) - 1);
}

/* First element as it was; the second made of the old ones and all that was written. */
static ky_rc put_id(struct ky_pdf_value *trailer, struct ky_pdf_update *u, struct ky_bytes written)
{
    struct ky_arena *a = &u->arena;
    const struct ky_pdf_value *id = ky_pdf_resolve(u->doc, ky_pdf_trailer(u->doc, "ID"));
    const struct ky_pdf_value *first = ky_pdf_item(u->doc, id, 0), *second = ky_pdf_item(u->doc, id, 1);
    if (first->type != KY_PDF_STRING)
        return KY_OK;
    uint8_t *digest = ky_arena_alloc(a, 64);
    if (digest == NULL)
        return KY_ENOMEM;
    struct ky_bytes old = second->type == KY_PDF_STRING ? second->text : first->text;
    KY_TRY(ky_pdf_digest(digest, "SHA256", first->text, old, written));
    struct ky_pdf_value *changed = ky_pdf_string(a, KY_BYTES(digest, ID_BYTES)), *pair = ky_pdf_array(a);
    if (changed == NULL)
        return KY_ENOMEM;
    changed->hex = true;
    KY_TRY(ky_pdf_array_push(a, pair, ky_pdf_copy_shallow(a, first)));
    KY_TRY(ky_pdf_array_push(a, pair, changed));
    return ky_pdf_dict_put(a, trailer, "ID", pair);
}

/* The entries of the last trailer, and what a reader finds only in older ones. */
static ky_rc put_carried(struct ky_pdf_value *trailer, struct ky_pdf_update *u)
{
    static const char *const essential[] = {"Root", "Info", "Encrypt"};
    const struct ky_pdf_value *last = newest(u)->trailer;
    for (size_t i = 0; i < last->u.dict.n; i++) {
        const struct ky_pdf_entry *e = &last->u.dict.at[i];
        if (!is_section_key(e->key))
            KY_TRY(ky_pdf_dict_append(&u->arena, trailer, e->key, e->value));
    }
    for (size_t i = 0; i < KY_COUNT(essential); i++) {
        const struct ky_pdf_value *v = ky_pdf_trailer(u->doc, essential[i]);
        if (v == NULL || ky_pdf_dict_find(trailer, essential[i]) != NULL)
            continue;
        KY_TRY(ky_pdf_dict_put(&u->arena, trailer, essential[i], ky_pdf_copy_shallow(&u->arena, v)));
    }
    return KY_OK;
}

static ky_rc make_trailer(struct ky_pdf_value *trailer, struct ky_pdf_update *u, struct ky_bytes written)
{
    struct ky_arena *a = &u->arena;
    int64_t prev = (int64_t)(newest(u)->xref_at - ky_pdf_offset_base(u->doc));
    KY_TRY(put_carried(trailer, u));
    KY_TRY(put_id(trailer, u, written));
    KY_TRY(ky_pdf_dict_put(a, trailer, "Size", ky_pdf_int(a, u->next)));
    return ky_pdf_dict_put(a, trailer, "Prev", ky_pdf_int(a, prev));
}

/* Length of the run of consecutive numbers that starts at i. */
static size_t run_length(const struct ky_pdf_update *u, size_t i)
{
    size_t n = 1;
    while (i + n < u->count && u->objects[i + n].ref.num == u->objects[i].ref.num + n)
        n++;
    return n;
}

static ky_rc put_table(struct ky_pdf_writer *w, struct ky_pdf_update *u)
{
    uint64_t base = ky_pdf_offset_base(u->doc);
    struct ky_pdf_value *trailer = ky_pdf_dict(&u->arena);
    if (trailer == NULL)
        return KY_ENOMEM;
    KY_TRY(make_trailer(trailer, u, ky_buf_bytes(w->out)));
    ky_buf_add_str(w->out, "xref\n");
    for (size_t i = 0; i < u->count;) {
        size_t n = run_length(u, i);
        ky_buf_addf(w->out, "%u %zu\n", u->objects[i].ref.num, n);
        for (size_t end = i + n; i < end; i++) {
            uint64_t at = u->objects[i].at - base;
            if (at > TABLE_OFFSET_MAX)
                return ky_fail(KY_ELIMIT, "pdf: a cross-reference table can not go beyond ten digits");
            ky_buf_addf(w->out, "%010llu %05u n\r\n", (unsigned long long)at, u->objects[i].ref.gen);
        }
    }
    ky_buf_add_str(w->out, "trailer\n");
    KY_TRY(ky_pdf_write_value(w, trailer));
    ky_buf_add_str(w->out, "\n");
    return KY_OK;
}

static unsigned bytes_for(uint64_t v)
{
    unsigned n = 1;
    while (n < 8 && v >> (8 * n) != 0)
        n++;
    return n;
}

static void put_field(struct ky_buf *out, uint64_t v, unsigned width)
{
    uint8_t bytes[8];
    ky_put_u64(bytes, v);
    ky_buf_add(out, KY_BYTES(bytes + 8 - width, width));
}

static ky_rc put_ints(struct ky_arena *a, struct ky_pdf_value *dict, const char *key, const int64_t *v,
                      size_t n)
{
    struct ky_pdf_value *array = ky_pdf_array(a);
    for (size_t i = 0; i < n; i++)
        KY_TRY(ky_pdf_array_push(a, array, ky_pdf_int(a, v[i])));
    return ky_pdf_dict_put(a, dict, key, array);
}

static ky_rc put_index(struct ky_pdf_value *stream, struct ky_pdf_update *u)
{
    struct ky_pdf_value *index = ky_pdf_array(&u->arena);
    for (size_t i = 0; i < u->count;) {
        size_t n = run_length(u, i);
        KY_TRY(ky_pdf_array_push(&u->arena, index, ky_pdf_int(&u->arena, u->objects[i].ref.num)));
        KY_TRY(ky_pdf_array_push(&u->arena, index, ky_pdf_int(&u->arena, (int64_t)n)));
        i += n;
    }
    return ky_pdf_dict_put(&u->arena, stream, "Index", index);
}

/* The stream lists itself, as the last and highest object; it is neither compressed nor encrypted. */
static ky_rc put_stream(struct ky_pdf_writer *w, struct ky_pdf_update *u)
{
    struct ky_arena *a = &u->arena;
    struct ky_pdf_value *stream = ky_pdf_stream(a, KY_BYTES_NONE);
    struct ky_pdf_ref self;
    KY_TRY(ky_pdf_update_add(&self, u, stream));
    uint64_t at = w->base + w->out->n, base = ky_pdf_offset_base(u->doc);
    u->objects[u->count - 1].at = at;
    ky_auto_buf data = ky_buf_init(KY_PDF_UPDATE_MAX);
    unsigned width = bytes_for(at - base);
    for (size_t i = 0; i < u->count; i++) {
        put_field(&data, 1, 1);
        put_field(&data, u->objects[i].at - base, width);
        put_field(&data, u->objects[i].ref.gen, 2);
    }
    KY_TRY(ky_buf_finish(&data));
    uint8_t *copy = ky_arena_dup(a, ky_buf_bytes(&data));
    if (copy == NULL)
        return KY_ENOMEM;
    stream->text = KY_BYTES(copy, data.n);
    KY_TRY(ky_pdf_dict_put(a, stream, "Type", ky_pdf_name(a, "XRef")));
    KY_TRY(put_ints(a, stream, "W", (const int64_t[]){1, width, 2}, 3));
    KY_TRY(put_index(stream, u));
    KY_TRY(make_trailer(stream, u, ky_buf_bytes(w->out)));
    return ky_pdf_write_object(w, self, stream);
}

static ky_rc put_objects(struct ky_pdf_writer *w, struct ky_pdf_update *u)
{
    for (size_t i = 0; i < u->count; i++) {
        u->objects[i].at = w->base + w->out->n;
        KY_TRY(ky_pdf_write_object(w, u->objects[i].ref, u->objects[i].value));
    }
    return KY_OK;
}

ky_rc ky_pdf_update_render(struct ky_buf *tail, struct ky_pdf_update *u)
{
    if (u->rendered || tail->n > 0)
        return ky_fail(KY_EINVAL, "pdf: an update is rendered once, into an empty buffer");
    const char *damage = ky_pdf_needs_repair(u->doc);
    if (damage != NULL)
        return ky_fail(KY_EDENIED, "pdf: the file is damaged (%s)", damage);
    u->rendered = true;
    struct ky_bytes file = ky_pdf_file(u->doc);
    struct ky_pdf_writer w = {.out = tail, .base = file.n};
    w.crypt = ky_pdf_is_encrypted(u->doc) ? &u->doc->crypt : NULL;
    uint8_t last = file.p[file.n - 1];
    if (last != '\n' && last != '\r')
        ky_buf_add_u8(tail, '\n');
    KY_TRY(put_objects(&w, u));
    w.crypt = NULL; /* nothing of a section is encrypted */
    uint64_t at = w.base + tail->n;
    bool stream = newest(u)->kind == KY_PDF_XREF_STREAM;
    KY_TRY(stream ? put_stream(&w, u) : put_table(&w, u));
    ky_buf_addf(tail, "startxref\n%llu\n%%%%EOF\n", (unsigned long long)(at - ky_pdf_offset_base(u->doc)));
    return ky_buf_finish(tail);
}
