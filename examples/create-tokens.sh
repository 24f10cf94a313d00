#!/bin/sh
# The requests of InfluxDB's page "Create a token", which work here as they stand there: a token for a device, and one for a new user.
# Needs curl, and a server whose operator token is in INFLUX_API_TOKEN and whose organization's id is in INFLUX_ORG_ID.
set -eu
URL=${SLUICE_URL:-http://localhost:8086}

curl -sS -o /dev/null "$URL/api/v2/buckets" -H "Authorization: Token $INFLUX_API_TOKEN" -d '{"orgID":"'"$INFLUX_ORG_ID"'","name":"iot-center"}'

# A token that reads authorizations and buckets, and writes one bucket, which is given by its name. InfluxDB itself ignores the name, and
# lets the token write every bucket.
curl -sS --request POST "$URL/api/v2/authorizations" \
  --header "Authorization: Token $INFLUX_API_TOKEN" \
  --header 'Content-type: application/json' \
  --data '{
  "status": "active",
  "description": "iot-center-device",
  "orgID": "'"$INFLUX_ORG_ID"'",
  "permissions": [
    { "action": "read", "resource": { "type": "authorizations" } },
    { "action": "read", "resource": { "type": "buckets" } },
    { "action": "write", "resource": { "type": "buckets", "name": "iot-center" } }
  ]
}'
echo

# A user, found by his name, and a token that is his.
curl -sS -o /dev/null --request POST "$URL/api/v2/users/" \
  --header "Authorization: Token $INFLUX_API_TOKEN" --header 'Content-type: application/json' \
  --data '{"name": "iot_user_1"}'
USER_ID=$(curl -sS --request GET "$URL/api/v2/users?name=iot_user_1" --header "Authorization: Token $INFLUX_API_TOKEN" |
  sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
curl -sS --request POST "$URL/api/v2/authorizations" \
  --header "Authorization: Token $INFLUX_API_TOKEN" \
  --header 'Content-type: application/json' \
  --data '{
  "orgID": "'"$INFLUX_ORG_ID"'",
  "userID": "'"$USER_ID"'",
  "description": "iot_user_1",
  "permissions": [{ "action": "read", "resource": { "type": "buckets" } }]
}'
echo

# And what he owns, found by his id.
curl -sS "$URL/api/v2/authorizations/?userID=$USER_ID" --header "Authorization: Token $INFLUX_API_TOKEN"
echo
