/* Reading persons; see person.h. */
#include "domain/person.h"

#define VALUE_MAX 1024 /* bytes: what a wrong value may have, to be told so */

#define STR(name_, required_)                                                                                \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_STR, .required = required_, .min = 0, .max = VALUE_MAX                \
    }
#define BOOL(name_, required_)                                                                               \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_BOOL, .required = required_                                           \
    }

static const struct ky_json_member members[] = {
    STR("identity", true),
    STR("name", true),
    STR("title", false),
    STR("unit", false),
    STR("email", false),
    STR("phone", false),
    STR("sector", true),
    STR("gender", false),
    STR("birth_date", false),
    STR("identity_issued_on", false),
    STR("identity_issued_by", false),
    STR("old_serial", false),
    STR("system", false),
    STR("key", false),
    BOOL("authority", true),
    BOOL("finance", true),
    BOOL("phone_own", false),
};

/* Where the texts go that later steps use by name. */
static const struct {
    const char *name;
    size_t at;
} texts[] = {
    {"identity", offsetof(struct ky_person, identity)}, {"name", offsetof(struct ky_person, name)},
    {"title", offsetof(struct ky_person, title)},       {"unit", offsetof(struct ky_person, unit)},
    {"email", offsetof(struct ky_person, email)},       {"phone", offsetof(struct ky_person, phone)},
    {"sector", offsetof(struct ky_person, sector)},     {"key", offsetof(struct ky_person, key)},
};

ky_rc ky_person_read(struct ky_person *out, json_t *json)
{
    struct ky_person p = {0};
    KY_TRY(ky_json_check_closed(json, members, KY_COUNT(members), "person"));
    for (size_t i = 0; i < KY_COUNT(texts); i++) {
        struct ky_bytes text = ky_json_str(json_object_get(json, texts[i].name));
        memcpy((uint8_t *)&p + texts[i].at, &text, sizeof text);
    }
    p.authority = json_is_true(json_object_get(json, "authority"));
    p.finance = json_is_true(json_object_get(json, "finance"));
    p.phone_own = json_is_true(json_object_get(json, "phone_own"));
    p.json = json_incref(json);
    *out = p;
    return KY_OK;
}

ky_rc ky_person_parse(struct ky_person *out, struct ky_bytes text)
{
    ky_auto_json json = NULL;
    KY_TRY(ky_json_parse(&json, text, KY_PERSON_MAX));
    return ky_person_read(out, json);
}

void ky_person_clear(struct ky_person *p)
{
    json_decref(p->json);
    *p = (struct ky_person){0};
}
