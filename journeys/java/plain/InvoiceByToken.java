// journeys: a Java program of a customer, with nothing but the JDK: signs in at Keycloak, hands in an invoice, and reads it back.
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the gateway, the issuer, the customer's id, the document's file and a correlation id; the client's id and secret come from
 * CLIENT_ID and CLIENT_SECRET. Prints the invoice as the hub has it once it was sent.
 */
public final class InvoiceByToken {
  private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private InvoiceByToken() {}

  public static void main(String[] words) throws Exception {
    String gateway = words[0];
    String token = signIn(words[1]);
    handIn(gateway, token, words[2], Path.of(words[3]), words[4]);
    System.out.println(untilSent(gateway, token, words[4]));
  }

  /** Client credentials, at the address that the issuer names itself. */
  private static String signIn(String issuer) throws IOException, InterruptedException {
    String description = taken(HttpRequest.newBuilder(URI.create(issuer + "/.well-known/openid-configuration")), 200);
    String login = System.getenv("CLIENT_ID") + ":" + System.getenv("CLIENT_SECRET");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(textOf(description, "token_endpoint")))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("grant_type=client_credentials"));
    return textOf(taken(request, 200), "access_token");
  }

  private static void handIn(String gateway, String token, String customer, Path document, String correlationId)
      throws IOException, InterruptedException {
    URI door = URI.create(gateway + "/receiver/api/salvaFatturaInterna?customerId=" + customer);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door)
            .header("Authorization", "Bearer " + token)
            .header("X-Correlation-ID", correlationId)
            .header("Content-Type", "application/xml")
            .POST(BodyPublishers.ofFile(document));
    taken(request, 202);
  }

  /** Looks again until the invoice is at SdI's door. */
  private static String untilSent(String gateway, String token, String correlationId)
      throws IOException, InterruptedException {
    URI place = URI.create(gateway + "/dbmanager/api/invoices?correlationId=" + correlationId);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String found = taken(HttpRequest.newBuilder(place).header("Authorization", "Bearer " + token), 200);
      if (found.contains("\"INTERNAL_INVOICE_SENT\"")) return found;
      if (System.nanoTime() > deadline) throw new IOException("not sent yet: " + found);
      Thread.sleep(100);
    }
  }

  /** The answer's body, where it has the status that was hoped for. */
  private static String taken(HttpRequest.Builder request, int status) throws IOException, InterruptedException {
    HttpRequest asked = request.timeout(Duration.ofSeconds(30)).build();
    HttpResponse<String> answer = HTTP.send(asked, BodyHandlers.ofString());
    if (answer.statusCode() == status) return answer.body();
    throw new IOException(asked.method() + " " + asked.uri().getPath() + ": " + answer.statusCode() + " " + answer.body());
  }

  /** A text of a JSON object; the JDK reads no JSON, and what is asked for here holds no escapes. */
  private static String textOf(String json, String name) throws IOException {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
    if (found.find()) return found.group(1);
    throw new IOException("no " + name + " in the answer");
  }
}
