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

#define OBJECT(name_)                                                                                        \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_OBJECT                                                                \
    }
#define ENTERED                                                                                              \
    STR("identity", true), STR("name", true), STR("title", false), STR("unit", false), STR("email", false),  \
        STR("phone", false), STR("sector", true), STR("gender", false), STR("birth_date", false),            \
        STR("identity_issued_on", false), STR("identity_issued_by", false), STR("old_serial", false),        \
        STR("system", false), STR("key", false), BOOL("authority", true), BOOL("finance", true),             \
        BOOL("phone_own", false)

static const struct ky_json_member entered[] = {ENTERED};

/* What the service has put to it; old and subject are its own and as it wrote them. */
static const struct ky_json_member kept[] = {
    ENTERED,
    STR("serial", false),
    STR("not_after", false),
    STR("change", false),
    STR("was", false),
    STR("becomes", false),
    STR("ground", false),
    STR("happened_on", false),
    STR("confirmed_by", false),
    STR("remark", false),
    BOOL("same_key", false),
    OBJECT("old"),
    OBJECT("subject"),
};

/* Where the texts go that later steps use by name. */
#define AT(member)                                                                                           \
    {                                                                                                        \
#member, offsetof(struct ky_person, member)                                                          \
    }
static const struct {
    const char *name;
    size_t at;
} texts[] = {
    AT(identity), AT(name),    AT(title),  AT(unit),        AT(email),        AT(phone),
    AT(sector),   AT(key),     AT(serial), AT(change),      AT(not_after),    AT(ground),
    AT(was),      AT(becomes), AT(remark), AT(happened_on), AT(confirmed_by),
};

static ky_rc read_person(struct ky_person *out, json_t *json, const struct ky_json_member *members, size_t n)
{
    struct ky_person p = {0};
    KY_TRY(ky_json_check_closed(json, members, n, "person"));
    for (size_t i = 0; i < KY_COUNT(texts); i++) {
        struct ky_bytes text = ky_json_str(json_object_get(json, texts[i].name));
        memcpy((uint8_t *)&p + texts[i].at, &text, sizeof text);
    }
    p.authority = json_is_true(json_object_get(json, "authority"));
    p.finance = json_is_true(json_object_get(json, "finance"));
    p.phone_own = json_is_true(json_object_get(json, "phone_own"));
    p.same_key = json_is_true(json_object_get(json, "same_key"));
    p.old = json_object_get(json, "old");
    p.subject = json_object_get(json, "subject");
    p.json = json_incref(json);
    *out = p;
    return KY_OK;
}

ky_rc ky_person_read(struct ky_person *out, json_t *json)
{
    return read_person(out, json, entered, KY_COUNT(entered));
}

ky_rc ky_person_read_kept(struct ky_person *out, json_t *json)
{
    return read_person(out, json, kept, KY_COUNT(kept));
}

ky_rc ky_person_parse(struct ky_person *out, struct ky_bytes text)
{
    ky_auto_json json = NULL;
    KY_TRY(ky_json_parse(&json, text, KY_PERSON_MAX));
    return ky_person_read_kept(out, json);
}

void ky_person_clear(struct ky_person *p)
{
    json_decref(p->json);
    *p = (struct ky_person){0};
}
