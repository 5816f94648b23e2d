/*
 * What a parse process can be asked: numbers of the jobs (prog/parse/jobs.c has the table). The file comes as the
 * descriptor of the request.
 */
#ifndef KY_OS_PARSE_JOB_H
#define KY_OS_PARSE_JOB_H

enum {
    KY_JOB_DIGEST = 0x0501, /* no parameters → u64 size ‖ SHA-256 of the file */
    KY_JOB_VERIFY = 0x0502, /* ades/verify_job: a question → the report in JSON */
    KY_JOB_PEOPLE =
        0x0503, /* no parameters; .xlsx or CSV → the list of people in JSON (domain/people_table) */
    KY_JOB_KIND = 0x0504,   /* no parameters → what the file is, in JSON (ades/file_kind) */
    KY_JOB_BOUNCE = 0x0505, /* of courier; no parameters; a mail → domain/bounce: what came back */
};

#endif
