/* The table staff_contact; see contact.h. */
#include "store/contact.h"

static const struct ky_column support_columns[] = {
    KY_COLUMN(struct ky_db_support, staff_id),
    KY_COLUMN(struct ky_db_support, name),
    KY_COLUMN(struct ky_db_support, email),
    KY_COLUMN(struct ky_db_support, phone),
};
static const struct ky_table supporters = KY_TABLE("support_person", support_columns, struct ky_db_support);

struct contact {
    const char *staff_id, *phone;
};
static const struct ky_column contact_columns[] = {
    KY_COLUMN(struct contact, staff_id),
    KY_COLUMN(struct contact, phone),
};
static const struct ky_table contacts = KY_TABLE("staff_contact", contact_columns, struct contact);

ky_rc ky_db_support_get(struct ky_db_support *out, struct ky_arena *a, struct ky_store *s, const char *org_id)
{
    return ky_table_get(out, a, s, &supporters,
                        "org_id = $1 ORDER BY CASE WHEN phone IS NULL THEN 1 ELSE 0 END, created_at, staff_id"
                        " LIMIT 1",
                        KY_PARAMS(ky_value_text(org_id)));
}

ky_rc ky_db_contact_set(struct ky_store *s, const struct ky_scope *scope, const char *staff_id,
                        const char *phone)
{
    KY_TRY(ky_scope_check(s, scope, KY_OBJECT_STAFF, staff_id));
    if (phone == NULL)
        return ky_store_exec(s, "DELETE FROM staff_contact WHERE staff_id = $1",
                             KY_PARAMS(ky_value_text(staff_id)));
    return ky_store_exec(s,
                         "INSERT INTO staff_contact (staff_id, phone) VALUES ($1, $2)"
                         " ON CONFLICT (staff_id) DO UPDATE SET phone = excluded.phone",
                         KY_PARAMS(ky_value_text(staff_id), ky_value_text(phone)));
}

ky_rc ky_db_contact_get(const char **phone, struct ky_arena *a, struct ky_store *s, const char *staff_id)
{
    struct contact c = {.phone = NULL};
    ky_rc rc = ky_table_get(&c, a, s, &contacts, "staff_id = $1", KY_PARAMS(ky_value_text(staff_id)));
    *phone = c.phone;
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}
