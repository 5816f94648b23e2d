/*
 * Registry records that officers make: an `admin` statement, signed by n of m
 * of them, carried to the service. Shared by officer, seal and client.
 */
#ifndef KY_PROG_KYSO_REGISTRY_H
#define KY_PROG_KYSO_REGISTRY_H

#include "prog/kyso/statement.h"

/* Options that every such command has; its own struct begins with them. */
struct kyso_registry_opts {
    const char *server, *cacert, *realm;
    const char *module;
    struct kyso_list signers, crls;
    const char *name, *years;
    bool json;
};
#define KYSO_REGISTRY_OPT(name_, kind_, member_, value_, vi_, en_)                                           \
    {                                                                                                        \
        name_, kind_, offsetof(struct kyso_registry_opts, member_), value_, vi_, en_                         \
    }
#define KYSO_REGISTRY_OPTS                                                                                   \
    KYSO_REGISTRY_OPT("server", KYSO_OPT_TEXT, server, "URL", "địa chỉ dịch vụ", "address of the service"),  \
        KYSO_REGISTRY_OPT("cacert", KYSO_OPT_TEXT, cacert, "PEM", "gốc TLS được tin cậy",                    \
                          "trusted TLS roots"),                                                              \
        KYSO_REGISTRY_OPT("realm", KYSO_OPT_TEXT, realm, "HEX", "mã hệ thống phải đúng như vậy",             \
                          "the service must be of this realm"),                                              \
        KYSO_REGISTRY_OPT("pkcs11", KYSO_OPT_TEXT, module, "MODULE", "thư viện PKCS#11 của thiết bị",        \
                          "PKCS#11 library of the tokens"),                                                  \
        KYSO_REGISTRY_OPT("signer", KYSO_OPT_LIST, signers, "TOKEN[:KEY][@ID]",                              \
                          "thiết bị của cán bộ ký, mỗi người một lần", "an officer's token, once for each"), \
        KYSO_REGISTRY_OPT("crl", KYSO_OPT_LIST, crls, "FILE", "danh sách thu hồi của CA cấp thiết bị",       \
                          "revocation list of the tokens' CA"),                                              \
        KYSO_REGISTRY_OPT("name", KYSO_OPT_TEXT, name, "NAME", "tên", "name"),                               \
        KYSO_REGISTRY_OPT("years", KYSO_OPT_TEXT, years, "N", "thời hạn bản ghi, mặc định 5 năm",            \
                          "how long the record counts, 5 by default"),                                       \
    {                                                                                                        \
        "json", KYSO_OPT_FLAG, offsetof(struct kyso_registry_opts, json), NULL, "in kết quả dạng JSON",      \
            "print JSON"                                                                                     \
    }

struct kyso_registry {
    struct kyso_api api;
    struct ky_founding *founding; /* owned */
    char id[2 * KY_ID_SIZE + 1];  /* of the new record */
};
void kyso_registry_clear(struct kyso_registry *r);
#define kyso_auto_registry KY_CLEANUP(kyso_registry_clear) struct kyso_registry

ky_rc kyso_registry_open(struct kyso_registry *r, const struct kyso_registry_opts *o);
/* Body of a new record with name and times. owner: hex64, or NULL where nobody stands behind it. */
ky_rc kyso_registry_body(json_t **out, struct kyso_registry *r, const struct kyso_registry_opts *o,
                         ky_record_type type, const char *owner);
/* Sets member cert from a PEM or DER file. */
ky_rc kyso_registry_set_cert(json_t *body, const char *path);
/* Makes the admin statement over the body, shows it, has it signed and executed. */
ky_rc kyso_registry_submit(struct kyso_registry *r, const struct kyso_registry_opts *o, json_t *body,
                           unsigned aud);

/* A new record of a person at sam and ca; set puts the members of its type into the body. Prints its id. */
ky_rc kyso_registry_add_person(ky_record_type type, const struct kyso_registry_opts *o, const char *identity,
                               ky_rc (*set)(json_t *body, const void *values), const void *values);

#endif
