// InfluxData's Go client for InfluxDB 1, which much software still has inside: it sends every request with an empty content type.
package main

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	client "github.com/influxdata/influxdb1-client/v2"

	. "sluice/clients/checks"
)

var operator, reader, writer, orgID, bucketID string

func connect(token string) client.Client {
	return Got(client.NewHTTPClient(client.HTTPConfig{Addr: URL, Username: "any", Password: token}))
}

func query(token, command string) *client.Response {
	return Got(connect(token).Query(client.Query{Command: command, Database: "data"}))
}

func refused(err error, words string) {
	if err == nil {
		panic("it was not refused")
	}
	Equal([]any{strings.Contains(err.Error(), words), err.Error()}, []any{true, err.Error()})
}

func setUp() {
	var done struct {
		Auth        struct{ Token string }
		Org, Bucket struct{ ID string }
	}
	input := map[string]any{"username": "admin", "password": os.Getenv("SLUICE_PASSWORD"), "org": "acme", "bucket": "data"}
	Post("/api/v2/setup", "", input, &done)
	operator, orgID, bucketID = done.Auth.Token, done.Org.ID, done.Bucket.ID
	_, version, err := connect(operator).Ping(time.Second)
	Must(err)
	Equal(version, "v2.9.1")
}

func tokens() {
	create := func(action string) string {
		var made struct{ Token string }
		permission := map[string]any{"action": action, "resource": map[string]any{"type": "buckets", "orgID": orgID, "id": bucketID}}
		Post("/api/v2/authorizations", operator, map[string]any{"orgID": orgID, "permissions": []any{permission}}, &made)
		return made.Token
	}
	reader, writer = create("read"), create("write")
}

func write() {
	for _, encoding := range []client.ContentEncoding{client.DefaultEncoding, client.GzipEncoding} {
		config := client.HTTPConfig{Addr: URL, Username: "any", Password: writer, WriteEncoding: encoding}
		batch := Got(client.NewBatchPoints(client.BatchPointsConfig{Database: "data", Precision: "s"}))
		for n := 0; n < 1000; n++ {
			fields := map[string]any{"f": float64(n), "i": n, "s": "ö", "b": n%2 == 0}
			batch.AddPoint(Got(client.NewPoint("m", map[string]string{"zipped": string(encoding), "host": "a b"}, fields, time.Unix(int64(n), 0))))
		}
		Must(Got(client.NewHTTPClient(config)).Write(batch))
	}
	response := query(reader, "SELECT count(f) FROM m")
	Must(response.Error())
	Equal(response.Results[0].Series[0].Values[0][1], json.Number("2000"))
}

func writeAgain() {
	batch := Got(client.NewBatchPoints(client.BatchPointsConfig{Database: "data"}))
	batch.AddPoint(Got(client.NewPoint("retried", nil, map[string]any{"v": 1.0}, time.Unix(1, 0))))
	flaky := Got(client.NewHTTPClient(client.HTTPConfig{Addr: os.Getenv("SLUICE_FLAKY_URL"), Username: "any", Password: writer}))
	// This client leaves trying again to its callers.
	refused(flaky.Write(batch), "not now")
	Must(flaky.Write(batch))
	Equal(len(query(reader, "SELECT v FROM retried").Results[0].Series[0].Values), 1)
}

func queries() {
	response := query(reader, `SELECT f, i, s, b FROM m WHERE zipped = 'gzip' LIMIT 1; SHOW MEASUREMENTS`)
	Must(response.Error())
	Equal(response.Results[0].Series[0].Values[0], []any{"1970-01-01T00:00:00Z", json.Number("0"), json.Number("0"), "ö", true})
	Equal(response.Results[1].Series[0].Values[0][0], "m")
	bound := client.NewQueryWithParameters("SELECT f FROM m WHERE f > $least AND host = $host", "data", "ms", map[string]any{"least": 997.5, "host": "a b"})
	found := Got(connect(reader).Query(bound))
	Must(found.Error())
	Equal(len(found.Results[0].Series[0].Values), 4)
	Equal(found.Results[0].Series[0].Values[0][0], json.Number("998000"))
	pieces := Got(connect(reader).QueryAsChunk(client.Query{Command: "SELECT f FROM m", Database: "data", Chunked: true, ChunkSize: 300}))
	defer pieces.Close()
	rows := 0
	for {
		piece, err := pieces.NextResponse()
		if err != nil {
			break
		}
		if len(piece.Results) > 0 && len(piece.Results[0].Series) > 0 {
			rows += len(piece.Results[0].Series[0].Values)
		}
	}
	Equal(rows, 2000)
}

func deletePoints() {
	body := map[string]any{"start": "1970-01-01T00:00:00Z", "stop": "1970-01-01T00:01:00Z", "predicate": `zipped="gzip"`}
	Post("/api/v2/delete?org=acme&bucket=data", writer, body, nil)
	Equal(query(reader, "SELECT count(f) FROM m").Results[0].Series[0].Values[0][1], json.Number("1939"))
}

func refusals() {
	_, err := connect("wrong").Query(client.Query{Command: "SHOW DATABASES"})
	refused(err, "401")
	batch := Got(client.NewBatchPoints(client.BatchPointsConfig{Database: "data"}))
	batch.AddPoint(Got(client.NewPoint("m", nil, map[string]any{"f": 1.0}, time.Unix(1, 0))))
	refused(connect(reader).Write(batch), "insufficient permissions")
	response, err := connect(reader).Query(client.Query{Command: "SELECT FROM", Database: "data"})
	if err == nil {
		err = response.Error()
	}
	refused(err, "400")
}

func main() {
	All(
		Check{"set up", setUp}, Check{"tokens of each kind", tokens}, Check{"write in batches, zipped and not", write},
		Check{"write again after a failure", writeAgain}, Check{"queries of each form", queries},
		Check{"delete points", deletePoints}, Check{"what is not allowed is refused", refusals},
	)
}
