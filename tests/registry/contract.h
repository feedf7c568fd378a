/* SPDX-License-Identifier: Apache-2.0 */
/* What registry.h promises, tried on any engine: every call, and every result that can be had
 * without breaking something. */
#ifndef ASSAY_TESTS_REGISTRY_CONTRACT_H
#define ASSAY_TESTS_REGISTRY_CONTRACT_H

#include "tests/registry/support.h"

/* `url` leads to a place where no registry is yet; the engine keeps its data when it is closed. */
void contract(const char *url);

/* ---- for the parts of it ---- */

struct contract {
    const char *url;
    struct registry *registry;
    struct registry_session *session;
    uint64_t operations; /* made so far: each part takes fresh ids */
    unsigned gtins;
};

/* An operation, and a GTIN, that nothing else uses. */
void contract_operation(struct contract *contract, struct operation *out);
void contract_gtin(struct contract *contract, char out[static GTIN_DIGITS + 1]);
/* Registers a unit of the GTIN and reads it back. */
void contract_unit(struct contract *contract, const char *gtin, const char *serial,
                   struct unit *out);
/* Fails the test with the row's label. */
void contract_expect(const char *label, enum err got, enum err expected);

void contract_commission(struct contract *contract);
void contract_apply(struct contract *contract);
void contract_events(struct contract *contract);
void contract_products(struct contract *contract);
void contract_lots(struct contract *contract);
void contract_recalls(struct contract *contract);
void contract_credentials(struct contract *contract);
void contract_view(struct contract *contract);
void contract_list(struct contract *contract);
void contract_arguments(struct contract *contract);
void contract_browsers(struct contract *contract);
void contract_notices(struct contract *contract);
void contract_notice_list(struct contract *contract);
void contract_tallies(struct contract *contract);
void contract_scans(struct contract *contract);
void contract_copy(struct contract *contract);

#endif
