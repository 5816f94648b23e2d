/* Lists over the table certificate; see inventory.h. */
#include "store/inventory.h"

#include "base/buf.h"
#include "base/str.h"

#define SQL_MAX 2048
#define PARAMS_MAX 16

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_listed_cert, serial),     KY_COLUMN(struct ky_db_listed_cert, dossier_id),
    KY_COLUMN(struct ky_db_listed_cert, number),     KY_COLUMN(struct ky_db_listed_cert, key_id),
    KY_COLUMN(struct ky_db_listed_cert, status),     KY_COLUMN(struct ky_db_listed_cert, der),
    KY_COLUMN(struct ky_db_listed_cert, not_before), KY_COLUMN(struct ky_db_listed_cert, not_after),
    KY_COLUMN(struct ky_db_listed_cert, revoked_at), KY_COLUMN(struct ky_db_listed_cert, reason),
    KY_COLUMN(struct ky_db_listed_cert, created_at), KY_COLUMN(struct ky_db_listed_cert, org_id),
    KY_COLUMN(struct ky_db_listed_cert, path),       KY_COLUMN(struct ky_db_listed_cert, ordinal),
    KY_COLUMN(struct ky_db_listed_cert, until),
};
static const struct ky_table certs = KY_TABLE("certificate", columns, struct ky_db_listed_cert);

#define UNTIL_SHIFT 20 /* bits of the ordinal in `until` */

/* What is listed, by which column, up or down; text: the virtual table whose numbers are that column's. */
static const struct order {
    const char *where, *column, *text, *by;
    bool upwards, by_serial; /* by_serial: the column alone does not tell two apart */
} orders[] = {
    [KY_INVENTORY_NEWEST] = {"c.status <> 'waiting'", "created_at", NULL,
                             " ORDER BY created_at DESC, serial DESC", false, true},
    [KY_INVENTORY_EXPIRING] = {"c.status = 'good'", "until", "certificate_until", " ORDER BY until", true,
                               false},
    [KY_INVENTORY_EXPIRED] = {"c.status = 'good'", "until", "certificate_until", " ORDER BY until DESC",
                              false, false},
    [KY_INVENTORY_REVOKED] = {"c.status = 'revoked'", "revoked_at", NULL,
                              " ORDER BY revoked_at DESC, serial DESC", false, true},
    [KY_INVENTORY_FOUND] = {"c.status <> 'waiting'", "ordinal", "certificate_text", " ORDER BY ordinal DESC",
                            false, false},
};

static const struct ky_column activation_columns[] = {
    KY_COLUMN(struct ky_db_activation_state, id),
    KY_COLUMN(struct ky_db_activation_state, state),
    KY_COLUMN(struct ky_db_activation_state, expires_at),
    KY_COLUMN(struct ky_db_activation_state, opened_at),
};
static const struct ky_table activations =
    KY_TABLE("activation", activation_columns, struct ky_db_activation_state);

struct conditions {
    struct ky_buf sql;
    struct ky_value v[PARAMS_MAX];
    size_t n;
};

static void add(struct conditions *c, const char *before, struct ky_value value, const char *behind)
{
    c->v[c->n++] = value;
    ky_buf_addf(&c->sql, "%s$%zu%s", before, c->n, behind);
}

static void add_state(struct conditions *c, const struct ky_inventory_query *q)
{
    if (ky_str_eq(q->state, "revoked"))
        ky_buf_add_str(&c->sql, " AND c.status = 'revoked'");
    if (ky_str_eq(q->state, "good"))
        add(c, " AND c.status = 'good' AND c.not_after > ", ky_value_int(q->now), "");
    if (ky_str_eq(q->state, "expired"))
        add(c, " AND c.status = 'good' AND c.not_after <= ", ky_value_int(q->now), "");
    if (q->expires_before != 0)
        add(c, " AND c.not_after < ", ky_value_int(q->expires_before), "");
}

#define JOINED ") AS r CROSS JOIN certificate AS c ON c.dossier_id = r.d AND c.number = r.n WHERE "

static void add_source(struct conditions *c, const struct ky_inventory_query *q)
{
    const struct order *o = &orders[q->order];
    if (q->match != NULL) {
        ky_buf_addf(&c->sql, "%s AS t CROSS JOIN certificate AS c ON c.%s = t.rowid WHERE %s MATCH ", o->text,
                    o->column, o->text);
        add(c, "", ky_value_text(q->match), " AND ");
    } else if (q->serial_prefix != NULL) { /* hexadecimal: between the digits and them with a 'g' behind */
        const struct ky_value prefix = ky_value_text(q->serial_prefix);
        add(c, "(SELECT serial AS s FROM certificate WHERE serial >= ", prefix, " AND serial < ");
        add(c, "", prefix, " || 'g') AS p CROSS JOIN certificate AS c ON c.serial = p.s WHERE ");
    } else if (q->identity_hash.n > 0) {
        add(c, "(SELECT dossier_id AS d, number AS n FROM dossier_row WHERE identity_hash = ",
            ky_value_blob(q->identity_hash), JOINED);
    } else if (q->activation != NULL) { /* few wait: from them to their certificates */
        bool late = ky_str_eq(q->activation, "expired");
        ky_buf_add_str(&c->sql,
                       "(SELECT dossier_id AS d, number AS n FROM activation WHERE state = 'waiting' AND ");
        add(c, late ? "expires_at <= " : "expires_at > ", ky_value_int(q->now), JOINED);
    } else {
        ky_buf_add_str(&c->sql, "certificate AS c WHERE ");
    }
}

/* Everything has an index in the list's order, and so has one organisation; a branch is a range of an index of paths. */
static void add_scope(struct conditions *c, const struct ky_scope *scope, const char *org_id)
{
    if (org_id != NULL)
        add(c, " AND c.org_id = ", ky_value_text(org_id), "");
    if (ky_scope_is_everything(scope))
        return;
    add(c, " AND c.path >= ", ky_value_text(scope->from), "");
    add(c, " AND c.path < ", ky_value_text(scope->to), "");
}

/* Behind which number the first page begins: what ends from now on, what ended up to now, or the newest. */
static int64_t first_number(const struct ky_inventory_query *q)
{
    if (q->order != KY_INVENTORY_EXPIRING && q->order != KY_INVENTORY_EXPIRED)
        return INT64_MAX;
    return ((q->now + 1) << UNTIL_SHIFT) - (q->order == KY_INVENTORY_EXPIRING);
}

static void add_column(struct conditions *c, const struct ky_inventory_query *q)
{
    if (q->match != NULL)
        ky_buf_add_str(&c->sql, " AND t.rowid");
    else
        ky_buf_addf(&c->sql, " AND c.%s", orders[q->order].column);
}

/* Behind the last row of the page before; and not beyond what is asked for, where that is an end of the order. */
static void add_place(struct conditions *c, const struct ky_inventory_query *q, const struct ky_page *page)
{
    const struct order *o = &orders[q->order];
    int64_t number = page->before_id[0] == 0 ? first_number(q) : page->before;
    if (o->by_serial) {
        ky_buf_addf(&c->sql, " AND (c.%s, c.serial)", o->column);
        add(c, " < (", ky_value_int(number), ", ");
        add(c, "", ky_value_text(page->before_id), ")");
        return;
    }
    add_column(c, q);
    add(c, o->upwards ? " > " : " < ", ky_value_int(number), "");
    if (q->order != KY_INVENTORY_EXPIRING || q->expires_before == 0)
        return;
    add_column(c, q);
    add(c, " < ", ky_value_int(q->expires_before << UNTIL_SHIFT), "");
}

static void write_query(struct conditions *c, const struct ky_scope *scope,
                        const struct ky_inventory_query *q, const struct ky_page *page)
{
    ky_buf_add_str(&c->sql, "serial IN (SELECT c.serial FROM ");
    add_source(c, q);
    ky_buf_add_str(&c->sql, orders[q->order].where);
    add_place(c, q, page);
    add_state(c, q);
    add_scope(c, scope, q->org_id);
    /* as the virtual table counts, else all of the branch is sorted */
    const char *by_number = orders[q->order].upwards ? " ORDER BY t.rowid" : " ORDER BY t.rowid DESC";
    ky_buf_add_str(&c->sql, q->match != NULL ? by_number : orders[q->order].by);
    add(c, " LIMIT ", ky_value_int(page->limit), ")");
    ky_buf_add_str(&c->sql, orders[q->order].by);
}

ky_rc ky_db_inventory_list(struct ky_db_listed_cert **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const struct ky_inventory_query *q,
                           const struct ky_page *page)
{
    struct conditions c = {.sql = ky_buf_init(SQL_MAX)};
    write_query(&c, scope, q, page);
    ky_rc rc = ky_buf_finish(&c.sql);
    if (rc == KY_OK)
        rc = ky_table_list(out, n, a, s, &certs, ky_buf_str(&c.sql), (struct ky_params){c.v, c.n});
    ky_buf_clear(&c.sql);
    return rc;
}

int64_t ky_db_inventory_number(const struct ky_db_listed_cert *c, ky_inventory_order order)
{
    const int64_t numbers[] = {
        [KY_INVENTORY_NEWEST] = c->created_at, [KY_INVENTORY_EXPIRING] = c->until,
        [KY_INVENTORY_EXPIRED] = c->until,     [KY_INVENTORY_REVOKED] = c->revoked_at,
        [KY_INVENTORY_FOUND] = c->ordinal,
    };
    return numbers[order];
}

ky_rc ky_db_inventory_get(struct ky_db_listed_cert *out, struct ky_arena *a, struct ky_store *s,
                          const struct ky_scope *scope, const char *serial)
{
    return ky_table_get(
        out, a, s, &certs, "serial = $1 AND status <> 'waiting' AND path >= $2 AND path < $3",
        KY_PARAMS(ky_value_text(serial), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_inventory_get_at(struct ky_db_listed_cert *out, struct ky_arena *a, struct ky_store *s,
                             int64_t ordinal)
{
    return ky_table_get(out, a, s, &certs, "ordinal = $1 AND status <> 'waiting'",
                        KY_PARAMS(ky_value_int(ordinal)));
}

ky_rc ky_db_inventory_place(struct ky_store *s, const char *serial, int64_t ordinal)
{
    return ky_store_exec_one(
        s,
        "UPDATE certificate SET ordinal = $2, until = not_after * 1048576 + $2 % 1048576,"
        " org_id = (SELECT dossier.org_id FROM dossier WHERE dossier.id = certificate.dossier_id),"
        " path = (SELECT dossier.path FROM dossier WHERE dossier.id = certificate.dossier_id)"
        " WHERE serial = $1",
        KY_PARAMS(ky_value_text(serial), ky_value_int(ordinal)));
}

ky_rc ky_db_activation_state(struct ky_db_activation_state *out, struct ky_arena *a, struct ky_store *s,
                             const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &activations, "dossier_id = $1 AND number = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}
