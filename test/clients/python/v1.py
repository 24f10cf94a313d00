"""The Python client for InfluxDB 1, which home automation and scripts still use, against the server at $SLUICE_URL."""
import json
import os
import urllib.request
from urllib.parse import urlparse

from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError

from checks import check, end, equal

URL = urlparse(os.environ["SLUICE_URL"])
# This client tries again when a connection fails, and at no answer.
DROPPING_URL = urlparse(os.environ["SLUICE_DROPPING_URL"])
PASSWORD = os.environ["SLUICE_PASSWORD"]
state = {}


def post(path, body, token=None):
    headers = {"Content-Type": "application/json", **({} if token is None else {"Authorization": f"Token {token}"})}
    request = urllib.request.Request(URL.geturl() + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def client(token, url=URL, **options):
    return InfluxDBClient(host=url.hostname, port=url.port, username="any", password=token, database="data", **options)


def set_up():
    done = post("/api/v2/setup", {"username": "admin", "password": PASSWORD, "org": "acme", "bucket": "data"})
    state.update(operator=done["auth"]["token"], org=done["org"]["id"], bucket=done["bucket"]["id"])


def tokens_of_each_kind():
    def make(*actions):
        resource = {"type": "buckets", "orgID": state["org"], "id": state["bucket"]}
        body = {"orgID": state["org"], "permissions": [{"action": action, "resource": resource} for action in actions]}
        return post("/api/v2/authorizations", body, state["operator"])["token"]

    state.update(reader=make("read"), writer=make("write"))
    equal(client(state["reader"]).ping(), "v2.9.1")
    equal([database["name"] for database in client(state["reader"]).get_list_database()], ["data"])


def write_points():
    api = client(state["writer"])
    points = [
        {"measurement": "m", "tags": {"host": "a b"}, "time": "2020-01-01T00:00:00Z", "fields": {"f": 2.0, "i": 3, "s": "ö", "b": True}},
        {"measurement": "m", "tags": {"host": "c"}, "time": "2020-01-01T00:00:01Z", "fields": {"f": 2.5}},
    ]
    equal(api.write_points(points), True)
    equal(api.write_points(["m,host=d f=1 1577836802"], time_precision="s", protocol="line"), True)


def write_in_batches():
    points = [{"measurement": "batch", "time": n, "fields": {"v": n}} for n in range(3_000)]
    equal(client(state["writer"]).write_points(points, batch_size=500, time_precision="ms"), True)
    equal(list(client(state["reader"]).query("SELECT count(v) FROM batch").get_points())[0]["count"], 3_000)


def write_and_read_with_gzip():
    equal(client(state["writer"], gzip=True).write_points([{"measurement": "zipped", "time": 1, "fields": {"v": 1.0}}]), True)
    equal(len(list(client(state["reader"], gzip=True).query("SELECT v FROM zipped").get_points())), 1)


def write_again_after_a_failure():
    equal(client(state["writer"], url=DROPPING_URL, retries=3).write_points([{"measurement": "retried", "fields": {"v": 1.0}}]), True)
    equal(len(list(client(state["reader"]).query("SELECT v FROM retried").get_points())), 1)


def queries_of_each_form():
    api = client(state["reader"])
    answer = api.query("SELECT f, i, s, b FROM m WHERE host = 'a b'")
    [point] = answer.get_points()
    equal(point, {"time": "2020-01-01T00:00:00Z", "f": 2.0, "i": 3, "s": "ö", "b": True})
    equal((type(point["f"]), type(point["i"])), (float, int))
    equal([point["f"] for point in api.query("SELECT f FROM m", epoch="s").get_points()], [2.0, 2.5, 1.0])
    equal([point["time"] for point in api.query("SELECT f FROM m", epoch="s").get_points()], [1577836800, 1577836801, 1577836802])
    bound = api.query("SELECT f FROM m WHERE host = $host", bind_params={"host": "c"})
    equal([point["f"] for point in bound.get_points()], [2.5])
    # It asks for MessagePack unless it is told otherwise, and reads pieces only in JSON.
    pieces = client(state["reader"], headers={"Accept": "application/json"}).query("SELECT f FROM m", chunked=True, chunk_size=2)
    equal([point["f"] for piece in pieces for point in piece.get_points()], [2.0, 2.5, 1.0])
    first, second = api.query("SELECT count(f) FROM m; SHOW MEASUREMENTS")
    equal([point["count"] for point in first.get_points()], [3])
    equal([point["name"] for point in second.get_points()], ["batch", "m", "retried", "zipped"])
    grouped = api.query("SELECT mean(f) FROM m GROUP BY host")
    equal(sorted(tags["host"] for _, tags in grouped.keys()), ["a b", "c", "d"])
    equal(sorted(api.get_list_measurements(), key=lambda found: found["name"])[1], {"name": "m"})


def delete_points():
    body = {"start": "2020-01-01T00:00:00Z", "stop": "2020-01-02T00:00:00Z", "predicate": 'host="c"'}
    request = urllib.request.Request(
        URL.geturl() + "/api/v2/delete?org=acme&bucket=data", json.dumps(body).encode(), {"Authorization": f"Token {state['writer']}"})
    with urllib.request.urlopen(request) as answer:
        equal(answer.status, 204)
    equal(len(list(client(state["reader"]).query("SELECT f FROM m").get_points())), 2)


def what_is_not_allowed_is_refused():
    def refused(run, *codes):
        try:
            run()
        except InfluxDBClientError as error:
            equal(error.code in codes, True)
            return
        raise AssertionError("it was not refused")

    refused(lambda: client("wrong").query("SHOW DATABASES"), 401)
    refused(lambda: client(state["reader"]).write_points(["m f=1"], protocol="line"), 403)
    refused(lambda: client(state["writer"]).write_points(["no line protocol"], protocol="line"), 400)
    refused(lambda: client(state["reader"]).query("SELECT FROM"), 400)
    equal(list(client(state["writer"]).query("SHOW DATABASES").get_points()), [])


for each in [
    set_up, tokens_of_each_kind, write_points, write_in_batches, write_and_read_with_gzip, write_again_after_a_failure,
    queries_of_each_form, delete_points, what_is_not_allowed_is_refused,
]:
    check(each)
end()
