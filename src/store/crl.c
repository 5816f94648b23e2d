/* The tables crl and ocsp_answer; see crl.h. */
#include "store/crl.h"

static const struct ky_column crl_columns[] = {
    KY_COLUMN(struct ky_db_crl, number),
    KY_COLUMN(struct ky_db_crl, der),
    KY_COLUMN(struct ky_db_crl, this_update),
    KY_COLUMN(struct ky_db_crl, next_update),
};
static const struct ky_table crls = KY_TABLE("crl", crl_columns, struct ky_db_crl);

static const struct ky_column ocsp_columns[] = {
    KY_COLUMN(struct ky_db_ocsp, serial),
    KY_COLUMN(struct ky_db_ocsp, der),
    KY_COLUMN(struct ky_db_ocsp, this_update),
    KY_COLUMN(struct ky_db_ocsp, next_update),
};
static const struct ky_table answers = KY_TABLE("ocsp_answer", ocsp_columns, struct ky_db_ocsp);

ky_rc ky_db_crl_insert(struct ky_store *s, const struct ky_db_crl *crl)
{
    return ky_table_insert(s, &crls, crl);
}

ky_rc ky_db_crl_get_newest(struct ky_db_crl *out, struct ky_arena *a, struct ky_store *s)
{
    return ky_table_get(out, a, s, &crls, "number = (SELECT max(number) FROM crl)", KY_NO_PARAMS);
}

ky_rc ky_db_ocsp_put(struct ky_store *s, const struct ky_db_ocsp *answer)
{
    KY_TRY(ky_db_ocsp_delete(s, answer->serial));
    return ky_table_insert(s, &answers, answer);
}

ky_rc ky_db_ocsp_get(struct ky_db_ocsp *out, struct ky_arena *a, struct ky_store *s, const char *serial,
                     int64_t not_older_than)
{
    return ky_table_get(out, a, s, &answers, "serial = $1 AND this_update >= $2",
                        KY_PARAMS(ky_value_text(serial), ky_value_int(not_older_than)));
}

ky_rc ky_db_ocsp_delete(struct ky_store *s, const char *serial)
{
    return ky_store_exec(s, "DELETE FROM ocsp_answer WHERE serial = $1", KY_PARAMS(ky_value_text(serial)));
}
