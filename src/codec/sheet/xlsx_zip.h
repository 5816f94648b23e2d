/*
 * The package of an .xlsx file (ECMA-376 part 2) through libzip: opened only when its members are few, named plainly,
 * neither doubled nor encrypted, and unpack to a bounded size. Members are read as streams.
 */
#ifndef KY_CODEC_SHEET_XLSX_ZIP_H
#define KY_CODEC_SHEET_XLSX_ZIP_H

#include "codec/sheet/sheet.h"

#define KY_XLSX_MEMBERS_MAX 160
#define KY_XLSX_NAME_MAX 200                      /* bytes of a member's name */
#define KY_XLSX_MEMBER_MAX ((uint64_t)32 << 20)   /* bytes, unpacked */
#define KY_XLSX_UNPACKED_MAX ((uint64_t)48 << 20) /* bytes of all members together */
#define KY_XLSX_RATIO_MAX 300                     /* unpacked to packed */
#define KY_XLSX_RATIO_FROM ((uint64_t)1 << 20)    /* bytes: smaller members may have any ratio */

struct ky_xlsx_zip;
/* file (borrowed) must outlive *out. KY_EFORMAT, KY_ELIMIT, KY_EDENIED with the fault. */
ky_rc ky_xlsx_zip_open(struct ky_xlsx_zip **out, struct ky_sheet_fault *fault, struct ky_bytes file);
void ky_xlsx_zip_free(struct ky_xlsx_zip *z);
KY_DEFINE_CLEANUP(struct ky_xlsx_zip, ky_xlsx_zip_free)
#define ky_auto_xlsx_zip KY_CLEANUP(ky_xlsx_zip_freep) struct ky_xlsx_zip *

/* One at a time: opening the next closes the one before. KY_ENOTFOUND. */
ky_rc ky_xlsx_zip_enter(struct ky_xlsx_zip *z, const char *name);
/*
 * The next bytes of the member that is open: their number, 0 at its end, -1 when it is damaged or unpacks to more than
 * is allowed; ky_xlsx_zip_fault says which.
 */
int ky_xlsx_zip_read(struct ky_xlsx_zip *z, uint8_t *to, int room);
ky_sheet_fault_kind ky_xlsx_zip_fault(const struct ky_xlsx_zip *z);

#endif
