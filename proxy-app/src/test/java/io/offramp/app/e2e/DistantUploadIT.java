package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One upload over HTTP/2 from a distant client: so distant that a busy machine is not what it waits for. */
class DistantUploadIT {
    private static final int ONE_WAY_MS = 100;
    private static final int BYTES = 10 << 20;
    /** With the window of the beginning alone, 256 KiB, it would take 8 s. */
    private static final long MOST_NS = TimeUnit.SECONDS.toNanos(6);

    @Test
    void shouldNotBeHeldToTheWindowOfTheBeginning() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.SW, OffloadMode.SW);
                DelayingRelay relay = DelayingRelay.to(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()), ONE_WAY_MS);
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(Clients.trustsAll())
                        .version(Version.HTTP_2)
                        .build()) {
            HttpRequest post = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + relay.port() + "/sha256"))
                    .POST(BodyPublishers.ofInputStream(() -> new SeededBytes(BYTES)))
                    .build();

            long startNs = System.nanoTime();
            HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
            long tookNs = System.nanoTime() - startNs;

            assertThat(answer.version()).isEqualTo(Version.HTTP_2);
            assertThat(answer.body()).startsWith(Clients.hash(new SeededBytes(BYTES)));
            System.out.printf("An upload at a distance of %d ms: %.1f MB/s%n", 2 * ONE_WAY_MS, BYTES * 1e3 / tookNs);
            assertThat(tookNs).isLessThan(MOST_NS);
        }
    }
}
