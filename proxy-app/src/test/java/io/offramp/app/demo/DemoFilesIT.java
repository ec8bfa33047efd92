package io.offramp.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a directory, and no others. */
class DemoFilesIT {
    @TempDir
    private Path directory;

    @Test
    void shouldServeFilesOfItsDirectory() throws Exception {
        byte[] content = new byte[3_000_001];
        new Random(1).nextBytes(content);
        Path files = Files.createDirectory(directory.resolve("files"));
        Files.write(files.resolve("large.bin"), content);
        Files.createFile(files.resolve("empty"));
        Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(files.resolve("link"), directory.resolve("secret"));
        try (DemoUpstream upstream = DemoUpstream.start(0, files);
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(client, upstream, "GET", "large.bin").body()).isEqualTo(content);
            }
            assertThat(ask(client, upstream, "GET", "empty").body()).isEmpty();
            HttpResponse<byte[]> head = ask(client, upstream, "HEAD", "large.bin");
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValueAsLong("content-length")).hasValue(content.length);
            for (String path : new String[] {"../secret", "%2e%2e/secret", "link", "absent", "", "."}) {
                assertThat(ask(client, upstream, "GET", path).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
        try (DemoUpstream upstream = DemoUpstream.start(0);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(ask(client, upstream, "GET", "large.bin").statusCode()).isEqualTo(404);
        }
    }

    private static HttpResponse<byte[]> ask(HttpClient client, DemoUpstream upstream, String method, String name)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + upstream.port() + "/files/" + name);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }
}
