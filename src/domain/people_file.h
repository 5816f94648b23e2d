/* A list of people in a file of any kind that is read: .xlsx, or text separated by commas, semicolons or tabs. */
#ifndef KY_DOMAIN_PEOPLE_FILE_H
#define KY_DOMAIN_PEOPLE_FILE_H

#include "domain/people_table.h"

/*
 * ky_people_file_read — the result of domain/people_table for a file that may be hostile; one that cannot be read is a
 * result too, with a fault. Belongs in a process with nothing to lose: KY_JOB_PEOPLE of os/parse_job, or the command line.
 *
 * Shapes:  file  at most KY_SHEET_FILE_MAX bytes are read
 * Errors:  KY_ENOMEM
 */
ky_rc ky_people_file_read(json_t **out, struct ky_bytes file);

#endif
