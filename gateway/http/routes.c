/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"
#include "gateway/api/catalogue.h"
#include "gateway/api/inbox.h"
#include "gateway/api/issuing.h"
#include "gateway/api/openapi.h"
#include "gateway/api/session.h"
#include "gateway/api/system.h"
#include "gateway/api/units.h"
#include "gateway/http/http.h"
#include "gateway/staff/catalogue.h"
#include "gateway/staff/console.h"
#include "gateway/staff/export.h"
#include "gateway/staff/issuing.h"
#include "gateway/staff/retail.h"
#include "gateway/staff/running.h"
#include "gateway/staff/service.h"
#include "gateway/staff/staff.h"
#include "gateway/visitor/visitor.h"

enum {
    VERIFY_BODY_MAX = 4 * 1024 * 1024, /* 10,000 links of labels */
    BATCH_BODY_MAX = VERIFY_BODY_MAX,
    CLAIM_BODY_MAX = 8 * 1024,
    FORM_BODY_MAX = 8 * 1024,
    EVENTS_BODY_MAX = 4 * 1024 * 1024, /* 10,000 with all that they usually carry */
    CODE_BODY_MAX = 4 * 1024,
    ISSUE_BODY_MAX = 1024,
    KEY_BODY_MAX = 1024,
    CREDENTIAL_BODY_MAX = 8 * 1024,
    PRODUCT_BODY_MAX = 64 * 1024,
    LOT_BODY_MAX = 4 * 1024,
    RECALL_BODY_MAX = 16 * 1024,
    RECORD_FORM_MAX = 64 * 1024, /* up to three bytes for each of a record */
    REPORT_BODY_MAX = 8 * 1024,
    CLOSING_BODY_MAX = 2 * 1024
};

/* Who decides on a claim, and who has to understand it. */
enum { ROLES_CLAIMS = ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR | ROLE_AUDITOR };
/* Who sees what was issued. Its labels and cards are for those alone who may issue. */
enum { ROLES_ISSUES = ROLE_ISSUER | ROLE_OPERATOR | ROLE_AUDITOR };

static const char json[] = "application/json";
static const char csv[] = "text/csv";
static const char form[] = "application/x-www-form-urlencoded";
static const char rows[] = "application/json,application/x-ndjson";

/* Every address there is, and who may use it. A path that several rows share has a row for each
 * method whose callers or bodies differ. */
const struct route http_routes[] = {
    {METHOD_GET, "/", ROLES_ANYBODY, 0, NULL, api_home},
    {METHOD_GET, "/check", ROLES_ANYBODY, 0, NULL, api_check_form},
    {METHOD_GET, "/01/{*}", ROLES_ANYBODY, 0, NULL, api_digital_link},
    {METHOD_GET, "/register", ROLES_ANYBODY, 0, NULL, visitor_register_form},
    {METHOD_POST, "/register", ROLES_ANYBODY, FORM_BODY_MAX, form, visitor_register},
    {METHOD_GET, "/redeem", ROLES_ANYBODY, 0, NULL, visitor_redeem_form},
    {METHOD_POST, "/redeem", ROLES_ANYBODY, FORM_BODY_MAX, form, visitor_redeem},
    {METHOD_GET, "/recover", ROLES_ANYBODY, 0, NULL, visitor_recover_form},
    {METHOD_POST, "/recover", ROLES_ANYBODY, FORM_BODY_MAX, form, visitor_recover},
    {METHOD_GET, "/owner/{}/{}", ROLES_ANYBODY, 0, NULL, visitor_owner_form},
    {METHOD_POST, "/owner/{}/{}", ROLES_ANYBODY, FORM_BODY_MAX, form, visitor_owner},
    {METHOD_GET, "/report", ROLES_ANYBODY, 0, NULL, visitor_report_form},
    {METHOD_POST, "/report", ROLES_ANYBODY, FORM_BODY_MAX, form, visitor_report},
    {METHOD_POST, "/v1/verify", ROLES_ANYBODY, VERIFY_BODY_MAX, json, api_verify},
    {METHOD_GET, "/v1/keys", ROLES_ANYBODY, 0, NULL, api_keys},
    {METHOD_GET, "/.well-known/jwks.json", ROLES_ANYBODY, 0, NULL, api_keys},
    {METHOD_GET, "/openapi.json", ROLES_ANYBODY, 0, NULL, api_openapi},
    {METHOD_GET, "/assets/{*}", ROLES_ANYBODY, 0, NULL, staff_asset},
    {METHOD_GET, "/pictures/{}", ROLES_ANYBODY, 0, NULL, visitor_picture},
    {METHOD_GET, "/sign-in", ROLES_ANYBODY, 0, NULL, staff_sign_in},
    {METHOD_POST, "/sign-in", ROLES_ANYBODY, FORM_BODY_MAX, form, staff_sign_in_sent},
    {METHOD_POST, "/sign-out", ROLES_STAFF, FORM_BODY_MAX, form, staff_sign_out},
    {METHOD_POST, "/v1/events", ROLES_ACTING, EVENTS_BODY_MAX, rows, api_events},
    {METHOD_GET, "/v1/units", ROLES_EVERYTHING, 0, NULL, api_report},
    {METHOD_GET, "/v1/units/{}/{}", ROLES_STAFF, 0, NULL, api_unit},
    {METHOD_GET, "/v1/units/{}/{}/events", ROLES_STAFF, 0, NULL, api_unit_events},
    {METHOD_GET, "/v1/units/{}/{}/situation", ROLES_STAFF, 0, NULL, api_unit_situation},
    {METHOD_GET, "/v1/units/{}/{}/scans", ROLES_EVERYTHING, 0, NULL, api_unit_scans},
    {METHOD_GET, "/v1/missing", ROLES_EVERYTHING, 0, NULL, api_missing},
    {METHOD_GET, "/v1/suspected", ROLES_EVERYTHING, 0, NULL, api_suspected},
    {METHOD_GET, "/v1/units/{}/{}/warranty", ROLES_CLAIMS, 0, NULL, api_warranty},
    {METHOD_POST, "/v1/warranty", ROLES_CLAIMS, BATCH_BODY_MAX, json, api_warranties},
    {METHOD_POST, "/v1/replacements", ROLE_SERVICE, CLAIM_BODY_MAX, json, api_replacements},
    {METHOD_POST, "/v1/screen", ROLE_RETAILER, BATCH_BODY_MAX, json, api_screen},
    {METHOD_GET, "/v1/units/{}/{}/owner", ROLE_OWNER, 0, NULL, api_owner},
    {METHOD_POST, "/v1/activations", ROLES_REGISTERING, CODE_BODY_MAX, json, api_activation},
    {METHOD_POST, "/v1/recoveries", ROLES_REGISTERING, CODE_BODY_MAX, json, api_recovery},
    {METHOD_POST, "/v1/transfers", ROLE_OWNER, CODE_BODY_MAX, json, api_transfer},
    {METHOD_POST, "/v1/transfers/redeem", ROLE_PUBLIC, CODE_BODY_MAX, json, api_transfer_redeem},
    {METHOD_POST, "/v1/session", ROLES_ANYBODY, KEY_BODY_MAX, json, api_session_open},
    {METHOD_GET, "/v1/session", ROLES_STAFF, 0, NULL, api_session},
    {METHOD_DELETE, "/v1/session", ROLES_STAFF, 0, NULL, api_session_end},
    {METHOD_GET, "/v1/credentials", ROLE_ADMIN, 0, NULL, api_credentials},
    {METHOD_POST, "/v1/credentials", ROLE_ADMIN, CREDENTIAL_BODY_MAX, json, api_credential_new},
    {METHOD_GET, "/v1/credentials/{}", ROLE_ADMIN, 0, NULL, api_credential},
    {METHOD_DELETE, "/v1/credentials/{}", ROLE_ADMIN, 0, NULL, api_credential_revoke},
    {METHOD_POST, "/v1/credentials/{}/rotate", ROLE_ADMIN, CREDENTIAL_BODY_MAX, json,
     api_credential_rotate},
    {METHOD_DELETE, "/v1/credentials/{}/sessions", ROLE_ADMIN, 0, NULL, api_credential_sign_out},
    {METHOD_GET, "/v1/products", ROLES_STAFF, 0, NULL, api_products},
    {METHOD_GET, "/v1/products/{}", ROLES_STAFF, 0, NULL, api_product},
    {METHOD_PUT, "/v1/products/{}", ROLES_CATALOGUE, PRODUCT_BODY_MAX, json, api_product_put},
    {METHOD_GET, "/v1/lots/{}/{}", ROLES_STAFF, 0, NULL, api_lot},
    {METHOD_PUT, "/v1/lots/{}/{}", ROLES_CATALOGUE, LOT_BODY_MAX, json, api_lot_put},
    {METHOD_GET, "/v1/recalls", ROLES_STAFF, 0, NULL, api_recalls},
    {METHOD_POST, "/v1/recalls", ROLES_CATALOGUE, RECALL_BODY_MAX, json, api_recall_open},
    {METHOD_GET, "/v1/recalls/{}", ROLES_STAFF, 0, NULL, api_recall},
    {METHOD_POST, "/v1/recalls/{}/lift", ROLES_CATALOGUE, 0, NULL, api_recall_lift},
    {METHOD_GET, "/v1/recalls/{}/affected", ROLES_EVERYTHING, 0, NULL, api_recall_affected},
    {METHOD_GET, "/v1/system", ROLES_RUNNING, 0, NULL, api_system},
    {METHOD_GET, "/v1/signer", ROLES_ISSUES, 0, NULL, api_signer},
    {METHOD_GET, "/v1/issues", ROLES_ISSUES, 0, NULL, api_issues},
    {METHOD_POST, "/v1/issues", ROLES_ISSUING, ISSUE_BODY_MAX, json, api_issue_new},
    {METHOD_GET, "/v1/issues/{}", ROLES_ISSUES, 0, NULL, api_issue},
    {METHOD_DELETE, "/v1/issues/{}", ROLES_ISSUING, 0, NULL, api_issue_remove},
    {METHOD_POST, "/v1/issues/{}/register", ROLES_ISSUING, 0, NULL, api_issue_register},
    {METHOD_GET, "/v1/issues/{}/labels", ROLES_ISSUING, 0, NULL, api_issue_labels},
    {METHOD_GET, "/v1/issues/{}/cards", ROLES_ISSUING, 0, NULL, api_issue_cards},
    {METHOD_GET, "/console", ROLES_EVERYTHING, 0, NULL, staff_overview},
    {METHOD_GET, "/console/inbox", ROLES_EVERYTHING, 0, NULL, staff_inbox},
    {METHOD_GET, "/console/inbox/{}", ROLES_EVERYTHING, 0, NULL, staff_notice},
    {METHOD_POST, "/console/inbox/{}", ROLE_OPERATOR, FORM_BODY_MAX, form, staff_notice_close},
    {METHOD_GET, "/console/units", ROLES_EVERYTHING, 0, NULL, staff_units},
    {METHOD_POST, "/console/units/find", ROLES_EVERYTHING, BODY_MAX, form, staff_units_find},
    {METHOD_GET, "/console/units/{}/{}", ROLES_EVERYTHING, 0, NULL, staff_unit},
    {METHOD_POST, "/console/units/{}/{}", ROLE_OPERATOR, FORM_BODY_MAX, form, staff_unit_act},
    {METHOD_GET, "/console/issue", ROLES_ISSUING, 0, NULL, staff_issue},
    {METHOD_POST, "/console/issue", ROLES_ISSUING, FORM_BODY_MAX, form, staff_issue_sent},
    {METHOD_GET, "/console/issue/{}", ROLES_ISSUING, 0, NULL, staff_issued},
    {METHOD_POST, "/console/issue/{}", ROLES_ISSUING, FORM_BODY_MAX, form, staff_issued_act},
    {METHOD_GET, "/console/import", ROLES_ISSUING, 0, NULL, staff_import},
    {METHOD_POST, "/console/import", ROLES_ISSUING, BODY_MAX, form, staff_import_sent},
    {METHOD_GET, "/console/copies", ROLES_EVERYTHING, 0, NULL, staff_copies},
    {METHOD_GET, "/console/stolen", ROLES_EVERYTHING, 0, NULL, staff_stolen},
    {METHOD_POST, "/console/stolen", ROLE_OPERATOR, FORM_BODY_MAX, form, staff_stolen_act},
    {METHOD_GET, "/service", ROLE_SERVICE, 0, NULL, staff_service},
    {METHOD_POST, "/service/many", ROLE_SERVICE, BODY_MAX, form, staff_service_many},
    {METHOD_GET, "/service/{}/{}", ROLE_SERVICE, 0, NULL, staff_service_unit},
    {METHOD_POST, "/service/{}/{}", ROLE_SERVICE, FORM_BODY_MAX, form, staff_service_act},
    {METHOD_GET, "/console/recalls", ROLES_EVERYTHING, 0, NULL, staff_recalls},
    {METHOD_GET, "/console/recalls/new", ROLE_OPERATOR, 0, NULL, staff_recall_new},
    {METHOD_POST, "/console/recalls/new", ROLE_OPERATOR, RECORD_FORM_MAX, form, staff_recall_open},
    {METHOD_GET, "/console/recalls/{}", ROLES_EVERYTHING, 0, NULL, staff_recall},
    {METHOD_POST, "/console/recalls/{}", ROLE_OPERATOR, FORM_BODY_MAX, form, staff_recall_lift},
    {METHOD_GET, "/console/products", ROLES_EVERYTHING, 0, NULL, staff_products},
    {METHOD_GET, "/console/products/new", ROLE_OPERATOR, 0, NULL, staff_product_new},
    {METHOD_POST, "/console/products/new", ROLE_OPERATOR, RECORD_FORM_MAX, form, staff_product_put},
    {METHOD_GET, "/console/products/{}", ROLES_EVERYTHING, 0, NULL, staff_product},
    {METHOD_POST, "/console/products/{}", ROLE_OPERATOR, RECORD_FORM_MAX, form, staff_product_put},
    {METHOD_POST, "/console/products/{}/lot", ROLE_OPERATOR, FORM_BODY_MAX, form, staff_lot_put},
    {METHOD_GET, "/console/credentials", ROLE_ADMIN, 0, NULL, staff_credentials},
    {METHOD_GET, "/console/credentials/new", ROLE_ADMIN, 0, NULL, staff_credential_new},
    {METHOD_POST, "/console/credentials/new", ROLE_ADMIN, FORM_BODY_MAX, form,
     staff_credential_make},
    {METHOD_GET, "/console/credentials/{}", ROLE_ADMIN, 0, NULL, staff_credential},
    {METHOD_POST, "/console/credentials/{}", ROLE_ADMIN, FORM_BODY_MAX, form, staff_credential_act},
    {METHOD_GET, "/console/keys", ROLES_EVERYTHING, 0, NULL, staff_keys},
    {METHOD_GET, "/console/system", ROLES_RUNNING, 0, NULL, staff_system},
    {METHOD_POST, "/v1/reports", ROLES_ANYBODY, REPORT_BODY_MAX, json, api_report_fake},
    {METHOD_GET, "/v1/notices", ROLES_EVERYTHING, 0, NULL, api_notices},
    {METHOD_GET, "/v1/notices/{}", ROLES_EVERYTHING, 0, NULL, api_notice},
    {METHOD_POST, "/v1/notices/{}/close", ROLES_CATALOGUE, CLOSING_BODY_MAX, json,
     api_notice_close},
    {METHOD_GET, "/v1/tallies", ROLES_EVERYTHING, 0, NULL, api_tallies},
    {METHOD_GET, "/console/export/inbox", ROLES_EVERYTHING, 0, NULL, staff_export},
    {METHOD_GET, "/console/export/verifications", ROLES_EVERYTHING, 0, NULL, staff_export},
    {METHOD_GET, "/console/export/recalls", ROLES_EVERYTHING, 0, NULL, staff_export},
    {METHOD_GET, "/console/export/products", ROLES_EVERYTHING, 0, NULL, staff_export},
    {METHOD_GET, "/console/export/keys", ROLES_EVERYTHING, 0, NULL, staff_export},
    {METHOD_GET, "/console/export/issues", ROLES_ISSUES, 0, NULL, staff_export},
    {METHOD_GET, "/console/export/credentials", ROLE_ADMIN, 0, NULL, staff_export},
    {METHOD_GET, "/retail", ROLE_RETAILER, 0, NULL, staff_retail},
    {METHOD_POST, "/retail", ROLE_RETAILER, FORM_BODY_MAX, form, staff_retail_act},
    {METHOD_GET, "/retail/scanner", ROLE_RETAILER, 0, NULL, staff_retail_scanner},
    {METHOD_POST, "/v1/manifests", ROLES_ISSUING, BODY_STREAM_MAX, csv, api_manifests},
    {0, NULL, 0, 0, NULL, NULL},
};
