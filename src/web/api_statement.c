/* Statements that people have signed, handed in to be executed. */
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

static ky_rc execute_one_of(struct ky_web *w, struct ky_exchange *x, unsigned types)
{
    ky_auto_statement_in in = {.st = {.type = 0}};
    KY_TRY(ky_statement_in_read(&in, x->json));
    if ((types & 1u << in.st.type) == 0)
        return ky_fail(KY_EDENIED, "a statement of type %s does not belong here",
                       ky_statement_type_name(in.st.type));
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
