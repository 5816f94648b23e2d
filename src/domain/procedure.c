/* Rows by procedure; see procedure.h. A new procedure is a table of members and a line in `procedures`. */
#include "domain/procedure.h"

#include "domain/members.h"
#include "domain/request.h"

static const struct ky_json_member unit_item[] = {TEXT("OU", true, 64)};
static const struct ky_json_member subject_members[] = {
    STR("C", 2),          TEXT("L", false, 128), TEXT("O", true, 64), ARRAY("OU", false, 1, 3, unit_item),
    TEXT("CN", true, 64),
};

/* Who is to get a certificate: the same for a first one and for every later one. */
#define PERSON_MEMBERS                                                                                       \
    INT("row", true, 1, KY_REQUEST_ROWS_MAX), STR("identity", 12), TEXT("name", true, 64),                   \
        OBJECT("subject", true, subject_members), STR("email", 254), STR("phone", 16), STR("key", 8),        \
        TEXT("title", false, 128), STR("sector", 16), BOOL("authority", true), BOOL("finance", true)

#define OLD_MEMBERS HEX("serial", true, KY_SERIAL_SIZE), INT("not_after", true, 0, KY_JSON_INT_MAX)

static const struct ky_json_member new_members[] = {PERSON_MEMBERS};

static const struct ky_json_member renewed_members[] = {OLD_MEMBERS};
static const struct ky_json_member renew_members[] = {PERSON_MEMBERS, BOOL("same_key", true),
                                                      OBJECT("old", true, renewed_members)};

static const struct ky_json_member changed_members[] = {OLD_MEMBERS, OBJECT("subject", true, subject_members),
                                                        STR("email", 254)};
static const struct ky_json_member change_members[] = {PERSON_MEMBERS, BOOL("same_key", true),
                                                       OBJECT("old", true, changed_members)};

static const struct ky_json_member revoke_members[] = {
    INT("row", true, 1, KY_REQUEST_ROWS_MAX),
    HEX("serial", true, KY_SERIAL_SIZE),
    TEXT("name", true, 64),
    STR("ground", 64), /* key of the ground in the legal profile */
    INT("reason", true, 0, 10),
    INT("happened", true, 0, KY_JSON_INT_MAX),
};

static const struct {
    const char *name;
    const struct ky_json_member *members;
    size_t member_count;
} procedures[KY_PROCEDURE_COUNT] = {
    [KY_PROCEDURE_NEW] = {"new", new_members, KY_COUNT(new_members)},
    [KY_PROCEDURE_RENEW] = {"renew", renew_members, KY_COUNT(renew_members)},
    [KY_PROCEDURE_CHANGE] = {"change", change_members, KY_COUNT(change_members)},
    [KY_PROCEDURE_REVOKE] = {"revoke", revoke_members, KY_COUNT(revoke_members)},
};

const char *ky_procedure_name(ky_procedure p)
{
    return procedures[p].name;
}

ky_rc ky_procedure_read(ky_procedure *out, const json_t *request)
{
    struct ky_bytes name;
    KY_TRY(ky_json_get_str(&name, request, "procedure", 16));
    for (ky_procedure p = 0; p < KY_PROCEDURE_COUNT; p++) {
        if (ky_bytes_eq_str(name, procedures[p].name)) {
            *out = p;
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "procedure: none of the four there are");
}

ky_rc ky_procedure_check_rows(const json_t *request)
{
    ky_procedure p;
    size_t i;
    json_t *row;
    KY_TRY(ky_procedure_read(&p, request));
    json_array_foreach(json_object_get(request, "rows"), i, row)
    {
        KY_TRY(ky_context(ky_json_check_closed(row, procedures[p].members, procedures[p].member_count, "row"),
                          "rows: item %zu", i));
    }
    return KY_OK;
}
