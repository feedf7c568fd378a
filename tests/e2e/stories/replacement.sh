#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A drill breaks under warranty: the service center gives the customer another one. From outside,
# with curl and a shell. Needs ASSAY_BIN and ASSAY_TREE.
set -euo pipefail
gtin=09506000134352
work=$(mktemp -d "${TMPDIR:-/tmp}/assay-story.XXXXXX")
daemon=
stop() {
    [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

fail() {
    printf 'not as told: %s\n%s\n' "$1" "$(cat "$work/answer" 2>/dev/null)" >&2
    exit 1
}
assay() { "$ASSAY_BIN/assay" "$@" --data "$work/data" >>"$work/log" 2>&1 || fail "assay $*: $(tail -n 3 "$work/log")"; }
key_of() { # ROLE ORGANISATION
    "$ASSAY_BIN/assay" credential new --role "$1" --organisation "$2" --data "$work/data" 2>/dev/null |
        grep -o 'assay_[A-Za-z0-9_]*' | head -n 1
}
ask() { # STATUS KEY METHOD PATH [CURL OPTION...]: the answer is in $work/answer
    local expected=$1 key=$2 method=$3 path=$4 status
    shift 4
    [ -z "$key" ] || set -- -H "Authorization: Bearer $key" "$@"
    status=$(curl -sS -o "$work/answer" -w '%{http_code}' -X "$method" -H 'Accept: application/json' \
        "$@" "$base$path")
    [ "$status" = "$expected" ] || fail "$method $path: $status instead of $expected"
}
post() { # STATUS KEY PATH BODY [CURL OPTION...]
    local status=$1 key=$2 path=$3 body=$4
    shift 4
    ask "$status" "$key" POST "$path" -H 'Content-Type: application/json' --data-binary "$body" "$@"
}
says() { grep -qF -- "$1" "$work/answer" || fail "it does not say $1"; }
silent() { ! grep -qF -- "$1" "$work/answer" || fail "it says $1"; }
unit() { printf '{"gtin":"%s","serial":"%s"}' "$gtin" "$1"; }

# ---- a brand, three drills, a shop and a service center ----

passphrase=$work/passphrase
(umask 077 && printf 'correct horse battery staple\n' >"$passphrase")
assay product put "$ASSAY_TREE/gateway/demo/products/$gtin.json"
assay keys new plant-a --organisation Norrland --gtin-prefix 0950600 --passphrase-file "$passphrase"
assay issue --gtin $gtin --count 3 --key plant-a --passphrase-file "$passphrase" \
    --base-url http://localhost:8080 -o "$work/run"
assay import "$work/run.manifest.csv"
label() { sed -n "$(($1 + 1))p" "$work/run.labels.csv" | cut -d, -f1; }
serial() { sed -n "$(($1 + 1))p" "$work/run.labels.csv" | cut -d, -f4; }
old=$(serial 1) new=$(serial 2) spare=$(serial 3)
old_path=$(label 1 | sed -E 's#^https?://[^/]+##')
new_path=$(label 2 | sed -E 's#^https?://[^/]+##')

for try in 1 2 3 4 5 6 7 8; do
    port=$((20000 + (RANDOM + try) % 30000))
    base=http://127.0.0.1:$port
    "$ASSAY_BIN/assayd" --data "$work/data" --port "$port" --base-url "$base" >>"$work/daemon" 2>&1 &
    daemon=$!
    for _ in $(seq 200); do
        curl -s -o /dev/null "$base/" && break 2
        kill -0 "$daemon" 2>/dev/null || break
        sleep 0.05
    done
done
kill -0 "$daemon" 2>/dev/null || fail "assayd did not start: $(cat "$work/daemon")"

shop=$(key_of retailer "Tool Shop")
rival=$(key_of retailer "Other Shop")
service=$(key_of service "Repair Center")
operator=$(key_of operator Norrland)
for key in "$shop" "$rival" "$service" "$operator"; do
    [ -n "$key" ] || fail "a key is missing"
done

# ---- bought ten months ago; the second year still covers it ----

bought=$(date -u -d '10 months ago' +%F)
today=$(date -u +%F)
post 201 "$shop" /v1/events "{\"type\":\"sell\",\"gtin\":\"$gtin\",\"serial\":\"$old\",\"on\":\"$bought\"}"
ask 200 "$service" GET "/v1/units/$gtin/$old/warranty?on=$today"
says '"covered":true'
says '"by":"standard"'
says "\"sold_on\":\"$bought\""
ends=$(grep -o '"ends_on":"[0-9-]*"' "$work/answer" | head -n 1)

# ---- who may not replace, and what may not be replaced ----

claim="{\"old\":$(unit "$old"),\"new\":$(unit "$new"),\"reason\":\"motor dead\",\"fault\":\"motor\",
    \"covered\":\"yes\",\"entitlement\":\"standard\",\"reference\":\"C-17\"}"
post 401 "" /v1/replacements "$claim"
for key in "$shop" "$operator"; do
    post 403 "$key" /v1/replacements "$claim"
done
post 409 "$service" /v1/replacements "${claim//\"old\":$(unit "$old")/\"old\":$(unit "$spare")}"
post 404 "$service" /v1/replacements "${claim//$new/NOSUCHSERIAL}"
says '"pointer":"/new"'
post 400 "$service" /v1/replacements "${claim//standard/gold}"
says '"pointer":"/entitlement"'
ask 200 "" GET "$new_path"
says '"verdict":"ok"'

# ---- the claim, and its repeat when the connection was lost ----

post 201 "$service" /v1/replacements "$claim" -H 'Idempotency-Key: claim-17'
says '"state":"retired"'
says '"state":"sold"'
cp "$work/answer" "$work/first"
post 201 "$service" /v1/replacements "$claim" -H 'Idempotency-Key: claim-17'
cmp -s "$work/answer" "$work/first" || fail "the repeat answers something else"
post 422 "$service" /v1/replacements "${claim//motor dead/something else}" -H 'Idempotency-Key: claim-17'
post 409 "$service" /v1/replacements "$claim"

# ---- the old label is dead; the new unit has the remaining term, not a new one ----

ask 200 "" GET "$old_path"
says '"verdict":"bad"'
says '"code":"retired"'
ask 200 "" GET "$new_path"
says '"verdict":"ok"'
ask 200 "$service" GET "/v1/units/$gtin/$new/warranty"
says '"covered":true'
says "\"sold_on\":\"$bought\""
says "$ends"
post 200 "$service" /v1/warranty "{\"on\":\"$today\",\"units\":[$(unit "$old"),$(unit "$new"),$(unit "$spare"),$(unit NOSUCHSERIAL)]}"
says '"why":"retired"'
says '"why":"not_started"'
says '{"row":3,"status":404,"code":"not_found"'
ask 200 "$operator" GET "/v1/units/$gtin/$old/events"
says '"type":"replace"'
says "\"other_serial\":\"$new\""

# ---- what the shops are told when both come to the counter ----

codes="{\"codes\":[\"$(label 1)\",\"$(label 2)\",\"$(label 3)\"]}"
post 200 "$shop" /v1/screen "$codes"
says '{"row":0,"outcome":"refuse","reasons":[{"code":"retired"'
says '{"row":1,"outcome":"accept"'
says '"code":"sold_here"'
says '{"row":2,"outcome":"review","reasons":[{"code":"not_sold"'
post 200 "$rival" /v1/screen "$codes"
says '{"row":1,"outcome":"refuse","reasons":[{"code":"sold_elsewhere"'
silent 'Tool Shop'
post 403 "$service" /v1/screen "$codes"

assay check
echo "a replacement under warranty: as told"
