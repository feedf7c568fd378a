#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bought, registered, sold on; stolen and found by its owner; and what strangers get.
. "$(dirname "$0")/story.sh"

gtin=09506000134352
make_plant plant
assay product put "$(dirname "$0")/../../../gateway/demo/products/$gtin.json" >/dev/null
issue run plant $gtin 3 --lot L1
assay import "$work/run.manifest.csv" >/dev/null
shop=$(new_key retailer --organisation "Tool Shop")
stall=$(new_key retailer --organisation "Market Stall")
workshop=$(new_key service --organisation Workshop)
brand=$(new_key operator --organisation "Example Brand")
start_gateway

row() { sed -n "$(($2 + 1))p" "$work/run.$1.csv" | tr -d '\r'; } # FILE ROW
serial_of() { row labels "$1" | cut -d, -f4; }
claim_of() { grep -F "$(serial_of "$1")," "$work/run.cards.csv" | tr -d '\r' | sed 's/.*,//'; }
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$body"; } # NAME: of the last answer

scan=$(label run 1) serial=$(serial_of 1) claim=$(claim_of 1)
unit="\"gtin\":\"$gtin\",\"serial\":\"$serial\""
nobody="\"gtin\":\"$gtin\",\"serial\":\"NEVER-MADE\""
owner_page=/v1/units/$gtin/$serial/owner
link=https://id.example.com$scan

# ---- bought ----
tell "nobody registers what was not sold"
sends - POST /v1/activations "{$unit,\"claim_code\":\"$claim\"}"
expects 409 '"conflict"'
lacks 'owner_secret'
tell "the shop sells it"
sends "$shop" POST /v1/events "{\"type\":\"sell\",$unit}"
expects 201

# ---- registered ----
tell "a wrong claim code"
sends - POST /v1/activations "{$unit,\"claim_code\":\"0000000000\"}"
expects 403 '"code_refused"'
wrong_code=$body
tell "a serial that does not exist"
sends - POST /v1/activations "{$nobody,\"claim_code\":\"$claim\"}"
expects 403
[ "$body" = "$wrong_code" ] || fail "a wrong serial and a wrong code differ: $body"
tell "another shop has no business with it"
sends "$stall" POST /v1/activations "{$unit}"
expects 403 '"denied"'
tell "the claim code is missing"
sends - POST /v1/activations "{\"code\":\"$link\"}"
expects 400 '/claim_code'
tell "not a label"
sends - POST /v1/activations "{\"code\":\"not a label\",\"claim_code\":\"$claim\"}"
expects 404 '"not_a_code"'
typed=$(echo "$claim" | tr A-Z a-z | sed 's/^...../& /')
tell "the buyer scans the label and types the claim code"
sends - POST /v1/activations "{\"code\":\"$link\",\"claim_code\":\"$typed\"}" -H 'Idempotency-Key: a1b2c3d4-0001'
expects 201 '"owner_secret":"owner_'
first=$(member owner_secret)
given=$body
tell "the answer was lost; the buyer asks again"
sends - POST /v1/activations "{\"code\":\"$link\",\"claim_code\":\"$typed\"}" -H 'Idempotency-Key: a1b2c3d4-0001'
expects 201
[ "$body" = "$given" ] || fail "a repeat answers something else: $body"
tell "a second registration"
sends - POST /v1/activations "{$unit,\"claim_code\":\"$claim\"}"
expects 409 '"already_registered"'
lacks 'owner_secret'
tell "who scans the label learns nothing of it"
asks - GET "$scan"
expects 200 '"ok"'
lacks 'owner' 'activat'
tell "the owner looks"
asks "$first" GET $owner_page
expects 200 '"state":"sold"' '"covered":true' '"type":"activate"'
lacks 'Tool Shop'
tell "anybody looks"
asks - GET $owner_page
expects 401
tell "the shop looks"
asks "$shop" GET $owner_page
expects 403

# ---- stolen and found ----
tell "nobody marks another's unit stolen"
sends "$stall" POST /v1/events "{\"type\":\"report_stolen\",$unit}"
expects 409 '"conflict"'
asks - GET "$scan"
expects 200 '"ok"'
tell "the owner reports it stolen"
sends "$first" POST /v1/events "{\"type\":\"report_stolen\",$unit,\"reference\":\"POLICE-4711\"}"
expects 201
tell "the label tells at once"
asks - GET "$scan"
expects 200 '"bad"' '"stolen"'
lacks 'POLICE'
tell "the report waits for the brand"
asks "$first" GET $owner_page
expects 200 '"provisional":["stolen"]' 'POLICE-4711'
tell "a stolen unit is not handed on"
sends "$first" POST /v1/transfers "{$unit}"
expects 409
tell "the owner has it back"
sends "$first" POST /v1/events "{\"type\":\"recover\",$unit}"
expects 201
tell "and the label is good again"
asks - GET "$scan"
expects 200 '"ok"'

# ---- sold on ----
tell "who offers it?"
sends - POST /v1/transfers "{$unit}"
expects 401
tell "not the owner of that one"
sends "$first" POST /v1/transfers "{\"gtin\":\"$gtin\",\"serial\":\"$(serial_of 2)\"}"
expects 403 '"denied"'
tell "the owner offers it"
sends "$first" POST /v1/transfers "{$unit}"
expects 201 '"expires_at"'
code=$(member transfer_code)
tell "a wrong transfer code"
sends - POST /v1/transfers/redeem "{$unit,\"transfer_code\":\"0000-0000-0000\"}"
expects 403 '"code_refused"'
wrong_code=$body
tell "of a serial that does not exist"
sends - POST /v1/transfers/redeem "{$nobody,\"transfer_code\":\"$code\"}"
expects 403
[ "$body" = "$wrong_code" ] || fail "a wrong serial and a wrong transfer code differ: $body"
tell "the new owner redeems it"
sends - POST /v1/transfers/redeem "{$unit,\"transfer_code\":\"$code\"}"
expects 201 '"owner_secret":"owner_'
second=$(member owner_secret)
[ "$first" != "$second" ] || fail "the secret is the old one"
tell "the code works once"
sends - POST /v1/transfers/redeem "{$unit,\"transfer_code\":\"$code\"}"
expects 403 '"code_refused"'
tell "the old owner is a stranger"
asks "$first" GET $owner_page
expects 403
tell "and cannot report it stolen"
sends "$first" POST /v1/events "{\"type\":\"report_stolen\",$unit}"
expects 403
tell "the new owner sees nothing of the old one"
asks "$second" GET $owner_page
expects 200 '"type":"transfer"'
lacks 'report_stolen' 'POLICE'

# ---- the secret is lost ----
tell "lost, says a stranger"
sends - POST /v1/recoveries "{$unit,\"claim_code\":\"0000000000\"}"
expects 403 '"code_refused"'
tell "lost, says the old owner, who kept the card"
sends - POST /v1/recoveries "{$unit,\"claim_code\":\"$claim\"}"
expects 403 '"code_refused"'
tell "lost, says a shop that did not sell it"
sends "$stall" POST /v1/recoveries "{$unit}"
expects 403 '"denied"'
tell "lost, says the workshop, which saw the receipt"
sends "$workshop" POST /v1/recoveries "{$unit}"
expects 202 '"recovery_at"'
tell "but the owner has two weeks to object"
sends "$workshop" POST /v1/activations "{$unit}"
expects 409 '"already_registered"'
tell "and is told"
asks "$second" GET $owner_page
expects 200 '"recovery_at"' '"lose_secret"'
tell "the owner objects"
sends "$second" POST /v1/events "{\"type\":\"dismiss\",$unit}"
expects 201
tell "and that was that"
asks "$second" GET $owner_page
expects 200 '"dismiss"'
lacks 'recovery_at'

# ---- over the counter ----
other="\"gtin\":\"$gtin\",\"serial\":\"$(serial_of 2)\""
tell "the shop sells another"
sends "$shop" POST /v1/events "{\"type\":\"sell\",$other}"
expects 201
tell "and registers it for the customer, without the card"
sends "$shop" POST /v1/activations "{$other}"
expects 201 '"owner_secret"' '"without_claim_code":true'
counter=$(member owner_secret)
tell "once"
sends "$workshop" POST /v1/activations "{$other}"
expects 409 '"already_registered"'
tell "who has that secret, the shop perhaps, hands nothing on"
sends "$counter" POST /v1/transfers "{$other}"
expects 409 'card in the box'
tell "the shop says that the secret is lost, and objects: the buyer could wait for ever"
sends "$shop" POST /v1/recoveries "{$other}"
expects 202 '"recovery_at"'
sends "$counter" POST /v1/events "{\"type\":\"dismiss\",$other}"
expects 201
tell "the buyer with the card waits for nothing"
sends - POST /v1/recoveries "{$other,\"claim_code\":\"$(claim_of 2)\"}"
expects 409 '"not_needed"'
tell "and registers it at home"
sends - POST /v1/activations "{$other,\"claim_code\":\"$(claim_of 2)\"}"
expects 201 '"owner_secret"'
lacks 'without_claim_code'
home=$(member owner_secret)
tell "the secret of the counter is dead"
asks "$counter" GET "/v1/units/$gtin/$(serial_of 2)/owner"
expects 403
tell "the buyer sees what happened"
asks "$home" GET "/v1/units/$gtin/$(serial_of 2)/owner"
expects 200 '"displaced_owner":true'
tell "and may hand it on"
sends "$home" POST /v1/transfers "{$other}"
expects 201 '"transfer_code"'
tell "the brand reads of it"
asks "$brand" GET "/v1/notices?kind=owner_displaced"
expects 200 "\"serial\":\"$(serial_of 2)\"" 'before that without it, by Tool Shop'

# ---- a stranger tries codes ----
third="\"gtin\":\"$gtin\",\"serial\":\"$(serial_of 3)\""
tell "the shop sells a third"
sends "$shop" POST /v1/events "{\"type\":\"sell\",$third}"
expects 201
tell "a stranger tries three hundred codes at once, and is stopped"
curl -sS -o "$work/tried" -w '%{http_code}\n' -H 'Content-Type: application/json' \
    --data-binary "{$third,\"claim_code\":\"1111111111\"}" "$base/v1/activations?[1-300]" >"$work/codes"
looked_at=$(grep -c '^403$' "$work/codes")
stopped=$(grep -c '^429$' "$work/codes") || true
[ $((looked_at + stopped)) = 300 ] && [ "$looked_at" -ge 100 ] && [ "$stopped" -ge 1 ] ||
    fail "looked at $looked_at, stopped $stopped"
tell "the others are not kept waiting"
sends - POST /v1/activations "{$other,\"claim_code\":\"$(claim_of 2)\"}"
expects 409 '"already_registered"'
tell "and the buyer gets in a moment later"
for _ in $(seq 20); do
    sends - POST /v1/activations "{$third,\"claim_code\":\"$(claim_of 3)\"}"
    [ "$status" = 429 ] || break
    sleep "$(header Retry-After)"
done
expects 201 '"owner_secret"'
