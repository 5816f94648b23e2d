/* Collecting the objects of an incremental update; see update.h. Rendering is in render.c. */
#include "codec/pdf/update.h"

#include <stdlib.h>

#include "codec/pdf/update_priv.h"

ky_rc ky_pdf_update_new(struct ky_pdf_update **out, struct ky_pdf *doc)
{
    const char *damage = ky_pdf_needs_repair(doc);
    if (damage != NULL)
        return ky_fail(KY_EDENIED, "pdf: the file is damaged (%s)", damage);
    struct ky_pdf_update *u = calloc(1, sizeof *u);
    if (u == NULL)
        return ky_fail(KY_ENOMEM, "pdf update");
    u->doc = doc;
    u->arena = ky_arena_init(KY_PDF_UPDATE_MAX);
    u->next = ky_pdf_object_limit(doc);
    *out = u;
    return KY_OK;
}

void ky_pdf_update_free(struct ky_pdf_update *u)
{
    if (u == NULL)
        return;
    ky_arena_clear(&u->arena);
    free(u);
}

struct ky_arena *ky_pdf_update_arena(struct ky_pdf_update *u)
{
    return &u->arena;
}

struct ky_pdf *ky_pdf_update_doc(struct ky_pdf_update *u)
{
    return u->doc;
}

/* Where the object is, or would be: the list is sorted by number. */
static size_t position(const struct ky_pdf_update *u, uint32_t num)
{
    size_t low = 0, high = u->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (u->objects[mid].ref.num < num)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct ky_pdf_changed *find(const struct ky_pdf_update *u, uint32_t num)
{
    size_t i = position(u, num);
    return i < u->count && u->objects[i].ref.num == num ? &u->objects[i] : NULL;
}

ky_rc ky_pdf_update_set(struct ky_pdf_update *u, struct ky_pdf_ref ref, struct ky_pdf_value *value)
{
    if (value == NULL)
        return KY_ENOMEM;
    struct ky_pdf_changed *known = find(u, ref.num);
    if (known != NULL) {
        known->value = value;
        return KY_OK;
    }
    if (u->count == u->cap) {
        size_t cap = u->cap == 0 ? 16 : u->cap * 2;
        struct ky_pdf_changed *more = ky_arena_alloc_array(&u->arena, cap, sizeof *more);
        if (more == NULL)
            return KY_ENOMEM;
        if (u->count > 0)
            memcpy(more, u->objects, u->count * sizeof *more);
        u->objects = more;
        u->cap = cap;
    }
    size_t i = position(u, ref.num);
    memmove(u->objects + i + 1, u->objects + i, (u->count - i) * sizeof *u->objects);
    u->objects[i] = (struct ky_pdf_changed){.ref = ref, .value = value};
    u->count++;
    return KY_OK;
}

ky_rc ky_pdf_update_reserve(struct ky_pdf_ref *out, struct ky_pdf_update *u)
{
    if (u->next > KY_PDF_OBJECT_MAX)
        return ky_fail(KY_ELIMIT, "pdf: more than %u objects", KY_PDF_OBJECT_MAX);
    *out = (struct ky_pdf_ref){u->next++, 0};
    return KY_OK;
}

ky_rc ky_pdf_update_add(struct ky_pdf_ref *out, struct ky_pdf_update *u, struct ky_pdf_value *value)
{
    KY_TRY(ky_pdf_update_reserve(out, u));
    return ky_pdf_update_set(u, *out, value);
}

const struct ky_pdf_value *ky_pdf_update_get(struct ky_pdf_update *u, struct ky_pdf_ref ref)
{
    const struct ky_pdf_changed *c = find(u, ref.num);
    return c != NULL ? c->value : ky_pdf_object(u->doc, ref);
}

ky_rc ky_pdf_update_edit(struct ky_pdf_value **out, struct ky_pdf_update *u, struct ky_pdf_ref ref)
{
    const struct ky_pdf_changed *c = find(u, ref.num);
    if (c != NULL) {
        *out = c->value;
        return KY_OK;
    }
    if (!ky_pdf_object_exists(u->doc, ref.num, NULL))
        return ky_fail(KY_ENOTFOUND, "pdf: there is no object %u %u", ref.num, ref.gen);
    struct ky_pdf_value *copy = ky_pdf_copy_shallow(&u->arena, ky_pdf_object(u->doc, ref));
    KY_TRY(ky_pdf_update_set(u, ref, copy));
    *out = copy;
    return KY_OK;
}

static struct ky_pdf_value *new_container(struct ky_arena *a, ky_pdf_type type)
{
    return type == KY_PDF_ARRAY ? ky_pdf_array(a) : ky_pdf_dict(a);
}

ky_rc ky_pdf_update_edit_child(struct ky_pdf_value **out, struct ky_pdf_update *u,
                               struct ky_pdf_value *parent, const char *key, ky_pdf_type type)
{
    const struct ky_pdf_value *child = ky_pdf_dict_find(parent, key);
    if (ky_pdf_type_of(child) == KY_PDF_REF) {
        ky_pdf_type is = ky_pdf_update_get(u, child->u.ref)->type;
        if (is == type)
            return ky_pdf_update_edit(out, u, child->u.ref);
        if (is != KY_PDF_NULL)
            return ky_fail(KY_EFORMAT, "pdf: /%s is of the wrong type", key);
        child = NULL;
    }
    if (ky_pdf_type_of(child) != KY_PDF_NULL && child->type != type)
        return ky_fail(KY_EFORMAT, "pdf: /%s is of the wrong type", key);
    bool absent = ky_pdf_type_of(child) == KY_PDF_NULL;
    struct ky_pdf_value *copy =
        absent ? new_container(&u->arena, type) : ky_pdf_copy_shallow(&u->arena, child);
    KY_TRY(ky_pdf_dict_put(&u->arena, parent, key, copy));
    *out = copy;
    return KY_OK;
}

ky_rc ky_pdf_update_edit_catalog(struct ky_pdf_value **out, struct ky_pdf_update *u)
{
    const struct ky_pdf_value *root = ky_pdf_trailer(u->doc, "Root");
    if (ky_pdf_type_of(root) != KY_PDF_REF)
        return ky_fail(KY_EFORMAT, "pdf: /Root is no reference");
    return ky_pdf_update_edit(out, u, root->u.ref);
}
