/*
 * Configuration as tables: each section is a list of items with type, default, limits and help in both
 * languages. The reader, its error texts and the sample file all come from the table. File syntax: ini
 * (libinih); an unknown section or item, an item given twice and a value outside its limits are errors
 * that name file, line, section, item, value and limit.
 */
#ifndef KY_OS_CONF_H
#define KY_OS_CONF_H

#include "base/arena.h"
#include "base/buf.h"

#define KY_CONF_TEXT_MAX 65536 /* bytes of a whole configuration file */
#define KY_CONF_SECTIONS_MAX 16
#define KY_CONF_ITEMS_MAX 64 /* of one section: a bit each says that it was given */

typedef enum ky_conf_type {
    KY_CONF_TEXT, /* const char *; min and max are bytes */
    KY_CONF_PATH, /* const char *; absolute, or "" where the default is "" */
    KY_CONF_INT,  /* int64_t */
    KY_CONF_BOOL, /* bool; "yes" or "no" */
} ky_conf_type;

struct ky_conf_item {
    const char *name;
    ky_conf_type type;
    size_t offset;                     /* of the member in the section's struct: offsetof(struct …, …) */
    const char *value;                 /* the default, as it would be written; NULL: must be given */
    int64_t min, max;                  /* both 0: no limit (text: 1024 bytes) */
    const char *unit;                  /* "s", "bytes", …; NULL: none */
    ky_rc (*check)(const char *value); /* more than limits can say; NULL: nothing */
    const char *help_vi, *help_en;
};

struct ky_conf_section {
    const char *name;
    const struct ky_conf_item *items;
    size_t count;
    const char *help_vi, *help_en;
};

/* A section and the struct that its values go to. */
struct ky_conf_target {
    const struct ky_conf_section *section;
    void *values;
};

/*
 * Reads text into the targets' structs: defaults first, then what is written. Texts live in arena.
 * origin names the text in errors. Sections without target are errors. Errors: KY_EFORMAT, KY_ELIMIT, KY_ENOMEM.
 */
ky_rc ky_conf_parse(struct ky_arena *arena, const char *origin, struct ky_bytes text,
                    const struct ky_conf_target *targets, size_t count);

/* Appends only the named sections of text: what one process may know. sections ends with NULL. */
ky_rc ky_conf_slice(struct ky_buf *out, struct ky_bytes text, const char *const *sections);

/* Appends a sample file of one section: help, limits, and each item at its default, commented out. */
void ky_conf_sample(struct ky_buf *out, const struct ky_conf_section *section);

#endif
