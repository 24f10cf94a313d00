#!/bin/sh
# A day in the life of 500 tokens: made from a file, rotated under load, those that nobody uses deleted, the others narrowed, a leaked one revoked.
# Needs curl, and a server whose operator token is in INFLUX_TOKEN and whose address is in INFLUX_HOST.
set -eu
SLUICE=${SLUICE:-bin/sluice}
export INFLUX_ORG="${INFLUX_ORG:-acme}" INFLUX_HOST="${INFLUX_HOST:-http://localhost:8086}"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$(dirname "$0")/.."
$SLUICE bucket create --name metrics >"$WORK/log"
$SLUICE bucket create --name archive >"$WORK/log"

# 1. A file with 500 tokens. The first 400 belong to sensors, which write; they were given more than they need.
{
  echo 'tokens:'
  for i in $(seq 1 400); do echo "  - {name: sensor-$i, read: [bucket:metrics, bucket:archive], write: bucket:metrics, expiresIn: 90d}"; done
  for i in $(seq 1 100); do echo "  - {name: spare-$i, write: bucket:archive}"; done
} >"$WORK/tokens.yaml"
apply() { $SLUICE auth apply --file "$WORK/tokens.yaml" --secrets-dir "$WORK/secrets" --yes "$@" 2>&1 | tail -1; }
apply
apply

# 2. Rotated while every sensor writes. A sensor reads its token from the file for each request; the old one is valid for an hour.
requests() {
  for i in $(seq 1 400); do
    read -r token <"$WORK/secrets/sensor-$i.token"
    echo "next"
    echo "url = $INFLUX_HOST/api/v2/write?org=$INFLUX_ORG&bucket=metrics"
    echo "header = \"Authorization: Token $token\""
    echo "data-binary = \"up,sensor=$i value=1i\""
    echo 'write-out = "%{http_code}\n"'
  done
}
load() { while [ -e "$WORK/is-day" ]; do requests | curl -sS -K - >>"$WORK/answers-$1"; done; }
touch "$WORK/is-day"
load 1 &
ONE=$!
load 2 &
TWO=$!
apply --rotate-all
rm "$WORK/is-day"
wait $ONE $TWO
echo "requests that were refused: $(cat "$WORK"/answers-* | grep -cv '^204$' || true)"

# 3. Tokens that nobody has used. They leave the file, and with --prune the server.
$SLUICE auth list --unused-for 1s --json >"$WORK/list"
echo "never used: $(($(grep -c '"id"' "$WORK/list") - $(grep -c '"lastUsedAt"' "$WORK/list" || true)))"
sed -i.before '/name: spare-/d' "$WORK/tokens.yaml"
apply --prune

# 4. The sensors only write: each gets a narrower token, and the old one ends after the grace time.
sed -i.before 's/read: \[[^]]*\], //' "$WORK/tokens.yaml"
apply
echo "what a sensor may do: $($SLUICE auth check --token-file "$WORK/secrets/sensor-1.token" | sed -n '/^May/,$p' | tail -n +2 | sed 's/^ *//; s/ (.*//')"

# 5. A token was found where everybody can read it. Anybody may say so; it is refused from then on, and the next apply makes another one.
read -r LEAKED <"$WORK/secrets/sensor-7.token"
as_leaked() { printf 'header = "Authorization: Token %s"\n' "$LEAKED" | curl -sS -o /dev/null -w '%{http_code}' -K - "$@"; }
write() { as_leaked "$INFLUX_HOST/api/v2/write?org=$INFLUX_ORG&bucket=metrics" --data-binary 'up,sensor=7 value=1i'; }
echo "written before it leaked: $(write)"
echo "reported: $(printf '{"tokens": ["%s"]}' "$LEAKED" | curl -sS -o /dev/null -w '%{http_code}' "$INFLUX_HOST/api/v2/authorizations/leaked" -d @-)"
echo "written after the report: $(write)"
apply
read -r LEAKED <"$WORK/secrets/sensor-7.token"
echo "written with the new one: $(write)"

# 6. What happened is in the audit log, which nobody can change without being found out.
count() { $SLUICE audit list --action "$1" --limit 100 --json | grep -c '"sequence"' || true; }
echo "reported as leaked: $(count authorization.leaked)"
echo "audit log: $($SLUICE audit verify | sed -n '1s/:.*//p')"
