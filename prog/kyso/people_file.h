/* Lists of people for a dossier: CSV as spreadsheets write it (RFC 4180, UTF-8). */
#ifndef KY_PROG_KYSO_PEOPLE_FILE_H
#define KY_PROG_KYSO_PEOPLE_FILE_H

#include "codec/json.h"

#define KYSO_PEOPLE_FILE_MAX ((size_t)4 << 20)

/*
 * An array of persons (docs/protocol/http.md) from a CSV file. The first line names the members; authority, finance and
 * phone_own are "có"/"không", "yes"/"no" or 1/0; an empty cell is a member that is absent. KY_EFORMAT names the line.
 */
ky_rc kyso_people_read_csv(json_t **out, const char *path);

#endif
