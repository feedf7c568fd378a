#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A lot is recalled and lifted, and the next verification says so each time.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

drill=09506000134352
made=$((${ASSAY_UNITS:-200})) # in the lot that is recalled

tell 'a plant, an operator, an issuer and a shop'
make_plant plant-a
issue bad plant-a $drill "$made" --lot L24A0917 --made-on 2026-01-12
issue good plant-a $drill 3 --lot L24A0918 --made-on 2026-01-13
operator=$(new_key operator)
issuer=$(new_key issuer)
shop=$(new_key retailer --organisation 'Tool Shop')
start_gateway

tell 'units of a product that nobody knows are not registered'
manifest() { asks "$1" POST "/v1/manifests$3" -H 'Content-Type: text/csv' --data-binary "@$work/$2.manifest.csv"; }
manifest "$issuer" good ''
expects 200 '"code":"product_unknown"' '"rows":3,"registered":0,"already":0,"refused":3'

tell 'the operator puts the product'
sends "$operator" PUT /v1/products/$drill '{"gtin":"'$drill'","item":"DR-18","name":"Cordless drill"}'
expects 201 '"version":1'
[ "$(header ETag)" = '"1"' ] || fail 'the ETag' "$headers"
sends "$operator" PUT /v1/products/$drill '{"gtin":"'$drill'","name":"Another drill"}'
expects 409 '"code":"conflict"'
sends "$operator" PUT /v1/products/$drill '{"gtin":"'$drill'","item":"DR-18","name":"Cordless drill, 18 V"}' \
    -H 'If-Match: "1"'
expects 200 '"version":2'
sends "$shop" PUT /v1/products/$drill '{"gtin":"'$drill'","name":"Mine"}' -H 'If-Match: "2"'
expects 403 '"code":"denied"'
asks "$shop" GET /v1/products/$drill
expects 200 '"name":"Cordless drill, 18 V"'

tell "the issuer registers $made + 3 units, and no one else may"
if [ "$made" -le 50000 ]; then
    manifest "$issuer" bad '?dry_run=true'
    expects 200 "\"registered\":$made" '"dry_run":true'
    verdict "$(label bad 1)" bad never_issued
    manifest "$issuer" bad ''
    expects 200 "\"registered\":$made,\"already\":0,\"refused\":0" '"vouched":true'
    manifest "$issuer" bad ''
    expects 200 "\"registered\":0,\"already\":$made,\"refused\":0"
else
    assay import "$work/bad.manifest.csv" >/dev/null # larger than one request may be
fi
manifest "$shop" good ''
expects 403
manifest - good ''
expects 401
manifest "$operator" good ''
expects 200 '"registered":3'
verdict "$(label bad 1)" ok genuine
verdict "$(label good 1)" ok genuine

tell 'the operator asks how many a recall would concern'
recall='{"id":"R-2026-07","gtin":"'$drill'","lot":"L24A0917","stop_use":true,
    "text":"The battery can catch fire. Stop using it.","link":"https://support.example.com/r-2026-07",
    "texts":[{"language":"de","text":"Der Akku kann brennen. Nicht mehr benutzen."}]}'
sends "$operator" POST '/v1/recalls?dry_run=true' "$recall"
expects 200 "{\"dry_run\":true,\"affected\":$made}"
sends "$operator" POST '/v1/recalls?dryrun=true' "$recall"
expects 400
sends "$shop" POST /v1/recalls "$recall"
expects 403
sends - POST /v1/recalls "$recall"
expects 401
asks "$shop" GET /v1/recalls
expects 200 '{"recalls":[]}'
verdict "$(label bad 1)" ok genuine

tell 'the lot is recalled: one write'
sends "$operator" POST /v1/recalls "$recall" -H 'Idempotency-Key: recall-07'
expects 201 '"id":"R-2026-07"' '"opened_at"'
[ "$(header Location)" = /v1/recalls/R-2026-07 ] || fail 'the Location' "$headers"
verdict "$(label bad 1)" bad recalled
expects 200 'The battery can catch fire' 'https://support.example.com/r-2026-07' '"stop_use":true'
verdict "$(label bad "$made")" bad recalled
verdict "$(label good 1)" ok genuine
sends "$operator" POST /v1/recalls "$recall" -H 'Idempotency-Key: recall-07'
expects 201 '"version":1'
sends "$operator" POST /v1/recalls "$recall"
expects 409 '"code":"conflict"'

tell 'a browser gets a page that says it'
asks - GET "$(label bad 2)" -H 'Accept: text/html'
expects 200 'The battery can catch fire'

tell 'it is lifted'
asks "$shop" POST /v1/recalls/R-2026-07/lift
expects 403
asks "$operator" POST /v1/recalls/R-2026-08/lift
expects 404
asks "$operator" POST /v1/recalls/R-2026-07/lift -H 'If-Match: "1"'
expects 200 '"version":2' '"lifted_at"'
verdict "$(label bad 1)" ok genuine
lacks 'The battery can catch fire'
verdict "$(label bad "$made")" ok genuine
asks "$operator" POST /v1/recalls/R-2026-07/lift
expects 409 'lifted already'
asks "$shop" GET /v1/recalls/R-2026-07
expects 200 '"lifted_at"'

tell 'one drill of the other lot, by its serial'
serial=$(sed -n 2p "$work/good.labels.csv" | cut -d, -f4)
sends "$operator" POST /v1/recalls '{"id":"R-2026-08","gtin":"'$drill'","serial_from":"'"$serial"'",
    "serial_to":"'"$serial"'","text":"The charger can run hot."}'
expects 201
verdict "$(label good 1)" caution recalled
verdict "$(label good 2)" ok genuine
verdict "$(label bad 1)" ok genuine
