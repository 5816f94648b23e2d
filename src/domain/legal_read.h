/* Reading the files of legal.h member by member; for legal.c, which adds the rules between members. */
#ifndef KY_DOMAIN_LEGAL_READ_H
#define KY_DOMAIN_LEGAL_READ_H

#include "domain/legal.h"

/* In the arena; the profile's `people` is NULL. Errors as ky_legal_parse, but for references and repeated keys. */
ky_rc ky_legal_read_profile(struct ky_legal **out, struct ky_arena *a, struct ky_bytes text);
ky_rc ky_legal_read_people(struct ky_legal_people **out, struct ky_arena *a, struct ky_bytes text);

#endif
