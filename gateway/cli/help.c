/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/help.h"

const char help_keys_new[] =
    "Makes an issuing key: its secret goes into DATA/keys/NAME.key, encrypted with a\n"
    "passphrase, its public half into DATA/keyset.ini, the list of the keys that are\n"
    "trusted. Make one for each plant or print run, so that a stolen one costs little.\n"
    "\n"
    "A GTIN prefix is the beginning of the 14-digit number: 0950600 allows 09506000134352.\n"
    "A key may issue from --not-before (now) until --not-after (five years later); its\n"
    "labels stay good for ever. If it was interrupted, run the same command again.\n"
    "\n"
    "  assay keys new plant-a --organisation \"Example Brand\" --gtin-prefix 0950600\n";

const char help_keys_list[] =
    "Every key of the keyset: who issues with it, for which GTINs, until when, and whether\n"
    "its labels are good. Age counts from the day on which it may first issue.\n"
    "\n"
    "  active    its labels are good, and it may issue new ones\n"
    "  retired   its labels are good, and it issues no new ones\n"
    "  revoked   its labels are refused, but for units registered before the theft\n"
    "\n"
    "  assay keys list --json\n";

const char help_keys_retire[] =
    "The ordinary end of a key: it issues no new labels, and those it issued stay good.\n"
    "For a key that somebody else may have, use: assay keys revoke\n"
    "\n"
    "  assay keys retire plant-a\n";

const char help_keys_revoke[] =
    "For a key that somebody else may have. Whoever holds a stolen key can write any date\n"
    "into a label, so what counts is when a unit was registered here: units that were\n"
    "registered before --compromised-since stay genuine, every other label is refused.\n"
    "It cannot be taken back; only the moment can be moved to an earlier one. A running\n"
    "gateway follows at once. You are asked for the key's name, unless --yes is given.\n"
    "\n"
    "  assay keys revoke plant-a --compromised-since 2026-05-01T00:00:00Z \\\n"
    "      --reason \"laptop stolen at the plant\"\n";

const char help_keys_export[] =
    "The public half of one key, or of all: as a JSON Web Key Set for other verifiers, or\n"
    "as an INI file for `assay keys add` on another machine. No secret is in it.\n"
    "\n"
    "  assay keys export > jwks.json\n"
    "  assay keys export plant-a --format ini -o plant-a.ini\n";

const char help_keys_add[] =
    "Trusts keys that were made elsewhere: a plant keeps its secret and sends what\n"
    "`assay keys export NAME --format ini` writes. Compare the kid with the sender's on\n"
    "another channel before you trust it. Keys that are there already stay as they are.\n"
    "\n"
    "  assay keys add plant-b.ini\n";

const char help_product_put[] =
    "Adds or changes a product. The file is JSON; gtin and name are enough to begin with:\n"
    "\n"
    "  {\"gtin\": \"09506000134352\", \"name\": \"Cordless drill 18 V\", \"brand\": \"Norrland\",\n"
    "   \"model\": \"DR-18 Pro\", \"item\": \"DR-18\", \"support\": "
    "\"https://support.example.com\",\n"
    "   \"entitlements\": [{\"id\": \"standard\", \"title\": \"Two-year warranty\", \"months\": "
    "24,\n"
    "                     \"starts\": [\"sale\", \"shipment\"], \"covers\": \"parts, labour\"}]}\n"
    "\n"
    "  assay product put drill.json\n"
    "\n"
    "A \"picture\" is \"/pictures/drill.jpg\" for the file DATA/pictures/drill.jpg, or a link.\n"
    "To change one, write down what is there, edit it and put it back. When the file states a\n"
    "\"version\", that has to be the one that is stored, so that nobody's change is lost. The\n"
    "schema NewProduct of /openapi.json has every member.\n"
    "\n"
    "  assay product get 09506000134352 > drill.json\n";

const char help_product_get[] = "One product as JSON, with its warranty promises and its version.\n"
                                "\n"
                                "  assay product get 09506000134352\n";

const char help_product_list[] = "Every product of the catalogue.\n"
                                 "\n"
                                 "  assay product list\n";

const char help_issue[] =
    "Makes new serials for a product, signs each one and writes three files:\n"
    "\n"
    "  RUN.labels.csv     the URLs, for the printer\n"
    "  RUN.cards.csv      a claim code for each serial, for the card inside the box: secret\n"
    "  RUN.manifest.csv   what `assay import` registers: secret\n"
    "\n"
    "Serials are made up, 12 characters that nobody can guess, unless --serials names a file\n"
    "with one a line. A label is not genuine before its unit is registered.\n"
    "\n"
    "  assay issue --gtin 09506000134352 --count 500 --lot L24A0917 --key plant-a \\\n"
    "      --base-url https://id.example.com -o run-17\n"
    "  assay import run-17.manifest.csv\n"
    "  assay label run-17.labels.csv --format svg -o run-17\n";

const char help_signer[] =
    "Holds an issuing key and signs for a gateway on the same machine, so that serials can be\n"
    "issued from the console. The gateway asks on a local socket and never sees the key:\n"
    "\n"
    "  assay signer --key plant-a --socket /run/assay/signer --quota 50000 --per-day 5000\n"
    "  assayd --signer /run/assay/signer …\n"
    "\n"
    "Whoever may ask can have as many labels as the quota allows, so state one. What is used is\n"
    "kept beside the key, in KEY.quota, and counts on at the next start: raise --quota to go\n"
    "on. The socket is for this user alone; for a gateway that runs as another user name that\n"
    "user with --allow-user and a group of both with --group. A key that is retired or revoked\n"
    "in the keyset signs nothing more from the next request on. SIGTERM stops it.\n";

const char help_label[] =
    "Prints the QR code of one URL, or of every row of RUN.labels.csv. Only URLs that carry\n"
    "a signature are printed, and each code keeps its quiet zone of 4 modules.\n"
    "\n"
    "  svg, png   a file a label in a directory, named GTIN_SERIAL; what is there with the\n"
    "             same content is left alone, so an interrupted run can be repeated\n"
    "  terminal   to look at\n"
    "  pdf        sheets of labels, in exact millimetres: print at 100 %, not \"fit to page\"\n"
    "  zpl        a roll for a Zebra printer, whole dots for each module\n"
    "\n"
    "Nothing is ever overwritten. The size that will come out is told, with a warning when\n"
    "it is too small: phones want modules of 0.33 mm, a checkout wants 0.396 mm.\n"
    "\n"
    "  assay label run-17.labels.csv --format png --module-mm 0.42 --dpi 300 -o labels\n"
    "  assay label run-17.labels.csv --from 201 --count 100 -o labels\n"
    "  assay label \"https://ID.EXAMPLE.COM/01/...?S=...\" --format terminal\n"
    "\n"
    "Sheets: avery-l7159 l7160 l7162 l7163 l7165 l7173 l7636 l7651 l7654 l4731 (A4) and\n"
    "avery-5160 5161 5163 5164 22806 (Letter). An own sheet is told in millimetres. Print a\n"
    "test with --outline on plain paper, hold it against a sheet, and correct the printer\n"
    "with --shift-x and --shift-y. --start-at goes on where a used sheet has labels left.\n"
    "\n"
    "  assay label run-17.labels.csv --format pdf --sheet avery-l7163 --dry-run\n"
    "  assay label run-17.labels.csv --format pdf --sheet avery-l7163 --count 14 \\\n"
    "      --outline -o test.pdf\n"
    "  assay label run-17.labels.csv --format pdf --sheet avery-l7163 --start-at 5 \\\n"
    "      --copies 2 --shift-x=-0.5 --shift-y 1.2 -o run-17.pdf\n"
    "  assay label run-17.labels.csv --format pdf --page a4 --columns 3 --rows 8 \\\n"
    "      --label 64x34 --margin-left 7 --margin-top 12 --pitch 66x34 -o run-17.pdf\n"
    "\n"
    "More than 10000 labels make several files: run-17.pdf, run-17-2.pdf and so on.\n"
    "\n"
    "  assay label run-17.labels.csv --format zpl --label 50.8x25.4 --dpi 203 \\\n"
    "      --module-mm 0.375 -o run-17.zpl\n"
    "  assay label run-17.labels.csv --format zpl --label 32x25 --across 3 --gap 3 \\\n"
    "      --no-caption --module-mm 0.34 -o run-17.zpl\n"
    "\n"
    "With NO_COLOR set, the code in the terminal is drawn for light text on a dark\n"
    "background; --dark-text is for the other way round.\n";

const char help_cards[] =
    "Prints the card that goes inside the box: the product's name, the serial and the claim\n"
    "code with which its owner registers it. Whoever reads a claim code can register the\n"
    "unit, so the file is for you alone (0600): delete it once it is printed. The label's\n"
    "QR code is never on the card; a photograph of one must not give away the other.\n"
    "\n"
    "A PDF holds its fonts, with the letters of Latin, Greek, Cyrillic, Arabic, Hebrew,\n"
    "Chinese, Japanese and Korean; ZPL is printed with the printer's own fonts, of which\n"
    "only ASCII is sure. What cannot be printed is refused, in a dry run as well; say it\n"
    "with --title, --heading and --sentence in other letters then.\n"
    "\n"
    "PDF takes the sheet cards-a4 (ten of 85 x 54 mm, to be cut) unless told otherwise;\n"
    "cards-letter and the sheets of `assay label` work as well.\n"
    "\n"
    "  assay cards run-17.cards.csv --dry-run\n"
    "  assay cards run-17.cards.csv --base-url https://id.example.com -o run-17.cards.pdf\n"
    "  assay cards run-17.cards.csv --lang de --title \"Akkuschrauber X1\" -o karten.pdf\n"
    "  assay cards run-17.cards.csv --heading \"Your code\" \\\n"
    "      --sentence \"Type it in where the label leads you.\" -o run-17.cards.pdf\n"
    "  assay cards run-17.cards.csv --format zpl --label 76x51 --dpi 203 -o run-17.zpl\n";

const char help_import[] =
    "Registers the units of a manifest. When it is signed as a whole, one signature vouches\n"
    "for every row; otherwise each label is verified. Running it again is harmless: what is\n"
    "there is left alone, and a serial is never given to a second unit. Refused rows are\n"
    "listed with their reasons; the exit code is then 8, or 1 when every row was refused.\n"
    "\n"
    "  assay import run-17.manifest.csv --dry-run\n"
    "  assay import run-17.manifest.csv\n";

const char help_check[] = "Reads every record of the registry and says what is damaged.\n"
                          "\n"
                          "  assay check\n";

const char help_backup[] =
    "Makes the directory DIR with one consistent copy of everything a restore needs: the\n"
    "registry, its secrets, keyset.ini, assayd.ini, and with --with-keys the issuing keys,\n"
    "encrypted as they are. assayd and imports go on meanwhile. The copy is read back and\n"
    "checked as `assay check` does it, and DIR has its name only when all of it is on disk;\n"
    "until then it is DIR.part, which the same command, run again, begins anew.\n"
    "\n"
    "Whoever can read a backup has the secrets of the registry: keep it as closed as the\n"
    "data. `b2sum -c backup.b2sum`, run inside it, compares the files on any machine.\n"
    "\n"
    "  assay backup /backups/assay-$(date +%F)\n";

const char help_restore[] =
    "Puts a backup into the data directory: compares every hash, walks the whole registry,\n"
    "and only then moves it into place. Stop assayd first, and run it as assayd's user.\n"
    "Nothing is deleted: with --replace the registry that is there is moved to\n"
    "DATA/before-restore-TIME. A keyset that is as new or newer, assayd.ini and keys stay.\n"
    "--dry-run checks the backup the same way and writes nothing.\n"
    "\n"
    "What was written since the backup is not in it. Put it in again, in this order:\n"
    "  1. recalls, thefts and keys of shops to be revoked: until then they count for nothing\n"
    "  2. manifests of labels issued since: until then those labels are never_issued\n"
    "  3. deliveries and sales: assay inventory with the lists of those days; a list that\n"
    "     was partly known changes nothing twice\n"
    "  4. owners who registered since do it again, with the claim code of their card\n"
    "DATA/before-restore-TIME holds what the old registry knew; assay report and assay\n"
    "history read it with --data, as long as it is not damaged.\n"
    "\n"
    "An old registry that was put back by hand is noticed: neither assayd nor assay writes\n"
    "to it. Restore it with this command, or start assayd once with --accept-older.\n"
    "\n"
    "  assay restore /backups/assay-2026-11-22 --dry-run\n"
    "  assay restore /backups/assay-2026-11-22 --replace\n";

const char help_inspect[] =
    "Says what a code is and how it was read: a GS1 Digital Link, an element string, or a\n"
    "bare serial; the canonical link that is signed; whether a scanner fault had to be\n"
    "mended; and where and why reading stopped. With - it reads one code a line. The exit\n"
    "code is 0 when it could be read as one identity, 4 when not.\n"
    "\n"
    "  assay inspect \"https://ID.EXAMPLE.COM/01/09506000134352/21/7K3M9Q2XBT4H?S=...\"\n"
    "  assay inspect \"(01)09506000134352(21)7K3M9Q2XBT4H\" --json\n";

const char help_verify[] =
    "Says whether a label is genuine with nothing but the keyset: no gateway, no network.\n"
    "What became of the unit (stolen, recalled, copied) only the gateway knows, and labels\n"
    "of a revoked key are never good here. With - it reads one code a line and answers one\n"
    "line each. The exit code is 0 when all are genuine, 4 when not.\n"
    "\n"
    "  assay verify \"https://ID.EXAMPLE.COM/01/09506000134352/21/7K3M9Q2XBT4H?S=...\"\n"
    "  assay verify - --json --keyset keyset.ini < scanned.txt\n";

const char help_event[] =
    "Records what happened to a unit. Behind the event, what it needs, and in brackets what it\n"
    "may have; each is written FIELD=VALUE:\n"
    "\n"
    "  receive        location [purchase_order document]\n"
    "  ship           location [sales_order document on]\n"
    "  move           location\n"
    "  sell           [on sales_order document]\n"
    "  return         [reference reason]                   by retailer\n"
    "  restock        [location reason]\n"
    "  service        fault covered [work parts entitlement on reference]       by service\n"
    "  retire         reason [reference]\n"
    "  report_stolen  [location on reference reason]       report_lost too\n"
    "  confirm        [reason reference]                   the report is right; dismiss: it is "
    "not\n"
    "  recover        [reason reference]                   found again\n"
    "  hold           reason [reference]                   release: [reason reference]\n"
    "  suspect        reason [reference]                   it may be a copy; clear: it is none\n"
    "  adjust         reason [entitlement months excluded reference]            the warranty\n"
    "  end_ownership  reason [ends_claim reference]        nobody owns it; ends_claim=yes: the\n"
    "                                                      code on its card is dead, too\n"
    "  undo           [reason]                             takes the last event back\n"
    "\n"
    "It is recorded as the operator's. What belongs to a shop or a service center is recorded on\n"
    "its behalf: --role says as what, --actor as whom. An event is undone by who made it, within\n"
    "ten days, unless the unit is stolen, recalled, expired or retired. Every event can be tried\n"
    "with --dry-run.\n"
    "\n"
    "  assay event sell 09506000134352 7K3M9Q2XBT4H on=2026-11-22 sales_order=SO-10021\n"
    "  assay event return 09506000134352 7K3M9Q2XBT4H --role retailer --actor \"Tool Shop\"\n"
    "  assay event undo 09506000134352 7K3M9Q2XBT4H --role retailer --actor \"Tool Shop\"\n"
    "  assay event hold 09506000134352 7K3M9Q2XBT4H reason=\"second return\" --dry-run\n";

const char help_history[] =
    "Everything that happened to a unit, oldest first: when (UTC), what, on whose behalf, and the\n"
    "details that were recorded. The first line says how the unit is now.\n"
    "\n"
    "  assay history 09506000134352 7K3M9Q2XBT4H\n";

const char help_scans[] =
    "Who looked at a unit: sessions, from which countries, and the evidence that its label was\n"
    "copied, with how much of it is enough for each rule. A session is one address on one day;\n"
    "staff do not count. On a day with more than 32 the count is an estimate (+- 16 %).\n"
    "\n"
    "  assay scans 09506000134352 7K3M9Q2XBT4H\n";

const char help_report[] =
    "The units that all the filters agree on, in order of GTIN and serial: item number and\n"
    "name, lot, location, purchase and sales order, state, conditions, document, end of the\n"
    "warranty. --csv writes every column for a spreadsheet: what that would take for a number\n"
    "or a date, as GTINs and 00001, is written as =\"00001\", and what it would run as a\n"
    "formula begins with an apostrophe. --json writes one object a line.\n"
    "\n"
    "  assay report --state in_stock --location \"Shelf 3\"\n"
    "  assay report --lot L24A0917 --csv > lot.csv\n"
    "  assay report --q 7k3mo\n";

const char help_inventory[] =
    "Records what an inventory system knows: units received (receipts), sent (shipments) or sold\n"
    "(sales). The units have to be registered: see assay import. The file is CSV in UTF-8 with a\n"
    "header; --map says which of its columns holds what:\n"
    "\n"
    "  receipts    gtin serial location [po document]\n"
    "  shipments   gtin serial location [so document on]\n"
    "  sales       gtin serial [so document on]\n"
    "\n"
    "Dates are written 2026-11-22. A GTIN that a spreadsheet changed is refused, never guessed.\n"
    "Documents are https links to hosts that DATA/assayd.ini names: document_hosts =\n"
    "erp.example.com.\n"
    "\n"
    "A unit that is as its row says is left alone; a receipt at another location moves it. If it\n"
    "was interrupted, run it again: no row is done twice. A dry run looks at each row by itself.\n"
    "The exit code is 8 when rows were refused, or 1 when every row was.\n"
    "\n"
    "  assay inventory receipts.csv --kind receipts --dry-run \\\n"
    "      --map \"gtin=EAN,serial=Serial No,location=Bin,po=Order\"\n"
    "  assay inventory sales.csv --kind sales --map gtin=EAN,serial=SN,so=Order,on=Date\n";

const char help_recall_open[] =
    "Recalls a product, or the part of it that all the limits given agree on. Every scan of\n"
    "such a unit shows the text from now on; with --stop-use the verdict is bad. A dry run\n"
    "counts the units that it would affect. Who reads a language that --text-lang names gets\n"
    "that text, everybody else the one of --text.\n"
    "\n"
    "  assay recall open R-2026-01 --gtin 09506000134352 --lot L24A0917 \\\n"
    "      --text \"The charger can run hot. We replace it.\" \\\n"
    "      --text-lang de=\"Das Ladegerät kann heiß werden. Wir ersetzen es.\" --dry-run\n"
    "\n"
    "The same from a file:\n"
    "\n"
    "  assay recall open --file recall.json\n"
    "\n"
    "  {\"id\": \"R-2026-01\", \"gtin\": \"09506000134352\", \"lot\": \"L24A0917\",\n"
    "   \"text\": \"The charger can run hot. We replace it.\",\n"
    "   \"texts\": [{\"language\": \"de\", \"text\": \"Das Ladegerät kann heiß werden. ...\"}]}\n"
    "\n"
    "It may also have serial_from, serial_to, made_from, made_to, stop_use and link.\n";

const char help_recall_show[] = "One recall: what it covers, since when, and its text in every "
                                "language.\n"
                                "\n"
                                "  assay recall show R-2026-01\n";

const char help_recall_lift[] = "Ends a recall. It stays in the list.\n"
                                "\n"
                                "  assay recall lift R-2026-01\n";

const char help_recall_list[] = "Every recall, open or lifted.\n"
                                "\n"
                                "  assay recall list\n";

const char help_credential_new[] =
    "Makes a key for the HTTP interface and prints it, this once: only a keyed hash is kept.\n"
    "It goes into requests as `Authorization: Bearer KEY`. The first one is made here, role\n"
    "admin; that one makes the others at /v1/credentials. A running assayd knows it at once.\n"
    "\n"
    "  assay credential new --role admin\n"
    "  assay credential new --role retailer --organisation \"Tool Shop\" --location shop-7\n";

const char help_credential_list[] =
    "Every credential: its ID, its role, who acts with it, when it was last used, and whether it\n"
    "is still good. The keys themselves are not kept, so none is shown.\n"
    "\n"
    "  assay credential list\n";

const char help_credential_rotate[] =
    "Makes another key for the same credential and prints it, this once. The old one goes on\n"
    "working for seven days, or for --grace seconds, so that nothing stands still while it is\n"
    "replaced. `assay credential list` has the ID.\n"
    "\n"
    "  assay credential rotate 7K3M9Q2X --grace 86400\n";

const char help_credential_revoke[] =
    "Ends a credential: all its keys are refused from the next request on. It stays in the list,\n"
    "and what was done with it stays in the histories. `assay credential list` has the ID.\n"
    "\n"
    "  assay credential revoke 7K3M9Q2X\n";
