/* Bounded unpacking; see xlsx_zip.h. */
#include "codec/sheet/xlsx_zip.h"

#include <stdlib.h>
#include <strings.h>
#include <zip.h>

struct ky_xlsx_zip {
    zip_t *zip;
    zip_file_t *member;
    uint64_t packed, unpacked; /* of the member that is open */
    uint64_t total;            /* unpacked of all members read so far */
    ky_sheet_fault_kind fault;
};

/* ---- what is no package at all ---- */

/* A word in UTF-16LE, as compound files name their streams. */
static bool has_stream(struct ky_bytes file, const char *ascii)
{
    uint8_t name[64];
    size_t n = strlen(ascii);
    for (size_t i = 0; i < n; i++) {
        name[2 * i] = (uint8_t)ascii[i];
        name[2 * i + 1] = 0;
    }
    return memmem(file.p, file.n, name, 2 * n) != NULL;
}

/* An encrypted .xlsx is a compound file too ([MS-OFFCRYPTO] §2.3.2). */
static ky_rc check_magic(struct ky_sheet_fault *fault, struct ky_bytes file)
{
    static const uint8_t compound[] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    static const uint8_t package[] = {'P', 'K', 3, 4};
    if (file.n > KY_SHEET_FILE_MAX)
        return ky_sheet_refuse(fault, KY_SHEET_FILE_SIZE, "");
    if (file.n >= sizeof compound && memcmp(file.p, compound, sizeof compound) == 0)
        return ky_sheet_refuse(
            fault, has_stream(file, "EncryptedPackage") ? KY_SHEET_ENCRYPTED : KY_SHEET_OLD_XLS, "");
    if (file.n < sizeof package || memcmp(file.p, package, sizeof package) != 0)
        return ky_sheet_refuse(fault, KY_SHEET_NOT_XLSX, "");
    return KY_OK;
}

/* ---- members ---- */

/* Relative, without empty parts, "." and "..", and in printable ASCII (ECMA-376 part 2 §6.2.2). */
static bool is_plain_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > KY_XLSX_NAME_MAX || name[0] == '/')
        return false;
    for (size_t i = 0; i < n; i++) {
        bool starts_part = i == 0 || name[i - 1] == '/';
        if (name[i] < ' ' || name[i] > '~' || name[i] == '\\' || name[i] == ':')
            return false;
        if (starts_part && (name[i] == '.' && strncmp(name + i, ".rels", 5) != 0))
            return false;
        if (starts_part && name[i] == '/')
            return false;
    }
    return true;
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcasecmp(name + n - m, end) == 0;
}

static bool is_macro(const char *name)
{
    return ends_with(name, "vbaProject.bin") || strncasecmp(name, "xl/macrosheets/", 15) == 0;
}

static bool is_bomb(uint64_t packed, uint64_t unpacked)
{
    return unpacked > KY_XLSX_MEMBER_MAX ||
           (unpacked > KY_XLSX_RATIO_FROM && unpacked / KY_XLSX_RATIO_MAX > packed);
}

static ky_rc check_member(struct ky_sheet_fault *fault, const zip_stat_t *m, uint64_t *total)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((m->valid & needed) != needed)
        return ky_sheet_refuse(fault, KY_SHEET_DAMAGED, "");
    if (!is_plain_name(m->name))
        return ky_sheet_refuse(fault, KY_SHEET_MEMBER_NAME, "");
    if (is_macro(m->name))
        return ky_sheet_refuse(fault, KY_SHEET_MACROS, m->name);
    if ((m->valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && m->encryption_method != ZIP_EM_NONE)
        return ky_sheet_refuse(fault, KY_SHEET_ENCRYPTED, m->name);
    if (m->comp_method != ZIP_CM_STORE && m->comp_method != ZIP_CM_DEFLATE)
        return ky_sheet_refuse(fault, KY_SHEET_DAMAGED, m->name);
    *total += m->size < KY_XLSX_UNPACKED_MAX ? m->size : KY_XLSX_UNPACKED_MAX;
    if (is_bomb(m->comp_size, m->size) || *total > KY_XLSX_UNPACKED_MAX)
        return ky_sheet_refuse(fault, KY_SHEET_BOMB, m->name);
    return KY_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Part names are equal whatever their case (ECMA-376 part 2 §6.3.5). Sorts names. */
static ky_rc check_twins(struct ky_sheet_fault *fault, const char **names, size_t n)
{
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 1; i < n; i++)
        if (strcasecmp(names[i - 1], names[i]) == 0)
            return ky_sheet_refuse(fault, KY_SHEET_MEMBER_TWICE, names[i]);
    return KY_OK;
}

static ky_rc check_members(struct ky_sheet_fault *fault, zip_t *zip)
{
    const char *names[KY_XLSX_MEMBERS_MAX];
    uint64_t total = 0;
    zip_int64_t n = zip_get_num_entries(zip, 0);
    if (n > KY_XLSX_MEMBERS_MAX)
        return ky_sheet_refuse(fault, KY_SHEET_MEMBERS, "");
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t m;
        if (zip_stat_index(zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW, &m) != 0)
            return ky_sheet_refuse(fault, KY_SHEET_DAMAGED, "");
        KY_TRY(check_member(fault, &m, &total));
        names[i] = m.name;
    }
    return check_twins(fault, names, (size_t)n);
}

ky_rc ky_xlsx_zip_open(struct ky_xlsx_zip **out, struct ky_sheet_fault *fault, struct ky_bytes file)
{
    KY_TRY(check_magic(fault, file));
    ky_auto_xlsx_zip z = calloc(1, sizeof *z);
    if (z == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    zip_source_t *source = zip_source_buffer_create(file.p, file.n, 0, NULL);
    if (source == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    z->zip = zip_open_from_source(source, ZIP_RDONLY, NULL);
    if (z->zip == NULL) {
        zip_source_free(source);
        return ky_sheet_refuse(fault, KY_SHEET_DAMAGED, "");
    }
    KY_TRY(check_members(fault, z->zip));
    *out = KY_STEAL(z);
    return KY_OK;
}

static void leave(struct ky_xlsx_zip *z)
{
    if (z->member != NULL)
        zip_fclose(z->member);
    z->member = NULL;
}

void ky_xlsx_zip_free(struct ky_xlsx_zip *z)
{
    if (z == NULL)
        return;
    leave(z);
    if (z->zip != NULL)
        zip_discard(z->zip);
    free(z);
}

ky_rc ky_xlsx_zip_enter(struct ky_xlsx_zip *z, const char *name)
{
    zip_stat_t m;
    leave(z);
    zip_int64_t index = zip_name_locate(z->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW);
    if (index < 0 || zip_stat_index(z->zip, (zip_uint64_t)index, ZIP_FL_ENC_RAW, &m) != 0)
        return ky_fail(KY_ENOTFOUND, "xlsx: no %s", name);
    z->member = zip_fopen_index(z->zip, (zip_uint64_t)index, 0);
    if (z->member == NULL)
        return ky_fail(KY_ENOTFOUND, "xlsx: %s cannot be unpacked", name);
    z->packed = m.comp_size;
    z->unpacked = 0;
    z->fault = KY_SHEET_NO_FAULT;
    return KY_OK;
}

/* What the directory says of sizes is not believed: what comes out is counted. */
int ky_xlsx_zip_read(struct ky_xlsx_zip *z, uint8_t *to, int room)
{
    zip_int64_t n = zip_fread(z->member, to, (zip_uint64_t)room);
    if (n < 0) {
        z->fault = KY_SHEET_DAMAGED;
        return -1;
    }
    z->unpacked += (uint64_t)n;
    z->total += (uint64_t)n;
    if (is_bomb(z->packed, z->unpacked) || z->total > KY_XLSX_UNPACKED_MAX) {
        z->fault = KY_SHEET_BOMB;
        return -1;
    }
    return (int)n;
}

ky_sheet_fault_kind ky_xlsx_zip_fault(const struct ky_xlsx_zip *z)
{
    return z->fault;
}
