#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sold, repaired, returned; a copy is returned to a second shop; restocked and sold again.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

gtin=09506000134352
make_plant plant
assay product put "$(dirname "${BASH_SOURCE[0]}")/../../../gateway/demo/products/$gtin.json" >/dev/null
issue run plant $gtin 2
assay import "$work/run.manifest.csv" >/dev/null
operator=$(new_key operator)
first=$(new_key retailer --organisation 'Tool Shop' --location shop-1)
second=$(new_key retailer --organisation 'Market Stall' --location stall-9)
workshop=$(new_key service --organisation 'Workshop')
start_gateway

scan=$(label run 1)
row() { sed -n 2p "$work/run.$1.csv" | tr -d '\r'; }
serial=$(row labels | cut -d, -f4)
claim=$(grep -F "$serial," "$work/run.cards.csv" | tr -d '\r' | sed 's/.*,//')
unit="\"gtin\":\"$gtin\",\"serial\":\"$serial\""
event() { # KEY TYPE [MEMBERS [CURL OPTION...]]
    local key=$1 type=$2 members=${3:-}
    shift $(($# > 2 ? 3 : 2))
    sends "$key" POST /v1/events "{\"type\":\"$type\",$unit${members:+,$members}}" "$@"
}
record=/v1/units/$gtin/$serial

tell 'the brand ships it, the shop receives it where it is, and nowhere else'
event "$operator" ship '"location":"shop-1","sales_order":"SO-1"'
expects 201 '"version":2'
event "$first" receive '"location":"stall-9"'
expects 403 '"denied"'
event "$first" receive '"location":"shop-1"'
expects 201 '"version":3'
event "$second" sell
expects 403 '"denied"'

tell 'sold, by the version that was seen'
event "$first" sell '' -H 'If-Match: "2"'
expects 409 '"conflict"' '"current"'
[ "$(header ETag)" = '"3"' ] || fail 'the ETag' "$headers"
event "$first" sell '"price":"129.00 EUR"' -H 'If-Match: "3"' -H 'Idempotency-Key: sale-1'
expects 201 '"state":"sold"'
sold=$body
event "$first" sell '"price":"129.00 EUR"' -H 'If-Match: "3"' -H 'Idempotency-Key: sale-1'
expects 201
[ "$body" = "$sold" ] || fail 'the repeated sale answers something else' "$body"
verdict "$scan" ok genuine
lacks shop-1 SO-1 'Tool Shop'

tell 'repaired under warranty'
event "$workshop" service '"fault":"switch","work":"new switch","covered":"yes","entitlement":"standard"'
expects 201
event "$first" service '"fault":"switch","covered":"no"'
expects 403
sends "$workshop" POST /v1/verify "{\"code\":\"https://id.example.com$scan\"}"
expects 200 '"history":[{' 'new switch' '"months":24'
lacks shop-1 SO-1
sends "$first" POST /v1/verify "{\"code\":\"https://id.example.com$scan\"}"
expects 200 '"sold_here":true' '"open_return":false'
lacks 'new switch'

tell 'returned to who sold it, not to another shop'
event "$second" return
expects 403 '"denied"'
event "$first" return '"reference":"RMA-7"'
expects 201 '"open_return":true'
verdict "$scan" caution returned

tell 'the copy turns up at a second shop: the unit is held, and both are told'
event "$second" return '' -H 'Idempotency-Key: copy-1'
expects 409 '"second_return"' 'Tool Shop'
event "$second" return '' -H 'Idempotency-Key: copy-1'
expects 409 '"second_return"'
verdict "$scan" caution held
for shop in "$first" "$second"; do
    asks "$shop" GET $record/events
    expects 200 '"type":"hold"' 'returned to Market Stall while its return to Tool Shop is open'
    event "$shop" release
    expects 403 '"denied"'
done
event "$first" restock '"location":"shop-1"'
expects 409 '"conflict"'

tell 'the brand looks at both, and the shop puts the original back on sale'
event "$operator" release '"reason":"the other one was the copy"'
expects 201 '"conditions":[]'
event "$first" restock '"location":"shop-1"'
expects 201 '"state":"in_stock"'
event "$first" sell
expects 201 '"state":"sold"'
verdict "$scan" ok genuine

tell 'the claim code of the first buyer is dead'
sends - POST /v1/activations "{$unit,\"claim_code\":\"$claim\"}"
expects 403
lacks owner_secret

tell 'the operator sees it all, and nothing is damaged'
asks "$operator" GET $record/events
expects 200 '"number":10' 'RMA-7' 'SO-1' '129.00 EUR' '"actor":"Tool Shop"'
assay check >/dev/null
