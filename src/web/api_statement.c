/* Statements that people have signed, handed in to be executed. */
#include "base/str.h"
#include "store/credential.h"
#include "web/execute.h"
#include "web/handlers.h"

static ky_rc answer_executed(struct ky_exchange *x, const struct ky_statement_in *in)
{
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "type", ky_statement_type_name(in->st.type));
    ky_json_put_hex(o, "statement", KY_BYTES_OF(in->st.hash));
    ky_json_open_array(o, "executed");
    if (in->st.has_nonce[KY_PROCESS_SAM])
        ky_json_put_cstr(o, NULL, "sam");
    if (in->st.has_nonce[KY_PROCESS_CA])
        ky_json_put_cstr(o, NULL, "ca");
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- what a statement is about must be in the branch of whoever hands it in ---- */

struct subject {
    struct ky_exchange *x;
    const json_t *json;
    struct ky_scope scope;
};

static ky_rc check_dossier(struct ky_store *s, const struct subject *u, const char *dossier_id)
{
    return ky_scope_check(s, &u->scope, KY_OBJECT_DOSSIER, dossier_id);
}

static ky_rc check_request(struct ky_store *s, const struct subject *u)
{
    uint8_t request[KY_HASH_SIZE];
    struct ky_db_request row;
    if (json_object_get(u->json, "request") == NULL)
        return KY_OK;
    KY_TRY(ky_json_get_hex(request, sizeof request, u->json, "request"));
    return ky_db_request_get_by_statement(&row, &u->x->arena, s, &u->scope, KY_BYTES_OF(request));
}

static ky_rc check_key(struct ky_store *s, const struct subject *u, const char *key_id)
{
    struct ky_db_cert cert;
    KY_TRY(ky_db_cert_get_by_key(&cert, &u->x->arena, s, key_id));
    return check_dossier(s, u, cert.dossier_id);
}

static ky_rc check_serial(struct ky_store *s, const struct subject *u, const char *serial)
{
    struct ky_db_cert cert;
    KY_TRY(ky_db_cert_get(&cert, &u->x->arena, s, serial));
    return check_dossier(s, u, cert.dossier_id);
}

/* One member or a list of them, as the statement's schema has it. */
static ky_rc check_each(struct ky_store *s, const struct subject *u, const char *name,
                        ky_rc (*check)(struct ky_store *s, const struct subject *u, const char *id))
{
    size_t i;
    json_t *v, *member = json_object_get(u->json, name);
    if (json_is_string(member))
        return check(s, u, json_string_value(member));
    json_array_foreach(member, i, v)
    {
        KY_TRY(check(s, u, json_string_value(v)));
    }
    return KY_OK;
}

static ky_rc check_subject(struct ky_store *s, void *ctx)
{
    const struct subject *u = ctx;
    if (ky_scope_is_everything(&u->scope))
        return KY_OK;
    KY_TRY(check_request(s, u));
    KY_TRY(check_each(s, u, "credential", check_key));
    KY_TRY(check_each(s, u, "keys", check_key));
    return check_each(s, u, "serials", check_serial);
}

static ky_rc is_in_branch(struct ky_web *w, struct ky_exchange *x, const struct ky_statement *st)
{
    struct subject subject = {.x = x, .json = st->json, .scope = ky_actor_scope(&x->actor)};
    ky_rc rc = ky_db_read(w->db, check_subject, &subject);
    return rc == KY_ENOTFOUND ? ky_fail(KY_ENOTFOUND, "the statement is about nothing that is here") : rc;
}

static ky_rc execute_one_of(struct ky_web *w, struct ky_exchange *x, unsigned types)
{
    ky_auto_statement_in in = {.st = {.type = 0}};
    KY_TRY(ky_statement_in_read(&in, w, x->json));
    if ((types & 1u << in.st.type) == 0)
        return ky_fail(KY_EDENIED, "a statement of type %s does not belong here",
                       ky_statement_type_name(in.st.type));
    if (x->route->roles != 0)
        KY_TRY(is_in_branch(w, x, &in.st));
    KY_TRY(ky_execute_statement(w, &x->arena, &in, x->now));
    return answer_executed(x, &in);
}

ky_rc ky_handle_admin(struct ky_web *w, struct ky_exchange *x)
{
    return execute_one_of(w, x, 1u << KY_ST_ADMIN);
}

ky_rc ky_handle_statement(struct ky_web *w, struct ky_exchange *x)
{
    return execute_one_of(w, x,
                          1u << KY_ST_REFUSE | 1u << KY_ST_REVOKE | 1u << KY_ST_LOCK | 1u << KY_ST_UNLOCK);
}

/* From the subscriber's own device: no token, her device's signature decides in sam. */
ky_rc ky_handle_own_statement(struct ky_web *w, struct ky_exchange *x)
{
    return execute_one_of(w, x, 1u << KY_ST_LOCK | 1u << KY_ST_UNLOCK | 1u << KY_ST_REMOVE_DEVICE);
}
