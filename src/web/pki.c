/*
 * What relying parties fetch over plain HTTP: OCSP (RFC 6960 appendix A), lists
 * and certificates (RFC 4387), time stamps (RFC 3161 §3.4).
 */
#include <stdio.h>

#include "os/file.h"
#include "pki/ocsp.h"
#include "pki/tsp.h"
#include "store/crl.h"
#include "web/handlers.h"

#define OCSP_TYPE "application/ocsp-response"

/* Without an answer of ca the client is told so in its own protocol. */
static ky_rc answer_ocsp(struct ky_web *w, struct ky_exchange *x, struct ky_bytes request)
{
    ky_auto_buf reply = ky_buf_init(KY_OCSP_RESP_MAX);
    ky_rc rc = ky_web_ca(w, KY_MSG_CA_OCSP, &request, 1, &reply);
    if (rc != KY_OK) {
        ky_buf_reset(&reply);
        ky_ocsp_error_build(&reply, rc == KY_EFORMAT ? KY_OCSP_MALFORMED_REQUEST : KY_OCSP_TRY_LATER);
    }
    return ky_answer_bytes(x, 200, OCSP_TYPE, ky_buf_bytes(&reply));
}

ky_rc ky_handle_ocsp_post(struct ky_web *w, struct ky_exchange *x)
{
    return answer_ocsp(w, x, x->body);
}

ky_rc ky_handle_ocsp_get(struct ky_web *w, struct ky_exchange *x)
{
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX);
    KY_TRY(ky_ocsp_get_decode(&request, x->params[0]));
    return answer_ocsp(w, x, ky_buf_bytes(&request));
}

ky_rc ky_handle_tsa(struct ky_web *w, struct ky_exchange *x)
{
    ky_auto_buf reply = ky_buf_init(KY_TSP_RESP_MAX);
    KY_TRY(ky_web_ca(w, KY_MSG_CA_TSP, &x->body, 1, &reply));
    return ky_answer_bytes(x, 200, "application/timestamp-reply", ky_buf_bytes(&reply));
}

struct list {
    struct ky_arena *arena;
    struct ky_db_crl crl;
};

static ky_rc read_newest(struct ky_store *s, void *ctx)
{
    struct list *l = ctx;
    return ky_db_crl_get_newest(&l->crl, l->arena, s);
}

static ky_rc insert_list(struct ky_store *s, void *ctx)
{
    struct list *l = ctx;
    ky_rc rc = ky_db_crl_insert(s, &l->crl);
    return rc == KY_EEXIST ? KY_OK : rc;
}

/* A new list by ca, into the database. */
static ky_rc make_list(struct ky_web *w, struct list *l)
{
    struct ky_bytes der;
    ky_auto_crl crl = NULL;
    ky_auto_buf reply = ky_buf_init(KY_MESSAGE_BODY_MAX);
    KY_TRY(ky_web_ca(w, KY_MSG_CA_CRL, NULL, 0, &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    l->crl.number = (int64_t)ky_read_u64(&in);
    der = ky_read_bytes(&in, in.left.n);
    KY_TRY(ky_reader_finish(&in, "CA_CRL"));
    KY_TRY(ky_crl_parse(&crl, der));
    l->crl.der = KY_BYTES(ky_arena_dup(l->arena, der), der.n);
    l->crl.this_update = crl->this_update;
    l->crl.next_update = crl->next_update;
    if (l->crl.der.p == NULL)
        return KY_ENOMEM;
    return ky_store_submit(w->db, insert_list, l);
}

ky_rc ky_handle_crl_issuing(struct ky_web *w, struct ky_exchange *x)
{
    struct list l = {.arena = &x->arena};
    ky_rc rc = ky_db_read(w->db, read_newest, &l);
    if (rc == KY_ENOTFOUND || (rc == KY_OK && l.crl.next_update <= x->now))
        rc = make_list(w, &l);
    KY_TRY(rc);
    return ky_answer_bytes(x, 200, "application/pkix-crl", l.crl.der);
}

ky_rc ky_handle_crl_root(struct ky_web *w, struct ky_exchange *x)
{
    char path[KY_WEB_PATH_MAX];
    ky_auto_buf list = ky_buf_init(KY_MESSAGE_BODY_MAX);
    snprintf(path, sizeof path, "%s/public/root.crl", w->state_dir);
    KY_TRY(ky_file_read(&list, path));
    return ky_answer_bytes(x, 200, "application/pkix-crl", ky_buf_bytes(&list));
}

ky_rc ky_handle_crt_issuing(struct ky_web *w, struct ky_exchange *x)
{
    return ky_answer_bytes(x, 200, "application/pkix-cert", w->founding->issuing->der);
}

ky_rc ky_handle_crt_root(struct ky_web *w, struct ky_exchange *x)
{
    return ky_answer_bytes(x, 200, "application/pkix-cert", w->founding->root->der);
}
