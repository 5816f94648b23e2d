/*
 * What people type to find a dossier or a certificate: words without marks, the
 * beginning of a serial, or a whole identity number, which is looked up by its
 * keyed hash only (docs/design/024-console.md).
 */
#ifndef KY_DOMAIN_SEARCH_H
#define KY_DOMAIN_SEARCH_H

#include "base/arena.h"
#include "domain/personal.h"
#include "store/db.h"
#include "store/find.h"

#define KY_SEARCH_MAX 200      /* bytes of what is typed */
#define KY_SEARCH_SERIAL_MIN 6 /* digits of a serial, the first ones */
#define KY_SEARCH_BATCH 200    /* put at once, of those from before */

/* Exactly one of these is set; texts lie in the arena. */
struct ky_search {
    const char *match;  /* ky_db_find_match */
    const char *serial; /* first digits, lower-case */
    bool identity;      /* 12 digits: identity_hash is set */
    uint8_t identity_hash[KY_PERSONAL_HASH_SIZE];
};

/* KY_EFORMAT not UTF-8; KY_ELIMIT too long, too many words; KY_EINVAL no letter or digit in it. */
ky_rc ky_search_read(struct ky_search *out, struct ky_arena *a, const char *typed,
                     const struct ky_personal *personal, const struct ky_scope *scope);

/* The same of words, whatever they look like; none: everything of a branch. */
ky_rc ky_search_words(struct ky_search *out, struct ky_arena *a, const char *folded,
                      const struct ky_scope *scope);

/* What it is found by from now on: after it was made, and after its rows have changed. */
ky_rc ky_search_put_dossier(struct ky_store *s, const char *id);
/* A certificate that has just become good: gives it its place in the lists too. */
ky_rc ky_search_add_certificate(struct ky_store *s, const char *serial);

/* Puts some of those that were there before anything was found by words. *left: how many there may be yet. */
ky_rc ky_search_catch_up(int64_t *left, struct ky_db *db);

#endif
