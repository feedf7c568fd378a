/* SPDX-License-Identifier: Apache-2.0 */
/* The paragraphs of `assay COMMAND --help`: what it does, what to know, an example. */
#ifndef ASSAY_CLI_HELP_H
#define ASSAY_CLI_HELP_H

extern const char help_keys_new[], help_keys_list[], help_keys_retire[], help_keys_revoke[],
    help_keys_export[], help_keys_add[];
extern const char help_product_put[], help_product_get[], help_product_list[];
extern const char help_issue[], help_signer[], help_label[], help_cards[], help_import[], help_check[];
extern const char help_inspect[], help_verify[];
extern const char help_event[], help_history[], help_scans[];
extern const char help_backup[], help_restore[];
extern const char help_report[], help_inventory[];
extern const char help_recall_show[], help_recall_open[], help_recall_lift[], help_recall_list[];
extern const char help_credential_new[], help_credential_list[], help_credential_rotate[],
    help_credential_revoke[];

#endif
