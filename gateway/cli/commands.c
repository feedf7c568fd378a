/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands: dispatch, --help and "did you mean" come from it. */
#include "gateway/cli/cli.h"
#include "gateway/cli/help.h"

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
    {"format", "svg|png|terminal", "svg unless given", false},
    {"module-mm", "MM", "a side of a module (0.40)", false},
    {"dpi", "DPI", "of the printer, for PNG (300)", false},
    {"from", "N", "begin with the N-th label of the file (1)", false},
    {"count", "N", "how many labels (all that follow)", false},
    {"output", "DIR|FILE", "a directory for a CSV, a file for one URL (stdout)", false},
    {"no-caption", NULL, "SVG without GTIN and serial below the code", false},
    {"dark-text", NULL, "with NO_COLOR: the terminal has dark text on light", false},
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
    {"label", "RUN.labels.csv|URL|-", "QR codes to print", help_label, label_options, 1, 1,
     cli_label},
    {"inspect", "CODE|-", "what a code says and how it was read", help_inspect, code_options, 1, 1,
     cli_inspect},
    {"verify", "CODE|-", "is a label genuine, without a gateway", help_verify, code_options, 1, 1,
     cli_verify},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL},
};
