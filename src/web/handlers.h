/* Every handler of the route tables (routes.c), by the file that it is in. */
#ifndef KY_WEB_HANDLERS_H
#define KY_WEB_HANDLERS_H

#include "web/web.h"

/* pki.c */
ky_web_handler ky_handle_ocsp_post, ky_handle_ocsp_get, ky_handle_tsa;
ky_web_handler ky_handle_crl_issuing, ky_handle_crl_root, ky_handle_crt_issuing, ky_handle_crt_root;

/* api_basic.c */
ky_web_handler ky_handle_founding, ky_handle_nonce, ky_handle_owner;
ky_web_handler ky_handle_openapi;

/* oauth.c, csc_info.c, csc_authorize.c, csc_sign.c */
ky_web_handler ky_handle_oauth_token;
ky_web_handler ky_handle_csc_info, ky_handle_csc_credential_list, ky_handle_csc_credential_info;
ky_web_handler ky_handle_csc_authorize, ky_handle_csc_authorize_check, ky_handle_csc_sign_hash;

/* approve_sign.c */
ky_web_handler ky_handle_approve_pending, ky_handle_approve_authorise, ky_handle_approve_refuse;
/* api_statement.c */
ky_web_handler ky_handle_admin, ky_handle_statement, ky_handle_own_statement;

/* api_org.c, api_staff.c, api_client.c */
ky_web_handler ky_handle_org_create, ky_handle_org_list, ky_handle_org_get, ky_handle_org_change;
ky_web_handler ky_handle_org_close, ky_handle_org_move, ky_handle_org_delegate, ky_handle_org_events;
ky_web_handler ky_handle_org_seals;
ky_web_handler ky_handle_staff_list, ky_handle_staff_create, ky_handle_staff_get, ky_handle_staff_change;
ky_web_handler ky_handle_staff_close, ky_handle_staff_invite, ky_handle_staff_token;
ky_web_handler ky_handle_client_create, ky_handle_client_list, ky_handle_client_close;

/* api_proposal.c, api_record.c, api_template.c */
ky_web_handler ky_handle_proposal_create, ky_handle_proposal_list, ky_handle_proposal_sign,
    ky_handle_proposal_delete;
ky_web_handler ky_handle_officer_get, ky_handle_template_list;
ky_web_handler ky_handle_refusal_reasons_get, ky_handle_refusal_reasons_put;

/* api_dossier.c */
ky_web_handler ky_handle_dossier_create, ky_handle_dossier_list, ky_handle_dossier_get, ky_handle_dossier_act;
ky_web_handler ky_handle_people_add, ky_handle_person_replace, ky_handle_person_remove;

/* api_attachment.c */
ky_web_handler ky_handle_attachment_add, ky_handle_attachment_list, ky_handle_attachment_get,
    ky_handle_attachment_remove, ky_handle_report_get;

/* api_own_request.c */
ky_web_handler ky_handle_own_requests, ky_handle_own_request_upload, ky_handle_own_request_link,
    ky_handle_own_request_links, ky_handle_own_request_get, ky_handle_own_link_open,
    ky_handle_own_link_answer;

/* api_certificate.c */
ky_web_handler ky_handle_certificate_list, ky_handle_certificate_get, ky_handle_subscriber_list;

/* api_view.c */
ky_web_handler ky_handle_views_get, ky_handle_views_put;

/* api_audit.c */
ky_web_handler ky_handle_audit;

/* api_export.c */
ky_web_handler ky_handle_export;

/* api_figure.c */
ky_web_handler ky_handle_figures, ky_handle_outlook;

/* api_legal.c */
ky_web_handler ky_handle_legal;
ky_web_handler ky_handle_forms, ky_handle_form;

/* api_public.c */
ky_web_handler ky_handle_status, ky_handle_validation;

/* api_message.c */
ky_web_handler ky_handle_message;

/* api_people.c */
ky_web_handler ky_handle_people_list, ky_handle_people_template;

/* api_calendar.c */
ky_web_handler ky_handle_calendar_get, ky_handle_calendar_put, ky_handle_calendar_confirm;

/* api_message.c */
ky_web_handler ky_handle_message_list, ky_handle_message_retry, ky_handle_letter_resend,
    ky_handle_staff_contact;

/* api_clock.c */
ky_web_handler ky_handle_board;

/* api_request.c, api_decide.c */
ky_web_handler ky_handle_agent_addresses, ky_handle_agent_download, ky_handle_agent_upload;
ky_web_handler ky_handle_request_document, ky_handle_request_submit, ky_handle_request_get;
ky_web_handler ky_handle_approval, ky_handle_approve, ky_handle_refusal;
/* api_decide.c, api_approve.c */
ky_web_handler ky_handle_approvals, ky_handle_approvals_signed, ky_handle_approval_take_back;

/* approve_enrol.c */
ky_web_handler ky_handle_approve_nonce, ky_handle_approve_activation, ky_handle_approve_code,
    ky_handle_approve_enrol;

/* api_session.c */
ky_web_handler ky_handle_session_start, ky_handle_session_enter, ky_handle_session_get, ky_handle_session_end;
ky_web_handler ky_handle_sessions_list, ky_handle_sessions_end_one, ky_handle_sessions_end_all;

/* api_login_key.c */
ky_web_handler ky_handle_invitation_send, ky_handle_invitation_open, ky_handle_invitation_accept;
ky_web_handler ky_handle_login_keys_list, ky_handle_login_key_add, ky_handle_login_key_rename,
    ky_handle_login_key_remove, ky_handle_login_certificate_add;

/* api_login_certificate.c */
ky_web_handler ky_handle_login_certificate_go, ky_handle_login_certificate_code;

/* pages.c */
ky_web_handler ky_handle_page;

#endif
