/* One HTTPS exchange of JSON with kyso-web on loopback; its certificate is not looked at. */
#ifndef KY_TESTS_SUPPORT_HTTPS_H
#define KY_TESTS_SUPPORT_HTTPS_H

#include "codec/json.h"

struct https {
    unsigned port;
    const char *token; /* bearer; NULL: none */
};

/* GET when body is NULL. The HTTP status, 0 when there was no answer; *answer is the caller's, NULL without JSON. */
long https_call(json_t **answer, const struct https *to, const char *method, const json_t *body,
                const char *path_fmt, ...) KY_PRINTF(5, 6);
/* A form, as POST /oauth2/token takes. */
long https_form(json_t **answer, const struct https *to, const char *path, const char *form);

#endif
