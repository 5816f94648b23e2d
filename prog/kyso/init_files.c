/*
 * Files of the ceremony. Under the state folder:
 *   root/     the root's token and all SO PINs; locked at the end, to be carried away
 *   sam/ ca/  token, softhsm2.conf and pin of each key process
 *   courier/  key: 64 hex digits, the courier's X25519 private key
 *   public/   certificates (.crt DER, .pem), root.crl, founding.json and the witnesses' signatures
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "os/file.h"
#include "os/proc.h"
#include "prog/kyso/init.h"

#define TREE_DEPTH 16

static const char *const folders[KYSO_TOKENS] = {"root", "ca", "sam"};
static const char *const sections[KYSO_TOKENS] = {"root", "authority", "subscribers"};

static ky_rc make_folder(const struct kyso_ceremony *c, const char *name, mode_t mode)
{
    char path[KYSO_PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", c->conf.state_dir, name) >= KYSO_PATH_MAX - 64)
        return ky_fail(KY_ELIMIT, "state folder: path longer than %d bytes", KYSO_PATH_MAX - 64);
    return ky_dir_make(path, mode);
}

static void set_paths(struct kyso_ceremony *c, size_t i)
{
    struct kyso_token *t = &c->tokens[i];
    const char *state = c->conf.state_dir;
    t->section = sections[i];
    snprintf(t->folder, sizeof t->folder, "%s/%s", state, folders[i]);
    if (t->conf.pin_file[0] != 0)
        snprintf(t->pin_file, sizeof t->pin_file, "%s", t->conf.pin_file);
    else
        snprintf(t->pin_file, sizeof t->pin_file, "%s/%s/pin", state, folders[i]);
    if (t->conf.so_pin_file[0] != 0)
        snprintf(t->so_pin_file, sizeof t->so_pin_file, "%s", t->conf.so_pin_file);
    else
        snprintf(t->so_pin_file, sizeof t->so_pin_file, "%s/root/so-pin.%s", state, sections[i]);
}

ky_rc kyso_init_make_folders(struct kyso_ceremony *c)
{
    KY_TRY(ky_dir_make(c->conf.state_dir, 0755));
    for (size_t i = 0; i < KYSO_TOKENS; i++) {
        KY_TRY(make_folder(c, folders[i], 0700));
        set_paths(c, i);
    }
    KY_TRY(make_folder(c, "courier", 0700));
    KY_TRY(make_folder(c, "web", 0700));
    KY_TRY(make_folder(c, "store", 0770));
    return make_folder(c, "public", 0755);
}

/* ---- what is written ---- */

static ky_rc write_file(const struct kyso_ceremony *c, const char *name, struct ky_bytes content, mode_t mode)
{
    char path[KYSO_PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", c->conf.state_dir, name);
    return ky_file_write(path, content, mode);
}

static ky_rc write_certs(const struct kyso_ceremony *c)
{
    static const char *const names[KYSO_CERTS] = {"root", "issuing", "ocsp", "tsa"};
    char name[64];
    for (size_t i = 0; i < KYSO_CERTS; i++) {
        ky_auto_buf pem = ky_buf_init(2 * KY_CERT_DER_MAX);
        ky_buf_add_cert_pem(&pem, c->certs[i]->der);
        KY_TRY(ky_buf_finish(&pem));
        snprintf(name, sizeof name, "public/%s.crt", names[i]);
        KY_TRY(write_file(c, name, c->certs[i]->der, 0644));
        snprintf(name, sizeof name, "public/%s.pem", names[i]);
        KY_TRY(write_file(c, name, ky_buf_bytes(&pem), 0644));
    }
    return write_file(c, "public/root.crl", ky_buf_bytes(&c->root_crl), 0644);
}

static ky_rc write_founding(const struct kyso_ceremony *c)
{
    char name[128];
    KY_TRY(write_file(c, "public/founding.json", ky_buf_bytes(&c->founding), 0644));
    for (size_t i = 0; i < c->officer_count; i++) {
        if (c->officers[i].signature.n == 0)
            continue;
        snprintf(name, sizeof name, "public/founding.%.64s.p7s", c->officers[i].section);
        KY_TRY(write_file(c, name, ky_buf_bytes(&c->officers[i].signature), 0644));
    }
    return KY_OK;
}

static ky_rc write_key(const struct kyso_ceremony *c, const char *name, struct ky_bytes key)
{
    ky_auto_buf text = ky_buf_init_secret(2 * key.n + 1);
    ky_buf_add_hex(&text, key);
    ky_buf_add_str(&text, "\n");
    KY_TRY(ky_buf_finish(&text));
    return write_file(c, name, ky_buf_bytes(&text), 0600);
}

/* ---- whose it becomes ---- */

/* nftw has no place for a context. */
static _Thread_local struct ky_proc_user new_owner;

static int give_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return lchown(path, new_owner.uid, new_owner.gid);
}

static ky_rc give(const struct kyso_ceremony *c, const char *folder, const char *user)
{
    char path[KYSO_PATH_MAX];
    if (user[0] == 0 || geteuid() != 0)
        return KY_OK;
    KY_TRY(ky_context(ky_proc_user_find(&new_owner, user), "%s", folder));
    snprintf(path, sizeof path, "%s/%s", c->conf.state_dir, folder);
    if (nftw(path, give_entry, TREE_DEPTH, FTW_PHYS) != 0)
        return ky_fail(KY_EIO, "%s: cannot be given to %s: %s", path, user, strerror(errno));
    return KY_OK;
}

ky_rc kyso_init_write_files(struct kyso_ceremony *c)
{
    KY_TRY(write_certs(c));
    KY_TRY(write_founding(c));
    KY_TRY(write_key(c, "courier/key", KY_BYTES_OF(c->courier_private)));
    KY_TRY(give(c, "sam", c->conf.sam_user));
    KY_TRY(give(c, "ca", c->conf.ca_user));
    KY_TRY(give(c, "web", c->conf.web_user));
    KY_TRY(give(c, "store", c->conf.web_user));
    return give(c, "courier", c->conf.courier_user);
}

ky_rc kyso_init_lock_away_root(struct kyso_ceremony *c)
{
    const char *folder = c->tokens[KYSO_TOKEN_ROOT].folder;
    if (chmod(folder, 0500) != 0)
        return ky_fail(KY_EIO, "%s: %s", folder, strerror(errno));
    return KY_OK;
}
