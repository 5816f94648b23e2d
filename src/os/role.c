/* The names of roles, one table. */
#include "os/role.h"

#include "base/str.h"

static const char *const names[KY_ROLE_COUNT] = {
    [KY_ROLE_SUPERVISOR] = "supervisor",
    [KY_ROLE_SAM_KEEPER] = "sam-keeper",
    [KY_ROLE_SAM_WORKER] = "sam-worker",
    [KY_ROLE_CA_KEEPER] = "ca-keeper",
    [KY_ROLE_CA_WORKER] = "ca-worker",
    [KY_ROLE_COURIER] = "courier",
    [KY_ROLE_WEB] = "web",
    [KY_ROLE_PARSE] = "parse",
};

const char *ky_role_name(ky_role role)
{
    return (unsigned)role < KY_ROLE_COUNT ? names[role] : "unknown";
}

ky_rc ky_role_find(ky_role *out, const char *name)
{
    for (unsigned i = 0; i < KY_ROLE_COUNT; i++) {
        if (!ky_str_eq(names[i], name))
            continue;
        *out = (ky_role)i;
        return KY_OK;
    }
    return ky_fail(KY_ENOTFOUND, "no role is called \"%s\"", name == NULL ? "" : name);
}
