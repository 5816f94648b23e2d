/* How the verdicts of a log-in are told: status, stable code, a sentence in each language. */
#ifndef KY_WEB_LOGIN_REFUSAL_H
#define KY_WEB_LOGIN_REFUSAL_H

#include "domain/login.h"
#include "web/exchange.h"

/* "code_invalid" …; never NULL. KY_LOGIN_GOOD has none. */
const char *ky_login_code(ky_login_verdict verdict);
/* Answers the refusal; returns KY_EAUTH. */
ky_rc ky_answer_login(struct ky_exchange *x, const struct ky_login_result *result);

#endif
