// InfluxData's Go client for API v2.
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/api/http"
	"github.com/influxdata/influxdb-client-go/v2/api/write"
	"github.com/influxdata/influxdb-client-go/v2/domain"

	. "sluice/clients/checks"
)

var (
	ctx                                   = context.Background()
	password                              = os.Getenv("SLUICE_PASSWORD")
	operator, reader, writer, orgID, both string
	bucketID                              string
)

func client(token string) influxdb2.Client { return influxdb2.NewClient(URL, token) }

func values(token, script string) []any {
	found := []any{}
	result := Got(client(token).QueryAPI("acme").Query(ctx, script))
	defer result.Close()
	for result.Next() {
		found = append(found, result.Record().Value())
	}
	Must(result.Err())
	return found
}

func count(token, measurement string) int64 {
	sum := int64(0)
	script := `from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "` + measurement + `") |> count()`
	for _, value := range values(token, script) {
		sum += value.(int64)
	}
	return sum
}

func refused(err error, statuses ...int) {
	if err == nil {
		panic("it was not refused")
	}
	failure, isHTTP := err.(*http.Error)
	if !isHTTP {
		panic(err)
	}
	for _, status := range statuses {
		if failure.StatusCode == status {
			return
		}
	}
	panic(fmt.Sprintf("refused with %d: %s", failure.StatusCode, failure.Message))
}

func setUp() {
	done := Got(client("").Setup(ctx, "admin", password, "acme", "data", 0))
	operator, orgID, bucketID = *done.Auth.Token, *done.Org.Id, *done.Bucket.Id
	Equal(Got(client(operator).Ping(ctx)), true)
	Equal(Got(client(operator).Ready(ctx)).Status != nil, true)
	Equal(Got(client(operator).Health(ctx)).Status, domain.HealthCheckStatusPass)
}

func tokens() {
	api := client(operator).AuthorizationsAPI()
	create := func(id *string, actions ...domain.PermissionAction) *domain.Authorization {
		permissions := []domain.Permission{}
		for _, action := range actions {
			permissions = append(permissions, domain.Permission{
				Action:   action,
				Resource: domain.Resource{Type: domain.ResourceTypeBuckets, OrgID: &orgID, Id: id},
			})
		}
		return Got(api.CreateAuthorizationWithOrgID(ctx, orgID, permissions))
	}
	reader = *create(&bucketID, domain.PermissionActionRead).Token
	writer = *create(&bucketID, domain.PermissionActionWrite).Token
	both = *create(nil, domain.PermissionActionRead, domain.PermissionActionWrite).Token
	ended := create(&bucketID, domain.PermissionActionRead)
	changed := Got(api.UpdateAuthorizationStatus(ctx, ended, domain.AuthorizationUpdateRequestStatusInactive))
	Equal(string(*changed.Status), "inactive")
	Must(api.DeleteAuthorization(ctx, ended))
	_, err := client(*ended.Token).QueryAPI("acme").Query(ctx, "buckets()")
	refused(err, 401)
	Equal(len(*Got(api.GetAuthorizations(ctx))), 4)
}

func signIn() {
	session := client("")
	Must(session.UsersAPI().SignIn(ctx, "admin", password))
	Equal(Got(session.UsersAPI().Me(ctx)).Name, "admin")
	Must(session.UsersAPI().SignOut(ctx))
}

func writeBlocking() {
	api := client(writer).WriteAPIBlocking("acme", "data")
	point := influxdb2.NewPoint("one", map[string]string{"host": "ä b,="}, map[string]any{"f": 1.0, "i": 2, "u": uint64(3), "s": `a "b"`, "b": true}, time.Unix(1, 0))
	Must(api.WritePoint(ctx, point))
	Must(api.WriteRecord(ctx, "one,host=c f=2 2000000000", "one,host=d f=3 3000000000"))
	Equal(count(reader, "one"), int64(7))
}

func writeBatches() {
	options := influxdb2.DefaultOptions().SetBatchSize(500).SetFlushInterval(200).SetPrecision(time.Millisecond).SetUseGZip(true)
	writing := influxdb2.NewClientWithOptions(URL, writer, options)
	api := writing.WriteAPI("acme", "data")
	failures := make(chan error, 100)
	go func() {
		for err := range api.Errors() {
			failures <- err
		}
	}()
	for n := 0; n < 5000; n++ {
		api.WritePoint(write.NewPoint("batch", nil, map[string]any{"v": n}, time.UnixMilli(int64(n))))
	}
	writing.Close()
	select {
	case err := <-failures:
		panic(err)
	default:
	}
	Equal(count(reader, "batch"), int64(5000))
}

func writeAgain() {
	options := influxdb2.DefaultOptions().SetRetryInterval(100).SetMaxRetryInterval(1000).SetFlushInterval(100)
	flaky := influxdb2.NewClientWithOptions(os.Getenv("SLUICE_FLAKY_URL"), writer, options)
	api := flaky.WriteAPI("acme", "data")
	failures := make(chan error, 100)
	go func() {
		for err := range api.Errors() {
			failures <- err
		}
	}()
	api.WriteRecord("retried v=1 1")
	api.Flush()
	<-failures
	time.Sleep(1500 * time.Millisecond)
	api.WriteRecord("retried v=2 2")
	api.Flush()
	flaky.Close()
	Equal(count(reader, "retried"), int64(2))
}

func queries() {
	const script = `from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "one" and r._field == "f")`
	found := values(reader, script)
	sort.Slice(found, func(i, j int) bool { return found[i].(float64) < found[j].(float64) })
	Equal(found, []any{1.0, 2.0, 3.0})
	raw := Got(client(both).QueryAPI("acme").QueryRaw(ctx, script, influxdb2.DefaultDialect()))
	Equal(strings.HasPrefix(raw, "#datatype,string,long,dateTime:RFC3339"), true)
	parameters := struct {
		Start time.Time `json:"start"`
		Least float64   `json:"least"`
	}{time.Unix(0, 0), 1.5}
	_, err := client(reader).QueryAPI("acme").QueryWithParams(ctx, script, parameters)
	Must(err)
}

func deletePoints() {
	api := client(writer).DeleteAPI()
	Must(api.DeleteWithName(ctx, "acme", "data", time.Unix(0, 0), time.Unix(100, 0), `host="d"`))
	Equal(count(reader, "one"), int64(6))
}

func refusals() {
	_, err := client("wrong").QueryAPI("acme").Query(ctx, "buckets()")
	refused(err, 401)
	refused(client(reader).WriteAPIBlocking("acme", "data").WriteRecord(ctx, "one f=1"), 403)
	refused(client(writer).WriteAPIBlocking("acme", "data").WriteRecord(ctx, "no line protocol"), 400)
	_, err = client(reader).QueryAPI("acme").Query(ctx, "from(")
	refused(err, 400)
	_, err = client(reader).AuthorizationsAPI().CreateAuthorizationWithOrgID(ctx, orgID, []domain.Permission{{
		Action: domain.PermissionActionWrite, Resource: domain.Resource{Type: domain.ResourceTypeBuckets, OrgID: &orgID},
	}})
	if err == nil || !strings.Contains(err.Error(), "write:orgs/"+orgID+"/authorizations is unauthorized") {
		panic(err)
	}
}

func main() {
	All(
		Check{"set up", setUp}, Check{"tokens of each kind", tokens}, Check{"sign in with a password", signIn},
		Check{"write one by one", writeBlocking}, Check{"write in batches, zipped", writeBatches},
		Check{"write again after a failure", writeAgain}, Check{"queries of each form", queries},
		Check{"delete points", deletePoints}, Check{"what is not allowed is refused", refusals},
	)
}
