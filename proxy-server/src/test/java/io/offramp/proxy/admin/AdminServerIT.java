package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.connection.SessionCsv;
import io.offramp.proxy.connection.SessionStats;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.reload.Reloads;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerIT {
    static final AdminConfig ANY_PORT = AdminConfig.of(new HostPort("127.0.0.1", 0));

    private final ProxyMetrics metrics = new ProxyMetrics();
    private final ConnectionRegistry connections = new ConnectionRegistry(() -> 100_000);
    private final Reloads reloads = new Reloads(metrics.reloads());
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.READY);
    private final List<UpstreamGroup> upstreams = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(ANY_PORT, metrics, connections, () -> upstreams, reloads, phase::get);
    }

    @AfterEach
    void stop() {
        server.close();
        reloads.close();
        client.close();
        metrics.close();
    }

    @Test
    void shouldServeTheMetersAsPrometheusText() throws Exception {
        // Given
        metrics.listener("web").onAccepted();

        // When
        HttpResponse<String> response = send("GET", "/metrics?name=x");

        // Then
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("offramp_connections_total{listener=\"web\"} 1.0");
    }

    @Test
    void shouldShowServersAndDrainThem() throws Exception {
        // Given
        upstreams.add(new UpstreamGroup(
                new UpstreamConfig("api", List.of(new HostPort("127.0.0.1", 1), new HostPort("127.0.0.1", 2))),
                UpstreamEvents.NONE));
        String first = "?upstream=api&server=127.0.0.1:1";
        upstreams.getFirst().queue().enter(1);
        assertThat(send("GET", "/upstreams").body())
                .contains("\"policy\":\"least-request\",\"queued\":1,")
                .contains("\"name\":\"127.0.0.1:1\",\"state\":\"up\",\"why\":\"no fault seen\"")
                .contains("\"since\":null,\"weight\":1");

        // When
        assertThat(send("POST", "/upstreams/drain" + first).body()).isEqualTo("api 127.0.0.1:1: drained\n");

        // Then
        assertThat(send("GET", "/upstreams").body())
                .contains("\"state\":\"drained\",\"why\":\"by command\",\"since\":0");
        assertThat(upstreams.getFirst().servers().getFirst().weight(0)).isZero();
        assertThat(send("POST", "/upstreams/ready" + first).body()).isEqualTo("api 127.0.0.1:1: up\n");
        assertThat(send("GET", "/upstreams/drain" + first).statusCode()).isEqualTo(405);
        assertThat(send("POST", "/upstreams/drain").statusCode()).isEqualTo(400);
        assertThat(send("POST", "/upstreams/drain?upstream=api&server=gone:1").statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldChangeSettingsOfABackend() throws Exception {
        // Given
        metrics.bind(new DialBackend());

        // When
        HttpResponse<String> response = send("POST", "/dial/set?name=level&value=7");

        // Then
        assertThat(response)
                .returns(200, HttpResponse::statusCode)
                .returns("level: 1 -> 7, for new connections\n", HttpResponse::body);
        assertThat(send("POST", "/dial/set?name=level&value=11"))
                .returns(400, HttpResponse::statusCode)
                .returns("level: must be 1 to 10, is 11\n", HttpResponse::body);
        assertThat(send("POST", "/dial/set?name=height&value=1"))
                .returns(400, HttpResponse::statusCode)
                .returns("height: cannot be changed at run time, only one of [level]\n", HttpResponse::body);
        assertThat(send("POST", "/dial/set?name=level&value=2&value=3").statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/dial/set?name=level&value=2").statusCode()).isEqualTo(405);
        assertThat(send("POST", "/dial/set?name=level&value=8").body()).startsWith("level: 7 -> 8,");
        assertThat(send("POST", "/other/set?name=level&value=8").statusCode()).isEqualTo(405);
    }

    @Test
    void shouldSayUnavailableWhileDraining() throws Exception {
        phase.set(Phase.DRAINING);
        assertThat(send("GET", "/healthz"))
                .returns(503, HttpResponse::statusCode)
                .returns("draining\n", HttpResponse::body);
        assertThat(send("GET", "/healthz/ready"))
                .returns(503, HttpResponse::statusCode)
                .returns("draining\n", HttpResponse::body);
        assertThat(send("GET", "/healthz/live").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldBeReadyOnceWarmedUp() throws Exception {
        // Given
        phase.set(Phase.WARMING);
        assertThat(send("GET", "/healthz/ready"))
                .returns(503, HttpResponse::statusCode)
                .returns("warming\n", HttpResponse::body);
        assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);

        // When
        phase.set(Phase.READY);

        // Then
        assertThat(send("GET", "/healthz/ready"))
                .returns(200, HttpResponse::statusCode)
                .returns("ok\n", HttpResponse::body);
    }

    @Test
    void shouldShowWhereEachDirectionIsProtectedAndWhy() throws Exception {
        // Given
        connections.add(TestConnections.established(7, "ex\"ample\n"));

        // When
        HttpResponse<String> response = send("GET", "/connections");

        // Then
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.body())
                .matches("(?s)\\[\\n\\{.*}\\n]\\n")
                .contains("{\"id\":7,\"listener\":\"web\",\"peer\":\"192.0.2.7:51234\",\"local\":\"127.0.0.1:8443\","
                        + "\"age\":")
                .contains("\"sni\":\"ex\\\"ample\\n\",\"alpn\":\"http/1.1\",\"version\":\"1.3\","
                        + "\"cipher\":\"aes-gcm-128\","
                        + "\"suite\":\"TLS_AES_128_GCM_SHA256\",\"group\":\"x25519\",\"resumed\":true,")
                .contains("\"fingerprint\":null,\"streams\":null,\"tx\":")
                .contains("\"tx\":{\"conf\":\"hw\",\"backend\":\"device\",\"detail\":\"tis=17 dek=33\","
                        + "\"why\":\"configured\","
                        + "\"records\":3,\"bytes\":40000,\"moves\":0,\"rekeys\":0}")
                .contains("\"rx\":{\"conf\":\"sw\",\"backend\":\"sw\"");
        assertThat(objectsIn(response.body())).isEqualTo(1);
    }

    @Test
    void shouldShowTheOpenStreamsOfAConnection() throws Exception {
        Connection client = TestConnections.established(7, "a");
        client.onStreams(3);
        connections.add(client);

        assertThat(send("GET", "/connections").body()).contains(",\"streams\":3,");
    }

    @Test
    void shouldGiveAnEmptyArrayWithoutConnections() throws Exception {
        assertThat(objectsIn(send("GET", "/connections").body())).isZero();
    }

    @Test
    void shouldListTenThousandConnectionsInJsonThatParses() throws Exception {
        // Given
        for (int i = 1; i <= 10_000; i++) {
            connections.add(i % 10 == 0 ? TestConnections.accepted(i) : TestConnections.established(i, "h" + i));
        }

        // When
        String body = send("GET", "/connections").body();

        // Then
        assertThat(objectsIn(body)).isEqualTo(10_000);
    }

    @Test
    void shouldServeClosedSessionsAndThenOpenOnesAsCsv() throws Exception {
        // Given
        connections.add(TestConnections.established(1, "a"));
        connections.add(TestConnections.accepted(2));
        for (int i = 3; i < 3_003; i++) {
            Connection closes = TestConnections.established(i, "a");
            connections.add(closes);
            connections.remove(closes);
        }

        // When
        HttpResponse<String> response = send("GET", "/sessions");

        // Then
        assertThat(response.headers().firstValue("content-type")).hasValue("text/csv; charset=utf-8; header=present");
        List<String> lines = response.body().lines().toList();
        SessionCsv csv = SessionCsv.of(lines.getFirst());
        List<SessionStats> sessions = lines.stream().skip(1).map(csv::parse).toList();
        assertThat(sessions).hasSize(3_001);
        assertThat(sessions.subList(0, 3_000)).noneMatch(SessionStats::isOpen);
        assertThat(sessions.getLast().isOpen())
                .as("one without a session is left out")
                .isTrue();
        assertThat(lines.getLast())
                .endsWith(",open,web,1.3,aes-gcm-128,3,40000,1,120,hw,sw,configured,device declined: no TIR left,0");
    }

    @Test
    void shouldServeCountersInTheKernelsFormat() throws Exception {
        assertThat(send("GET", "/tls_stat").body().lines())
                .contains("TlsCurrTxSw                     \t0")
                .allMatch(line -> line.matches("[A-Za-z0-9_]+ *\\t\\d+"));
    }

    @Test
    void shouldNameItsPagesInTheIndex() throws Exception {
        assertThat(send("GET", "/").body()).contains("/metrics", "/connections", "/sessions", "/tls_stat", "/healthz");
    }

    @Test
    void shouldRefuseOtherPathsAndMethods() throws Exception {
        assertThat(send("GET", "/metricsx").statusCode()).isEqualTo(404);
        HttpResponse<String> response = send("POST", "/metrics");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void shouldReloadWhenToldToAndSayWhatCameOfIt() throws Exception {
        // Given
        Queue<String> next = new ArrayDeque<>(List.of("is new", "is bad"));
        reloads.register(Reloadable.of("ticket key", "web", List.of(), () -> {
            String change = next.element();
            if (change.equals("is bad")) {
                throw new IOException(change);
            }
            return List.of(next.remove());
        }));

        // When, Then
        assertThat(send("POST", "/reload"))
                .returns(200, HttpResponse::statusCode)
                .returns(
                        "web: ticket key: is new\nthe configuration is not in a file: restart to change it\n",
                        HttpResponse::body);
        assertThat(send("POST", "/reload"))
                .returns(409, HttpResponse::statusCode)
                .extracting(HttpResponse::body)
                .asString()
                .startsWith("web: ticket key: error: is bad\n");
        assertThat(send("GET", "/reload").headers().firstValue("allow")).hasValue("POST");
        assertThat(send("GET", "/metrics").body())
                .contains("offramp_ticket_key_reloads_total{listener=\"web\",result=\"success\"} 1.0")
                .contains("offramp_ticket_key_reloads_total{listener=\"web\",result=\"failure\"} 1.0");
        reloads.close();
        assertThat(send("POST", "/reload").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws Exception {
        for (String path : new String[] {"/", "/metrics", "/connections", "/sessions", "/healthz"}) {
            HttpResponse<String> response = send("HEAD", path);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.body()).as(path).isEmpty();
        }
    }

    @Test
    void shouldEndTheConnectionBehindThePageForHttp10() throws Exception {
        connections.add(TestConnections.established(1, "a"));
        String answer = raw("GET /connections HTTP/1.0\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .doesNotContainIgnoringCase("transfer-encoding")
                .endsWith("}\n]\n");
    }

    @Test
    void shouldAnswerPipelinedRequestsInTheirOrder() throws Exception {
        String answers = raw("POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                + "HEAD /sessions HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answers)
                .containsSubsequence(
                        "HTTP/1.1 200",
                        "the configuration is not in a file",
                        "HTTP/1.1 200",
                        "text/csv",
                        "HTTP/1.1 404",
                        "HTTP/1.1 200",
                        "ok\n");
    }

    @Test
    void shouldTakeARequestInPieces() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(5_000);
            socket.setTcpNoDelay(true);
            String request =
                    "POST /reload HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
            for (byte next : request.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(next);
            }
            byte[] goOn = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(socket.getInputStream().readNBytes(goOn.length)).isEqualTo(goOn);
            socket.getOutputStream().write("abcGET /healthz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .containsSubsequence("HTTP/1.1 200", "the configuration is not in a file", "HTTP/1.1 200", "ok\n");
        }
    }

    @Test
    void shouldAnswerGarbageWithBadRequestAndClose() throws Exception {
        assertThat(raw("garbage\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void shouldSayWhichAddressWhenItCannotBind() {
        HostPort taken = new HostPort("127.0.0.1", port());
        assertThatThrownBy(() -> AdminServer.start(
                        AdminConfig.of(taken), metrics, connections, () -> upstreams, reloads, phase::get))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin cannot bind " + taken);
    }

    private int port() {
        return Objects.requireNonNull(server.port());
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port() + path);
        HttpRequest.BodyPublisher body = method.equals("POST") ? BodyPublishers.ofString("x") : BodyPublishers.noBody();
        return client.send(HttpRequest.newBuilder(uri).method(method, body).build(), BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int objectsIn(String json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
            int objects = 0;
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                parser.skipChildren();
                objects++;
            }
            assertThat(parser.currentToken()).isEqualTo(JsonToken.END_ARRAY);
            assertThat(parser.nextToken()).isNull();
            return objects;
        }
    }
}
