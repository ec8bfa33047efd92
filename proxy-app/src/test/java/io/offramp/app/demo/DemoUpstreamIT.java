package io.offramp.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoUpstreamIT {
    private static final int MIB = 1 << 20;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private DemoUpstream upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = DemoUpstream.start(0);
    }

    @AfterEach
    void stop() {
        client.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bytes/", "/chunked/"})
    void shouldSendHundredMebibytesThatHashAlike(String page) throws Exception {
        HttpResponse<InputStream> response =
                client.send(request(page + 100 * MIB).build(), BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            assertThat(hash(body)).isEqualTo(hashOfContent(100 * MIB));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 1024, 16384, MIB - 1, MIB, MIB + 1, 3 * MIB + 12345})
    void shouldSendExactlyAsManyBytesAsAskedFor(int bytes) throws Exception {
        assertThat(get("/bytes/" + bytes).body()).isEqualTo(text(bytes));
        assertThat(get("/chunked/" + bytes).body()).isEqualTo(text(bytes));
    }

    @Test
    void shouldKeepItsContentFromReleaseToRelease() throws Exception {
        assertThat(get("/bytes/64").body()).matches("00000000 [A-Za-z0-9_-]{54}\n");
        assertThat(hashOfContent(MIB)).isEqualTo("7c19e05a854c166970ac10192da36243b831483b722cc7c168fbd4d38ede6915");
    }

    @Test
    void shouldHashHundredMebibytesThatAreSent() throws Exception {
        HttpResponse<String> response = post("/sha256", BodyPublishers.fromPublisher(content(100 * MIB), 100 * MIB));
        assertThat(response.body()).isEqualTo(hashOfContent(100 * MIB) + "  " + 100 * MIB + "\n");
    }

    @Test
    void shouldHashWhatIsSentInChunks() throws Exception {
        HttpResponse<String> response = post("/sha256", content(3 * MIB));
        assertThat(response.body()).isEqualTo(hashOfContent(3 * MIB) + "  " + 3 * MIB + "\n");
    }

    @Test
    void shouldEchoWhatIsSentWithAndWithoutALength() throws Exception {
        assertThat(post("/echo", BodyPublishers.ofString("hello")).body()).isEqualTo("hello");
        assertThat(post("/echo", BodyPublishers.noBody()).body()).isEmpty();
        assertThat(post("/echo", content(16_000)).body()).isEqualTo(text(16_000));
    }

    /** The JDK's client reads no answer before it has sent its request, so this one has two threads. */
    @Test
    void shouldEchoMoreThanItsBuffersHold() throws Exception {
        int bytes = 30 * MIB;
        try (Socket socket = new Socket("127.0.0.1", upstream.port())) {
            // When
            socket.setSoTimeout(5_000);
            String head = "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
            write(socket, head + "content-length: " + bytes + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> send(socket, bytes));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            // Then
            assertThat(answer.endsWith("\r\n\r\n" + text(bytes))).isTrue();
            sender.join();
        }
    }

    @Test
    void shouldShowTheRequestItGot() throws Exception {
        HttpRequest request =
                request("/headers").header("X-Forwarded-For", "192.0.2.7").build();
        assertThat(client.send(request, BodyHandlers.ofString()).body())
                .startsWith("GET /headers HTTP/1.1\n")
                .contains("X-Forwarded-For: 192.0.2.7\n");
    }

    @Test
    void shouldShowABrowserTheHeadersWithoutRunningThem() throws Exception {
        HttpRequest request = request("/").header("X-Forwarded-Proto", "<b>&").build();
        HttpResponse<String> page = client.send(request, BodyHandlers.ofString());
        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("<td>X-Forwarded-Proto</td><td>&lt;b&gt;&amp;</td>", "/bytes/104857600");
    }

    @Test
    void shouldAnswerWithTheStatusAskedFor() throws Exception {
        assertThat(get("/status/503"))
                .returns(503, HttpResponse::statusCode)
                .returns("status 503\n", HttpResponse::body);
        assertThat(get("/status/204")).returns(204, HttpResponse::statusCode).returns("", HttpResponse::body);
        assertThat(get("/status/304")).returns(304, HttpResponse::statusCode).returns("", HttpResponse::body);
        assertThat(get("/status/404").body()).isEqualTo("status 404\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/status/100",
                "/status/",
                "/bytes/",
                "/bytes/-1",
                "/bytes/1x",
                "/delay/60001",
                "/bytes/99999999999999"
            })
    void shouldRefuseNumbersOutOfRange(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(400);
    }

    @Test
    void shouldRefuseUnknownPagesAndMethods() throws Exception {
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/sha256").statusCode()).isEqualTo(405);
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrderAndKeepTheConnection() throws Exception {
        // When
        String answers = raw("GET /delay/50 HTTP/1.1\r\nhost: a\r\n\r\n"
                + "GET /bytes/3000000 HTTP/1.1\r\nhost: a\r\n\r\n"
                + "HEAD /bytes/77 HTTP/1.1\r\nhost: a\r\n\r\n"
                + "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nping"
                + "GET /status/404 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");

        // Then
        String[] parts = answers.split("HTTP/1\\.1 ");
        assertThat(parts).hasSize(6);
        assertThat(parts[1]).startsWith("200 OK\r\n").endsWith("\r\n\r\nafter 50 ms\n");
        assertThat(parts[2].endsWith("\r\ncontent-length: 3000000\r\n\r\n" + text(3_000_000)))
                .isTrue();
        assertThat(parts[3]).endsWith("\r\ncontent-length: 77\r\n\r\n");
        assertThat(parts[4]).endsWith("\r\ncontent-length: 4\r\n\r\nping");
        assertThat(parts[5]).startsWith("404 Not Found").endsWith("connection: close\r\n\r\nstatus 404\n");
    }

    @Test
    void shouldAnswerManyPipelinedRequests() throws Exception {
        String answers = raw("GET /bytes/1024 HTTP/1.1\r\nhost: a\r\n\r\n".repeat(2_000)
                + "GET /bytes/1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assertThat(answers.split("HTTP/1\\.1 200 OK")).hasSize(2_002);
    }

    @Test
    void shouldSayTheLengthBehindTheChunks() throws Exception {
        assertThat(raw("GET /chunked/5 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
                .endsWith("\r\n\r\n5\r\n00000\r\n0\r\nx-demo-bytes: 5\r\n\r\n");
    }

    @Test
    void shouldEndTheConnectionForHttp10UnlessAskedToKeepIt() throws Exception {
        assertThat(raw("GET /bytes/5 HTTP/1.0\r\n\r\n")).endsWith("connection: close\r\n\r\n00000");
        assertThat(raw("GET /chunked/5 HTTP/1.0\r\n\r\n")).endsWith("connection: close\r\n\r\n00000");
        assertThat(raw("GET /bytes/5 HTTP/1.0\r\nconnection: keep-alive\r\n\r\nGET /bytes/1 HTTP/1.0\r\n\r\n"))
                .contains("connection: keep-alive\r\n\r\n00000HTTP/1.1 200")
                .endsWith("connection: close\r\n\r\n0");
    }

    @Test
    void shouldAskForTheBodyWhenTheClientWaits() throws Exception {
        String answer = raw("POST /sha256 HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 0\r\n"
                + "connection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
                .endsWith("  0\n");
    }

    @Test
    void shouldCloseInsteadOfAnsweringABodyThatIsBroken() throws Exception {
        assertThat(raw("POST /sha256 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"))
                .isEmpty();
    }

    @Test
    void shouldAnswerGarbageWithBadRequestAndClose() throws Exception {
        assertThat(raw("garbage\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void shouldServeOthersWhileOneDoesNotRead() throws Exception {
        try (Socket slow = new Socket("127.0.0.1", upstream.port())) {
            // Given
            write(slow, "GET /bytes/1073741824 HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(slow.getInputStream().read()).isEqualTo('H');

            // When, Then
            assertThat(get("/bytes/10").body()).hasSize(10);
        }
    }

    @Test
    void shouldEchoOnAWebSocket() throws Exception {
        // Given
        CompletableFuture<String> received = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                received.complete(data.toString());
                return null;
            }
        };
        URI uri = URI.create("ws://127.0.0.1:" + upstream.port() + "/ws");
        WebSocket socket =
                client.newWebSocketBuilder().buildAsync(uri, listener).get(5, TimeUnit.SECONDS);

        // When
        socket.sendText("ping", true).get(5, TimeUnit.SECONDS);

        // Then
        assertThat(received.get(5, TimeUnit.SECONDS)).isEqualTo("ping");
        socket.abort();
    }

    @Test
    void shouldSayWhichPortWhenItCannotBind() {
        assertThatThrownBy(() -> DemoUpstream.start(upstream.port()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":" + upstream.port());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + upstream.port() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, BodyPublisher body) throws Exception {
        return client.send(request(path).POST(body).build(), BodyHandlers.ofString());
    }

    private String raw(String requests) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", upstream.port())) {
            socket.setSoTimeout(5_000);
            write(socket, requests);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void send(Socket socket, int bytes) {
        try {
            new ContentStream(bytes).transferTo(socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sent in chunks, because its length is not given. */
    private static BodyPublisher content(int bytes) {
        return BodyPublishers.ofInputStream(() -> new ContentStream(bytes));
    }

    private static String text(int bytes) throws IOException {
        return new String(new ContentStream(bytes).readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static String hashOfContent(int bytes) throws Exception {
        return hash(new ContentStream(bytes));
    }

    private static String hash(InputStream stream) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] part = new byte[64 << 10];
        for (int n; (n = stream.read(part)) > 0; ) {
            digest.update(part, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
