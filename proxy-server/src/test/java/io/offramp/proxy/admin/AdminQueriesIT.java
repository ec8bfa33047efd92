package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that show a choice of what there is. */
class AdminQueriesIT {
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final ConnectionRegistry connections = new ConnectionRegistry(() -> 10);
    private final Reloads reloads = new Reloads(metrics.reloads());
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(AdminServerIT.ANY_PORT, metrics, connections, List::of, reloads, () -> Phase.READY);
    }

    @AfterEach
    void stop() {
        server.close();
        reloads.close();
        client.close();
        metrics.close();
    }

    @Test
    void shouldShowTheConnectionsThatAQueryAsksFor() throws Exception {
        connections.add(TestConnections.established(7, "a"));
        connections.add(TestConnections.accepted(8));

        assertThat(get("/connections?mode=hw&listener=web").body())
                .contains("\"id\":7,")
                .doesNotContain("\"id\":8,");
        metrics.listener("other");
        assertThat(get("/connections?listener=other").body()).doesNotContain("\"id\"");
        assertThat(get("/connections?mod=hw"))
                .returns(400, HttpResponse::statusCode)
                .returns(
                        "unknown filter \"mod\"; known are listener, client, mode, backend, upstream\n",
                        HttpResponse::body);
    }

    @Test
    void shouldRefuseAModeThatIsNone() throws Exception {
        assertThat(get("/connections?mode=HW"))
                .returns(400, HttpResponse::statusCode)
                .returns("unknown mode \"HW\"; known are sw, hw, hw-record, none\n", HttpResponse::body);
    }

    @Test
    void shouldRefuseANameThatNothingHas() throws Exception {
        metrics.listener("web");
        metrics.listener("api");
        metrics.bind(new DialBackend());

        assertThat(get("/connections?listener=wbe"))
                .returns(400, HttpResponse::statusCode)
                .returns("unknown listener \"wbe\"; known are api, web\n", HttpResponse::body);
        assertThat(get("/connections?backend=dail"))
                .returns(400, HttpResponse::statusCode)
                .returns("unknown backend \"dail\"; known are dial\n", HttpResponse::body);
        assertThat(get("/connections?upstream=app"))
                .returns(400, HttpResponse::statusCode)
                .returns("unknown upstream \"app\"; there is none\n", HttpResponse::body);
        assertThat(get("/connections?listener=web&backend=dial").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldRefuseAFilterOfAPageThatHasNone() throws Exception {
        for (String page : List.of("/certificates", "/sessions")) {
            assertThat(get(page + "?listener=web"))
                    .returns(400, HttpResponse::statusCode)
                    .returns(page + " shows all, and has no filter\n", HttpResponse::body);
            assertThat(get(page).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldShowTheCertificatesInUse(@TempDir Path directory) throws Exception {
        // Given
        Path file = DevelopmentCertificate.create(directory);
        ServerIdentity identity = ServerIdentity.load(file, file);
        metrics.listener("web").onCertificates(List.of(identity));

        // When
        String page = get("/certificates").body();

        // Then
        assertThat(page)
                .contains("{\"listener\":\"web\",\"names\":[\"localhost\"")
                .contains("\"notAfter\":\"" + identity.notAfter() + "\"", "\"serial\":\"" + identity.serial() + "\"")
                .contains("\"chain\":[\"");
    }

    private HttpResponse<String> get(String target) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + Objects.requireNonNull(server.port()) + target);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
