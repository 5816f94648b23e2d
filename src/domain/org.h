/*
 * Organisations: the department (Cục), authorities it delegates to (Bộ, tỉnh, Sở), and below them those that
 * manage subscribers directly. Who is above whom decides who sees what; what an
 * authority was given decides who handles a dossier (docs/design/022-organisations.md).
 */
#ifndef KY_DOMAIN_ORG_H
#define KY_DOMAIN_ORG_H

#include "domain/staff.h"

#define KY_SECTOR_AUTHORITY "authority" /* of the department and of delegates */
#define KY_ORG_DEPARTMENT "department"  /* kinds */
#define KY_ORG_DELEGATE "delegate"
#define KY_ORG_PLAIN "organisation"
#define KY_ORG_NAME_MAX 64    /* characters: X.520 ub-organization-name */
#define KY_ORG_FOLDED_MAX 512 /* bytes of code and name as they are searched */

/*
 * ky_org_create — check and store; id, state, path, folded and created_at of `org` are set here.
 *
 * kind NULL: the sector says it ("authority": the department). parent_id NULL: below the department. separation NULL:
 * "auto".
 * Errors: KY_EFORMAT    text too long or not for showing, code not of letters, digits, '.' and '-', unknown sector or
 *                       kind, sector and kind do not fit
 *         KY_EEXIST     the code is taken; there is a department already
 *         KY_ENOTFOUND  no such parent in the actor's scope, or no department yet
 *         KY_EDENIED    the parent is no authority, or closed;  KY_ELIMIT  more than KY_ORG_DEPTH_MAX levels
 */
ky_rc ky_org_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_actor *actor,
                    const struct ky_db_org *org, ky_time now);
/* Everything but code, kind and place in the tree, of org->id. An organisation's separation is its authority's to set. */
ky_rc ky_org_change(struct ky_store *s, const struct ky_actor *actor, const struct ky_db_org *org,
                    ky_time now);
/* Ends the access of its people. KY_EDENIED: the department, one's own, or active ones are below; KY_EEXIST: closed. */
ky_rc ky_org_close(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                   ky_time now);
/*
 * ky_org_move — the branch at `id` goes below another authority, and its dossiers are seen from there; who handles
 * those that are sent does not change.
 *
 * Errors: KY_EDENIED  the actor is not of the department; the department itself; below itself; the parent is none
 *         KY_ELIMIT   the deepest of the branch would be too deep
 */
ky_rc ky_org_move(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                  const char *parent_id, ky_time now);
/* What a delegate handles for its branch. KY_EDENIED: no delegate, or the actor is not of the department; KY_EFORMAT. */
ky_rc ky_org_delegate(struct ky_store *s, const struct ky_actor *actor, const char *id,
                      const char *const *procedures, size_t n, ky_time now);

/* The nearest authority above that path that was given the procedure, else the department. */
ky_rc ky_org_handler(const char **id, struct ky_arena *a, struct ky_store *s, const char *path,
                     const char *procedure);

/* Shared with staff.c. KY_EFORMAT, KY_ELIMIT naming `what`. */
ky_rc ky_org_check_text(const char *what, const char *text, size_t max_chars);
ky_rc ky_org_check_email(const char *email);

#endif
