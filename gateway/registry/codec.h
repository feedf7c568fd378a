/* SPDX-License-Identifier: Apache-2.0 */
/* The one record codec: what is stored, byte for byte. For the engines of this room.
 *
 * A value is a format number (1 byte), the fields in a fixed order, and last an 8-byte hash, keyed
 * with the record key (SipHash-2-4), over table name, NUL, length of the key (2 bytes), key and
 * value. The store below has no check sums, so the hash is what tells damage, and a record that was
 * put under another key or into another table, from data. Each record has exactly one spelling:
 * what decodes encodes to the same bytes. Strings and times: pack.h. Versions have 4 bytes.
 *
 *   table       key                        value after the format number
 *   units       gtin serial                version4 state1 conditions1 present4 kid5 seal16
 *                                          registered_at8 operation16, then what is present, in
 *                                          the order of unit_present: seals 16, days 4, times 8
 *                                          bytes; adjustments: count1, each: entitlement
 *                                          excluded1 months2 ends_on4; unproven: nothing
 *   products    gtin                       version4 item brand name model picture support markets
 *                                          offset2 activation_before_sale1 returns_from_any1
 *                                          count1, each: id title starts4 months2
 *                                          requires_activation1 covers countries; [count1 (not 0)
 *                                          limits of copies: times2, the last not 0]
 *   lots        gtin lot                   version4 made_on4 expires_on4
 *   recalls     gtin id                    version4 lot from to made_from4 made_to4 stop_use1
 *                                          text(long) link opened_at8 lifted_at8
 *   recall_ids  id                         gtin14
 *   events      gtin serial NUL number8    type1 role1 at8 operation16 offset2 flags1 actor
 *                                          [seal16] [sold_on4 activated_on4 seller sales_order
 *                                          adjustments] count1, each: field1 value; flags:
 *                                          ends_own 1, product_allows 2, seal 4, inherits 8,
 *                                          ends_claim 16, without_claim 32, displaces 64
 *   credentials id                         version4 role1 name organisation count1 locations
 *                                          made_at8 expires_at8 revoked_at8 used_on4, twice: seal16
 *                                          made_at8 expires_at8
 *   operations  id                         digest16 at8 role1 count4 actor note
 *   sessions    credential8 seal16         made_at8 seen_at8 key16
 *   notices     (INT64_MAX - first_at)8    version4 kind1 gtin serial answer last_at8 count4 role1
 *               reference                  organisation place text(long) closed_at8 closed_by
 *                                          outcome
 *   notice_ids  reference                  first_at8
 *   tallies     day4                       verdicts: 4 times 8, by verdict_class; count1, each
 *                                          (rising, none of 0): reason1 times8
 *   scans       gtin serial                first_at8 last_at8 sessions8 sketch32 day4 level1
 *                                          count1 clients: times4; count1 countries: code2
 *                                          sessions4 last_at8; elsewhere4; count1 evidence by
 *                                          rule, the last not 0: times4 on4 (0 without times);
 *                                          leaked_on4 cleared_at8
 *   scan_runs   run8                       batch8
 *   meta        "registry"                 (no format number) "assay registry" format4
 *
 *   by_...      value NUL gtin6 serial     (nothing, not even a hash) see index.h
 *
 * Units lie in the order of (gtin, serial) because a GTIN has a fixed length; the events of a unit
 * lie together in their order because no serial holds a NUL; the sessions of a credential because
 * its id has a fixed length; notices in the order of time, the newest first.
 *
 * `present` and `flags` are sets that may grow without a new format number: a record of before has
 * none of the new bits and reads as it did, and to an older program a bit that it does not know is
 * a record that it does not read, ERR_CORRUPT, never one that says less than it does. */
#ifndef ASSAY_REGISTRY_CODEC_H
#define ASSAY_REGISTRY_CODEC_H

#include "gateway/registry/pack.h"
#include "gateway/registry/scans.h"

/* Not stored; their names are. */
enum table {
    TABLE_META,
    TABLE_UNITS,
    TABLE_PRODUCTS,
    TABLE_LOTS,
    TABLE_RECALLS,
    TABLE_RECALL_IDS,
    TABLE_EVENTS,
    TABLE_OPERATIONS,
    TABLE_CREDENTIALS,
    TABLE_BY_LOT,
    TABLE_BY_LOCATION,
    TABLE_BY_PURCHASE,
    TABLE_BY_SALE,
    TABLE_BY_STATE,
    TABLE_BY_CONDITION,
    TABLE_SESSIONS, /* from here on: not in a registry of before they were thought of */
    TABLE_NOTICES,
    TABLE_NOTICE_IDS,
    TABLE_TALLIES,
    TABLE_SCANS,
    TABLE_SCAN_RUNS,
    TABLE_COUNT
};
enum { TABLES_FROM_THE_START = TABLE_SESSIONS };
const char *table_name(enum table table);

enum {
    RECORD_FORMAT = 1, /* of every kind so far */
    RECORD_KEY_MAX = 72,
    RECORD_VALUE_MAX = 4608,
    RECORD_HASH_BYTES = 8,
    HASHED_NAME_MAX = 16
};

/* What of a unit is there: the bits of `present`. */
enum unit_present {
    PRESENT_CLAIM = 1,
    PRESENT_MADE_ON = 2,
    PRESENT_EXPIRES_ON = 4,
    PRESENT_SHIPPED_ON = 8,
    PRESENT_SOLD_ON = 16,
    PRESENT_ACTIVATED_ON = 32,
    PRESENT_VARIANT = 64,
    PRESENT_LOT = 128,
    PRESENT_LOCATION = 256,
    PRESENT_SELLER = 512,
    PRESENT_PURCHASE_ORDER = 1024,
    PRESENT_SALES_ORDER = 2048,
    PRESENT_DOCUMENT = 4096,
    PRESENT_OWNER = 8192,
    PRESENT_TRANSFER = 16384,
    PRESENT_TRANSFER_UNTIL = 32768,
    PRESENT_PROVISIONAL = 65536,
    PRESENT_PROVISIONAL_UNTIL = 131072,
    PRESENT_RECOVERY_AT = 262144,
    PRESENT_LINKED_GTIN = 524288,
    PRESENT_LINKED_SERIAL = 1048576,
    PRESENT_ADJUSTMENTS = 2097152,
    PRESENT_UNPROVEN = 4194304,
    PRESENT_ALL = 8388607
};

/* One thread's working place: large, so it lives in a session and not on a stack. */
struct codec {
    uint8_t hash_key[RECORD_KEY_BYTES];
    size_t value_at; /* where the value begins in the message that is hashed */
    uint8_t message[HASHED_NAME_MAX + 2 + RECORD_KEY_MAX + RECORD_VALUE_MAX];
};
void codec_init(struct codec *codec, const uint8_t record_key[static RECORD_KEY_BYTES]);
void codec_wipe(struct codec *codec);

struct record_key {
    size_t len;
    uint8_t bytes[RECORD_KEY_MAX];
};
struct span key_span(const struct record_key *key);
/* Units, lots, recalls; products with "". */
void key_pair(struct record_key *out, const char *gtin, const char *text);
void key_event(struct record_key *out, const struct unit_key *unit, uint64_t number);
/* Operations, recall ids, credentials, notice ids. */
void key_bytes(struct record_key *out, const void *bytes, size_t len);
void key_session(struct record_key *out, const char *credential,
                 const uint8_t seal[static SEAL_BYTES]);
void key_notice(struct record_key *out, int64_t first_at, const char *reference);
void key_day(struct record_key *out, civil_day day); /* 1970-01-01 or later */
void key_run(struct record_key *out, int64_t run);   /* 1 or more */
/* False when it is no such key. `text` has room for `size` bytes with the NUL. */
bool key_read_pair(struct span key, char gtin[static GTIN_DIGITS + 1], char *text,
                   size_t size) MUST_CHECK;
bool key_read_unit(struct span key, struct unit_key *out) MUST_CHECK;
bool key_read_event(struct span key, struct unit_key *unit, uint64_t *number) MUST_CHECK;

/* A record to be stored; the value lies in the codec until that is used again. */
struct record {
    struct record_key key;
    struct span value;
};

/* False when the record breaks a limit of its kind; checked arguments never do. */
bool unit_encode(struct codec *codec, const struct unit *unit,
                 const uint8_t operation[static OPERATION_ID_BYTES], struct record *out) MUST_CHECK;
bool product_encode(struct codec *codec, const struct product *product,
                    struct record *out) MUST_CHECK;
bool lot_encode(struct codec *codec, const struct lot *lot, struct record *out) MUST_CHECK;
bool recall_encode(struct codec *codec, const struct recall *recall, struct record *out) MUST_CHECK;
bool recall_id_encode(struct codec *codec, const struct recall *recall,
                      struct record *out) MUST_CHECK;
bool event_encode(struct codec *codec, const struct unit_key *unit, uint64_t number,
                  const struct event *event, struct record *out) MUST_CHECK;
bool operation_encode(struct codec *codec, const struct operation *operation,
                      struct record *out) MUST_CHECK;
bool credential_encode(struct codec *codec, const struct credential *credential,
                       struct record *out) MUST_CHECK;
bool session_encode(struct codec *codec, const struct session *session,
                    struct record *out) MUST_CHECK;
bool notice_encode(struct codec *codec, const struct notice *notice, struct record *out) MUST_CHECK;
bool notice_id_encode(struct codec *codec, const struct notice *notice,
                      struct record *out) MUST_CHECK;
bool tally_encode(struct codec *codec, const struct tally *tally, struct record *out) MUST_CHECK;
bool scans_encode(struct codec *codec, const struct unit_key *unit, const struct scans *scans,
                  struct record *out) MUST_CHECK;
bool scan_run_encode(struct codec *codec, int64_t run, uint64_t batch,
                     struct record *out) MUST_CHECK;
bool meta_encode(struct codec *codec, struct record *out) MUST_CHECK;

/* ERR_OK or ERR_CORRUPT. The key is the one it was found under: it fills what the key says. */
enum err unit_decode(struct codec *codec, struct span key, struct span value, struct unit *out,
                     uint8_t operation[static OPERATION_ID_BYTES]) MUST_CHECK;
enum err product_decode(struct codec *codec, struct span key, struct span value,
                        struct product *out) MUST_CHECK;
enum err lot_decode(struct codec *codec, struct span key, struct span value,
                    struct lot *out) MUST_CHECK;
enum err recall_decode(struct codec *codec, struct span key, struct span value,
                       struct recall *out) MUST_CHECK;
enum err recall_id_decode(struct codec *codec, struct span key, struct span value,
                          char gtin[static GTIN_DIGITS + 1]) MUST_CHECK;
enum err event_decode(struct codec *codec, struct span key, struct span value,
                      struct event *out) MUST_CHECK;
enum err operation_decode(struct codec *codec, struct span key, struct span value,
                          struct operation *out) MUST_CHECK;
enum err credential_decode(struct codec *codec, struct span key, struct span value,
                           struct credential *out) MUST_CHECK;
enum err session_decode(struct codec *codec, struct span key, struct span value,
                        struct session *out) MUST_CHECK;
enum err notice_decode(struct codec *codec, struct span key, struct span value,
                       struct notice *out) MUST_CHECK;
enum err notice_id_decode(struct codec *codec, struct span key, struct span value,
                          int64_t *first_at) MUST_CHECK;
enum err tally_decode(struct codec *codec, struct span key, struct span value,
                      struct tally *out) MUST_CHECK;
enum err scans_decode(struct codec *codec, struct span key, struct span value,
                      struct unit_key *unit, struct scans *out) MUST_CHECK;
enum err scan_run_decode(struct codec *codec, struct span key, struct span value,
                         uint64_t *batch) MUST_CHECK;
/* The fault says whether it is no registry, another format, or another record key. */
enum err meta_decode(struct codec *codec, struct span key, struct span value,
                     struct fault *fault) MUST_CHECK;

/* ---- for the codec's own files, the cursors and the tests ---- */

void pack_adjustments(struct packer *p, const struct adjustment *adjustments, size_t count);
size_t unpack_adjustments(struct unpacker *u, struct adjustment out[static ADJUSTMENTS_MAX]);
/* Begins a value; `codec_finish` puts the hash behind it. */
struct packer codec_begin(struct codec *codec, const char *name, struct span key);
bool codec_finish(struct codec *codec, struct packer *packer, struct span *value) MUST_CHECK;
/* Copies the value, checks its hash, and gives what stands before it. */
bool codec_open(struct codec *codec, const char *name, struct span key, struct span value,
                struct unpacker *out) MUST_CHECK;

#endif
