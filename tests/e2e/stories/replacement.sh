#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A drill breaks under warranty: the service center gives the customer another one.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

gtin=09506000134352
make_plant plant
assay product put "$(dirname "${BASH_SOURCE[0]}")/../../../gateway/demo/products/$gtin.json" >/dev/null
issue run plant $gtin 3
assay import "$work/run.manifest.csv" >/dev/null
shop=$(new_key retailer --organisation 'Tool Shop')
rival=$(new_key retailer --organisation 'Other Shop')
workshop=$(new_key service --organisation 'Repair Center')
operator=$(new_key operator --organisation Norrland)
start_gateway

serial_of() { sed -n "$(($1 + 1))p" "$work/run.labels.csv" | cut -d, -f4; }
unit() { printf '{"gtin":"%s","serial":"%s"}' "$gtin" "$1"; }
old=$(serial_of 1) new=$(serial_of 2) spare=$(serial_of 3)
bought=$(date -u -d '10 months ago' +%F)
today=$(date -u +%F)

tell 'bought ten months ago, and covered for two years'
sends "$shop" POST /v1/events "{\"type\":\"sell\",\"gtin\":\"$gtin\",\"serial\":\"$old\",\"on\":\"$bought\"}"
expects 201
asks "$workshop" GET "/v1/units/$gtin/$old/warranty?on=$today"
expects 200 '"covered":true' '"by":"standard"' "\"sold_on\":\"$bought\""
ends=$(grep -o '"ends_on":"[0-9-]*"' <<<"$body" | head -n 1)

claim="{\"old\":$(unit "$old"),\"new\":$(unit "$new"),\"reason\":\"motor dead\",\"fault\":\"motor\",
    \"covered\":\"yes\",\"entitlement\":\"standard\",\"reference\":\"C-17\"}"
tell 'who may not replace'
sends - POST /v1/replacements "$claim"
expects 401
for key in "$shop" "$operator"; do
    sends "$key" POST /v1/replacements "$claim"
    expects 403
done
tell 'it is no event of one unit: the answer says where it belongs'
sends "$workshop" POST /v1/events "{\"type\":\"replace\",\"gtin\":\"$gtin\",\"serial\":\"$old\"}"
expects 400 '"pointer":"/type"' 'use /v1/replacements, with both units'
tell 'what was not sold is not replaced'
sends "$workshop" POST /v1/replacements "${claim//\"old\":$(unit "$old")/\"old\":$(unit "$spare")}"
expects 409
tell 'a serial that does not exist'
sends "$workshop" POST /v1/replacements "${claim//$new/NOSUCHSERIAL}"
expects 404 '"pointer":"/new"'
tell 'a promise that does not exist'
sends "$workshop" POST /v1/replacements "${claim//standard/gold}"
expects 400 '"pointer":"/entitlement"'
verdict "$(label run 2)" ok genuine

tell 'first tried, then done'
sends "$workshop" POST '/v1/replacements?dry_run=true' "$claim"
expects 200 '"code":"would_apply"' '"state":"retired"' '"state":"sold"'
verdict "$(label run 1)" ok genuine
sends "$workshop" POST /v1/replacements "$claim" -H 'Idempotency-Key: claim-17'
expects 201 '"state":"retired"' '"state":"sold"'
given=$body
tell 'the connection was lost, and it is sent again'
sends "$workshop" POST /v1/replacements "$claim" -H 'Idempotency-Key: claim-17'
expects 201
[ "$body" = "$given" ] || fail 'a repeat answers something else' "$body"
tell 'the same key for another claim'
sends "$workshop" POST /v1/replacements "${claim//motor dead/something else}" -H 'Idempotency-Key: claim-17'
expects 422
tell 'the same claim a second time'
sends "$workshop" POST /v1/replacements "$claim"
expects 409

tell 'the old label is dead'
verdict "$(label run 1)" bad retired
tell 'the new unit has the remaining term, not a new one'
verdict "$(label run 2)" ok genuine
asks "$workshop" GET "/v1/units/$gtin/$new/warranty"
expects 200 '"covered":true' "\"sold_on\":\"$bought\"" "$ends"
sends "$workshop" POST /v1/warranty \
    "{\"on\":\"$today\",\"units\":[$(unit "$old"),$(unit "$new"),$(unit "$spare"),$(unit NOSUCHSERIAL)]}"
expects 200 '"why":"retired"' '"why":"not_started"' '{"row":3,"status":404,"code":"not_found"'
tell 'each knows the other'
asks "$operator" GET "/v1/units/$gtin/$old/events"
expects 200 '"type":"replace"' "\"other_serial\":\"$new\""

codes="{\"codes\":[\"$(label run 1)\",\"$(label run 2)\",\"$(label run 3)\",\"$(label run 2)\"]}"
codes=${codes//\"\/01/\"https:\/\/id.example.com\/01}
tell 'both come to the counter of the shop that sold the first, one of them twice'
sends "$shop" POST /v1/screen "$codes"
expects 200 '{"row":0,"outcome":"refuse","reasons":[{"code":"retired"' '{"row":1,"outcome":"accept"' \
    '"code":"sold_here"' '{"row":2,"outcome":"review","reasons":[{"code":"not_sold"' \
    '{"row":3,"outcome":"review","reasons":[{"code":"repeated"' '"row":1}'
tell 'and to another shop'
sends "$rival" POST /v1/screen "$codes"
expects 200 '{"row":1,"outcome":"refuse","reasons":[{"code":"sold_elsewhere"'
lacks 'Tool Shop'
tell 'a workshop takes nothing back'
sends "$workshop" POST /v1/screen "$codes"
expects 403

assay check >/dev/null
echo 'a replacement under warranty: as told'
