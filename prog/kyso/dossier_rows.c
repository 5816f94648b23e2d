/* Rows of a renewal, change or revocation, made of the options of `kyso dossier create`. */
#include "base/str.h"
#include "prog/kyso/dossier.h"
#include "prog/kyso/say.h"

/* Members by procedure; what was not given is left out, the service knows it. */
static ky_rc set_given(json_t *row, const char *name, const char *value)
{
    if (value == NULL)
        return KY_OK;
    return json_object_set_new(row, name, json_string(value)) == 0 ? KY_OK
                                                                   : ky_fail(KY_EFORMAT, "--%s", name);
}

static ky_rc set_replacing(json_t *row, const struct kyso_dossier_opts *o)
{
    const struct {
        const char *name, *value;
    } given[] = {
        {"key", o->key}, {"unit", o->unit}, {"title", o->title}, {"email", o->email}, {"phone", o->phone}};
    for (size_t i = 0; i < KY_COUNT(given); i++)
        KY_TRY(set_given(row, given[i].name, given[i].value));
    return json_object_set_new(row, "same_key", json_boolean(o->same_key)) == 0 ? KY_OK
                                                                                : ky_fail(KY_ENOMEM, "row");
}

static ky_rc set_revoking(json_t *row, const struct kyso_dossier_opts *o)
{
    KY_TRY(kyso_need(o->ground, "ground"));
    KY_TRY(set_given(row, "ground", o->ground));
    KY_TRY(set_given(row, "happened_on", o->happened));
    return set_given(row, "remark", o->remark);
}

static ky_rc check_procedure(const struct kyso_dossier_opts *o)
{
    static const char *const of_certificates[] = {"renew", "change", "revoke"};
    for (size_t i = 0; i < KY_COUNT(of_certificates); i++)
        if (o->procedure != NULL && ky_str_eq(o->procedure, of_certificates[i]))
            return KY_OK;
    return ky_fail(KY_EINVAL, "%s",
                   kyso_say("--serial cần --procedure renew, change hoặc revoke",
                            "--serial needs --procedure renew, change or revoke"));
}

ky_rc kyso_dossier_rows(json_t **out, const struct kyso_dossier_opts *o)
{
    ky_auto_json rows = json_array();
    KY_TRY(check_procedure(o));
    bool revokes = ky_str_eq(o->procedure, "revoke");
    for (size_t i = 0; i < o->serials.n; i++) {
        ky_auto_json row = json_pack("{s:s}", "serial", o->serials.v[i]);
        if (row == NULL)
            return ky_fail(KY_EFORMAT, "--serial");
        KY_TRY(revokes ? set_revoking(row, o) : set_replacing(row, o));
        if (json_array_append(rows, row) != 0)
            return ky_fail(KY_ENOMEM, "rows");
    }
    *out = KY_STEAL(rows);
    return KY_OK;
}
