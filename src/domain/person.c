/* Reading persons; see person.h. */
#include "domain/person.h"

#include "codec/jcs.h"

#define STR(name_, required_, min_, max_)                                                                    \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_TEXT, .required = required_, .min = min_, .max = max_                 \
    }
#define BOOL(name_, required_)                                                                               \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_BOOL, .required = required_                                           \
    }

static const struct ky_json_member members[] = {
    STR("identity", true, 1, 32),
    STR("name", true, 1, 64), /* CN of the certificate: RFC 5280, ub-common-name */
    STR("title", false, 0, 128),
    STR("unit", false, 0, 64),
    STR("email", false, 0, 254),
    STR("phone", false, 0, 32),
    STR("sector", true, 1, 32),
    STR("gender", false, 0, 8),
    STR("key", false, 0, 8),
    {.name = "birth_year", .kind = KY_JSON_INT, .min = 1900, .max = 2200},
    BOOL("authority", true),
    BOOL("finance", true),
    BOOL("phone_own", false),
};

/* Where each text goes. */
static const struct {
    const char *name;
    size_t at;
} texts[] = {
    {"identity", offsetof(struct ky_person, identity)}, {"name", offsetof(struct ky_person, name)},
    {"title", offsetof(struct ky_person, title)},       {"unit", offsetof(struct ky_person, unit)},
    {"email", offsetof(struct ky_person, email)},       {"phone", offsetof(struct ky_person, phone)},
    {"sector", offsetof(struct ky_person, sector)},     {"gender", offsetof(struct ky_person, gender)},
    {"key", offsetof(struct ky_person, key)},
};

ky_rc ky_person_read(struct ky_person *out, json_t *json)
{
    struct ky_person p = {0};
    KY_TRY(ky_json_check_closed(json, members, KY_COUNT(members), "person"));
    for (size_t i = 0; i < KY_COUNT(texts); i++) {
        struct ky_bytes text = ky_json_str(json_object_get(json, texts[i].name));
        if (!ky_text_is_nfc(text))
            return ky_fail(KY_EFORMAT, "person: %s is not in Unicode normalisation form C", texts[i].name);
        memcpy((uint8_t *)&p + texts[i].at, &text, sizeof text);
    }
    p.birth_year = json_integer_value(json_object_get(json, "birth_year"));
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
