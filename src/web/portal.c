/* Reads the folder through descriptors, link by link refused; see portal.h. Called by prog/web and web/pages. */
#include "web/portal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "os/file.h"

#define PATH_BYTES_MAX 256
#define NONCE_SIZE 16
#define ETAG_SIZE 12                                /* bytes of the hash */
#define ETAG_TEXT (sizeof "W/\"\"" + 2 * ETAG_SIZE) /* weak: packed and unpacked are one */
#define PACKED ".gz"
#define INDEX "index.html"
#define HASHED "assets/" /* names in here hold a hash of the content */

#define AGENT "wss://127.0.0.1:8987" /* kyso-agent, and what officers had before it */
/* %s: more for styles. */
#define POLICY                                                                                               \
    "default-src 'none'; script-src 'self'; style-src 'self'%s; img-src 'self' data: blob:; font-src "       \
    "'self'; "                                                                                               \
    "connect-src 'self' " AGENT "; frame-src blob:; worker-src 'self'; manifest-src 'self'; "                \
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
#define PERMISSIONS                                                                                          \
    "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), "      \
    "geolocation=(), payment=(), usb=()"

struct file {
    const char *path; /* below the folder */
    const char *type;
    struct ky_bytes bytes;
    size_t nonces;        /* how often KY_PORTAL_NONCE stands in it */
    char etag[ETAG_TEXT]; /* with its quotes */
};

struct ky_portal {
    struct ky_arena arena;
    struct file *files; /* by path */
    size_t count, total;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".pdf", "application/pdf"},
    {".txt", "text/plain; charset=utf-8"},
};

static bool ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && memcmp(name + n - m, ending, m) == 0;
}

/* Of NAME.gz that of NAME; NULL: nothing for browsers. */
static const char *type_of(const char *name)
{
    char plain[PATH_BYTES_MAX];
    size_t n = strlen(name) - (ends_with(name, PACKED) ? strlen(PACKED) : 0);
    snprintf(plain, sizeof plain, "%.*s", (int)n, name);
    for (size_t i = 0; i < KY_COUNT(types); i++)
        if (ends_with(plain, types[i].ending))
            return types[i].type;
    return NULL;
}

/* ---- reading the folder ---- */

struct folder {
    int fd;
    const char *path; /* below the portal's own, "" or "assets/" */
    unsigned depth;
};

static bool is_name(const char *s)
{
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(s);
}

static size_t count_nonces(struct ky_bytes text)
{
    size_t n = 0;
    const uint8_t *at = text.p, *end = text.p + text.n;
    while ((at = memmem(at, (size_t)(end - at), KY_PORTAL_NONCE, strlen(KY_PORTAL_NONCE))) != NULL) {
        at += strlen(KY_PORTAL_NONCE);
        n++;
    }
    return n;
}

static ky_rc read_all(uint8_t *to, size_t n, int fd, const char *path)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = read(fd, to + at, n - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return ky_fail(KY_EIO, "portal: %s changed while it was read", path);
        at += (size_t)got;
    }
    return KY_OK;
}

static ky_rc make_etag(char out[ETAG_TEXT], struct ky_bytes bytes)
{
    uint8_t hash[KY_SHA256_SIZE];
    char hex[2 * ETAG_SIZE + 1];
    KY_TRY(ky_sha256(hash, bytes));
    ky_hex_encode(hex, KY_BYTES(hash, ETAG_SIZE));
    snprintf(out, ETAG_TEXT, "W/\"%s\"", hex);
    return KY_OK;
}

static ky_rc load_file(struct ky_portal *p, int fd, size_t size, const char *path, const char *type)
{
    if (p->count == KY_PORTAL_FILES_MAX)
        return ky_fail(KY_ELIMIT, "portal: more than %d files", KY_PORTAL_FILES_MAX);
    if (size > KY_PORTAL_BYTES_MAX - p->total)
        return ky_fail(KY_ELIMIT, "portal: with %s more than %zu bytes", path, KY_PORTAL_BYTES_MAX);
    uint8_t *content = ky_arena_alloc(&p->arena, size + 1);
    struct file f = {
        .path = ky_arena_strdup(&p->arena, path), .type = type, .bytes = KY_BYTES(content, size)};
    if (content == NULL || f.path == NULL)
        return KY_ENOMEM;
    KY_TRY(read_all(content, size, fd, path));
    KY_TRY(make_etag(f.etag, f.bytes));
    f.nonces = ends_with(path, ".html") ? count_nonces(f.bytes) : 0;
    p->total += size;
    p->files[p->count++] = f;
    return KY_OK;
}

static ky_rc load_folder(struct ky_portal *p, const struct folder *dir);

static ky_rc load_entry(struct ky_portal *p, const struct folder *dir, const char *name)
{
    char path[PATH_BYTES_MAX];
    struct stat st;
    if (!is_name(name) || snprintf(path, sizeof path, "%s%s", dir->path, name) >= (int)sizeof path - 1)
        return ky_fail(KY_EDENIED, "portal: %s%s is no name for a page", dir->path, name);
    ky_auto_fd fd = openat(dir->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return ky_fail(errno == ELOOP ? KY_EDENIED : KY_EIO, "portal: %s: %s", path,
                       errno == ELOOP ? "is a link" : strerror(errno));
    if (S_ISDIR(st.st_mode)) {
        strcat(path, "/");
        const struct folder inner = {ky_fd_take(&fd), path, dir->depth + 1};
        return load_folder(p, &inner);
    }
    if (!S_ISREG(st.st_mode))
        return ky_fail(KY_EDENIED, "portal: %s is neither a file nor a folder", path);
    const char *type = type_of(name);
    if (type != NULL)
        return load_file(p, fd, (size_t)st.st_size, path, type);
    ky_log(KY_LOG_WARN, "portal.left_out", "file=" KY_Q, path);
    return KY_OK;
}

/* dir->fd is taken. */
static ky_rc load_folder(struct ky_portal *p, const struct folder *dir)
{
    ky_rc rc = KY_OK;
    DIR *entries = fdopendir(dir->fd);
    if (entries == NULL) {
        close(dir->fd);
        return ky_fail(KY_EIO, "portal: %s: %s", dir->path, strerror(errno));
    }
    if (dir->depth > KY_PORTAL_DEPTH_MAX)
        rc = ky_fail(KY_ELIMIT, "portal: %s lies more than %d folders deep", dir->path, KY_PORTAL_DEPTH_MAX);
    for (const struct dirent *e; rc == KY_OK && (e = readdir(entries)) != NULL;)
        if (e->d_name[0] != '.')
            rc = load_entry(p, dir, e->d_name);
    closedir(entries);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static const struct file *find(const struct ky_portal *p, const char *path)
{
    const struct file key = {.path = path};
    return bsearch(&key, p->files, p->count, sizeof key, by_path);
}

ky_rc ky_portal_load(struct ky_portal **out, const char *folder)
{
    ky_auto_portal p = calloc(1, sizeof *p);
    if (p == NULL || (p->files = calloc(KY_PORTAL_FILES_MAX, sizeof *p->files)) == NULL)
        return ky_fail(KY_ENOMEM, "portal");
    p->arena = ky_arena_init(2 * KY_PORTAL_BYTES_MAX);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ky_fail(KY_ENOTFOUND, "portal: %s: %s", folder, strerror(errno));
    const struct folder top = {.fd = fd, .path = ""};
    KY_TRY(load_folder(p, &top));
    qsort(p->files, p->count, sizeof *p->files, by_path);
    if (find(p, INDEX) == NULL)
        return ky_fail(KY_ENOTFOUND, "portal: no " INDEX " in %s", folder);
    *out = KY_STEAL(p);
    return KY_OK;
}

void ky_portal_free(struct ky_portal *p)
{
    if (p == NULL)
        return;
    free(p->files);
    ky_arena_clear(&p->arena);
    free(p);
}

/* ---- answering ---- */

/* The page with its nonces, and the policy that names the nonce. */
static ky_rc answer_with_nonce(struct ky_exchange *x, const struct file *f)
{
    uint8_t random[NONCE_SIZE];
    ky_auto_buf nonce = ky_buf_init(2 * NONCE_SIZE),
                page = ky_buf_init(f->bytes.n + f->nonces * 2 * NONCE_SIZE);
    KY_TRY(ky_random(random, sizeof random));
    ky_buf_add_base64url(&nonce, KY_BYTES_OF(random));
    const uint8_t *at = f->bytes.p, *end = at + f->bytes.n;
    for (size_t i = 0; i < f->nonces; i++) {
        const uint8_t *next = memmem(at, (size_t)(end - at), KY_PORTAL_NONCE, strlen(KY_PORTAL_NONCE));
        ky_buf_add(&page, KY_BYTES(at, next - at));
        ky_buf_add(&page, ky_buf_bytes(&nonce));
        at = next + strlen(KY_PORTAL_NONCE);
    }
    ky_buf_add(&page, KY_BYTES(at, end - at));
    KY_TRY(ky_buf_finish(&page));
    const char *more = ky_arena_printf(&x->arena, " 'nonce-%s'", ky_buf_str(&nonce));
    const char *policy = more == NULL ? NULL : ky_arena_printf(&x->arena, POLICY, more);
    if (policy == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Content-Security-Policy", policy);
    return ky_answer_bytes(x, 200, f->type, ky_buf_bytes(&page));
}

static ky_rc answer_file(const struct ky_portal *p, struct ky_exchange *x, const struct file *f)
{
    char packed_path[PATH_BYTES_MAX + sizeof PACKED];
    const char *policy = ky_arena_printf(&x->arena, POLICY, "");
    if (policy == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Content-Security-Policy", policy);
    if (ky_answer_unchanged(x, f->etag))
        return KY_OK;
    snprintf(packed_path, sizeof packed_path, "%s" PACKED, f->path);
    const struct file *packed = find(p, packed_path);
    if (packed == NULL)
        return ky_answer_lasting(x, 200, f->type, f->bytes);
    ky_exchange_header(x, "Vary", "Accept-Encoding");
    if (!ky_exchange_takes_gzip(x))
        return ky_answer_lasting(x, 200, f->type, f->bytes);
    ky_exchange_header(x, "Content-Encoding", "gzip");
    return ky_answer_lasting(x, 200, f->type, packed->bytes);
}

/* Has the last part of the path an ending? Then it is a file's, and no address of the application. */
static bool has_ending(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strchr(slash == NULL ? path : slash, '.') != NULL;
}

ky_rc ky_portal_answer(const struct ky_portal *p, struct ky_exchange *x, const char *path)
{
    const struct file *f = NULL;
    if (p != NULL && strlen(path) < PATH_BYTES_MAX && !ends_with(path, PACKED))
        f = find(p, has_ending(path) ? path : INDEX);
    if (f == NULL)
        return ky_fail(KY_ENOTFOUND, "no such page");
    bool lasts = ky_str_starts(f->path, HASHED);
    ky_exchange_header(x, "Cache-Control", lasts ? "public, max-age=31536000, immutable" : "no-cache");
    ky_exchange_header(x, "Permissions-Policy", PERMISSIONS);
    ky_exchange_header(x, "Cross-Origin-Opener-Policy", "same-origin");
    ky_exchange_header(x, "Cross-Origin-Resource-Policy", "same-origin");
    return f->nonces > 0 ? answer_with_nonce(x, f) : answer_file(p, x, f);
}
