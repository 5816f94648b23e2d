/*
 * Who may have a centrally kept key: the letter 293/BCY-CTSBMTT, part 1, items
 * 2 and 3, on top of the checks of each field (person_check.h).
 */
#ifndef KY_DOMAIN_ELIGIBILITY_H
#define KY_DOMAIN_ELIGIBILITY_H

#include "domain/person.h"
#include "domain/person_check.h"

/* Everything that speaks against one person; out->n is 0 when she is eligible by herself. */
void ky_eligibility_check(struct ky_refusals *out, const struct ky_person *p, const struct ky_check *c);
/*
 * What the procedure wants declared of each person (the profile's `declarations`), as the row says it: the other word, or
 * none, speaks against her. Those that the organisation makes with its signature ("confirmed") stand in no row. Appends.
 */
void ky_eligibility_check_declared(struct ky_refusals *out, const struct ky_person *p,
                                   const struct ky_legal *legal, const struct ky_legal_procedure *procedure);
/* What speaks against having p in a dossier with others; p itself is not among them. Appends. */
void ky_eligibility_check_among(struct ky_refusals *out, const struct ky_person *p,
                                const struct ky_person *others, size_t n);

#endif
