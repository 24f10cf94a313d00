import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the checks of a program: a line `ok NAME` or `failed NAME: why` for each. */
final class Checks {
  static final String URL = System.getenv("SLUICE_URL");
  static final String FLAKY_URL = System.getenv("SLUICE_FLAKY_URL");
  static final String PASSWORD = System.getenv("SLUICE_PASSWORD");

  interface Body {
    void run() throws Exception;
  }

  private int failures = 0;

  void check(String name, Body body) {
    try {
      body.run();
      System.out.println("ok " + name);
    } catch (Throwable error) {
      failures++;
      error.printStackTrace();
      System.out.println("failed " + name + ": " + error);
    }
  }

  /** The libraries leave threads behind that would keep the program alive. */
  void end() {
    System.exit(failures > 0 ? 1 : 0);
  }

  static void equal(Object found, Object wanted) {
    if (!Objects.equals(found, wanted)) throw new AssertionError("found " + found + ", wanted " + wanted);
  }

  static void refused(Body body, String words) throws Exception {
    try {
      body.run();
    } catch (RuntimeException error) {
      String found = error.getClass().getSimpleName() + " " + error.getMessage();
      if (!found.contains(words)) throw new AssertionError("refused with " + found + ", wanted " + words);
      return;
    }
    throw new AssertionError("it was not refused");
  }

  /** Sends JSON, as a token where there is one. */
  static String post(String path, String token, String json) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(URL + path)).POST(HttpRequest.BodyPublishers.ofString(json));
    if (token != null) request.header("Authorization", "Token " + token);
    HttpResponse<String> response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    return response.body();
  }

  /** The first member of a name that holds a text. */
  static String member(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
    if (!matcher.find()) throw new AssertionError("there is no " + name);
    return matcher.group(1);
  }
}
