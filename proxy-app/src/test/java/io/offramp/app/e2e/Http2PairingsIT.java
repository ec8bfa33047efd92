package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** 100 MiB down and 100 MiB up, equal by SHA-256, for all pairs of the versions of HTTP, and all modes. */
class Http2PairingsIT {
    private static final int BYTES = 100 << 20;

    static List<Arguments> pairings() {
        List<Arguments> all = new ArrayList<>();
        for (OffloadMode mode : List.of(OffloadMode.SW, OffloadMode.HW, OffloadMode.HW_RECORD)) {
            for (Version client : Version.values()) {
                for (Upstream server : Upstream.values()) {
                    all.add(Arguments.of(mode, client, server));
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @MethodSource("pairings")
    void shouldCarryEveryByteBothWays(OffloadMode mode, Version version, Upstream upstream) throws Exception {
        try (H2cServer server = H2cServer.start();
                RunningProxy proxy = upstream.proxy(mode, mode, server);
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(Clients.trustsAll())
                        .version(version)
                        .build()) {
            URI root = URI.create("https://127.0.0.1:" + proxy.port());
            HttpRequest get =
                    HttpRequest.newBuilder(root.resolve("/bytes/" + BYTES)).build();
            HttpRequest post = HttpRequest.newBuilder(root.resolve("/sha256"))
                    .POST(BodyPublishers.ofInputStream(() -> new SeededBytes(BYTES)))
                    .build();

            HttpResponse<InputStream> down = client.send(get, BodyHandlers.ofInputStream());
            String downHash = Clients.hash(down.body());
            HttpResponse<String> up = client.send(post, BodyHandlers.ofString());

            assertThat(down.version()).isEqualTo(version);
            assertThat(up.version()).isEqualTo(version);
            assertThat(downHash)
                    .isEqualTo(upstream == Upstream.H2C ? H2cPages.hash(BYTES) : proxy.upstreamHash("/bytes/" + BYTES));
            assertThat(up.statusCode()).isEqualTo(200);
            assertThat(up.body()).startsWith(Clients.hash(new SeededBytes(BYTES)));
        }
    }
}
