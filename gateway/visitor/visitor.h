/* SPDX-License-Identifier: Apache-2.0 */
/* The pages for customers beyond the verdict, as the route table names them. They work without
 * scripts and without cookies. Each is a client of the API (visit.h), so that it can do nothing
 * that the API would not; the status is that of the API's answer. A form may name the unit by
 * `code`, a label or its link, or by `gtin` and `serial`; without either it asks for the code.
 * Every form carries `once`: sent twice it acts once and shows the same answer again. Fields that
 * are not named here are ignored; one that is too long, broken or there twice is 400. */
#ifndef ASSAY_VISITOR_VISITOR_H
#define ASSAY_VISITOR_VISITOR_H

#include "gateway/api/app.h"

/* GET, POST /register {unit, claim_code, purchased_on}: shows the owner secret, this once, as text,
 * as a link and as a QR code of it. The link is /owner/{gtin}/{serial}#SECRET: what follows the #
 * stays in the browser. */
handler visitor_register_form, visitor_register;
/* GET, POST /redeem {unit, transfer_code}: shows the new owner's secret in the same way. */
handler visitor_redeem_form, visitor_redeem;
/* GET, POST /recover {unit, claim_code}: the secret is lost; says from when on the claim code gives
 * another. */
handler visitor_recover_form, visitor_recover;

/* GET /owner/{gtin}/{serial}: asks for the secret. POST {secret}: the owner's page. With {do} it
 * asks whether that is meant, with {sure} besides it does it: `stolen`, `lost` {location, on,
 * reference}, `found`, `sell`, `object`. The secret may be the whole link, in any case, with blanks
 * and hyphens. */
handler visitor_owner_form, visitor_owner;

/* GET, POST /report {unit, place, text}: this looks fake, or this is the one that somebody misses.
 * Shows the reference, and what was scanned and answered, to be printed. */
handler visitor_report_form, visitor_report;

/* GET /pictures/{name}: the file DATA/pictures/NAME, up to 512 KiB, its type by its ending: avif,
 * jpg, jpeg, png, svg, webp. 404 for anything else, whatever the reason. */
handler visitor_picture;

#endif
