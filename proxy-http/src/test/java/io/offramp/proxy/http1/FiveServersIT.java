package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.http1.TroubledServer.Trouble;
import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.balance.Policy;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Five servers: one dies, one flaps, one is slow, one resets connections in mid-body, one is well. */
class FiveServersIT {
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 1_000;
    private static final int MANY_REQUESTS = 62_500;
    private static final BalanceConfig RANDOM = new BalanceConfig(new Policy.Random(), Duration.ZERO, 0);
    private static final UpstreamLimits REPEATS = UpstreamLimits.DEFAULTS.with(
            new RetryConfig(Set.of(Cause.CONNECT, Cause.REFUSED, Cause.RESET), Set.of(), null, 2, 0));

    private final long seed = System.nanoTime();
    private final List<TroubledServer> servers = new ArrayList<>();
    private AtomicIntegerArray acts = new AtomicIntegerArray(0);

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
        OutlierConfig outliers = new OutlierConfig(5, Duration.ofMillis(500), Duration.ofSeconds(2), 50);
        UpstreamConfig config = start(REQUESTS).with(new HealthConfig(CheckConfig.NONE, outliers));

        // When
        Map<Seen, Integer> seen = askAll(config, REQUESTS);

        // Then
        assertNothingIsDoubledOrLost(seen, REQUESTS);
        int well = requests(Trouble.NONE);
        assertThat(requests(Trouble.SLOW))
                .as("the slow one gets less; " + what())
                .isLessThan(well);
        assertThat(requests(Trouble.DIES)).as(what()).isLessThan(100);
    }

    @Test
    void shouldRepeatOnlyWhatIsIdempotentAndShareTheLoadEvenly() throws Exception {
        repeatAndShare(REQUESTS);
    }

    @Test
    @Tag("long")
    void shouldDoSoForAMillionRequests() throws Exception {
        repeatAndShare(MANY_REQUESTS);
    }

    /** By chance among those that are up: the three that always are get the same, within five standard deviations. */
    private void repeatAndShare(int each) throws Exception {
        // Given
        UpstreamConfig config = start(each).with(RANDOM).with(REPEATS);

        // When
        Map<Seen, Integer> seen = askAll(config, each);

        // Then
        assertNothingIsDoubledOrLost(seen, each);
        List<Integer> up = List.of(requests(Trouble.NONE), requests(Trouble.SLOW), requests(Trouble.RESETS));
        double all = up.stream().mapToInt(Integer::intValue).sum();
        double deviation = Math.sqrt(all * 2 / 9);
        assertThat(up).as(what()).allMatch(one -> Math.abs(one - all / 3) < 5 * deviation);
        assertThat(requests(Trouble.DIES)).as(what()).isLessThan(100);
        assertThat(IntStream.range(0, CLIENTS * each).filter(i -> acts.get(i) == 2))
                .as("sent again; " + what())
                .isNotEmpty();
    }

    private void assertNothingIsDoubledOrLost(Map<Seen, Integer> seen, int each) {
        int all = CLIENTS * each;
        assertThat(seen.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(all);
        for (int i = 0; i < all; i++) {
            assertThat(acts.get(i))
                    .as("POST at most once, GET twice: " + i + "; " + what())
                    .isBetween(0, i % 2 == 0 ? 1 : 2);
        }
        assertThat(seen.getOrDefault(Seen.WHOLE, 0)).as(what() + " " + seen).isGreaterThan((int) (all * 0.9));
    }

    private int requests(Trouble trouble) {
        return servers.get(trouble.ordinal()).requests();
    }

    private String what() {
        return "seed " + seed + ", requests "
                + servers.stream().map(TroubledServer::requests).toList();
    }

    private UpstreamConfig start(int each) throws IOException {
        acts = new AtomicIntegerArray(CLIENTS * each);
        for (Trouble trouble : Trouble.values()) {
            servers.add(new TroubledServer(
                    trouble, seed, id -> acts.incrementAndGet(Integer.parseInt(id.substring(id.indexOf('-') + 1)))));
        }
        return new UpstreamConfig(
                "app", servers.stream().map(TroubledServer::address).toList());
    }

    private Map<Seen, Integer> askAll(UpstreamConfig config, int each) throws Exception {
        Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
        try (ProxyFixture proxy = ProxyFixture.quiet(config);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Map<Seen, Integer>>> results = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int first = i * each;
                results.add(clients.submit(() -> ask(proxy, first, each)));
            }
            for (Future<Map<Seen, Integer>> result : results) {
                result.get().forEach((what, times) -> seen.merge(what, times, Integer::sum));
            }
        }
        return seen;
    }

    private static Map<Seen, Integer> ask(ProxyFixture proxy, int first, int count) throws IOException {
        Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
        Socket socket = proxy.connect();
        for (int i = first; i < first + count; i++) {
            String method = i % 2 == 0 ? "POST" : "GET";
            String id = method + "-" + i;
            String request = method + " /" + id + " HTTP/1.1\r\nHost: a\r\n"
                    + (i % 2 == 0 ? "Content-Length: 0\r\n\r\n" : "\r\n");
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
            seen.merge(result, 1, Integer::sum);
        }
        socket.close();
        return seen;
    }
}
