/*
 * kyso dossier: the request of an organisation from entering to issue, over the
 * registration API. Files: dossier.c (table, entering, steps, state), dossier_sign.c (the organisation signs and
 * sends), dossier_approve.c (an officer decides).
 */
#ifndef KY_PROG_KYSO_DOSSIER_H
#define KY_PROG_KYSO_DOSSIER_H

#include "prog/kyso/statement.h"

struct kyso_dossier_opts {
    struct kyso_list args; /* the dossier's id */
    const char *server, *cacert, *realm;
    const char *from, *people, *out, *note; /* create, document, steps */
    const char *own_request;                /* create, own-request: PDF */
    const char *module;                     /* sign, approve */
    struct kyso_list signers, crls;
    const char *seal, *rows, *years;
    const char *procedure, *unit, *title, *email, *phone, *ground, *happened, *remark, *key; /* create */
    struct kyso_list serials;
    bool json, yes, wait, same_key;
};

#define KYSO_DOSSIER_OPT(name_, kind_, member_, value_, vi_, en_)                                            \
    {                                                                                                        \
        name_, kind_, offsetof(struct kyso_dossier_opts, member_), value_, vi_, en_                          \
    }
#define KYSO_DOSSIER_COMMON                                                                                  \
    KYSO_DOSSIER_OPT("server", KYSO_OPT_TEXT, server, "URL", "địa chỉ dịch vụ", "address of the service"),   \
        KYSO_DOSSIER_OPT("cacert", KYSO_OPT_TEXT, cacert, "PEM", "gốc TLS được tin cậy",                     \
                         "trusted TLS roots"),                                                               \
        KYSO_DOSSIER_OPT("json", KYSO_OPT_FLAG, json, NULL, "in kết quả dạng JSON", "print JSON")
#define KYSO_DOSSIER_TOKEN                                                                                   \
    KYSO_DOSSIER_OPT("pkcs11", KYSO_OPT_TEXT, module, "MODULE", "thư viện PKCS#11 của thiết bị",             \
                     "PKCS#11 library of the token"),                                                        \
        KYSO_DOSSIER_OPT("signer", KYSO_OPT_LIST, signers, "TOKEN[:KEY][@ID]", "thiết bị ký", "the token"),  \
        KYSO_DOSSIER_OPT("crl", KYSO_OPT_LIST, crls, "FILE", "danh sách thu hồi của CA cấp thiết bị",        \
                         "revocation list of the token's CA"),                                               \
        KYSO_DOSSIER_OPT("realm", KYSO_OPT_TEXT, realm, "HEX", "mã hệ thống phải đúng như vậy",              \
                         "the service must be of this realm"),                                               \
        KYSO_DOSSIER_OPT("yes", KYSO_OPT_FLAG, yes, NULL, "không hỏi lại trước khi ký",                      \
                         "sign without asking again")

/* Parses and runs; the exit status, which fn may set where it succeeds. */
int kyso_dossier_main(int argc, char **argv, const struct kyso_usage *usage,
                      ky_rc (*fn)(const struct kyso_dossier_opts *o, int *status));
/* The one positional argument. KY_EINVAL. */
ky_rc kyso_dossier_id(const char **out, const struct kyso_dossier_opts *o);
/* KY_EDENIED unless the person at the terminal says yes; with --yes nothing is asked. */
ky_rc kyso_dossier_confirm(const struct kyso_dossier_opts *o, const char *question);

/* dossier_rows.c — rows about the certificates of --serial, as the procedure takes them. The caller's (json_decref). */
ky_rc kyso_dossier_rows(json_t **out, const struct kyso_dossier_opts *o);

/* The PDF as subscribers' own request for rows "1,3-5"; NULL: for all that lack one. */
ky_rc kyso_dossier_own_request(const struct kyso_api *api, const char *id, const char *pdf, const char *rows);

int kyso_dossier_own(int argc, char **argv);
int kyso_dossier_sign(int argc, char **argv);
int kyso_dossier_approve(int argc, char **argv);

#endif
