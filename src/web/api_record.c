/* An officer's record of the registry, for the page where it was proposed. */
#include "store/record.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/records.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))
#define TEXT_MAX 512 /* bytes of one text */

struct officer_call {
    struct ky_exchange *x;
    const char *id;
    struct ky_db_record row;
};

static ky_rc load_officer(struct ky_store *s, void *ctx)
{
    struct officer_call *c = ctx;
    KY_TRY(ky_db_record_get(&c->row, &c->x->arena, s, "sam", c->id));
    return strcmp(c->row.type, ky_record_type_name(KY_REC_OFFICER)) == 0
               ? KY_OK
               : ky_fail(KY_ENOTFOUND, "officer %s: no such record", c->id);
}

/* Those of the founding record stand there, and are not told here. */
ky_rc ky_handle_officer_get(struct ky_web *w, struct ky_exchange *x)
{
    struct officer_call c = {.x = x};
    ky_auto_record rec = {.json = NULL};
    struct ky_bytes name, kind;
    size_t i;
    json_t *role;
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_db_read(w->db, load_officer, &c));
    KY_TRY(ky_record_peek(&rec, &c.row));
    KY_TRY(ky_json_get_str(&name, rec.json, "name", TEXT_MAX));
    KY_TRY(ky_json_get_str(&kind, json_object_get(rec.json, "auth"), "kind", TEXT_MAX));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "id", c.row.id);
    ky_json_put_str(o, "name", name);
    ky_json_put_str(o, "auth", kind);
    ky_json_put_int(o, "not_before", rec.not_before);
    ky_json_put_int(o, "not_after", rec.not_after);
    ky_json_open_array(o, "roles");
    json_array_foreach(json_object_get(rec.json, "roles"), i, role)
    {
        ky_json_put_str(o, NULL, ky_json_str(role));
    }
    ky_json_close_array(o);
    return ky_answer_end(x);
}
