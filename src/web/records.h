/*
 * Records of the key processes between database and messages: web keeps them,
 * sends along those a message needs, and stores what comes back. It cannot
 * verify them (the MAC is the key process's); it only reads their members.
 */
#ifndef KY_WEB_RECORDS_H
#define KY_WEB_RECORDS_H

#include "domain/authorisation.h"
#include "store/record.h"
#include "web/web.h"

#define KY_WEB_RECORDS_MAX 16 /* of one message */
#define KY_HEX_ID (2 * KY_ID_SIZE + 1)
#define KY_HEX_HASH (2 * KY_HASH_SIZE + 1)

/* Appends `lv(json) ‖ mac`. */
void ky_buf_add_record(struct ky_buf *out, const struct ky_db_record *r);
/* The row for an envelope; texts and bytes lie in the arena. KY_EFORMAT. */
ky_rc ky_record_to_row(struct ky_db_record *out, struct ky_arena *a, ky_process process,
                       struct ky_bytes envelope, ky_time now);
/* The members of a row, unverified. KY_EFORMAT. *out->json is the caller's (ky_record_clear). */
ky_rc ky_record_peek(struct ky_record *out, const struct ky_db_record *r);

/* A list of records for a message. */
struct ky_record_list {
    ky_process process;
    char ids[KY_WEB_RECORDS_MAX][KY_HEX_ID];
    size_t count;
    struct ky_buf items; /* the list's items, without the count */
};
#define ky_auto_record_list KY_CLEANUP(ky_record_list_clear) struct ky_record_list
struct ky_record_list ky_record_list_init(ky_process process);
void ky_record_list_clear(struct ky_record_list *l);
/* The current version, once; an id without a record (an officer of the founding record) is passed over. */
ky_rc ky_record_list_add(struct ky_record_list *l, struct ky_store *s, struct ky_arena *a,
                         struct ky_bytes id);
ky_rc ky_record_list_add_hex(struct ky_record_list *l, struct ky_store *s, struct ky_arena *a,
                             const char *id);
/* Those that the authorisations name. */
ky_rc ky_record_list_add_signers(struct ky_record_list *l, struct ky_store *s, struct ky_arena *a,
                                 const struct ky_authorisations *auths);
/* Appends the list: u16 count, items. */
void ky_record_list_write(struct ky_buf *out, const struct ky_record_list *l);

#endif
