/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands: dispatch, --help and "did you mean" come from it. */
#include "gateway/cli/cli.h"
#include "gateway/cli/help.h"
#include "gateway/cli/measures.h"

#define OPTIONS static const struct cli_option
#define LAST                                                                                       \
    {                                                                                              \
        NULL, NULL, NULL, false                                                                    \
    }

OPTIONS none[] = {LAST};

OPTIONS keys_new_options[] = {
    {"organisation", "NAME", "who issues with it: shown with every verdict", true},
    {"gtin-prefix", "P[,P...]", "what the GTINs have to begin with, 1 to 13 digits each", true},
    {"not-before", "TIME", "issues from this moment on (now)", false},
    {"not-after", "TIME", "issues until this moment (five years later)", false},
    {"passphrase-file", "FILE", "first line of a file, mode 0600; otherwise you are asked", false},
    LAST,
};

OPTIONS keys_revoke_options[] = {
    {"compromised-since", "TIME", "as 2026-05-01T00:00:00Z, or the day", true},
    {"reason", "TEXT", "why: kept in the keyset", true},
    {"yes", NULL, "do not ask", false},
    LAST,
};

OPTIONS keys_export_options[] = {
    {"format", "jwks|ini", "jwks unless given", false},
    {"output", "FILE", "instead of stdout", false},
    LAST,
};

OPTIONS code_options[] = {
    {"keyset", "FILE", "whom to trust (DATA/keyset.ini)", false},
    LAST,
};

OPTIONS label_options[] = {
    {"format", "svg|png|terminal|pdf|zpl", "svg unless given", false},
    {"output", "DIR|FILE", "a directory for pictures of a CSV, else a file (stdout)", false},
    {"from", "N", "begin with the N-th label of the file (1)", false},
    {"count", "N", "how many labels (all that follow)", false},
    MEASURE_OPTIONS,
    {"no-caption", NULL, "without GTIN, lot and serial beside the code", false},
    {"dark-text", NULL, "with NO_COLOR: the terminal has dark text on light", false},
    {"dry-run", NULL, "PDF, ZPL: say what it would be, write nothing", false},
    LAST,
};

OPTIONS cards_options[] = {
    {"format", "pdf|zpl", "pdf unless given", false},
    {"output", "FILE", "mode 0600, never overwritten (stdout)", false},
    {"title", "TEXT", "the product's name (that of the catalogue, where there is one)", false},
    {"lang", "TAG", "language of the next two: ar, da, de, en, es, fr, ja or pl (en)", false},
    {"heading", "TEXT", "above the claim code (Claim code)", false},
    {"sentence", "TEXT", "what to do with it", false},
    {"base-url", "URL", "with a QR code that leads to URL/register, and nowhere else", false},
    {"from", "N", "begin with the N-th card of the file (1)", false},
    {"count", "N", "how many cards (all that follow)", false},
    MEASURE_OPTIONS,
    {"dry-run", NULL, "say what it would be, write nothing", false},
    LAST,
};

#define ACTOR                                                                                      \
    {                                                                                              \
        "actor", "NAME", "who does it, for the history (your user name)", false                    \
    }

OPTIONS issue_options[] = {
    {"gtin", "GTIN", "of the product, 14 digits", true},
    {"count", "N", "how many labels, 1 to 10000000; with --serials as many as it has", false},
    {"key", "NAME|FILE", "that signs: DATA/keys/NAME.key, or a key file", true},
    {"output", "RUN", "writes RUN.labels.csv, RUN.cards.csv and RUN.manifest.csv", true},
    {"variant", "V", "consumer product variant, AI 22", false},
    {"lot", "LOT", "batch or lot, AI 10", false},
    {"made-on", "DATE", "as 2026-11-22", false},
    {"expires-on", "DATE", "as 2028-11-22", false},
    {"serials", "FILE", "your own serials, one a line, instead of made-up ones", false},
    {"no-claim", NULL, "without claim codes: no cards", false},
    {"passphrase-file", "FILE", "first line of a file, mode 0600; otherwise you are asked", false},
    {"base-url", "URL", "what the labels begin with (base_url of DATA/assayd.ini)", false},
    LAST,
};

OPTIONS signer_options[] = {
    {"key", "NAME|FILE", "that signs: DATA/keys/NAME.key, or a key file", true},
    {"socket", "PATH", "where it answers, at most 107 bytes", true},
    {"quota", "N", "serials in all, over all its starts (no limit)", false},
    {"per-day", "N", "serials a day, UTC (no limit)", false},
    {"max-batch", "N", "serials at once, 1 to 10000 (10000)", false},
    {"gtin-prefix", "P...", "signs for these products only, within the key's scope", false},
    {"allow-user", "USER...", "may ask, besides the user that it runs as", false},
    {"group", "GROUP", "may open the socket: mode 0660 instead of 0600", false},
    {"passphrase-file", "FILE", "first line of a file, mode 0600; otherwise you are asked", false},
    LAST,
};

OPTIONS import_options[] = {
    {"dry-run", NULL, "tell what would happen, write nothing", false},
    {"threads", "N", "that verify (one a core)", false},
    {"rows", "all|refused", "which rows to list (refused)", false},
    ACTOR,
    LAST,
};

OPTIONS report_options[] = {
    {"gtin", "GTIN", "of this product", false},
    {"item", "NUMBER", "with this item number", false},
    {"lot", "LOT", "of this lot", false},
    {"location", "PLACE", "that are there", false},
    {"po", "ORDER", "of this purchase order", false},
    {"so", "ORDER", "of this sales order", false},
    {"state", "STATE", "issued, in_transit, in_stock, sold, returned or retired", false},
    {"condition", "C[,C...]", "stolen, lost, held, copy_suspected; all of them", false},
    {"q", "TEXT", "in serial, lot, item number or name; O is 0, I is 1, S is 5", false},
    {"limit", "N", "at most N rows (all)", false},
    {"csv", NULL, "every column, for a spreadsheet", false},
    LAST,
};

OPTIONS inventory_options[] = {
    {"kind", "KIND", "receipts, shipments or sales", true},
    {"map", "V=COLUMN,...", "gtin, serial, location, po, so, document, on: their columns", true},
    {"dry-run", NULL, "tell what would happen, write nothing", false},
    {"rows", "all|refused", "which rows to list (refused)", false},
    ACTOR,
    LAST,
};

OPTIONS actor_options[] = {ACTOR, LAST};

OPTIONS event_options[] = {
    ACTOR,
    {"role", "ROLE", "as what: operator, retailer or service (operator)", false},
    {"dry-run", NULL, "tell what would happen, write nothing", false},
    LAST,
};

OPTIONS recall_open_options[] = {
    {"gtin", "GTIN", "of the product", false},
    {"text", "TEXT", "what is wrong and what to do, for everybody who scans", false},
    {"text-lang", "LANG=TEXT...", "the same for readers of a language: de=...; up to 4", false},
    {"file", "FILE|-", "the whole recall as JSON, instead of the options above and ID", false},
    {"lot", "LOT", "only this lot", false},
    {"serial-from", "SERIAL", "only serials from this one on, in byte order", false},
    {"serial-to", "SERIAL", "only serials up to this one", false},
    {"made-from", "DATE", "only units made from this day on", false},
    {"made-to", "DATE", "only units made up to this day", false},
    {"stop-use", NULL, "dangerous: the verdict is bad instead of caution", false},
    {"link", "URL", "https page with more about it", false},
    {"dry-run", NULL, "count the registered units that it would affect, write nothing", false},
    ACTOR,
    LAST,
};

OPTIONS credential_new_options[] = {
    {"role", "ROLE", "service, retailer, issuer, operator, auditor or admin", true},
    {"organisation", "NAME", "who acts with it; retailer and service need one (brand)", false},
    {"name", "NAME", "what it is, for people: \"till 3\" (the role)", false},
    {"location", "L[,L...]", "the only places where it may act (all of its organisation)", false},
    {"expires-at", "TIME", "as 2027-05-01T00:00:00Z, or the day (never)", false},
    ACTOR,
    LAST,
};

OPTIONS credential_rotate_options[] = {
    {"grace", "SECONDS", "how long the old key goes on working (604800)", false},
    ACTOR,
    LAST,
};

OPTIONS backup_options[] = {
    {"with-keys", NULL, "the issuing keys too, encrypted as they are", false},
    LAST,
};

OPTIONS restore_options[] = {
    {"replace", NULL, "move the registry that is there aside", false},
    {"dry-run", NULL, "check the whole backup, write nothing", false},
    LAST,
};

const struct cli_command cli_commands[] = {
    {"keys new", "NAME", "make an issuing key", help_keys_new, keys_new_options, 1, 1,
     cli_keys_new},
    {"keys list", NULL, "who is trusted, for what, until when", help_keys_list, none, 0, 0,
     cli_keys_list},
    {"keys retire", "NAME", "no new labels; the old ones stay good", help_keys_retire, none, 1, 1,
     cli_keys_retire},
    {"keys revoke", "NAME", "stolen: refuse what was not registered before", help_keys_revoke,
     keys_revoke_options, 1, 1, cli_keys_revoke},
    {"keys export", "[NAME]", "public keys as JWKS or INI", help_keys_export, keys_export_options,
     0, 1, cli_keys_export},
    {"keys add", "FILE|-", "trust a key that was made elsewhere", help_keys_add, none, 1, 1,
     cli_keys_add},
    {"product put", "FILE|-", "add or change a product", help_product_put, actor_options, 1, 1,
     cli_product_put},
    {"product get", "GTIN", "one product as JSON", help_product_get, none, 1, 1, cli_product_get},
    {"product list", NULL, "the catalogue", help_product_list, none, 0, 0, cli_product_list},
    {"issue", NULL, "make and sign serials", help_issue, issue_options, 0, 0, cli_issue},
    {"signer", NULL, "sign for a gateway on this machine", help_signer, signer_options, 0, 0,
     cli_signer},
    {"label", "RUN.labels.csv|URL|-", "QR codes to print", help_label, label_options, 1, 1,
     cli_label},
    {"cards", "RUN.cards.csv|-", "claim codes, for inside the box", help_cards, cards_options, 1, 1,
     cli_cards},
    {"import", "RUN.manifest.csv", "register the units of a run", help_import, import_options, 1, 1,
     cli_import},
    {"inventory", "FILE.csv", "receipts, shipments, sales of an inventory system", help_inventory,
     inventory_options, 1, 1, cli_inventory},
    {"report", NULL, "the serial report", help_report, report_options, 0, 0, cli_report},
    {"check", NULL, "is anything stored damaged?", help_check, none, 0, 0, cli_check},
    {"backup", "DIR", "a checked copy while everything runs", help_backup, backup_options, 1, 1,
     cli_backup},
    {"restore", "BACKUP", "put a backup into the data directory", help_restore, restore_options, 1,
     1, cli_restore},
    {"inspect", "CODE|-", "what a code says and how it was read", help_inspect, code_options, 1, 1,
     cli_inspect},
    {"verify", "CODE|-", "is a label genuine, without a gateway", help_verify, code_options, 1, 1,
     cli_verify},
    {"event", "TYPE GTIN SERIAL [FIELD=VALUE...]", "record what happened to a unit", help_event,
     event_options, 3, CLI_POSITIONALS_MAX, cli_event},
    {"history", "GTIN SERIAL", "everything that happened to a unit", help_history, none, 2, 2,
     cli_history},
    {"scans", "GTIN SERIAL", "who looked at a unit, and is it copied", help_scans, none, 2, 2,
     cli_scans},
    {"recall open", "[ID]", "recall a product or a part of it", help_recall_open,
     recall_open_options, 0, 1, cli_recall_open},
    {"recall lift", "ID", "end a recall", help_recall_lift, actor_options, 1, 1, cli_recall_lift},
    {"recall show", "ID", "one recall, with its text in every language", help_recall_show, none, 1,
     1, cli_recall_show},
    {"recall list", NULL, "every recall", help_recall_list, none, 0, 0, cli_recall_list},
    {"credential new", NULL, "a key for the HTTP interface", help_credential_new,
     credential_new_options, 0, 0, cli_credential_new},
    {"credential list", NULL, "who may use the HTTP interface", help_credential_list, none, 0, 0,
     cli_credential_list},
    {"credential rotate", "ID", "another key; the old one ends later", help_credential_rotate,
     credential_rotate_options, 1, 1, cli_credential_rotate},
    {"credential revoke", "ID", "refused from the next request on", help_credential_revoke,
     actor_options, 1, 1, cli_credential_revoke},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL},
};
