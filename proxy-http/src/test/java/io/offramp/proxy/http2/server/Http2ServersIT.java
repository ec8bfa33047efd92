package io.offramp.proxy.http2.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.http1.ProxyFixture;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers of other projects that speak HTTP/2, behind a proxy whose clients speak HTTP/1.1. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class Http2ServersIT {
    private static final int LARGE = 100 << 20;

    /** Answers with the hash of what comes, on twenty streams of a connection. */
    private static final String NODE = """
            const http2 = require('http2');
            const crypto = require('crypto');
            const server = http2.createServer({settings: {maxConcurrentStreams: 20}});
            server.on('stream', (stream, headers) => {
              const hash = crypto.createHash('sha256');
              stream.on('data', bytes => hash.update(bytes));
              stream.on('end', () => {
                stream.respond({':status': 200, 'x-path': headers[':path']});
                stream.end(hash.digest('hex'));
              });
            });
            server.listen(PORT, '127.0.0.1');
            """;

    @TempDir
    private Path directory;

    @Test
    void shouldPassLargeBodiesBothWaysWithNghttpd() throws Exception {
        Path file = directory.resolve("large");
        byte[] content = new byte[LARGE];
        new Random(17).nextBytes(content);
        Files.write(file, content);
        String expected = sha256(content);
        try (ToolServer server =
                        ToolServer.start(directory, "nghttpd", "--no-tls", "--echo-upload", "-d", ".", "PORT");
                ProxyFixture proxy = proxy(server)) {
            HttpResponse<InputStream> down = send(proxy, "/large", HttpRequest.newBuilder());
            assertThat(down.statusCode()).isEqualTo(200);
            assertThat(sha256(down.body())).isEqualTo(expected);

            HttpResponse<InputStream> echo =
                    send(proxy, "/echo", HttpRequest.newBuilder().POST(BodyPublishers.ofFile(file)));
            assertThat(echo.statusCode()).isEqualTo(200);
            assertThat(sha256(echo.body())).isEqualTo(expected);
            assertThat(proxy.counts().connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldPassLargeBodiesAndManyRequestsWithNode() throws Exception {
        Path file = directory.resolve("large");
        byte[] content = new byte[LARGE];
        new Random(17).nextBytes(content);
        Files.write(file, content);
        try (ToolServer server = node();
                ProxyFixture proxy = proxy(server)) {
            HttpClient client = client();
            HttpResponse<String> large = client.send(
                    request(proxy, "/large", HttpRequest.newBuilder().POST(BodyPublishers.ofFile(file))),
                    BodyHandlers.ofString());
            assertThat(large.body()).as(() -> proxy.log().toString()).isEqualTo(sha256(content));

            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                answers.add(
                        client.sendAsync(request(proxy, "/" + i, HttpRequest.newBuilder()), BodyHandlers.ofString()));
                if (i % 50 == 49) {
                    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                            .join();
                }
            }
            for (int i = 0; i < answers.size(); i++) {
                HttpResponse<String> answer = answers.get(i).join();
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("x-path")).contains("/" + i);
                assertThat(answer.body()).isEqualTo(sha256(new byte[0]));
            }
        }
    }

    private ToolServer node() throws IOException {
        return ToolServer.start(directory, "node", "-e", NODE);
    }

    private static ProxyFixture proxy(ToolServer server) {
        return new ProxyFixture(new ProxyFixture.Settings().to(UpstreamProtocol.H2C, server.address()));
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    private static HttpRequest request(ProxyFixture proxy, String path, HttpRequest.Builder request) {
        return request.uri(URI.create("http://127.0.0.1:" + proxy.port() + path))
                .build();
    }

    private static HttpResponse<InputStream> send(ProxyFixture proxy, String path, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client().send(request(proxy, path, request), BodyHandlers.ofInputStream());
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String sha256(InputStream body) throws Exception {
        try (DigestInputStream in = new DigestInputStream(body, MessageDigest.getInstance("SHA-256"))) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(LARGE);
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }
}
