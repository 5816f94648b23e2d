/* Attachments of a dossier: types, sizes and number as the legal profile says; changed only while it may be edited. */
#ifndef KY_DOMAIN_ATTACHMENT_H
#define KY_DOMAIN_ATTACHMENT_H

#include "domain/dossier_paper.h"

#define KY_ATTACHMENT_NAME_MAX 128 /* characters */

struct ky_attachment_new {
    const char *name; /* "quyet-dinh.pdf": shown; its ending is that of the type */
    const char *type; /* as its content was recognised, by a parse process */
    struct ky_bytes content;
};

/*
 * ky_attachment_add — keep a file; *number and *hash name it.
 *
 * Errors: KY_EDENIED  not a draft of the actor's organisation; the profile does not take that type, or no more files; the
 *                     name does not fit the type: then reg->why says so
 *         KY_ELIMIT   larger than the profile allows;  KY_EEXIST  attached already;  KY_EFORMAT  the name
 */
ky_rc ky_attachment_add(int64_t *number, uint8_t hash[KY_SHA256_SIZE], struct ky_store *s,
                        const struct ky_registration *reg, const struct ky_actor *actor, const char *id,
                        const struct ky_attachment_new *in, ky_time now);
/* KY_EDENIED: not a draft, or it was submitted once; KY_ENOTFOUND. */
ky_rc ky_attachment_remove(struct ky_store *s, const struct ky_registration *reg,
                           const struct ky_actor *actor, const char *id, int64_t number);
/* Appends the content. KY_ENOTFOUND. */
ky_rc ky_attachment_open(struct ky_db_attachment *row, struct ky_buf *content, struct ky_arena *a,
                         struct ky_store *s, const struct ky_registration *reg, const char *id,
                         int64_t number);

#endif
