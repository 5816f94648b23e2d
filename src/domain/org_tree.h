/* Places in the tree of organisations: shared by the files that make org.h. */
#ifndef KY_DOMAIN_ORG_TREE_H
#define KY_DOMAIN_ORG_TREE_H

#include "domain/org.h"

#define KY_ORG_ARENA 65536 /* bytes: a few rows of organisations */

/* The path of a new organisation (row->id is set); sets row->parent_id. Errors as ky_org_create. */
ky_rc ky_org_place(char path[KY_ORG_PATH_MAX], struct ky_db_org *row, struct ky_arena *a, struct ky_store *s,
                   const struct ky_actor *actor);
/* Writes down what was done; note may be NULL. */
ky_rc ky_org_record(struct ky_store *s, const struct ky_actor *actor, const char *org_id, const char *action,
                    const char *note, ky_time now);

#endif
