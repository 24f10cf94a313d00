import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.WriteApi;
import com.influxdb.client.WriteOptions;
import com.influxdb.client.domain.Authorization;
import com.influxdb.client.domain.AuthorizationUpdateRequest;
import com.influxdb.client.domain.Bucket;
import com.influxdb.client.domain.InfluxQLQuery;
import com.influxdb.client.domain.OnboardingRequest;
import com.influxdb.client.domain.OnboardingResponse;
import com.influxdb.client.domain.Permission;
import com.influxdb.client.domain.PermissionResource;
import com.influxdb.client.domain.Ready;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import com.influxdb.client.write.events.WriteErrorEvent;
import com.influxdb.query.FluxTable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** InfluxData's Java client for API v2. */
public final class V2 {
  private static String operator;
  private static String reader;
  private static String writer;
  private static String orgId;
  private static String bucketId;

  private static InfluxDBClient client(String token) {
    return InfluxDBClientFactory.create(Checks.URL, token.toCharArray(), "acme", "data");
  }

  private static Authorization create(InfluxDBClient client, Permission.ActionEnum action) {
    PermissionResource resource = new PermissionResource();
    resource.setType(PermissionResource.TYPE_BUCKETS);
    resource.setOrgID(orgId);
    resource.setId(bucketId);
    Permission permission = new Permission();
    permission.setAction(action);
    permission.setResource(resource);
    return client.getAuthorizationsApi().createAuthorization(orgId, List.of(permission));
  }

  private static long count(String token, String measurement) {
    String script = "from(bucket: \"data\") |> range(start: 0) |> filter(fn: (r) => r._measurement == \"" + measurement + "\") |> count()";
    try (InfluxDBClient client = client(token)) {
      return client.getQueryApi().query(script).stream()
          .flatMap(table -> table.getRecords().stream())
          .mapToLong(record -> (Long) record.getValue())
          .sum();
    }
  }

  public static void main(String[] arguments) {
    Checks checks = new Checks();
    checks.check("set up", () -> {
      OnboardingRequest request = new OnboardingRequest().username("admin").password(Checks.PASSWORD).org("acme").bucket("data");
      OnboardingResponse done = InfluxDBClientFactory.onBoarding(Checks.URL, request);
      operator = done.getAuth().getToken();
      orgId = done.getOrg().getId();
      bucketId = done.getBucket().getId();
      try (InfluxDBClient client = client(operator)) {
        Checks.equal(client.isOnboardingAllowed(), false);
        Checks.equal(client.ping(), true);
        Checks.equal(client.version(), "v2.9.1");
        Checks.equal(client.ready().getStatus(), Ready.StatusEnum.READY);
      }
    });
    checks.check("tokens of each kind", () -> {
      try (InfluxDBClient client = client(operator)) {
        reader = create(client, Permission.ActionEnum.READ).getToken();
        writer = create(client, Permission.ActionEnum.WRITE).getToken();
        Authorization ended = create(client, Permission.ActionEnum.READ);
        ended.setStatus(AuthorizationUpdateRequest.StatusEnum.INACTIVE);
        Checks.equal(client.getAuthorizationsApi().updateAuthorization(ended).getStatus(), AuthorizationUpdateRequest.StatusEnum.INACTIVE);
        client.getAuthorizationsApi().deleteAuthorization(ended);
        Checks.equal(client.getAuthorizationsApi().findAuthorizations().size(), 3);
      }
    });
    checks.check("sign in with a password", () -> {
      try (InfluxDBClient session = InfluxDBClientFactory.create(Checks.URL, "admin", Checks.PASSWORD.toCharArray())) {
        Checks.equal(session.getUsersApi().me().getName(), "admin");
      }
    });
    checks.check("write one by one", () -> {
      try (InfluxDBClient client = client(writer)) {
        Point point = Point.measurement("one").addTag("host", "ä b,=").addField("f", 1.0).addField("i", 2).addField("s", "a \"b\"").addField("b", true);
        client.getWriteApiBlocking().writePoint(point.time(Instant.ofEpochSecond(1), WritePrecision.NS));
        client.getWriteApiBlocking().writeRecords(WritePrecision.S, Arrays.asList("one,host=c f=2 2", "one,host=d f=3 3"));
      }
      Checks.equal(count(reader, "one"), 6L);
    });
    checks.check("write in batches, zipped", () -> {
      List<Throwable> failures = new ArrayList<>();
      try (InfluxDBClient client = client(writer)) {
        client.enableGzip();
        try (WriteApi api = client.makeWriteApi(WriteOptions.builder().batchSize(500).flushInterval(200).build())) {
          api.listenEvents(WriteErrorEvent.class, event -> failures.add(event.getThrowable()));
          for (int n = 0; n < 5000; n++) api.writeRecord(WritePrecision.MS, "batch v=" + n + "i " + n);
        }
      }
      Checks.equal(failures, List.of());
      Checks.equal(count(reader, "batch"), 5000L);
    });
    checks.check("write again after a failure", () -> {
      try (InfluxDBClient client = InfluxDBClientFactory.create(Checks.FLAKY_URL, writer.toCharArray(), "acme", "data")) {
        WriteOptions options = WriteOptions.builder().flushInterval(100).retryInterval(100).maxRetryDelay(1000).build();
        try (WriteApi api = client.makeWriteApi(options)) {
          api.writeRecord(WritePrecision.NS, "retried v=1i 1");
        }
      }
      Checks.equal(count(reader, "retried"), 1L);
    });
    checks.check("queries of each form", () -> {
      String script = "from(bucket: \"data\") |> range(start: 0) |> filter(fn: (r) => r._measurement == \"one\" and r._field == \"f\") |> group() |> sort()";
      try (InfluxDBClient client = client(reader)) {
        List<FluxTable> tables = client.getQueryApi().query(script);
        Checks.equal(tables.get(0).getRecords().stream().map(record -> record.getValue()).toList(), List.of(1.0, 2.0, 3.0));
        Checks.equal(client.getQueryApi().queryRaw(script).contains("_result"), true);
        CountDownLatch end = new CountDownLatch(1);
        List<Object> streamed = new ArrayList<>();
        client.getQueryApi().query(script, (canceller, record) -> streamed.add(record.getValue()), error -> {}, end::countDown);
        Checks.equal(end.await(10, TimeUnit.SECONDS), true);
        Checks.equal(streamed, List.of(1.0, 2.0, 3.0));
        var answer = client.getInfluxQLQueryApi().query(new InfluxQLQuery("SELECT f FROM one", "data"));
        Checks.equal(answer.getResults().get(0).getSeries().get(0).getValues().size(), 3);
      }
    });
    checks.check("buckets are made and deleted", () -> {
      try (InfluxDBClient client = client(operator)) {
        Bucket bucket = client.getBucketsApi().createBucket("second", orgId);
        Checks.equal(client.getBucketsApi().findBucketByName("second").getId(), bucket.getId());
        client.getBucketsApi().deleteBucket(bucket);
        Checks.equal(client.getBucketsApi().findBucketByName("second"), null);
      }
    });
    checks.check("delete points", () -> {
      OffsetDateTime start = OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
      try (InfluxDBClient client = client(writer)) {
        client.getDeleteApi().delete(start, start.plusDays(1), "host=\"d\"", "data", "acme");
      }
      Checks.equal(count(reader, "one"), 5L);
    });
    checks.check("what is not allowed is refused", () -> {
      Checks.refused(() -> client("wrong").getQueryApi().query("buckets()"), "UnauthorizedException");
      Checks.refused(() -> client(reader).getWriteApiBlocking().writeRecord(WritePrecision.NS, "one f=1"), "ForbiddenException");
      Checks.refused(() -> client(writer).getWriteApiBlocking().writeRecord(WritePrecision.NS, "no line protocol"), "BadRequestException");
      Checks.refused(() -> client(reader).getQueryApi().query("from("), "BadRequestException");
      Checks.refused(() -> create(client(reader), Permission.ActionEnum.WRITE), "UnauthorizedException");
    });
    checks.end();
  }
}
