#!/bin/sh
# Posts the JSON of one event, or of a batch, to POST /api/events.
#
#   samples/post_event.sh samples/event.json
#   samples/post_event.sh < samples/event.json
#
# ELIGIBILITY_URL   where the app is; http://127.0.0.1:7071 if unset
# ELIGIBILITY_KEY   a function key, which Azure asks for and the local host does not
set -eu

url=${ELIGIBILITY_URL:-http://127.0.0.1:7071}
key=${ELIGIBILITY_KEY:-}
file=${1:--}

# curl would post an empty body.
if [ "$file" != - ] && { [ -d "$file" ] || ! [ -r "$file" ]; }; then
    echo "post_event: $file cannot be read: give a file with the JSON of an event" >&2
    exit 2
fi

if ! command -v curl >/dev/null; then
    echo "post_event: there is no curl here: install it, or use samples/post_event.py" >&2
    exit 2
fi

curl --silent --show-error --fail-with-body \
    --header 'Content-Type: application/json' \
    ${key:+--header "x-functions-key: $key"} \
    --data-binary "@$file" \
    "${url%/}/api/events"
