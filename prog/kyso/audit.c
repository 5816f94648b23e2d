/*
 * kyso audit verify: the audit files of sam and ca, recomputed from the first
 * record to the last (docs/protocol/keeper.md §2). Needs the founding record
 * and nothing else: no token, no running service.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "codec/json.h"
#include "domain/audit.h"
#include "domain/founding.h"
#include "os/file.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"

#define PATH_MAX_BYTES 1024
#define JSON_MAX 65536
#define PHASES 8
#define ERROR_MAX_BYTES 512

struct options {
    const char *dir, *founding;
    bool json;
};

static const struct kyso_opt opts[] = {
    {"dir", KYSO_OPT_TEXT, offsetof(struct options, dir), "DIR", "thư mục trạng thái (có sam/ và ca/)",
     "state folder (with sam/ and ca/)"},
    {"founding", KYSO_OPT_TEXT, offsetof(struct options, founding), "FILE",
     "bản ghi sáng lập; mặc định DIR/public/founding.json",
     "founding record; default DIR/public/founding.json"},
    {"json", KYSO_OPT_FLAG, offsetof(struct options, json), NULL, "in kết quả dạng JSON",
     "print the result as JSON"},
};

static const struct kyso_usage usage = {
    .command = "audit verify",
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Mã thoát: 0 nếu mọi bản ghi, chuỗi băm và điểm kiểm tra đều đúng; 1 nếu không.",
    .en = "Exit status: 0 when every record, the hash chain and all checkpoints hold; 1 when not.",
};

/* What one file turned out to be. */
struct finding {
    ky_process process;
    ky_rc rc;
    char error[ERROR_MAX_BYTES]; /* when rc is not KY_OK */
    uint64_t records, checkpoints;
    uint64_t phases[PHASES];    /* records by ky_audit_phase */
    uint64_t covered;           /* records under the last checkpoint */
    size_t incomplete;          /* bytes of a last record that is not whole */
    uint8_t root[KY_HASH_SIZE]; /* of the last checkpoint */
    ky_time first, last;        /* time of first and last record */
};

struct verification {
    FILE *audit, *checkpoints;
    struct ky_audit_chain chain;
    const uint8_t *point;
    struct finding *f;
    bool has_next; /* a checkpoint that waits for its record */
    struct ky_checkpoint next;
};

static void close_files(struct verification *v)
{
    if (v->audit != NULL)
        fclose(v->audit);
    if (v->checkpoints != NULL)
        fclose(v->checkpoints);
}

/* Reads the next checkpoint and verifies its signature; sizes may not fall. */
static ky_rc next_checkpoint(struct verification *v)
{
    uint8_t bytes[KY_CHECKPOINT_SIZE];
    uint64_t before = v->has_next ? v->next.size : 0;
    size_t n = fread(bytes, 1, sizeof bytes, v->checkpoints);
    v->has_next = false;
    if (n < sizeof bytes) /* the end, or one that was being written */
        return KY_OK;
    v->f->checkpoints++;
    KY_TRY(ky_context(ky_checkpoint_verify(&v->next, bytes, v->chain.process, v->point), "checkpoint %llu",
                      (unsigned long long)v->f->checkpoints));
    if (v->next.node != v->chain.node || v->next.size < before)
        return ky_fail(KY_EAUTH, "checkpoint %llu: of %llu records after one of %llu",
                       (unsigned long long)v->f->checkpoints, (unsigned long long)v->next.size,
                       (unsigned long long)before);
    v->has_next = true;
    return KY_OK;
}

/* All checkpoints made when there were as many records as now. */
static ky_rc compare_checkpoints(struct verification *v)
{
    while (v->has_next && v->next.size == v->chain.tree.size) {
        uint8_t root[KY_HASH_SIZE];
        KY_TRY(ky_merkle_root(root, &v->chain.tree));
        if (memcmp(root, v->next.root, KY_HASH_SIZE) != 0)
            return ky_fail(KY_EAUTH, "checkpoint %llu: the %llu records before it have another root",
                           (unsigned long long)v->f->checkpoints, (unsigned long long)v->next.size);
        memcpy(v->f->root, root, KY_HASH_SIZE);
        v->f->covered = v->next.size;
        KY_TRY(next_checkpoint(v));
    }
    return KY_OK;
}

static ky_rc take_record(struct verification *v, struct ky_bytes body)
{
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    KY_TRY(ky_context(ky_audit_follow(&v->chain, &r, objects, body), "record %llu",
                      (unsigned long long)v->f->records + 1));
    v->f->records++;
    v->f->phases[r.phase % PHASES]++;
    v->f->last = r.time;
    if (v->f->records == 1)
        v->f->first = r.time;
    return compare_checkpoints(v);
}

/* *more is false at the end, and where the last record is not whole. */
static ky_rc read_record(bool *more, struct verification *v, struct ky_buf *body)
{
    uint8_t length[4];
    size_t n = fread(length, 1, sizeof length, v->audit);
    *more = false;
    v->f->incomplete = n < sizeof length ? n : 0;
    if (n < sizeof length)
        return KY_OK;
    size_t size = ky_get_u32(length);
    if (size > KY_AUDIT_RECORD_MAX)
        return ky_fail(KY_EFORMAT, "record %llu: %zu bytes, at most %d",
                       (unsigned long long)v->f->records + 1, size, KY_AUDIT_RECORD_MAX);
    ky_buf_reset(body);
    uint8_t *at = ky_buf_grow(body, size);
    if (at == NULL)
        return ky_buf_finish(body);
    n = fread(at, 1, size, v->audit);
    *more = n == size;
    v->f->incomplete = n == size ? 0 : sizeof length + n;
    return KY_OK;
}

static ky_rc verify_files(struct verification *v)
{
    bool more;
    ky_auto_buf body = ky_buf_init(KY_AUDIT_RECORD_MAX);
    KY_TRY(next_checkpoint(v));
    KY_TRY(compare_checkpoints(v));
    KY_TRY(read_record(&more, v, &body));
    while (more) {
        KY_TRY(take_record(v, ky_buf_bytes(&body)));
        KY_TRY(read_record(&more, v, &body));
    }
    if (v->has_next)
        return ky_fail(KY_EAUTH, "%llu records where a checkpoint says %llu: the file was cut or put back",
                       (unsigned long long)v->f->records, (unsigned long long)v->next.size);
    return KY_OK;
}

static ky_rc open_file(FILE **out, const char *dir, ky_process process, const char *name)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s/%s/%s", dir, ky_process_name(process), name);
    *out = fopen(path, "rbe");
    return *out != NULL ? KY_OK
                        : ky_fail(errno == ENOENT ? KY_ENOTFOUND : KY_EIO, "%s: %s", path, strerror(errno));
}

static ky_rc verify_process(struct finding *f, const char *dir, const struct ky_founding *founding)
{
    KY_CLEANUP(close_files)
    struct verification v = {
        .chain = {.process = f->process, .node = founding->node},
        .point = f->process == KY_PROCESS_SAM ? founding->sam_audit : founding->ca_audit,
        .f = f,
    };
    KY_TRY(open_file(&v.audit, dir, f->process, "audit"));
    KY_TRY(open_file(&v.checkpoints, dir, f->process, "checkpoints"));
    return verify_files(&v);
}

/* ---- what is printed ---- */

/* Whoever verifies compares it with the one he knows: the public keys all come from that record. */
static void print_realm(const struct ky_founding *founding)
{
    char realm[2 * KY_HASH_SIZE + 1];
    ky_hex_encode(realm, KY_BYTES_OF(founding->realm));
    printf("Realm: %s\n", realm);
}

static void print_text(const struct finding *f)
{
    char from[KY_TIME_TEXT_MAX], until[KY_TIME_TEXT_MAX];
    ky_time_text_vn(from, f->first);
    ky_time_text_vn(until, f->last);
    printf(kyso_say("%s: %llu bản ghi, từ %s đến %s\n", "%s: %llu records, from %s to %s\n"),
           ky_process_name(f->process), (unsigned long long)f->records, from, until);
    printf(kyso_say("  %llu điểm kiểm tra, bao phủ %llu bản ghi; %llu lần khởi động\n",
                    "  %llu checkpoints, covering %llu records; %llu starts\n"),
           (unsigned long long)f->checkpoints, (unsigned long long)f->covered,
           (unsigned long long)f->phases[KY_AUDIT_START]);
    if (f->phases[KY_AUDIT_CUT] > 0)
        printf(kyso_say("  %llu lần cắt bản ghi dở dang khi khởi động\n",
                        "  %llu unfinished records cut at a start\n"),
               (unsigned long long)f->phases[KY_AUDIT_CUT]);
    if (f->phases[KY_AUDIT_SEALED] > 0)
        printf(kyso_say("  %llu lần niêm phong\n", "  sealed %llu times\n"),
               (unsigned long long)f->phases[KY_AUDIT_SEALED]);
    if (f->incomplete > 0)
        printf(kyso_say("  bản ghi cuối chưa ghi xong (%zu byte)\n",
                        "  the last record is not whole (%zu bytes)\n"),
               f->incomplete);
    if (f->rc == KY_OK)
        printf("%s", kyso_say("  ĐÚNG\n", "  GOOD\n"));
    else
        printf(kyso_say("  SAI: %s\n", "  BAD: %s\n"), f->error);
}

static void put_json(struct ky_json_out *o, const struct finding *f)
{
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "process", ky_process_name(f->process));
    ky_json_put_bool(o, "ok", f->rc == KY_OK);
    if (f->rc != KY_OK)
        ky_json_put_cstr(o, "error", f->error);
    ky_json_put_int(o, "records", (int64_t)f->records);
    ky_json_put_int(o, "checkpoints", (int64_t)f->checkpoints);
    ky_json_put_int(o, "covered", (int64_t)f->covered);
    ky_json_put_hex(o, "root", KY_BYTES_OF(f->root));
    ky_json_put_int(o, "starts", (int64_t)f->phases[KY_AUDIT_START]);
    ky_json_put_int(o, "cut", (int64_t)f->phases[KY_AUDIT_CUT]);
    ky_json_put_int(o, "sealed", (int64_t)f->phases[KY_AUDIT_SEALED]);
    ky_json_put_int(o, "incomplete_bytes", (int64_t)f->incomplete);
    ky_json_put_int(o, "first", f->first);
    ky_json_put_int(o, "last", f->last);
    ky_json_close_object(o);
}

static ky_rc print_json(const struct finding *findings, size_t count, bool ok,
                        const struct ky_founding *founding)
{
    ky_auto_buf out = ky_buf_init(JSON_MAX);
    struct ky_json_out o = KY_JSON_OUT(&out);
    ky_json_open_object(&o, NULL);
    ky_json_put_bool(&o, "ok", ok);
    ky_json_put_hex(&o, "realm", KY_BYTES_OF(founding->realm));
    ky_json_open_array(&o, "processes");
    for (size_t i = 0; i < count; i++)
        put_json(&o, &findings[i]);
    ky_json_close_array(&o);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&out));
    printf("%s\n", ky_buf_str(&out));
    return KY_OK;
}

/* ---- the command ---- */

static ky_rc load_founding(struct ky_founding **out, const struct options *o)
{
    char path[PATH_MAX_BYTES];
    ky_auto_buf json = ky_buf_init(KY_FOUNDING_MAX);
    snprintf(path, sizeof path, "%s/public/founding.json", o->dir);
    KY_TRY(ky_file_read(&json, o->founding != NULL ? o->founding : path));
    return ky_founding_parse(out, ky_buf_bytes(&json));
}

static ky_rc verify(int *status, const void *values)
{
    const struct options *o = values;
    struct finding findings[] = {{.process = KY_PROCESS_SAM}, {.process = KY_PROCESS_CA}};
    ky_auto_founding founding = NULL;
    KY_TRY(kyso_need(o->dir, "dir"));
    KY_TRY(load_founding(&founding, o));
    if (!o->json)
        print_realm(founding);
    bool ok = true;
    for (size_t i = 0; i < KY_COUNT(findings); i++) {
        struct finding *f = &findings[i];
        f->rc = verify_process(f, o->dir, founding);
        ok = ok && f->rc == KY_OK;
        if (f->rc != KY_OK)
            snprintf(f->error, sizeof f->error, "%s", ky_error());
        if (!o->json)
            print_text(f);
    }
    *status = ok ? 0 : KYSO_EXIT_FAILED;
    return o->json ? print_json(findings, KY_COUNT(findings), ok, founding) : KY_OK;
}

static int run_verify(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &usage, &o, verify);
}

static int run(int argc, char **argv)
{
    static const struct kyso_sub subs[] = {
        {"verify", "tính lại chuỗi băm, cây Merkle và các điểm kiểm tra",
         "recompute hash chain, Merkle tree and checkpoints", run_verify},
    };
    return kyso_sub_run("audit", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_audit = {
    .name = "audit", .vi = "kiểm tra nhật ký kiểm toán", .en = "verify the audit files", .run = run};
