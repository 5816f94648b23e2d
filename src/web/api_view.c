/* Saved views: what a person keeps for the lists, told back as it was given. */
#include <stdlib.h>

#include "base/str.h"
#include "store/view.h"
#include "web/handlers.h"

#define VIEWS_MAX 50 /* of one person */
#define NAME_MAX_CHARS 60
#define ARGUMENTS_MAX 20  /* of one view */
#define ARGUMENT_MAX 200  /* characters */
#define LIST_MAX_BYTES 40 /* name of the list */

struct view_call {
    struct ky_exchange *x;
    struct ky_bytes json;
};

static ky_rc check_query(const json_t *query)
{
    const char *name;
    json_t *value;
    if (!json_is_object(query) || json_object_size(query) > ARGUMENTS_MAX)
        return ky_fail(KY_EFORMAT, "views: query: an object of at most %d texts", ARGUMENTS_MAX);
    json_object_foreach((json_t *)query, name, value)
    {
        KY_TRY(ky_text_check("views: query", ky_bytes_str(name), ARGUMENT_MAX));
        if (!json_is_string(value))
            return ky_fail(KY_EFORMAT, "views: query: every value is a text");
        KY_TRY(ky_text_check("views: query", ky_json_str(value), ARGUMENT_MAX));
    }
    return KY_OK;
}

static ky_rc check_view(const json_t *view)
{
    struct ky_bytes name, list;
    if (!json_is_object(view) || json_object_size(view) != 3)
        return ky_fail(KY_EFORMAT, "views: each has name, list and query, and nothing else");
    KY_TRY(ky_json_get_str(&name, view, "name", 4 * NAME_MAX_CHARS));
    KY_TRY(ky_json_get_str(&list, view, "list", LIST_MAX_BYTES));
    if (name.n == 0 || list.n == 0)
        return ky_fail(KY_EFORMAT, "views: name and list are not empty");
    KY_TRY(ky_text_check("views: name", name, NAME_MAX_CHARS));
    KY_TRY(ky_text_check("views: list", list, LIST_MAX_BYTES));
    return check_query(json_object_get(view, "query"));
}

static ky_rc save(struct ky_store *s, void *ctx)
{
    struct view_call *c = ctx;
    return ky_db_views_put(s, c->x->actor.staff_id, c->json, c->x->now);
}

ky_rc ky_handle_views_put(struct ky_web *w, struct ky_exchange *x)
{
    struct view_call c = {.x = x};
    const json_t *views = json_object_get(x->json, "views");
    if (!json_is_array(views) || json_array_size(views) > VIEWS_MAX)
        return ky_fail(KY_EFORMAT, "views: an array of at most %d", VIEWS_MAX);
    for (size_t i = 0; i < json_array_size(views); i++)
        KY_TRY(check_view(json_array_get(views, i)));
    char *text = json_dumps(views, JSON_COMPACT);
    if (text == NULL)
        return ky_fail(KY_ENOMEM, "views");
    c.json = ky_bytes_str(text);
    ky_rc rc = ky_store_submit(w->db, save, &c);
    free(text);
    KY_TRY(rc);
    return ky_answer_empty(x);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct view_call *c = ctx;
    ky_rc rc = ky_db_views_get(&c->json, &c->x->arena, s, c->x->actor.staff_id);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

ky_rc ky_handle_views_get(struct ky_web *w, struct ky_exchange *x)
{
    struct view_call c = {.x = x, .json = KY_BYTES_LIT("[]")};
    KY_TRY(ky_db_read(w->db, load, &c));
    ky_json_put_raw(ky_answer_begin(x, 200), "views", c.json);
    return ky_answer_end(x);
}
