/*
 * Legal profiles (etc/legal/2019.json, 2024.json): what the law of a time asks
 * of the four procedures, as data: forms, fields, limits, declarations, grounds of
 * revocation, terms. people.json beside them has what numbers and addresses of
 * people are judged by. Loaded once; every struct is read-only and lies in the
 * arena of its loader. docs/design/021-legal-profiles.md.
 */
#ifndef KY_DOMAIN_LEGAL_H
#define KY_DOMAIN_LEGAL_H

#include "base/arena.h"
#include "base/time.h"
#include "pki/crl.h"

#define KY_LEGAL_FILE_MAX ((size_t)256 << 10) /* bytes of one file */
#define KY_LEGAL_ARENA ((size_t)4 << 20)      /* bytes: a book at its largest */
#define KY_LEGAL_PROFILES_MAX 8
#define KY_LEGAL_FIELDS_MAX 24 /* of one procedure */

/* How sure an entry is. Official: taken from the published text; else `note` says what it rests on. */
struct ky_legal_proof {
    bool official;
    const char *source; /* "NĐ 68/2024/NĐ-CP, Điều 17.1.b", or NULL */
    const char *note;   /* never NULL when not official */
};

struct ky_legal_choice {
    const char *key; /* "education" */
    const char *vi, *en;
};

typedef enum ky_field_type {
    KY_FIELD_TEXT,
    KY_FIELD_NAME,     /* of a person */
    KY_FIELD_DATE,     /* dd/mm/yyyy */
    KY_FIELD_IDENTITY, /* số định danh cá nhân, 12 digits */
    KY_FIELD_PHONE,    /* Vietnamese mobile */
    KY_FIELD_EMAIL,    /* official */
    KY_FIELD_CHOICE,   /* key of one of the field's choices */
    KY_FIELD_GROUND,   /* key of one of the profile's grounds of revocation */
    KY_FIELD_SERIAL,   /* of a certificate, hexadecimal */
} ky_field_type;

struct ky_legal_field {
    const char *key; /* "identity": member of a row */
    const char *vi, *en;
    ky_field_type type;
    bool required;
    bool past;                    /* of a date: not after today */
    int64_t max_chars, max_bytes; /* of UTF-8; both count */
    const struct ky_legal_choice *choices;
    size_t n_choices; /* 0 but for KY_FIELD_CHOICE */
    struct ky_legal_proof proof;
};

typedef enum ky_limit_key {
    KY_LIMIT_ANSWER,    /* from receipt of a valid dossier to the answer */
    KY_LIMIT_VALIDITY,  /* longest life of the certificate */
    KY_LIMIT_REMAINING, /* least life left of the certificate that is renewed or changed */
    KY_LIMIT_TIMES,     /* how often one certificate may be renewed */
} ky_limit_key;

typedef enum ky_limit_unit {
    KY_UNIT_HOUR, /* of the clock, day and night */
    KY_UNIT_WORKING_DAY,
    KY_UNIT_DAY,
    KY_UNIT_YEAR,
    KY_UNIT_TIME,
} ky_limit_unit;

struct ky_legal_limit {
    ky_limit_key key;
    int64_t amount;
    ky_limit_unit unit;
    struct ky_legal_proof proof;
};

struct ky_legal_declaration {
    const char *key; /* "authority": member of a row that is true or false */
    const char *vi, *en;
    bool must_be;
    struct ky_legal_proof proof;
};

struct ky_legal_condition {
    const char *key;
    const char *vi, *en;
    struct ky_legal_proof proof;
};

/* Who may ask for a revocation on a ground, as bits. */
enum {
    KY_ASKER_SUBSCRIBER = 1,  /* with the managing body's confirmation */
    KY_ASKER_BODY = 2,        /* cơ quan, tổ chức quản lý trực tiếp */
    KY_ASKER_PROCEEDINGS = 4, /* cơ quan tiến hành tố tụng, cơ quan công an */
    KY_ASKER_AUTHORITY = 8,   /* Cục Chứng thực số và Bảo mật thông tin */
};

struct ky_legal_ground {
    const char *key;
    const char *vi, *en;
    ky_crl_reason reason; /* RFC 5280 §5.3.1 */
    unsigned who;
    struct ky_legal_proof proof;
};

struct ky_legal_attachment {
    const char *type;      /* "application/pdf" */
    const char *extension; /* "pdf" */
    int64_t max_bytes;
};

struct ky_legal_column {
    const char *title;
    const char *field; /* key of a field, "number" or "same_key" */
    int64_t width_mm;
    bool centred;
};

/* Wording of the request document; {places} are filled by domain/form. */
struct ky_legal_layout {
    const char *const *before; /* paragraphs above the table */
    size_t n_before;
    const struct ky_legal_column *columns;
    size_t n_columns;
    const char *const *after;
    size_t n_after;
    const char *const *copies; /* nơi nhận */
    size_t n_copies;
};

struct ky_legal_form {
    const char *number; /* "01", or NULL: not known */
    const char *title;
    struct ky_legal_proof proof;
};

/* Văn bản đề nghị của thuê bao: goes to the managing body and stays with the dossier. */
struct ky_legal_own_form {
    const char *number; /* or NULL: not known */
    const char *title;
    const char *subject;       /* trích yếu */
    const char *addressee;     /* kính gửi */
    const char *const *fields; /* keys of the procedure's fields, in the order of the form */
    size_t n_fields;
    struct ky_legal_proof proof;
};

struct ky_legal_subject {
    const char *text; /* trích yếu, "V/v đề nghị …" */
    struct ky_legal_proof proof;
};

struct ky_legal_procedure {
    const char *key;  /* "new", "renew", "change", "revoke" */
    const char *code; /* in dossier numbers: "CM" */
    const char *vi, *en;
    bool of_people;       /* a row is a person; else a certificate that exists */
    bool keeps_not_after; /* the new certificate ends with the old one */
    bool needs_seal;      /* the organisation's seal beside the head's signature */
    struct ky_legal_form form;
    struct ky_legal_own_form own_form;
    struct ky_legal_subject subject;
    const char *addressee; /* kính gửi */
    const struct ky_legal_field *fields;
    size_t n_fields;
    const struct ky_legal_limit *limits;
    size_t n_limits;
    const char *const *declarations; /* keys of the profile's declarations to be ticked */
    size_t n_declarations;
    const struct ky_legal_condition *conditions;
    size_t n_conditions;
    struct ky_legal_layout layout;
};

/* Birthplaces of identity numbers, number ranges, mail domains: people.json. */
struct ky_legal_province {
    const char *code; /* "002" */
    const char *name;
    const char *since_2025; /* the province it went into, or NULL */
};

struct ky_legal_renumbering {
    const char *was, *is; /* first digits: "0162", "032" */
};

struct ky_legal_people {
    const struct ky_legal_province *provinces;
    size_t n_provinces;
    int64_t abroad_from; /* codes of countries start here */
    int64_t age_min;     /* years */
    const char *const *mobile_prefixes;
    size_t n_mobile_prefixes;
    const struct ky_legal_renumbering *renumbered; /* mobile numbers of 11 digits, 2018 */
    size_t n_renumbered;
    const char *const *mail_domains; /* "*.gov.vn": every host under it; "x.vn": that host */
    size_t n_mail_domains;
    const char *const *public_mailers;
    size_t n_public_mailers;
    struct ky_legal_proof proof;
};

struct ky_legal {
    const char *id; /* "2024": as dossiers name it */
    const char *vi, *en;
    ky_time in_force_from;
    const char *authority;   /* Cục … */
    const char *key_default; /* kind of key when a row names none */
    const struct ky_legal_choice *terms;
    size_t n_terms;
    const struct ky_legal_field *document; /* what the request document carries beside its rows */
    size_t n_document;
    const struct ky_legal_field *recipient; /* Người tiếp nhận chứng thư số */
    size_t n_recipient;
    const struct ky_legal_declaration *declarations;
    size_t n_declarations;
    const struct ky_legal_ground *grounds;
    size_t n_grounds;
    const struct ky_legal_attachment *attachments;
    size_t n_attachments;
    int64_t attachments_max; /* files in one dossier */
    const struct ky_legal_procedure *procedures;
    size_t n_procedures;
    struct ky_legal_proof proof;          /* of in_force_from */
    const struct ky_legal_people *people; /* of the book */
};

/* All profiles of a deployment, oldest first. */
struct ky_legal_book {
    const struct ky_legal *profiles[KY_LEGAL_PROFILES_MAX];
    size_t n;
    struct ky_arena arena; /* owns everything */
};
#define ky_auto_legal_book KY_CLEANUP(ky_legal_book_clear) struct ky_legal_book

/*
 * ky_legal_parse, ky_legal_people_parse — one file, strictly: closed schema, named maxima, texts that may be shown
 * and are in NFC, keys once, references that lead somewhere, a note on whatever is not official.
 *
 * Shapes:  out     lies in a, as does what it points to; people is borrowed for the profile's life
 * Errors:  KY_EFORMAT, KY_ELIMIT  the text names the member: "legal profile: procedures: item 2: fields: item 1: vi: missing"
 */
ky_rc ky_legal_parse(const struct ky_legal **out, struct ky_arena *a, struct ky_bytes text,
                     const struct ky_legal_people *people);
ky_rc ky_legal_people_parse(const struct ky_legal_people **out, struct ky_arena *a, struct ky_bytes text);

/*
 * ky_legal_book_load — people.json and every other .json of a folder.
 *
 * Errors: KY_ENOTFOUND no such folder, or no profile in it; KY_EEXIST one id, or one date, twice; else as ky_legal_parse
 */
ky_rc ky_legal_book_load(struct ky_legal_book *out, const char *folder);
void ky_legal_book_clear(struct ky_legal_book *b);

/* The profile in force at t. KY_ENOTFOUND: t is before the first. */
ky_rc ky_legal_at(const struct ky_legal **out, const struct ky_legal_book *b, ky_time t);
/* The profile a dossier was entered under. KY_ENOTFOUND. */
ky_rc ky_legal_get(const struct ky_legal **out, const struct ky_legal_book *b, const char *id);

/* KY_ENOTFOUND: the profile has no such procedure. */
ky_rc ky_legal_procedure_get(const struct ky_legal_procedure **out, const struct ky_legal *l,
                             const char *key);
/* NULL when there is none. */
const struct ky_legal_field *ky_legal_field_find(const struct ky_legal_field *fields, size_t n,
                                                 const char *key);
const struct ky_legal_choice *ky_legal_choice_find(const struct ky_legal_field *f, struct ky_bytes key);
const struct ky_legal_limit *ky_legal_limit_find(const struct ky_legal_procedure *p, ky_limit_key key);
const struct ky_legal_ground *ky_legal_ground_find(const struct ky_legal *l, struct ky_bytes key);
const struct ky_legal_declaration *ky_legal_declaration_find(const struct ky_legal *l, const char *key);
const struct ky_legal_attachment *ky_legal_attachment_find(const struct ky_legal *l, const char *type);
/* Vietnamese wording of a term ("certificate"), or NULL. */
const char *ky_legal_term(const struct ky_legal *l, const char *key);

/* Province of a birthplace code, or NULL (abroad, or no such code). */
const struct ky_legal_province *ky_legal_province_find(const struct ky_legal_people *p, const char *code);
/* Does a host fit one of n patterns? "*.x" is every host under x, "x" the host itself; letters of either case. */
bool ky_legal_host_fits(struct ky_bytes host, const char *const *patterns, size_t n);

#endif
