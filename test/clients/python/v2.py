"""InfluxData's Python client for API v2, against the server at $SLUICE_URL: a line `ok NAME` or `failed NAME: why` a check."""
import os
from datetime import datetime, timedelta, timezone

from influxdb_client import BucketRetentionRules, InfluxDBClient, Permission, PermissionResource, Point, WriteOptions, WritePrecision
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.onboarding_request import OnboardingRequest
from influxdb_client.rest import ApiException
from influxdb_client.service.setup_service import SetupService

from checks import check, end, equal

URL = os.environ["SLUICE_URL"]
FLAKY_URL = os.environ["SLUICE_FLAKY_URL"]
PASSWORD = os.environ["SLUICE_PASSWORD"]
state = {}


def refused(run, *statuses):
    try:
        run()
    except (ApiException, InfluxDBError) as error:
        status = error.status if isinstance(error, ApiException) else error.response.status
        equal(status in statuses, True)
        return error
    raise AssertionError("it was not refused")


def client(token, **options):
    return InfluxDBClient(url=URL, token=token, org="acme", **options)


def count(token, measurement, bucket="data"):
    tables = client(token).query_api().query(
        f'from(bucket: "{bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "{measurement}") |> count()')
    return sum(record.get_value() for table in tables for record in table.records)


def set_up():
    nobody = InfluxDBClient(url=URL, token="")
    service = SetupService(nobody.api_client)
    equal(service.get_setup().allowed, True)
    done = service.post_setup(OnboardingRequest(username="admin", password=PASSWORD, org="acme", bucket="data"))
    equal(service.get_setup().allowed, False)
    state.update(operator=done.auth.token, org=done.org.id, bucket=done.bucket.id)
    with client(state["operator"]) as operator:
        equal(operator.ping(), True)
        equal(operator.version(), "v2.9.1")
        equal(operator.health().status, "pass")


def tokens_of_each_kind():
    operator = client(state["operator"])
    api = operator.authorizations_api()

    def make(*actions, id=state["bucket"], type="buckets"):
        resource = PermissionResource(org_id=state["org"], type=type, id=id)
        return api.create_authorization(state["org"], [Permission(action=action, resource=resource) for action in actions])

    state["reader"], state["writer"] = make("read").token, make("write").token
    state["both"] = make("read", "write", id=None).token
    equal(len({state["reader"], state["writer"], state["both"], state["operator"]}), 4)
    ended = make("read")
    equal(api.find_authorization_by_id(ended.id).status, "active")
    ended.status = "inactive"
    equal(api.update_authorization(ended).status, "inactive")
    api.delete_authorization(ended)
    refused(lambda: count(ended.token, "m"), 401)
    equal(len(api.find_authorizations()), 4)


def sign_in_with_a_password():
    with InfluxDBClient(url=URL, username="admin", password=PASSWORD, org="acme") as session:
        equal([user.name for user in session.users_api().find_users().users], ["admin"])
        session.query_api().query("buckets()")


def write_one_by_one():
    api = client(state["writer"]).write_api(write_options=SYNCHRONOUS)
    api.write("data", record=Point("one").tag("host", "ä b,=").field("f", 1.0).field("i", 2).field("s", 'a "b"').field("b", True))
    api.write("data", record={"measurement": "one", "tags": {"host": "c"}, "fields": {"f": 3.0}, "time": 1}, write_precision=WritePrecision.S)
    api.write("data", record=["one,host=d f=4 1000000000", "one,host=e f=5 2000000000"])
    api.write("data", record=b"one,host=f f=6 3000000000")
    equal(count(state["reader"], "one"), 8)


def write_in_batches():
    failed = []
    options = WriteOptions(batch_size=500, flush_interval=1_000, jitter_interval=0, retry_interval=500)
    with client(state["writer"]).write_api(write_options=options, error_callback=lambda *given: failed.append(given)) as api:
        for n in range(5_000):
            api.write("data", record=Point("batch").tag("n", n % 10).field("v", n).time(n, WritePrecision.MS))
    equal(failed, [])
    equal(count(state["reader"], "batch"), 5_000)


def write_and_read_with_gzip():
    with client(state["both"], enable_gzip=True) as zipped:
        lines = "\n".join(f"zipped v={n} {n}" for n in range(2_000))
        zipped.write_api(write_options=SYNCHRONOUS).write("data", record=lines)
        tables = zipped.query_api().query('from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "zipped")')
        equal(sum(len(table.records) for table in tables), 2_000)


def write_again_after_a_failure():
    retries = []
    options = WriteOptions(batch_size=10, flush_interval=200, retry_interval=100, max_retry_delay=1_000, max_retries=5)
    flaky = InfluxDBClient(url=FLAKY_URL, token=state["writer"], org="acme")
    with flaky.write_api(write_options=options, retry_callback=lambda *given: retries.append(given)) as api:
        api.write("data", record="retried v=1 1")
    equal(len(retries) > 0, True)
    equal(count(state["reader"], "retried"), 1)


def queries_of_each_form():
    api = client(state["reader"]).query_api()
    script = 'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "one" and r._field == "f")'
    equal(sorted(record.get_value() for table in api.query(script) for record in table.records), [1.0, 3.0, 4.0, 5.0, 6.0])
    equal(sorted(record["host"] for record in api.query_stream(script)), ["c", "d", "e", "f", "ä b,="])
    rows = [row for row in api.query_csv(script) if row and not row[0].startswith("#")]
    equal(rows[0][:3], ["", "result", "table"])
    equal(b"_result" in api.query_raw(script).read(), True)
    params = {
        "start": datetime(1970, 1, 1, tzinfo=timezone.utc), "name": "one", "least": 3.5, "whole": 4, "yes": True,
        "wide": timedelta(hours=1), "list": ["f", "g"], "field": "f",
    }
    parametrized = """
        from(bucket: "data") |> range(start: start, stop: 1h)
          |> filter(fn: (r) => r._measurement == name and r._field == field and contains(value: r._field, set: list))
          |> filter(fn: (r) => r._value >= least and r._value >= float(v: whole) and yes)
          |> window(every: wide)"""
    equal(sorted(record.get_value() for table in api.query(parametrized, params=params) for record in table.records), [4.0, 5.0, 6.0])


def buckets_are_made_and_deleted():
    operator = client(state["operator"])
    api = operator.buckets_api()
    made = api.create_bucket(bucket_name="second", retention_rules=BucketRetentionRules(type="expire", every_seconds=86_400), org="acme")
    equal(api.find_bucket_by_name("second").id, made.id)
    api.delete_bucket(made)
    equal(api.find_bucket_by_name("second"), None)


def delete_points():
    api = client(state["writer"]).delete_api()
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    api.delete(epoch, epoch + timedelta(days=1), 'host="d"', bucket="data", org="acme")
    equal(count(state["reader"], "one"), 7)


def what_is_not_allowed_is_refused():
    equal(refused(lambda: client("wrong").query_api().query("buckets()"), 401).message is not None, True)
    refused(lambda: count(state["writer"], "one"), 400, 403, 404)
    line = "one f=1"
    refused(lambda: client(state["reader"]).write_api(write_options=SYNCHRONOUS).write("data", record=line), 403)
    refused(lambda: client(state["reader"]).authorizations_api().create_authorization(state["org"], []), 400, 401, 403)
    refused(lambda: client(state["writer"]).write_api(write_options=SYNCHRONOUS).write("data", record="no line protocol"), 400)
    failed = refused(lambda: client(state["reader"]).query_api().query("from("), 400)
    equal("compilation failed" in str(failed), True)


for each in [
    set_up, tokens_of_each_kind, sign_in_with_a_password, write_one_by_one, write_in_batches, write_and_read_with_gzip,
    write_again_after_a_failure, queries_of_each_form, buckets_are_made_and_deleted, delete_points, what_is_not_allowed_is_refused,
]:
    check(each)
end()
