/* The line about support; see support.h. */
#include "domain/support.h"

#include <stdio.h>

#include "domain/vietnamese.h"

#define ARENA_MAX 16384
#define NAME_MAX_BYTES 128

/* "0912 345 678" of "+84912345678". */
static void show_phone(char out[24], const char *phone)
{
    snprintf(out, 24, "0%.3s %.3s %s", phone + 3, phone + 6, phone + 9);
}

static bool is_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= NAME_MAX_BYTES && ky_name_stranger(ky_bytes_str(name)).n == 0;
}

ky_rc ky_support_of(struct ky_support *out, struct ky_store *s, const char *org_id)
{
    char phone[KY_PHONE_MAX], shown[24];
    struct ky_db_support who;
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    *out = (struct ky_support){.vi = "cơ quan quản lý trực tiếp của ông/bà", .en = "your organisation"};
    ky_rc rc = ky_db_support_get(&who, &a, s, org_id);
    if (rc != KY_OK)
        return rc == KY_ENOTFOUND ? KY_OK : rc;
    snprintf(out->email, sizeof out->email, "%s", who.email);
    if (!is_name(who.name))
        return KY_OK;
    snprintf(out->name, sizeof out->name, "%s", who.name);
    if (who.phone == NULL || ky_phone_normalise(phone, ky_bytes_str(who.phone)) != KY_OK) {
        snprintf(out->vi, sizeof out->vi, "cán bộ hỗ trợ %s", who.name);
        snprintf(out->en, sizeof out->en, "%s", who.name);
        return KY_OK;
    }
    show_phone(shown, phone);
    snprintf(out->vi, sizeof out->vi, "cán bộ hỗ trợ %s, điện thoại %s", who.name, shown);
    snprintf(out->en, sizeof out->en, "%s, telephone %s", who.name, shown);
    return KY_OK;
}
