/*
 * What part of the tree of organisations a query may see: a branch, as a range
 * of paths. Every repository function that answers to people takes one, and one
 * that was never made sees nothing.
 */
#ifndef KY_STORE_SCOPE_H
#define KY_STORE_SCOPE_H

#include "store/store.h"

#define KY_ORG_DEPTH_MAX 5 /* levels below the department */
#define KY_ORG_PATH_ROOT "/"
#define KY_ORG_PATH_MAX (1 + KY_ORG_DEPTH_MAX * 33 + 1) /* "/", "<hex32>/" for each level, NUL */

struct ky_scope {
    char from[KY_ORG_PATH_MAX]; /* the branch's own path, the first of the range; "": nothing */
    char to[KY_ORG_PATH_MAX];   /* the first path behind the branch */
};

/* The branch that begins at the path. KY_EDENIED: no path ("", not from "/" to "/", too long); out then sees nothing. */
ky_rc ky_scope_make(struct ky_scope *out, const char *path);
/* The whole tree: for the service itself and for the administrator's own console, never for what came by HTTP. */
struct ky_scope ky_scope_everything(void);
bool ky_scope_is_everything(const struct ky_scope *scope);
bool ky_scope_holds_path(const struct ky_scope *scope, const char *path);

/* What an address can name. */
typedef enum ky_object {
    KY_OBJECT_NONE,
    KY_OBJECT_DOSSIER,
    KY_OBJECT_ORG,
    KY_OBJECT_STAFF,
    KY_OBJECT_MESSAGE,     /* about a dossier; what is about none is seen only with everything */
    KY_OBJECT_CERTIFICATE, /* its id is the serial */
    KY_OBJECT_COUNT,
    KY_OBJECT_FREE = KY_OBJECT_COUNT, /* nothing of an organisation: a year, a form, or the asker's own key */
} ky_object;

/* KY_ENOTFOUND: no such object in this scope; the text is the same whether there is none or it is another's. */
ky_rc ky_scope_check(struct ky_store *s, const struct ky_scope *scope, ky_object kind, const char *id);

#endif
