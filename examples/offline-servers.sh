#!/bin/sh
# Prints every OFFLINE server, one a line: id, reason, since when, name. Nothing where there is none: good for cron.
# Needs nothing but a POSIX system and curl. Exit code: 0, or 2 where the hub could not be asked.
#
# In one line, without the care below:
#   curl -s "$STACKSENSE_API_URL/graphql" -H "Authorization: Bearer $STACKSENSE_TOKEN" -H 'Content-Type: application/json' \
#     -d '{"query":"{ servers(filter: { statuses: [OFFLINE] }) { nodes { id name statusReason statusSince } } }"}'
set -u
fail() { echo "$*" >&2; exit 2; }

# By STACKSENSE_API_URL and STACKSENSE_TOKEN, else the hub that serves the data directory on this machine.
hub_file="${STACKSENSE_DATA_DIR:-.stacksense}/hub.json"
[ -n "${STACKSENSE_DATA_DIR:-}" ] || [ -e "$hub_file" ] || hub_file=/var/lib/stacksense/hub.json
from_hub_file() { sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' "$hub_file" 2>/dev/null; }
if [ -n "${STACKSENSE_API_URL:-}" ]; then
  urls=$STACKSENSE_API_URL token=${STACKSENSE_TOKEN:-}
else
  urls=$(from_hub_file url) token=${STACKSENSE_TOKEN:-$(from_hub_file token)}
fi
[ -n "$urls" ] && [ -n "$token" ] || fail 'No hub found: set STACKSENSE_API_URL and STACKSENSE_TOKEN, or STACKSENSE_DATA_DIR.'

# Answers one page. The token goes by standard input: everybody on a machine can read its command lines.
ask() {
  query='query ($after: String) { servers(filter: { statuses: [OFFLINE] }, first: 1000, after: $after) {'
  query="$query"' nodes { id statusReason statusSince name } pageInfo { hasNextPage endCursor } } }'
  for url in $(echo "$urls" | tr ',' ' '); do
    printf 'header = "Authorization: Bearer %s"\n' "$token" |
      curl --silent --show-error --max-time 10 --config - --header 'Content-Type: application/json' \
        --data '{"query":"'"$query"'","variables":{"after":'"$1"'}}' "${url%/}/graphql" && return
  done
  return 1
}

after=null
while :; do
  page=$(ask "$after") || fail 'The hub could not be reached.'
  case $page in
    '{"data":{"servers":'*) ;;
    *) fail "The hub refused: $page" ;;
  esac
  # A name is a JSON string: a quote in it stands behind a backslash, so no name looks like the border between two servers.
  printf '%s\n' "$page" | sed 's/{"id":"/\
&/g' | sed -n -E \
    -e 's/^\{"id":"([0-9]+)","statusReason":"([A-Z_]+)","statusSince":"([^"]*)","name":"(([^"\\]|\\.)*)".*/\1 \2 \3 \4/' \
    -e 't found' -e 'd' -e ':found' -e 's/\\(["\\])/\1/g' -e 'p'
  case $page in *'"hasNextPage":true'*) ;; *) exit 0 ;; esac
  after=$(printf '%s\n' "$page" | sed -E 's/.*"endCursor":("[^"]*").*/\1/')
done
