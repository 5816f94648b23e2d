/* What the subscriber herself is told when her certificate is renewed, changed or revoked: by mail, once for each row. */
#ifndef KY_DOMAIN_SUBSCRIBER_NOTICE_H
#define KY_DOMAIN_SUBSCRIBER_NOTICE_H

#include "domain/dossier.h"

/*
 * In the caller's transaction. Of a change of address the old one is told as well. Nothing is written where the action
 * says nothing to her.
 */
ky_rc ky_subscriber_tell(struct ky_store *s, const struct ky_registration *reg,
                         const struct ky_db_dossier_row *row, ky_row_action action, ky_time now);

#endif
