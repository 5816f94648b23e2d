/*
 * Who may have a centrally kept key: the letter 293/BCY-CTSBMTT, part 1, items
 * 2 and 3. Each refusal has a stable code and a sentence in both languages;
 * the lists it judges by are the legal profile's.
 */
#ifndef KY_DOMAIN_ELIGIBILITY_H
#define KY_DOMAIN_ELIGIBILITY_H

#include "base/time.h"
#include "domain/legal.h"
#include "domain/person.h"

typedef enum ky_refusal {
    KY_REFUSE_SECTOR,             /* neither education nor health */
    KY_REFUSE_AUTHORITY,          /* a person with authority */
    KY_REFUSE_FINANCE,            /* finance or state budget transactions */
    KY_REFUSE_NO_EMAIL,           /* no e-mail address */
    KY_REFUSE_EMAIL_FORM,         /* not an e-mail address */
    KY_REFUSE_EMAIL_NOT_OFFICIAL, /* host not in mail_domains */
    KY_REFUSE_NO_PHONE,           /* no telephone */
    KY_REFUSE_PHONE_FORM,         /* not a Vietnamese mobile number */
    KY_REFUSE_PHONE_NOT_OWN,      /* not registered in the person's own name */
    KY_REFUSE_IDENTITY_FORM,      /* not 12 digits */
    KY_REFUSE_IDENTITY_PLACE,     /* no such birthplace code */
    KY_REFUSE_IDENTITY_BIRTH,     /* year in the future, too young, or another than stated */
    KY_REFUSE_IDENTITY_GENDER,    /* another gender than stated */
    KY_REFUSE_KEY,                /* unknown kind of key */
    KY_REFUSE_SAME_IDENTITY,      /* twice in the dossier */
    KY_REFUSE_SAME_EMAIL,         /* two people, one mailbox */
    KY_REFUSE_SAME_PHONE,         /* two people, one telephone */
    KY_REFUSE_COUNT,
} ky_refusal;

struct ky_refusal_info {
    const char *code; /* "email-not-official": stable, for programs */
    const char *vi, *en;
};
const struct ky_refusal_info *ky_refusal_info(ky_refusal r);

/* Everything that speaks against one person, in the order of ky_refusal. */
struct ky_refusals {
    ky_refusal list[KY_REFUSE_COUNT];
    size_t n;
};

/* now: UTC, for the age. out->n is 0 when the person is eligible by herself. */
void ky_eligibility_check(struct ky_refusals *out, const struct ky_person *p, const struct ky_legal *legal,
                          ky_time now);
/* What speaks against having p in a dossier with others; p itself is not among them. Appends. */
void ky_eligibility_check_among(struct ky_refusals *out, const struct ky_person *p,
                                const struct ky_person *others, size_t n);

/* KY_EDENIED with the first refusal's code and English sentence, when there is one. */
ky_rc ky_refusals_result(const struct ky_refusals *r);
/* [{"code","vi","en"} …] as member `name`. */
void ky_refusals_write(struct ky_json_out *o, const char *name, const struct ky_refusals *r);

#endif
