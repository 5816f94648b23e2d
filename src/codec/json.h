/*
 * JSON (RFC 8259) from outside: parsed strictly by jansson, then read through
 * getters that name the member and the limit, or checked as a whole against a
 * closed schema. And a small writer for answers. The canonical form is codec/jcs.
 */
#ifndef KY_CODEC_JSON_H
#define KY_CODEC_JSON_H

#include <jansson.h>

#include "base/buf.h"

#define KY_JSON_DEPTH_MAX 32                     /* arrays and objects inside one another */
#define KY_JSON_INT_MAX (((int64_t)1 << 53) - 1) /* what every reader of JSON holds exactly */

#define ky_auto_json KY_CLEANUP(json_decrefp) json_t *

/*
 * One JSON value, nothing before or after it but white space. Refused: duplicate members, malformed UTF-8, U+0000,
 * numbers that do not fit. *out is the caller's (json_decref, ky_auto_json).
 * Errors: KY_ELIMIT more than max_bytes, or deeper than KY_JSON_DEPTH_MAX; KY_EFORMAT with line and column.
 */
ky_rc ky_json_parse(json_t **out, struct ky_bytes text, size_t max_bytes);
/* Arrays and objects inside one another: 0 for a scalar, 1 for {} or [1]. */
size_t ky_json_depth(const json_t *v);

/*
 * Required members. What comes out is borrowed from obj. Errors: KY_EFORMAT absent or of another kind (or obj is no
 * object); KY_ELIMIT longer, smaller or larger than the limits, which the text names.
 */
ky_rc ky_json_get_str(struct ky_bytes *out, const json_t *obj, const char *name, size_t max_bytes);
ky_rc ky_json_get_int(int64_t *out, const json_t *obj, const char *name, int64_t min, int64_t max);
ky_rc ky_json_get_bool(bool *out, const json_t *obj, const char *name);
ky_rc ky_json_get_array(const json_t **out, const json_t *obj, const char *name, size_t max_items);
ky_rc ky_json_get_object(const json_t **out, const json_t *obj, const char *name);
/* Exactly n bytes written as lower-case hex; base64url without padding; base64 with padding (CSC). */
ky_rc ky_json_get_hex(uint8_t *out, size_t n, const json_t *obj, const char *name);
ky_rc ky_json_get_base64url(struct ky_buf *out, const json_t *obj, const char *name, size_t max_bytes);
ky_rc ky_json_get_base64(struct ky_buf *out, const json_t *obj, const char *name, size_t max_bytes);

/* Optional members: absent gives {NULL, 0}, the value `otherwise`, or NULL; present is checked as above. */
ky_rc ky_json_find_str(struct ky_bytes *out, const json_t *obj, const char *name, size_t max_bytes);
ky_rc ky_json_find_int(int64_t *out, const json_t *obj, const char *name, int64_t min, int64_t max,
                       int64_t otherwise);
ky_rc ky_json_find_bool(bool *out, const json_t *obj, const char *name, bool otherwise);
ky_rc ky_json_find_array(const json_t **out, const json_t *obj, const char *name, size_t max_items);
ky_rc ky_json_find_object(const json_t **out, const json_t *obj, const char *name);

/* The bytes of a JSON string; {NULL, 0} for anything else. */
struct ky_bytes ky_json_str(const json_t *v);

typedef enum ky_json_kind {
    KY_JSON_STR,       /* min, max in bytes of UTF-8 */
    KY_JSON_TEXT,      /* as KY_JSON_STR, but max in code points and ky_text_check: people are shown it */
    KY_JSON_HEX,       /* lower-case; min, max in decoded bytes */
    KY_JSON_BASE64URL, /* without padding; min, max in decoded bytes */
    KY_JSON_INT,       /* min ≤ value ≤ max */
    KY_JSON_BOOL,
    KY_JSON_ARRAY,  /* min, max items, each as sub[0] says */
    KY_JSON_OBJECT, /* closed, members as sub says */
} ky_json_kind;

/* One row of a closed schema. min and max both count for every kind but BOOL and OBJECT. */
struct ky_json_member {
    const char *name;
    ky_json_kind kind;
    bool required;
    int64_t min, max;
    const struct ky_json_member *sub; /* ARRAY: one row for the items; OBJECT: its members */
    size_t sub_n;                     /* rows in sub; an OBJECT without rows is checked by the caller */
};

/*
 * Everything in obj is in the table and right, and everything required is there. The error text starts with `what`
 * and names the member: "sign: hashes: item 3: …". KY_EFORMAT; KY_ELIMIT beyond min or max.
 */
ky_rc ky_json_check_closed(const json_t *obj, const struct ky_json_member *members, size_t n,
                           const char *what);

/* Writer: names are NULL inside arrays; commas come by themselves. Errors stick in the buffer. */
struct ky_json_out {
    struct ky_buf *buf; /* borrowed */
    bool comma;         /* a value precedes on this level */
};
#define KY_JSON_OUT(buffer) ((struct ky_json_out){(buffer), false})
void ky_json_open_object(struct ky_json_out *o, const char *name);
void ky_json_close_object(struct ky_json_out *o);
void ky_json_open_array(struct ky_json_out *o, const char *name);
void ky_json_close_array(struct ky_json_out *o);
void ky_json_put_str(struct ky_json_out *o, const char *name, struct ky_bytes text);
void ky_json_put_cstr(struct ky_json_out *o, const char *name, const char *text);
void ky_json_put_int(struct ky_json_out *o, const char *name, int64_t v);
void ky_json_put_bool(struct ky_json_out *o, const char *name, bool v);
void ky_json_put_null(struct ky_json_out *o, const char *name);
void ky_json_put_hex(struct ky_json_out *o, const char *name, struct ky_bytes v);
void ky_json_put_base64(struct ky_json_out *o, const char *name, struct ky_bytes v);
void ky_json_put_base64url(struct ky_json_out *o, const char *name, struct ky_bytes v);
/* A ready JSON value, written as it is. */
void ky_json_put_raw(struct ky_json_out *o, const char *name, struct ky_bytes json);

/* A string in quotes with the escapes RFC 8785 §3.2.2.2 asks for; malformed UTF-8 becomes U+FFFD. */
void ky_buf_add_json_str(struct ky_buf *b, struct ky_bytes text);

#endif
