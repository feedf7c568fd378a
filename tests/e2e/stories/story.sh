# SPDX-License-Identifier: Apache-2.0
# What the stories share; sourced by each. A story is told from outside: the command line prepares a
# gateway as its operator would, and from then on everything is curl.
#
#   ASSAY_BIN   the directory with assay and assayd
set -euo pipefail
bin=${ASSAY_BIN:?the directory with assay and assayd}
work=$(mktemp -d)
data=$work/data
pid=
step='the beginning'

finish() {
    local code=$?
    [ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT

fail() {
    echo "FAILED at: $step" >&2
    printf '%s\n' "$@" >&2
    exit 1
}
tell() { step=$*; echo "- $*"; }

assay() {
    "$bin/assay" "$@" --data "$data" 2>"$work/assay.err" || fail "assay $*" "$(cat "$work/assay.err")"
}
make_plant() { # NAME: a key that may sign 0950600…
    (umask 077 && echo 'a passphrase for the story' >"$work/passphrase")
    assay keys new "$1" --organisation Norrland --gtin-prefix 0950600 \
        --passphrase-file "$work/passphrase" >/dev/null
}
issue() { # RUN PLANT GTIN COUNT [OPTION...]: RUN.labels.csv and RUN.manifest.csv in $work
    local run=$1 plant=$2 gtin=$3 count=$4
    shift 4
    assay issue --gtin "$gtin" --count "$count" --key "$plant" -o "$work/$run" \
        --passphrase-file "$work/passphrase" --base-url https://id.example.com "$@" >/dev/null
}
label() { # RUN ROW: path and query of a label
    sed -n "$(($2 + 1))p" "$work/$1.labels.csv" | cut -d, -f1 | sed -E 's#^https?://[^/]+##'
}
new_key() { assay credential new --role "$@"; } # ROLE [OPTION...]: an API key

# A port that somebody else takes first is tried again with another one.
start_gateway() {
    local tries=0
    while :; do
        port=$((20000 + RANDOM % 12000))
        base=http://127.0.0.1:$port
        "$bin/assayd" --data "$data" --port "$port" --base-url "http://localhost:$port" \
            >"$work/assayd.out" 2>"$work/assayd.err" &
        pid=$!
        answers && return
        wait "$pid" 2>/dev/null || true
        tries=$((tries + 1))
        [ "$tries" -lt 5 ] || fail 'assayd does not start' "$(cat "$work/assayd.err")"
    done
}
answers() {
    local i
    for ((i = 0; i < 200; i++)); do
        kill -0 "$pid" 2>/dev/null || return 1
        curl -s -o "$work/body" "$base/v1/keys" && return
        sleep 0.05
    done
    fail 'assayd does not answer'
}

# asks KEY METHOD PATH [CURL OPTION...]: the answer is in $status, $body and $headers. KEY - is none.
asks() {
    local key=$1 method=$2 path=$3
    shift 3
    local who=()
    [ "$key" = - ] || who=(-H "Authorization: Bearer $key")
    asked="$method $path"
    status=$(curl -sS -X "$method" "${who[@]}" "$@" -o "$work/body" -D "$work/headers" \
        -w '%{http_code}' "$base$path") || fail "curl $asked"
    body=$(cat "$work/body")
    headers=$(tr -d '\r' <"$work/headers")
}
sends() { # KEY METHOD PATH JSON [CURL OPTION...]
    local key=$1 method=$2 path=$3 json=$4
    shift 4
    asks "$key" "$method" "$path" -H 'Content-Type: application/json' --data-binary "$json" "$@"
}
expects() { # STATUS [TEXT...]: each of them is in the body
    [ "$status" = "$1" ] || fail "$asked: $status, not $1" "$body"
    shift
    local text
    for text; do
        [[ $body == *"$text"* ]] || fail "$asked: no $text in" "$body"
    done
}
lacks() { # TEXT...: none of them is in the body
    local text
    for text; do
        [[ $body != *"$text"* ]] || fail "$asked: $text is in" "$body"
    done
}
header() { # NAME: of the last answer
    sed -n "s/^$1: //Ip" "$work/headers" | tr -d '\r'
}
verdict() { # LABEL VERDICT REASON: what the public is told of it now
    asks - GET "$1"
    expects 200 "\"verdict\":\"$2\"" "\"reasons\":[{\"code\":\"$3\""
}
