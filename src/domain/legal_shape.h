/*
 * Shapes of the legal files: for each member of an object its name, kind and
 * limits, and where in the struct of legal.h it goes. Tables only; legal_read.c reads by them.
 */
#ifndef KY_DOMAIN_LEGAL_SHAPE_H
#define KY_DOMAIN_LEGAL_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KY_SLOTS_MAX 24        /* members of one object */
#define KY_LEGAL_TEXT_MAX 2000 /* characters of a paragraph, note or condition */

typedef enum ky_slot_kind {
    KY_SLOT_TEXT,  /* const char * */
    KY_SLOT_INT,   /* int64_t */
    KY_SLOT_BOOL,  /* bool */
    KY_SLOT_DATE,  /* ky_time, from "2024-08-15": midnight in Việt Nam */
    KY_SLOT_WORD,  /* unsigned, the value of one of `words` */
    KY_SLOT_WORDS, /* unsigned, the values of some of `words` together */
    KY_SLOT_TEXTS, /* const char *const *, size_t */
    KY_SLOT_LIST,  /* const T *, size_t: objects of `shape` */
    KY_SLOT_OBJECT /* T in place, of `shape` */
} ky_slot_kind;

struct ky_slot_word {
    const char *text;
    unsigned value;
};

struct ky_shape;
struct ky_slot {
    const char *name;
    ky_slot_kind kind;
    bool required;
    int64_t min, max; /* characters, value, or items */
    size_t at, n_at;  /* where value and count go */
    const struct ky_shape *shape;
    const struct ky_slot_word *words;
    size_t n_words;
};

struct ky_shape {
    size_t size; /* of the struct */
    const struct ky_slot *slots;
    size_t n;
};

extern const struct ky_shape ky_shape_profile; /* of struct ky_legal */
extern const struct ky_shape ky_shape_people;  /* of struct ky_legal_people */

#endif
