/* One line an address: method, path, dialect of errors, who may, body and its limit, handler. */
#include "web/routes.h"

#include "pki/ocsp.h"
#include "pki/tsp.h"
#include "web/csc.h"
#include "web/handlers.h"

#define SMALL_MAX (64u << 10)     /* bytes of a body without documents or statements */
#define OWN_MAX (512u << 10)      /* with a statement of at most 256 KiB and a device's proofs */
#define PEOPLE_MAX (2u << 20)     /* 1,000 people */
#define SHEET_MAX (10u << 20)     /* an .xlsx or CSV file */
#define FILE_MAX (20u << 20)      /* an attachment, a subscriber's own request */
#define STATEMENT_MAX (8u << 20)  /* with a statement and its CMS authorisations, in base64 */
#define VALIDATED_MAX (20u << 20) /* a document of a stranger */
#define VISIT_MAX (25u << 20)     /* a signed document, as a form */
#define UPLOAD_MAX (48u << 20)    /* a signed document and its statement, in base64 */

/* The portal's, whatever they demand: what the first {} names (ky_object), and what is asked for beside the role. */
#define PEOPLE(object_, demands_, method_, path_, roles_, body_, max_, handler_)                             \
    {                                                                                                        \
        .method = method_, .path = path_, .family = KY_FAMILY_PORTAL, .roles = roles_, .demands = demands_,  \
        .object = KY_OBJECT_##object_, .body = body_, .max_body = max_, .handle = handler_                   \
    }
/* No object is named. */
#define PORTAL(...) PEOPLE(NONE, 0, __VA_ARGS__)
/* The first {} is the id of one. */
#define ONE(object_, ...) PEOPLE(object_, 0, __VA_ARGS__)
/* A person in a browser must have proved the key again in the last minutes. */
#define APPROVING(object_, ...) PEOPLE(object_, KY_ROUTE_FRESH, __VA_ARGS__)
/* Only for a person in a browser. demands_: beside the session. */
#define SESSION(object_, method_, path_, demands_, body_, max_, handler_)                                    \
    PEOPLE(object_, KY_ROUTE_SESSION | (demands_), method_, path_, KY_MAY_STAFF, body_, max_, handler_)
/* Without a session yet. */
#define ENTRANCE(path_, max_, handler_)                                                                      \
    PEOPLE(NONE, KY_ROUTE_PAGE, "POST", path_, 0, KY_BODY_JSON, max_, handler_)
/* A file, as it is. */
#define UPLOAD(object_, path_, roles_, max_, handler_)                                                       \
    {                                                                                                        \
        .method = "POST", .path = path_, .family = KY_FAMILY_PORTAL, .roles = roles_,                        \
        .object = KY_OBJECT_##object_, .body = KY_BODY_RAW, .type = "application/octet-stream",              \
        .max_body = max_, .handle = handler_                                                                 \
    }
#define PKI(method_, path_, handler_)                                                                        \
    {                                                                                                        \
        .method = method_, .path = path_, .family = KY_FAMILY_PKI, .handle = handler_                        \
    }
#define PKI_POST(path_, type_, max_, handler_)                                                               \
    {                                                                                                        \
        .method = "POST", .path = path_, .family = KY_FAMILY_PKI, .body = KY_BODY_RAW, .type = type_,        \
        .max_body = max_, .handle = handler_                                                                 \
    }

#define CSC(path_, roles_, handler_)                                                                         \
    {                                                                                                        \
        .method = "POST", .path = path_, .family = KY_FAMILY_CSC, .roles = roles_, .body = KY_BODY_JSON,     \
        .max_body = KY_CSC_BODY_MAX, .handle = handler_                                                      \
    }
#define APPROVE(method_, path_, body_, max_, handler_)                                                       \
    {                                                                                                        \
        .method = method_, .path = path_, .family = KY_FAMILY_APPROVE, .body = body_, .max_body = max_,      \
        .handle = handler_                                                                                   \
    }

const struct ky_route ky_routes_https[] = {
    {.method = "POST",
     .path = "/oauth2/token",
     .family = KY_FAMILY_CSC,
     .body = KY_BODY_RAW,
     .type = "application/x-www-form-urlencoded",
     .max_body = SMALL_MAX,
     .handle = ky_handle_oauth_token},
    CSC("/csc/v2/info", 0, ky_handle_csc_info),
    CSC("/csc/v2/credentials/list", KY_MAY_CLIENT, ky_handle_csc_credential_list),
    CSC("/csc/v2/credentials/info", KY_MAY_CLIENT, ky_handle_csc_credential_info),
    CSC("/csc/v2/credentials/authorize", KY_MAY_CLIENT, ky_handle_csc_authorize),
    CSC("/csc/v2/credentials/authorizeCheck", KY_MAY_CLIENT, ky_handle_csc_authorize_check),
    CSC("/csc/v2/signatures/signHash", KY_MAY_CLIENT, ky_handle_csc_sign_hash),
    APPROVE("GET", "/approve/v1/pending", KY_BODY_NONE, 0, ky_handle_approve_pending),
    APPROVE("POST", "/approve/v1/authorise", KY_BODY_JSON, SMALL_MAX * 2, ky_handle_approve_authorise),
    APPROVE("POST", "/approve/v1/refuse", KY_BODY_JSON, SMALL_MAX, ky_handle_approve_refuse),
    PORTAL("GET", "/api/v1/openapi.yaml", 0, KY_BODY_NONE, 0, ky_handle_openapi),
    PORTAL("GET", "/api/v1/founding", 0, KY_BODY_NONE, 0, ky_handle_founding),
    PORTAL("POST", "/api/v1/nonces", KY_MAY_STAFF, KY_BODY_JSON, SMALL_MAX, ky_handle_nonce),
    PORTAL("POST", "/api/v1/owner", KY_MAY_STAFF, KY_BODY_JSON, SMALL_MAX, ky_handle_owner),
    APPROVING(NONE, "POST", "/api/v1/admin", KY_STAFF_ADMIN, KY_BODY_JSON, STATEMENT_MAX, ky_handle_admin),
    APPROVING(NONE, "POST", "/api/v1/statements", KY_MAY_OFFICER, KY_BODY_JSON, STATEMENT_MAX,
              ky_handle_statement),
    PORTAL("POST", "/api/v1/organisations", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX, ky_handle_org_create),
    PORTAL("GET", "/api/v1/organisations", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_org_list),
    ONE(ORG, "GET", "/api/v1/organisations/{}", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_org_get),
    ONE(ORG, "PUT", "/api/v1/organisations/{}", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_org_change),
    ONE(ORG, "POST", "/api/v1/organisations/{}/close", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_org_close),
    ONE(ORG, "POST", "/api/v1/organisations/{}/move", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_org_move),
    ONE(ORG, "PUT", "/api/v1/organisations/{}/procedures", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_org_delegate),
    ONE(ORG, "GET", "/api/v1/organisations/{}/staff", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_staff_list),
    ONE(ORG, "GET", "/api/v1/organisations/{}/events", KY_STAFF_ADMIN | KY_STAFF_AUDIT, KY_BODY_NONE, 0,
        ky_handle_org_events),
    ONE(ORG, "GET", "/api/v1/organisations/{}/seals", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_org_seals),
    PORTAL("POST", "/api/v1/staff", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX, ky_handle_staff_create),
    ONE(FREE, "GET", "/api/v1/calendars/{}", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_calendar_get),
    ONE(FREE, "PUT", "/api/v1/calendars/{}", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX, ky_handle_calendar_put),
    ONE(FREE, "POST", "/api/v1/calendars/{}", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_calendar_confirm),
    PORTAL("GET", "/api/v1/board", KY_MAY_OFFICER | KY_STAFF_AUDIT, KY_BODY_NONE, 0, ky_handle_board),
    ONE(STAFF, "GET", "/api/v1/staff/{}", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_staff_get),
    ONE(STAFF, "PUT", "/api/v1/staff/{}", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX, ky_handle_staff_change),
    ONE(STAFF, "POST", "/api/v1/staff/{}/close", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_staff_close),
    APPROVING(STAFF, "POST", "/api/v1/staff/{}/invitation", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
              ky_handle_invitation_send),
    APPROVING(STAFF, "POST", "/api/v1/staff/{}/certificates", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
              ky_handle_login_certificate_add),
    APPROVING(STAFF, "POST", "/api/v1/staff/{}/token", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
              ky_handle_staff_token),
    PORTAL("POST", "/api/v1/dossiers", KY_STAFF_ENTER, KY_BODY_JSON, PEOPLE_MAX, ky_handle_dossier_create),
    PORTAL("GET", "/api/v1/dossiers", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_dossier_list),
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_dossier_get),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/people", KY_STAFF_ENTER, KY_BODY_JSON, PEOPLE_MAX,
        ky_handle_people_add),
    ONE(DOSSIER, "PUT", "/api/v1/dossiers/{}/people/{}", KY_STAFF_ENTER, KY_BODY_JSON, SMALL_MAX,
        ky_handle_person_replace),
    ONE(DOSSIER, "DELETE", "/api/v1/dossiers/{}/people/{}", KY_STAFF_ENTER, KY_BODY_NONE, 0,
        ky_handle_person_remove),
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}/own-requests", KY_MAY_STAFF, KY_BODY_NONE, 0,
        ky_handle_own_requests),
    UPLOAD(DOSSIER, "/api/v1/dossiers/{}/own-requests", KY_STAFF_ENTER, FILE_MAX,
           ky_handle_own_request_upload),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/people/{}/own-request-link", KY_STAFF_ENTER, KY_BODY_JSON,
        SMALL_MAX, ky_handle_own_request_link),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/own-request-links", KY_STAFF_ENTER, KY_BODY_JSON, SMALL_MAX,
        ky_handle_own_request_links),
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}/people/{}/own-request", KY_MAY_STAFF, KY_BODY_NONE, 0,
        ky_handle_own_request_get),
    ENTRANCE("/api/v1/own-request/open", SMALL_MAX, ky_handle_own_link_open),
    ENTRANCE("/api/v1/own-request/answer", SMALL_MAX, ky_handle_own_link_answer),
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}/attachments", KY_MAY_STAFF, KY_BODY_NONE, 0,
        ky_handle_attachment_list),
    UPLOAD(DOSSIER, "/api/v1/dossiers/{}/attachments", KY_STAFF_ENTER, FILE_MAX, ky_handle_attachment_add),
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}/attachments/{}", KY_MAY_STAFF, KY_BODY_NONE, 0,
        ky_handle_attachment_get),
    ONE(DOSSIER, "DELETE", "/api/v1/dossiers/{}/attachments/{}", KY_STAFF_ENTER, KY_BODY_NONE, 0,
        ky_handle_attachment_remove),
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}/report", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_report_get),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/document", KY_STAFF_ENTER | KY_STAFF_SIGN | KY_STAFF_SEAL,
        KY_BODY_JSON, SMALL_MAX, ky_handle_request_document),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/submit", KY_STAFF_SIGN | KY_STAFF_SEAL, KY_BODY_JSON,
        UPLOAD_MAX, ky_handle_request_submit),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/agent-addresses", KY_STAFF_SIGN | KY_STAFF_SEAL, KY_BODY_JSON,
        OWN_MAX * 4, ky_handle_agent_addresses),
    ONE(FREE, "GET", "/api/v1/agent/documents/{}/{}", KY_MAY_VISIT, KY_BODY_NONE, 0,
        ky_handle_agent_download),
    {.method = "POST",
     .path = "/api/v1/agent/documents/{}",
     .family = KY_FAMILY_PORTAL,
     .roles = KY_MAY_VISIT,
     .object = KY_OBJECT_FREE,
     .body = KY_BODY_RAW,
     .type = "multipart/form-data",
     .max_body = VISIT_MAX,
     .handle = ky_handle_agent_upload},
    ONE(DOSSIER, "GET", "/api/v1/dossiers/{}/request", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_request_get),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/approval", KY_STAFF_APPROVE, KY_BODY_JSON, SMALL_MAX,
        ky_handle_approval),
    APPROVING(DOSSIER, "POST", "/api/v1/dossiers/{}/approve", KY_STAFF_APPROVE, KY_BODY_JSON, STATEMENT_MAX,
              ky_handle_approve),
    ONE(DOSSIER, "DELETE", "/api/v1/dossiers/{}/approval", KY_STAFF_APPROVE, KY_BODY_NONE, 0,
        ky_handle_approval_take_back),
    PORTAL("POST", "/api/v1/approvals", KY_STAFF_APPROVE, KY_BODY_JSON, SMALL_MAX, ky_handle_approvals),
    APPROVING(NONE, "POST", "/api/v1/approvals/signed", KY_STAFF_APPROVE, KY_BODY_JSON, STATEMENT_MAX,
              ky_handle_approvals_signed),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/refusal", KY_STAFF_APPROVE, KY_BODY_JSON, SMALL_MAX,
        ky_handle_refusal),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/messages", KY_MAY_STAFF, KY_BODY_JSON, SMALL_MAX,
        ky_handle_message),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/{}", KY_MAY_STAFF, KY_BODY_JSON, SMALL_MAX,
        ky_handle_dossier_act),
    ONE(DOSSIER, "POST", "/api/v1/dossiers/{}/people/{}/letter", KY_STAFF_SUPPORT | KY_STAFF_OPERATE,
        KY_BODY_JSON, SMALL_MAX, ky_handle_letter_resend),
    PORTAL("GET", "/api/v1/messages", KY_STAFF_SUPPORT | KY_STAFF_OPERATE, KY_BODY_NONE, 0,
           ky_handle_message_list),
    ONE(MESSAGE, "POST", "/api/v1/messages/{}/retry", KY_STAFF_SUPPORT | KY_STAFF_OPERATE, KY_BODY_JSON,
        SMALL_MAX, ky_handle_message_retry),
    ONE(STAFF, "PUT", "/api/v1/staff/{}/contact", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_staff_contact),
    UPLOAD(NONE, "/api/v1/people-lists", KY_STAFF_ENTER, SHEET_MAX, ky_handle_people_list),
    ONE(FREE, "GET", "/api/v1/people-template/{}", KY_STAFF_ENTER, KY_BODY_NONE, 0,
        ky_handle_people_template),
    PORTAL("GET", "/api/v1/audit", KY_STAFF_AUDIT, KY_BODY_NONE, 0, ky_handle_audit),
    PORTAL("GET", "/api/v1/views", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_views_get),
    PORTAL("PUT", "/api/v1/views", KY_MAY_STAFF, KY_BODY_JSON, SMALL_MAX, ky_handle_views_put),
    ONE(FREE, "GET", "/api/v1/exports/{}", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_export),
    PORTAL("GET", "/api/v1/outlook", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_outlook),
    PORTAL("GET", "/api/v1/figures", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_figures),
    PORTAL("GET", "/api/v1/legal", 0, KY_BODY_NONE, 0, ky_handle_legal),
    PORTAL("GET", "/api/v1/forms", 0, KY_BODY_NONE, 0, ky_handle_forms),
    ONE(FREE, "GET", "/api/v1/forms/{}", 0, KY_BODY_NONE, 0, ky_handle_form),
    ONE(FREE, "GET", "/api/v1/status/{}", 0, KY_BODY_NONE, 0, ky_handle_status),
    UPLOAD(NONE, "/api/v1/validations", 0, VALIDATED_MAX, ky_handle_validation),
    PORTAL("GET", "/api/v1/certificates", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_certificate_list),
    ONE(CERTIFICATE, "GET", "/api/v1/certificates/{}", KY_MAY_STAFF, KY_BODY_NONE, 0,
        ky_handle_certificate_get),
    PORTAL("GET", "/api/v1/subscribers", KY_MAY_STAFF, KY_BODY_NONE, 0, ky_handle_subscriber_list),
    PORTAL("POST", "/api/v1/clients", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX, ky_handle_client_create),
    PORTAL("GET", "/api/v1/clients", KY_STAFF_ADMIN | KY_STAFF_AUDIT, KY_BODY_NONE, 0, ky_handle_client_list),
    ONE(FREE, "POST", "/api/v1/clients/{}/close", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
        ky_handle_client_close),
    PORTAL("POST", "/api/v1/proposals", KY_STAFF_OF_AUTHORITY, KY_BODY_JSON, STATEMENT_MAX,
           ky_handle_proposal_create),
    PORTAL("GET", "/api/v1/proposals", KY_STAFF_OF_AUTHORITY, KY_BODY_NONE, 0, ky_handle_proposal_list),
    APPROVING(FREE, "POST", "/api/v1/proposals/{}/authorisations", KY_STAFF_ADMIN, KY_BODY_JSON,
              STATEMENT_MAX, ky_handle_proposal_sign),
    ONE(FREE, "DELETE", "/api/v1/proposals/{}", KY_STAFF_OF_AUTHORITY, KY_BODY_NONE, 0,
        ky_handle_proposal_delete),
    ONE(FREE, "GET", "/api/v1/officers/{}", KY_STAFF_OF_AUTHORITY, KY_BODY_NONE, 0, ky_handle_officer_get),
    PORTAL("GET", "/api/v1/templates", KY_STAFF_ADMIN | KY_STAFF_OPERATE | KY_STAFF_AUDIT, KY_BODY_NONE, 0,
           ky_handle_template_list),
    PORTAL("GET", "/api/v1/refusal-reasons", KY_MAY_OFFICER | KY_STAFF_ADMIN | KY_STAFF_AUDIT, KY_BODY_NONE,
           0, ky_handle_refusal_reasons_get),
    PORTAL("PUT", "/api/v1/refusal-reasons", KY_STAFF_ADMIN, KY_BODY_JSON, SMALL_MAX,
           ky_handle_refusal_reasons_put),
    APPROVE("GET", "/approve/v1/founding", KY_BODY_NONE, 0, ky_handle_founding),
    APPROVE("POST", "/approve/v1/nonce", KY_BODY_JSON, SMALL_MAX, ky_handle_approve_nonce),
    APPROVE("POST", "/approve/v1/activation", KY_BODY_JSON, SMALL_MAX, ky_handle_approve_activation),
    APPROVE("POST", "/approve/v1/code", KY_BODY_JSON, SMALL_MAX, ky_handle_approve_code),
    APPROVE("POST", "/approve/v1/enrol", KY_BODY_JSON, OWN_MAX, ky_handle_approve_enrol),
    APPROVE("POST", "/approve/v1/statements", KY_BODY_JSON, OWN_MAX, ky_handle_own_statement),
    ENTRANCE("/api/v1/session/start", SMALL_MAX, ky_handle_session_start),
    ENTRANCE("/api/v1/session", SMALL_MAX, ky_handle_session_enter),
    SESSION(NONE, "GET", "/api/v1/session", 0, KY_BODY_NONE, 0, ky_handle_session_get),
    SESSION(NONE, "DELETE", "/api/v1/session", 0, KY_BODY_NONE, 0, ky_handle_session_end),
    SESSION(NONE, "GET", "/api/v1/sessions", 0, KY_BODY_NONE, 0, ky_handle_sessions_list),
    SESSION(NONE, "DELETE", "/api/v1/sessions", 0, KY_BODY_NONE, 0, ky_handle_sessions_end_all),
    SESSION(FREE, "DELETE", "/api/v1/sessions/{}", 0, KY_BODY_NONE, 0, ky_handle_sessions_end_one),
    ENTRANCE("/api/v1/session/invitation", SMALL_MAX, ky_handle_invitation_open),
    ENTRANCE("/api/v1/session/registration", SMALL_MAX, ky_handle_invitation_accept),
    SESSION(NONE, "GET", "/api/v1/session/keys", 0, KY_BODY_NONE, 0, ky_handle_login_keys_list),
    SESSION(NONE, "POST", "/api/v1/session/keys", KY_ROUTE_FRESH, KY_BODY_JSON, SMALL_MAX,
            ky_handle_login_key_add),
    SESSION(FREE, "PUT", "/api/v1/session/keys/{}", 0, KY_BODY_JSON, SMALL_MAX, ky_handle_login_key_rename),
    SESSION(FREE, "DELETE", "/api/v1/session/keys/{}", KY_ROUTE_FRESH, KY_BODY_NONE, 0,
            ky_handle_login_key_remove),
    PORTAL("GET", "/{page}", 0, KY_BODY_NONE, 0, ky_handle_page),
};
const size_t ky_routes_https_count = KY_COUNT(ky_routes_https);

const struct ky_route ky_routes_http[] = {
    PKI_POST("/ocsp", "application/ocsp-request", KY_OCSP_REQ_MAX, ky_handle_ocsp_post),
    PKI("GET", "/ocsp/{*}", ky_handle_ocsp_get),
    PKI_POST("/tsa", "application/timestamp-query", KY_TSP_REQ_MAX, ky_handle_tsa),
    PKI("GET", "/crl/issuing.crl", ky_handle_crl_issuing),
    PKI("GET", "/crl/root.crl", ky_handle_crl_root),
    PKI("GET", "/crt/issuing.crt", ky_handle_crt_issuing),
    PKI("GET", "/crt/root.crt", ky_handle_crt_root),
};
const size_t ky_routes_http_count = KY_COUNT(ky_routes_http);

const struct ky_route ky_routes_login[] = {
    PORTAL("GET", "/api/v1/session/certificate", 0, KY_BODY_NONE, 0, ky_handle_login_certificate_go),
    PORTAL("POST", "/api/v1/session/certificate", 0, KY_BODY_JSON, OWN_MAX * 4,
           ky_handle_login_certificate_code),
};
const size_t ky_routes_login_count = KY_COUNT(ky_routes_login);
