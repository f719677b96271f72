import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.security.ConstraintMapping;
import org.eclipse.jetty.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.DigestAuthenticator;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.AbstractHandler;
import org.eclipse.jetty.util.security.Constraint;
import org.eclipse.jetty.util.security.Password;

/** Signs clients in by Jetty's own Digest, and passes their requests on to a sandbox with a token. Prints its port. */
public class DigestServer {
  public static void main(String[] args) throws Exception {
    String upstream = System.getenv("UPSTREAM");
    String token = System.getenv("TOKEN");
    UserStore users = new UserStore();
    users.addUser(System.getenv("PUBLIC_KEY"), new Password(System.getenv("PRIVATE_KEY")), new String[] {"any"});
    HashLoginService login = new HashLoginService("MMS Public API");
    login.setUserStore(users);

    Constraint constraint = new Constraint(Constraint.__DIGEST_AUTH, "any");
    constraint.setAuthenticate(true);
    ConstraintMapping everything = new ConstraintMapping();
    everything.setConstraint(constraint);
    everything.setPathSpec("/*");
    ConstraintSecurityHandler security = new ConstraintSecurityHandler();
    security.addConstraintMapping(everything);
    security.setAuthenticator(new DigestAuthenticator());
    security.setLoginService(login);
    security.setHandler(new Onward(upstream, token));

    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(security);
    server.start();
    System.out.println(connector.getLocalPort());
  }

  private static class Onward extends AbstractHandler {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String upstream;
    private final String token;

    Onward(String upstream, String token) {
      this.upstream = upstream;
      this.token = token;
    }

    @Override
    public void handle(String target, Request jetty, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String query = Optional.ofNullable(request.getQueryString()).map(text -> "?" + text).orElse("");
      byte[] body = request.getInputStream().readAllBytes();
      String accept = Optional.ofNullable(request.getHeader("Accept")).orElse("*/*");
      HttpRequest onward = HttpRequest.newBuilder(URI.create(upstream + request.getRequestURI() + query))
          .method(request.getMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
          .header("Authorization", "Bearer " + token)
          .header("Accept", accept)
          .header("Content-Type", Optional.ofNullable(request.getContentType()).orElse(accept))
          .build();
      try {
        HttpResponse<byte[]> answer = client.send(onward, HttpResponse.BodyHandlers.ofByteArray());
        response.setStatus(answer.statusCode());
        answer.headers().firstValue("Content-Type").ifPresent(type -> response.setHeader("Content-Type", type));
        response.getOutputStream().write(answer.body());
      } catch (InterruptedException error) {
        throw new IOException(error);
      }
      jetty.setHandled(true);
    }
  }
}
