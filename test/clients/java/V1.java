import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import org.influxdb.BatchOptions;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDB.ResponseFormat;
import org.influxdb.InfluxDBFactory;
import org.influxdb.dto.BatchPoints;
import org.influxdb.dto.BoundParameterQuery.QueryBuilder;
import org.influxdb.dto.Point;
import org.influxdb.dto.Query;
import org.influxdb.dto.QueryResult;

/** The Java client for InfluxDB 1, whose answers may be JSON or MessagePack. */
public final class V1 {
  private static String reader;
  private static String writer;

  private static InfluxDB client(String token, ResponseFormat format) {
    return InfluxDBFactory.connect(Checks.URL, "any", token, new OkHttpClient.Builder(), format).setDatabase("data");
  }

  private static InfluxDB client(String token) {
    return client(token, ResponseFormat.JSON);
  }

  private static List<List<Object>> rows(InfluxDB client, String query) {
    QueryResult result = client.query(new Query(query, "data"));
    if (result.hasError()) throw new RuntimeException(result.getError());
    QueryResult.Result first = result.getResults().get(0);
    if (first.hasError()) throw new RuntimeException(first.getError());
    return first.getSeries() == null ? List.of() : first.getSeries().get(0).getValues();
  }

  public static void main(String[] arguments) {
    Checks checks = new Checks();
    checks.check("set up, and tokens of each kind", () -> {
      String input = "{\"username\":\"admin\",\"password\":\"" + Checks.PASSWORD + "\",\"org\":\"acme\",\"bucket\":\"data\"}";
      String done = Checks.post("/api/v2/setup", null, input);
      String operator = Checks.member(done, "token");
      String orgId = Checks.member(done, "orgID");
      String[] tokens = new String[2];
      for (int n = 0; n < 2; n++) {
        String permission = "{\"action\":\"" + (n == 0 ? "read" : "write") + "\",\"resource\":{\"type\":\"buckets\",\"orgID\":\"" + orgId + "\"}}";
        String body = "{\"orgID\":\"" + orgId + "\",\"permissions\":[" + permission + "]}";
        tokens[n] = Checks.member(Checks.post("/api/v2/authorizations", operator, body), "token");
      }
      reader = tokens[0];
      writer = tokens[1];
      Checks.equal(client(reader).ping().getVersion(), "v2.9.1");
    });
    checks.check("write in batches, zipped and not", () -> {
      InfluxDB client = client(writer);
      Point point = Point.measurement("m").tag("host", "a b").addField("f", 2.0).addField("i", 9007199254740993L).addField("s", "ö").time(1, TimeUnit.SECONDS).build();
      client.write(BatchPoints.database("data").point(point).build());
      client.enableGzip();
      client.enableBatch(BatchOptions.DEFAULTS.actions(500).flushDuration(100));
      for (int n = 0; n < 3000; n++) client.write(Point.measurement("batch").addField("v", n).time(n, TimeUnit.MILLISECONDS).build());
      client.close();
      Checks.equal(((Number) rows(client(reader), "SELECT count(v) FROM batch").get(0).get(1)).intValue(), 3000);
    });
    checks.check("write again after a failure", () -> {
      InfluxDB client = InfluxDBFactory.connect(Checks.FLAKY_URL, "any", writer).setDatabase("data");
      client.enableBatch(BatchOptions.DEFAULTS.actions(1).bufferLimit(1000).flushDuration(100));
      Point point = Point.measurement("retried").addField("v", 1).time(1, TimeUnit.SECONDS).build();
      client.write(point);
      for (int tries = 0; tries < 30 && rows(client(reader), "SELECT v FROM retried").isEmpty(); tries++) {
        Thread.sleep(100);
        client.write(point);
      }
      client.close();
      Checks.equal(rows(client(reader), "SELECT v FROM retried").size(), 1);
    });
    checks.check("queries in JSON", () -> {
      InfluxDB client = client(reader);
      Checks.equal(rows(client, "SELECT f, s FROM m"), List.of(List.of("1970-01-01T00:00:01Z", 2.0, "ö")));
      Query bound = QueryBuilder.newQuery("SELECT f FROM m WHERE host = $host").forDatabase("data").bind("host", "a b").create();
      Checks.equal(client.query(bound).getResults().get(0).getSeries().get(0).getValues().size(), 1);
      QueryResult inSeconds = client.query(new Query("SELECT f FROM m", "data"), TimeUnit.SECONDS);
      Checks.equal(inSeconds.getResults().get(0).getSeries().get(0).getValues().get(0).get(0), 1.0);
      CountDownLatch end = new CountDownLatch(1);
      AtomicInteger count = new AtomicInteger();
      client.query(new Query("SELECT v FROM batch", "data"), 1000, (cancellable, piece) -> {
        if (piece.getResults() != null) count.addAndGet(piece.getResults().get(0).getSeries().get(0).getValues().size());
      }, end::countDown);
      Checks.equal(end.await(10, TimeUnit.SECONDS), true);
      Checks.equal(count.get(), 3000);
    });
    checks.check("queries in MessagePack", () -> {
      InfluxDB client = client(reader, ResponseFormat.MSGPACK);
      // Of what type of Java a whole number is, is the library's business.
      Checks.equal(rows(client, "SELECT f, i, s FROM m").toString(), "[[1000000000, 2.0, 9007199254740993, ö]]");
      Checks.equal(rows(client, "SELECT count(v) FROM batch").get(0).get(1).toString(), "3000");
      Checks.equal(rows(client, "SHOW MEASUREMENTS").size(), 3);
    });
    checks.check("delete points", () -> {
      String body = "{\"start\":\"1970-01-01T00:00:00Z\",\"stop\":\"1970-01-02T00:00:00Z\",\"predicate\":\"host=\\\"a b\\\"\"}";
      Checks.post("/api/v2/delete?org=acme&bucket=data", writer, body);
      Checks.equal(rows(client(reader), "SELECT f FROM m"), List.of());
    });
    checks.check("what is not allowed is refused", () -> {
      Point point = Point.measurement("m").addField("f", 1.0).time(1, TimeUnit.SECONDS).build();
      Checks.refused(() -> rows(client("wrong"), "SHOW DATABASES"), "Unauthorized");
      Checks.refused(() -> client(reader).write(point), "insufficient permissions");
      Checks.refused(() -> rows(client(reader), "SELECT FROM"), "failed to parse query");
    });
    checks.end();
  }
}
