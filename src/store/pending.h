/* Sign requests that wait for the subscriber's device, and the signatures made for them. */
#ifndef KY_STORE_PENDING_H
#define KY_STORE_PENDING_H

#include "store/table.h"

struct ky_db_pending {
    const char *handle; /* hex32, CSC "handle" */
    const char *client_id;
    const char *owner;         /* hex64 of the subscriber */
    const char *key_id;        /* credential */
    struct ky_bytes statement; /* canonical JSON, type sign */
    struct ky_bytes statement_hash;
    int64_t hash_count;             /* positions 0..hash_count-1 */
    const char *state;              /* "waiting", "authorised", "rejected" */
    const char *device_id;          /* who answered, or NULL */
    struct ky_bytes authorisations; /* encoded list, or NULL */
    int64_t expires_at, created_at;
};

ky_rc ky_db_pending_insert(struct ky_store *s, const struct ky_db_pending *p);
ky_rc ky_db_pending_get(struct ky_db_pending *out, struct ky_arena *a, struct ky_store *s,
                        const char *handle);
/* What waits for the subscriber now, oldest first, at most 50. */
ky_rc ky_db_pending_list(struct ky_db_pending **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const char *owner, int64_t now);
/* waiting → authorised or rejected. KY_ENOTFOUND: not waiting, or expired. */
ky_rc ky_db_pending_authorise(struct ky_store *s, const char *handle, const char *device_id,
                              struct ky_bytes authorisations, int64_t now);
ky_rc ky_db_pending_reject(struct ky_store *s, const char *handle, const char *device_id, int64_t now);
/* Expired before this time: gone, with tokens and signatures. */
ky_rc ky_db_pending_purge(struct ky_store *s, int64_t expired_before);

struct ky_db_signature {
    const char *handle;
    int64_t position;
    const char *state;     /* "made", "unknown" */
    struct ky_bytes value; /* NULL when unknown */
    int64_t made_at;
};

/* KY_EEXIST: the position has one. */
ky_rc ky_db_signature_insert(struct ky_store *s, const struct ky_db_signature *sig);
/* By position. */
ky_rc ky_db_signature_list(struct ky_db_signature **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const char *handle);

/* Signature activation data as CSC calls it: a bearer token for one handle, known by its SHA-256. */
ky_rc ky_db_sad_insert(struct ky_store *s, struct ky_bytes hash, const char *handle, int64_t expires_at);
/* The request it stands for; KY_ENOTFOUND: unknown or expired. */
ky_rc ky_db_sad_get(struct ky_db_pending *out, struct ky_arena *a, struct ky_store *s, struct ky_bytes hash,
                    int64_t now);

#endif
