/* Text with {places}: forms and messages are data, the program fills them. */
#ifndef KY_DOMAIN_TEMPLATE_H
#define KY_DOMAIN_TEMPLATE_H

#include "base/buf.h"

struct ky_place {
    const char *name;  /* without the braces */
    const char *value; /* NULL: nothing */
};

/* Appends text with each {name} replaced; values are not looked into again. KY_EFORMAT: unknown or unclosed place. */
ky_rc ky_template_fill(struct ky_buf *out, struct ky_bytes text, const struct ky_place *places, size_t n);

#endif
