package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Common clients over HTTP/2. */
class Http2ClientsIT {
    private static final int BYTES = 5_000_000;
    private static final int REQUESTS = 20_000;

    /** At once: the JDK opens no more than the proxy allows, and lets none wait. */
    private static final int STREAMS = 100;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldServeCurl(OffloadMode mode) throws Exception {
        Tools.require("curl");
        Path upload = upload();
        Path download = directory.resolve("download");
        try (RunningProxy proxy = RunningProxy.http(mode, mode)) {
            String url = "https://127.0.0.1:" + proxy.port();

            String down = Tools.run(
                    "curl", "-sSk", "--http2", "-w", "%{http_version}", "-o", download.toString(), bytes(url, BYTES));
            String up =
                    Tools.run("curl", "-sSk", "--http2", "-w", "%{http_version}", "-T", "" + upload, url + "/sha256");

            assertThat(down).isEqualTo("2");
            assertThat(hash(download)).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
            assertThat(up).startsWith(hash(upload)).endsWith("2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeNghttpManyStreams(OffloadMode mode) throws Exception {
        Tools.require("nghttp");
        Path upload = upload();
        try (RunningProxy proxy = RunningProxy.http(mode, mode)) {
            String url = "https://127.0.0.1:" + proxy.port();

            String down = Tools.run("nghttp", "-ny", "--stat", "-m", "100", bytes(url, 20_000));
            String up = Tools.run("nghttp", "-y", "-d", "" + upload, "--trailer=x-sum: 1", url + "/sha256");

            assertThat(down.lines().filter(line -> line.contains(" 200 "))).hasSize(100);
            assertThat(up).startsWith(hash(upload));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeH2loadWithoutAFailure(OffloadMode mode) throws Exception {
        Tools.require("h2load");
        try (RunningProxy proxy = RunningProxy.http(mode, mode)) {
            String report = Tools.run(
                    "h2load",
                    "-n",
                    "" + REQUESTS,
                    "-c",
                    "16",
                    "-m",
                    "16",
                    bytes("https://127.0.0.1:" + proxy.port(), 1024));

            assertThat(report)
                    .contains("Application protocol: h2")
                    .contains(REQUESTS + " succeeded, 0 failed, 0 errored, 0 timeout")
                    .contains("status codes: " + REQUESTS + " 2xx");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeNode(OffloadMode mode) throws Exception {
        Tools.require("node");
        Path script = Path.of(Objects.requireNonNull(Http2ClientsIT.class.getResource("/http2/client.js"))
                .toURI());
        try (RunningProxy proxy = RunningProxy.http(mode, mode)) {
            String report = Tools.run("node", script.toString(), "https://127.0.0.1:" + proxy.port());

            assertThat(report.lines())
                    .containsExactly(
                            "bytes " + proxy.upstreamHash("/bytes/100000") + " 200 times",
                            "trailer x-demo-bytes 100000",
                            "echo equal",
                            "cancelled, then 200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeTheJdk(OffloadMode mode) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(mode, mode);
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(Clients.trustsAll())
                        .version(Version.HTTP_2)
                        .build()) {
            URI root = URI.create("https://127.0.0.1:" + proxy.port());
            client.send(HttpRequest.newBuilder(root).build(), BodyHandlers.discarding()); // one connection for all
            HttpRequest echo = HttpRequest.newBuilder(root.resolve("/echo"))
                    .POST(BodyPublishers.ofByteArray(new byte[30_000]))
                    .build();

            List<CompletableFuture<HttpResponse<byte[]>>> answers = IntStream.range(0, STREAMS)
                    .mapToObj(i -> client.sendAsync(echo, BodyHandlers.ofByteArray()))
                    .toList();

            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.get().version()).isEqualTo(Version.HTTP_2);
                assertThat(answer.get().body()).hasSize(30_000);
            });
            assertThat(proxy.connections()).hasSize(1);
        }
    }

    private static String bytes(String url, int bytes) {
        return url + "/bytes/" + bytes;
    }

    private Path upload() throws Exception {
        Path upload = directory.resolve("upload");
        try (var out = Files.newOutputStream(upload)) {
            new SeededBytes(BYTES).transferTo(out);
        }
        return upload;
    }

    private static String hash(Path file) throws Exception {
        try (var in = Files.newInputStream(file)) {
            return Clients.hash(in);
        }
    }
}
