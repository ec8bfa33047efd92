package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.http1.TroubledServer.Trouble;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Five servers: one dies, one flaps, one is slow, one resets connections in mid-body, one is well. */
class FiveServersIT {
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 1_000;

    private final long seed = System.nanoTime();
    private final Map<String, AtomicInteger> acts = new ConcurrentHashMap<>();
    private final List<TroubledServer> servers = new ArrayList<>();

    /** What a client saw. */
    private enum Seen {
        WHOLE,
        /** The connection ended in the answer, or before it. */
        BROKEN,
        /** An error of the proxy's own. */
        REFUSED
    }

    @AfterEach
    void stop() throws IOException {
        for (TroubledServer each : servers) {
            each.close();
        }
    }

    @Test
    void shouldBreakNoAnswerInSilenceAndSendNoPostTwice() throws Exception {
        // Given
        for (Trouble trouble : Trouble.values()) {
            servers.add(new TroubledServer(trouble, seed, acts));
        }
        UpstreamConfig config = new UpstreamConfig(
                        "app", servers.stream().map(TroubledServer::address).toList())
                .with(new HealthConfig(
                        CheckConfig.NONE, new OutlierConfig(5, Duration.ofMillis(500), Duration.ofSeconds(2), 50)));
        List<Seen> seen = new ArrayList<>();

        // When
        try (ProxyFixture proxy = ProxyFixture.of(config);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Seen>>> results = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                results.add(clients.submit(() -> ask(proxy, client)));
            }
            for (Future<List<Seen>> each : results) {
                seen.addAll(each.get());
            }
        }

        // Then
        String what = "seed " + seed + ", requests "
                + servers.stream().map(TroubledServer::requests).toList();
        assertThat(seen).as(what).hasSize(CLIENTS * REQUESTS);
        assertThat(acts.entrySet())
                .as(what)
                .filteredOn(each -> each.getKey().startsWith("post"))
                .allMatch(each -> each.getValue().get() == 1);
        assertThat(acts.values()).as("a GET is repeated once at most; " + what).allMatch(each -> each.get() <= 2);
        long whole = seen.stream().filter(each -> each == Seen.WHOLE).count();
        assertThat(whole).as(what).isGreaterThan(seen.size() * 90L / 100);
        int well = servers.get(Trouble.NONE.ordinal()).requests();
        int slow = servers.get(Trouble.SLOW.ordinal()).requests();
        assertThat(slow).as("the slow one gets less; " + what).isLessThan(well);
        assertThat(servers.get(Trouble.DIES.ordinal()).requests()).as(what).isLessThan(100);
    }

    private static List<Seen> ask(ProxyFixture proxy, int client) throws IOException {
        List<Seen> seen = new ArrayList<>();
        Socket socket = proxy.connect();
        for (int i = 0; i < REQUESTS; i++) {
            boolean post = i % 2 == 0;
            String id = (post ? "post-" : "get-") + client + "-" + i;
            String request = post
                    ? "POST /" + id + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                    : "GET /" + id + " HTTP/1.1\r\nHost: a\r\n\r\n";
            Seen result;
            try {
                Wire.Answer answer = ProxyFixture.ask(socket, request);
                result = answer.status() == 200 ? Seen.WHOLE : Seen.REFUSED;
                assertThat(answer.status() == 200 ? answer.body() : TroubledServer.body(id))
                        .isEqualTo(TroubledServer.body(id));
            } catch (IOException e) {
                result = Seen.BROKEN;
                socket.close();
                socket = proxy.connect();
            }
            seen.add(result);
        }
        socket.close();
        return seen;
    }
}
