#!/bin/sh
# A tour in seven steps: a token that grants access to one bucket, and what it cannot do. Needs curl and a fresh server.
set -eu
URL=${SLUICE_URL:-http://localhost:8086}

# 1. Set up the first user, organization and bucket. The response contains the operator token. It is not shown again.
OPERATOR=$(curl -sS "$URL/api/v2/setup" \
  -d '{"username":"admin","password":"choose-a-better-one","org":"acme","bucket":"home"}' |
  sed 's/.*"token":"\([^"]*\)".*/\1/')
ORG=$(curl -sS "$URL/api/v2/orgs?org=acme" -H "Authorization: Token $OPERATOR" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')

# 2. Create a second bucket, and a token that can read and write the first one. Its value is not shown again.
curl -sS -o /dev/null "$URL/api/v2/buckets" -H "Authorization: Token $OPERATOR" -d '{"orgID":"'"$ORG"'","name":"office"}'
CREATED=$(curl -sS "$URL/api/v2/authorizations" -H "Authorization: Token $OPERATOR" -d '{
  "orgID": "'"$ORG"'",
  "description": "sensors at home",
  "permissions": [
    {"action": "read", "resource": {"type": "buckets", "name": "home"}},
    {"action": "write", "resource": {"type": "buckets", "name": "home"}}
  ]
}')
TOKEN=$(echo "$CREATED" | sed 's/.*"token":"\([^"]*\)".*/\1/')
ID=$(echo "$CREATED" | sed 's/^{"id":"\([0-9a-f]*\)".*/\1/')

# 3. Write three points with it. 204 means that they are synced to disk.
curl -sS -w 'written: %{http_code}\n' "$URL/api/v2/write?org=acme&bucket=home&precision=s" -H "Authorization: Token $TOKEN" \
  --data-binary 'temperature,room=kitchen celsius=21.4 1700000000
temperature,room=kitchen celsius=21.9 1700000060
temperature,room=cellar celsius=12.5 1700000000'

# 4. Query them.
curl -sS "$URL/api/v2/query?org=acme" -H "Authorization: Token $TOKEN" -H 'Content-Type: application/vnd.flux' \
  -d 'from(bucket: "home") |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-15T00:00:00Z) |> keep(columns: ["_time", "_value", "room"])'

# 5. The token has no access to the other bucket.
curl -sS -o /dev/null -w 'another bucket: %{http_code}\n' "$URL/api/v2/write?org=acme&bucket=office" \
  -H "Authorization: Token $TOKEN" --data-binary 'temperature celsius=20'

# 6. Deactivate the token. It can no longer write.
curl -sS -o /dev/null -X PATCH "$URL/api/v2/authorizations/$ID" -H "Authorization: Token $OPERATOR" -d '{"status":"inactive"}'
curl -sS -o /dev/null -w 'inactive: %{http_code}\n' "$URL/api/v2/write?org=acme&bucket=home" \
  -H "Authorization: Token $TOKEN" --data-binary 'temperature celsius=20'

# 7. Delete the token. It is no longer recognized.
curl -sS -o /dev/null -X DELETE "$URL/api/v2/authorizations/$ID" -H "Authorization: Token $OPERATOR"
curl -sS -o /dev/null -w 'deleted: %{http_code}\n' "$URL/api/v2/write?org=acme&bucket=home" \
  -H "Authorization: Token $TOKEN" --data-binary 'temperature celsius=20'
