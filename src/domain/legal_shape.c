/* The tables; see legal_shape.h. */
#include "domain/legal_shape.h"

#include "domain/legal.h"

#define KEY_MAX 32    /* characters of a key, code, or number of a form */
#define LABEL_MAX 200 /* of a label, title or subject line */
#define LIST_MAX 64   /* items of a list that names no limit of its own */
#define FILE_MAX ((int64_t)1 << 32)

#define SHAPE(type, slots_)                                                                                  \
    {                                                                                                        \
        .size = sizeof(struct type), .slots = slots_, .n = KY_COUNT(slots_)                                  \
    }
#define SLOT(kind_, needed_, name_, min_, max_, type, member)                                                \
    .name = name_, .kind = kind_, .required = needed_, .min = min_, .max = max_,                             \
    .at = offsetof(struct type, member)
#define TEXT(name_, max_, type, member)                                                                      \
    {                                                                                                        \
        SLOT(KY_SLOT_TEXT, true, name_, 1, max_, type, member)                                               \
    }
#define TEXT_OR_NONE(name_, max_, type, member)                                                              \
    {                                                                                                        \
        SLOT(KY_SLOT_TEXT, false, name_, 1, max_, type, member)                                              \
    }
#define INT(name_, min_, max_, type, member)                                                                 \
    {                                                                                                        \
        SLOT(KY_SLOT_INT, true, name_, min_, max_, type, member)                                             \
    }
#define BOOL(name_, type, member)                                                                            \
    {                                                                                                        \
        SLOT(KY_SLOT_BOOL, true, name_, 0, 0, type, member)                                                  \
    }
#define BOOL_OR_FALSE(name_, type, member)                                                                   \
    {                                                                                                        \
        SLOT(KY_SLOT_BOOL, false, name_, 0, 0, type, member)                                                 \
    }
#define DATE(name_, type, member)                                                                            \
    {                                                                                                        \
        SLOT(KY_SLOT_DATE, true, name_, 10, 10, type, member)                                                \
    }
#define WORD(name_, words_, type, member)                                                                    \
    {                                                                                                        \
        SLOT(KY_SLOT_WORD, true, name_, 1, KEY_MAX, type, member), .words = words_,                          \
                                                                   .n_words = KY_COUNT(words_)               \
    }
#define WORDS(name_, words_, type, member)                                                                   \
    {                                                                                                        \
        SLOT(KY_SLOT_WORDS, true, name_, 1, KY_COUNT(words_), type, member), .words = words_,                \
                                                                             .n_words = KY_COUNT(words_)     \
    }
#define TEXTS(name_, needed_, max_, type, member)                                                            \
    {                                                                                                        \
        SLOT(KY_SLOT_TEXTS, needed_, name_, 1, max_, type, member),                                          \
            .n_at = offsetof(struct type, n_##member)                                                        \
    }
#define LIST(name_, needed_, max_, shape_, type, member)                                                     \
    {                                                                                                        \
        SLOT(KY_SLOT_LIST, needed_, name_, 1, max_, type, member),                                           \
            .n_at = offsetof(struct type, n_##member), .shape = &(shape_)                                    \
    }
#define OBJECT(name_, shape_, type, member)                                                                  \
    {                                                                                                        \
        SLOT(KY_SLOT_OBJECT, true, name_, 0, 0, type, member), .shape = &(shape_)                            \
    }
/* The members of struct ky_legal_proof stand in the object itself. */
#define PROOF(type)                                                                                          \
    BOOL("official", type, proof.official), TEXT_OR_NONE("source", LABEL_MAX, type, proof.source),           \
        TEXT_OR_NONE("note", KY_LEGAL_TEXT_MAX, type, proof.note)
#define LABELLED(type)                                                                                       \
    TEXT("key", KEY_MAX, type, key), TEXT("vi", LABEL_MAX, type, vi), TEXT("en", LABEL_MAX, type, en)

static const struct ky_slot_word field_types[] = {
    {"text", KY_FIELD_TEXT},         {"name", KY_FIELD_NAME},     {"date", KY_FIELD_DATE},
    {"identity", KY_FIELD_IDENTITY}, {"phone", KY_FIELD_PHONE},   {"email", KY_FIELD_EMAIL},
    {"choice", KY_FIELD_CHOICE},     {"ground", KY_FIELD_GROUND}, {"serial", KY_FIELD_SERIAL},
};
static const struct ky_slot_word limit_keys[] = {{"answer", KY_LIMIT_ANSWER},
                                                 {"validity", KY_LIMIT_VALIDITY},
                                                 {"remaining", KY_LIMIT_REMAINING},
                                                 {"times", KY_LIMIT_TIMES}};
static const struct ky_slot_word limit_units[] = {{"hour", KY_UNIT_HOUR},
                                                  {"working-day", KY_UNIT_WORKING_DAY},
                                                  {"day", KY_UNIT_DAY},
                                                  {"year", KY_UNIT_YEAR},
                                                  {"time", KY_UNIT_TIME}};
/* Names of RFC 5280 §5.3.1; those of authorities and holds are nothing a subscriber's certificate gets. */
static const struct ky_slot_word reasons[] = {{"unspecified", KY_REASON_UNSPECIFIED},
                                              {"keyCompromise", KY_REASON_KEY_COMPROMISE},
                                              {"affiliationChanged", KY_REASON_AFFILIATION_CHANGED},
                                              {"superseded", KY_REASON_SUPERSEDED},
                                              {"cessationOfOperation", KY_REASON_CESSATION},
                                              {"privilegeWithdrawn", KY_REASON_PRIVILEGE_WITHDRAWN}};
static const struct ky_slot_word askers[] = {{"subscriber", KY_ASKER_SUBSCRIBER},
                                             {"body", KY_ASKER_BODY},
                                             {"proceedings", KY_ASKER_PROCEEDINGS},
                                             {"authority", KY_ASKER_AUTHORITY}};

static const struct ky_slot choice_slots[] = {LABELLED(ky_legal_choice)};
static const struct ky_shape choice = SHAPE(ky_legal_choice, choice_slots);

static const struct ky_slot field_slots[] = {
    LABELLED(ky_legal_field),
    WORD("type", field_types, ky_legal_field, type),
    BOOL("required", ky_legal_field, required),
    BOOL_OR_FALSE("past", ky_legal_field, past),
    INT("max_chars", 1, 1000, ky_legal_field, max_chars),
    INT("max_bytes", 1, 4000, ky_legal_field, max_bytes),
    LIST("choices", false, LIST_MAX, choice, ky_legal_field, choices),
    PROOF(ky_legal_field),
};
static const struct ky_shape field = SHAPE(ky_legal_field, field_slots);

static const struct ky_slot limit_slots[] = {
    WORD("key", limit_keys, ky_legal_limit, key),
    INT("amount", 1, 10000, ky_legal_limit, amount),
    WORD("unit", limit_units, ky_legal_limit, unit),
    PROOF(ky_legal_limit),
};
static const struct ky_shape limit = SHAPE(ky_legal_limit, limit_slots);

static const struct ky_slot declaration_slots[] = {LABELLED(ky_legal_declaration),
                                                   BOOL("must_be", ky_legal_declaration, must_be),
                                                   PROOF(ky_legal_declaration)};
static const struct ky_shape declaration = SHAPE(ky_legal_declaration, declaration_slots);

static const struct ky_slot condition_slots[] = {LABELLED(ky_legal_condition), PROOF(ky_legal_condition)};
static const struct ky_shape condition = SHAPE(ky_legal_condition, condition_slots);

static const struct ky_slot ground_slots[] = {
    LABELLED(ky_legal_ground), WORD("reason", reasons, ky_legal_ground, reason),
    WORDS("who", askers, ky_legal_ground, who), PROOF(ky_legal_ground)};
static const struct ky_shape ground = SHAPE(ky_legal_ground, ground_slots);

static const struct ky_slot attachment_slots[] = {
    TEXT("type", 64, ky_legal_attachment, type),
    TEXT("extension", 8, ky_legal_attachment, extension),
    INT("max_bytes", 1, FILE_MAX, ky_legal_attachment, max_bytes),
};
static const struct ky_shape attachment = SHAPE(ky_legal_attachment, attachment_slots);

static const struct ky_slot column_slots[] = {
    TEXT("title", 64, ky_legal_column, title),
    TEXT("field", KEY_MAX, ky_legal_column, field),
    INT("width_mm", 1, 200, ky_legal_column, width_mm),
    BOOL_OR_FALSE("centred", ky_legal_column, centred),
};
static const struct ky_shape column = SHAPE(ky_legal_column, column_slots);

static const struct ky_slot layout_slots[] = {
    TEXTS("before", true, 16, ky_legal_layout, before),
    LIST("columns", true, 16, column, ky_legal_layout, columns),
    TEXTS("after", true, 16, ky_legal_layout, after),
    TEXTS("copies", true, 16, ky_legal_layout, copies),
};
static const struct ky_shape layout = SHAPE(ky_legal_layout, layout_slots);

static const struct ky_slot form_slots[] = {TEXT_OR_NONE("number", KEY_MAX, ky_legal_form, number),
                                            TEXT("title", LABEL_MAX, ky_legal_form, title),
                                            PROOF(ky_legal_form)};
static const struct ky_shape form = SHAPE(ky_legal_form, form_slots);

static const struct ky_slot own_form_slots[] = {
    TEXT_OR_NONE("number", KEY_MAX, ky_legal_own_form, number),
    TEXT("title", LABEL_MAX, ky_legal_own_form, title),
    TEXT("subject", LABEL_MAX, ky_legal_own_form, subject),
    TEXT("addressee", LABEL_MAX, ky_legal_own_form, addressee),
    TEXTS("fields", true, KY_LEGAL_FIELDS_MAX, ky_legal_own_form, fields),
    PROOF(ky_legal_own_form),
};
static const struct ky_shape own_form = SHAPE(ky_legal_own_form, own_form_slots);

static const struct ky_slot subject_slots[] = {TEXT("text", LABEL_MAX, ky_legal_subject, text),
                                               PROOF(ky_legal_subject)};
static const struct ky_shape subject = SHAPE(ky_legal_subject, subject_slots);

static const struct ky_slot procedure_slots[] = {
    LABELLED(ky_legal_procedure),
    TEXT("code", 8, ky_legal_procedure, code),
    BOOL("of_people", ky_legal_procedure, of_people),
    BOOL("keeps_not_after", ky_legal_procedure, keeps_not_after),
    BOOL("needs_seal", ky_legal_procedure, needs_seal),
    OBJECT("form", form, ky_legal_procedure, form),
    OBJECT("own_form", own_form, ky_legal_procedure, own_form),
    OBJECT("subject", subject, ky_legal_procedure, subject),
    TEXT("addressee", LABEL_MAX, ky_legal_procedure, addressee),
    LIST("fields", true, KY_LEGAL_FIELDS_MAX, field, ky_legal_procedure, fields),
    LIST("limits", true, 8, limit, ky_legal_procedure, limits),
    TEXTS("declarations", true, 16, ky_legal_procedure, declarations),
    LIST("conditions", true, 16, condition, ky_legal_procedure, conditions),
    OBJECT("layout", layout, ky_legal_procedure, layout),
};
static const struct ky_shape procedure = SHAPE(ky_legal_procedure, procedure_slots);

static const struct ky_slot profile_slots[] = {
    TEXT("id", 16, ky_legal, id),
    TEXT("vi", LABEL_MAX, ky_legal, vi),
    TEXT("en", LABEL_MAX, ky_legal, en),
    DATE("in_force_from", ky_legal, in_force_from),
    TEXT("authority", LABEL_MAX, ky_legal, authority),
    TEXT("key_default", 8, ky_legal, key_default),
    LIST("terms", true, LIST_MAX, choice, ky_legal, terms),
    LIST("document", true, KY_LEGAL_FIELDS_MAX, field, ky_legal, document),
    LIST("recipient", true, KY_LEGAL_FIELDS_MAX, field, ky_legal, recipient),
    LIST("declarations", true, 16, declaration, ky_legal, declarations),
    LIST("grounds", true, LIST_MAX, ground, ky_legal, grounds),
    LIST("attachments", true, 16, attachment, ky_legal, attachments),
    INT("attachments_max", 1, 100, ky_legal, attachments_max),
    LIST("procedures", true, 4, procedure, ky_legal, procedures),
    PROOF(ky_legal),
};
const struct ky_shape ky_shape_profile = SHAPE(ky_legal, profile_slots);

static const struct ky_slot province_slots[] = {
    TEXT("code", 3, ky_legal_province, code),
    TEXT("name", 64, ky_legal_province, name),
    TEXT_OR_NONE("since_2025", 64, ky_legal_province, since_2025),
};
static const struct ky_shape province = SHAPE(ky_legal_province, province_slots);

static const struct ky_slot renumbering_slots[] = {TEXT("was", 4, ky_legal_renumbering, was),
                                                   TEXT("is", 3, ky_legal_renumbering, is)};
static const struct ky_shape renumbering = SHAPE(ky_legal_renumbering, renumbering_slots);

static const struct ky_slot people_slots[] = {
    LIST("provinces", true, 100, province, ky_legal_people, provinces),
    INT("abroad_from", 1, 999, ky_legal_people, abroad_from),
    INT("age_min", 1, 100, ky_legal_people, age_min),
    TEXTS("mobile_prefixes", true, 100, ky_legal_people, mobile_prefixes),
    LIST("renumbered", true, 100, renumbering, ky_legal_people, renumbered),
    TEXTS("mail_domains", true, LIST_MAX, ky_legal_people, mail_domains),
    TEXTS("public_mailers", true, LIST_MAX, ky_legal_people, public_mailers),
    PROOF(ky_legal_people),
};
const struct ky_shape ky_shape_people = SHAPE(ky_legal_people, people_slots);
