/*
 * Finding by words: for dossiers and certificates a text without marks, kept
 * beside them under their ordinal. Built on SQLite's FTS5; the only place that knows it.
 */
#ifndef KY_STORE_FIND_H
#define KY_STORE_FIND_H

#include "base/buf.h"
#include "store/scope.h"

#define KY_FIND_WORDS_MAX 8    /* words of one question */
#define KY_FIND_MATCH_MAX 1024 /* bytes of one question, as FTS5 takes it */

typedef enum ky_find_kind { KY_FIND_DOSSIERS, KY_FIND_CERTIFICATES } ky_find_kind;

/* What one dossier or certificate is found by; folded (domain/vietnamese) by the caller. */
struct ky_find_text {
    int64_t ordinal;
    const char *words; /* names, codes, numbers of documents */
    const char *org;   /* code and name of the organisation */
    const char *path;  /* of the organisation */
};

/* The next ordinal, from 1. */
ky_rc ky_db_find_next(int64_t *out, struct ky_store *s, ky_find_kind kind);
/* In place of what it was found by. */
ky_rc ky_db_find_put(struct ky_store *s, ky_find_kind kind, const struct ky_find_text *t);
/* A certificate in the order in which those of its branches end. */
ky_rc ky_db_find_put_until(struct ky_store *s, int64_t until, const char *path);
/* The texts of an organisation that has another name. */
ky_rc ky_db_find_rename(struct ky_store *s, const char *org_id, const char *org);
/* After the paths of a branch have changed: its range is the new one. */
ky_rc ky_db_find_move(struct ky_store *s, const struct ky_scope *branch);

/*
 * ky_db_find_match — the question for MATCH: all words, the last one may be the beginning of a longer one, and the branch.
 * Of a branch "" finds everything, newest first at once, however large it is.
 *
 * Shapes:  folded  words with single spaces between, as ky_text_fold makes them
 * Errors:  KY_EINVAL  no word in it, and no branch;  KY_ELIMIT  more than KY_FIND_WORDS_MAX, or too long
 */
ky_rc ky_db_find_match(struct ky_buf *out, const char *folded, const struct ky_scope *scope);

/* Rows from before ordinals were kept: how many there are left to be put, highest ordinal first; 0: none. */
ky_rc ky_db_find_left(int64_t *out, struct ky_store *s, ky_find_kind kind);
ky_rc ky_db_find_set_left(struct ky_store *s, ky_find_kind kind, int64_t left);

#endif
