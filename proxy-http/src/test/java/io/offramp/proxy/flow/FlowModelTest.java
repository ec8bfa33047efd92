package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.UpstreamServer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Random interleavings of what clients and servers can do, each held to the same rules: {@link Interleaving}.
 * {@code -Dflow.seed=} runs another lot, {@code -Dflow.count=} another number. A failure names the seed of its
 * interleaving and the fewest of its steps that fail the same.
 */
class FlowModelTest {
    private static final long SEED = Long.getLong("flow.seed", 20261129);
    private static final int COUNT = Integer.getInteger("flow.count", 100_000);
    /** Of each pair of versions but the first. */
    private static final int OTHERS = COUNT / 7;
    /** What a server of HTTP/2 may send on one stream while its client does not read. */
    private static final long STREAM_CREDIT = 256 << 10;

    private static final ModelLimits[] LIMITS = ModelLimits.values();
    private static final Interleaving.End[] ENDS = Interleaving.End.values();
    private static final int[] READ_BYTES = {64, 256, 1024};

    private static final ThreadLocal<List<String>> WARNINGS = ThreadLocal.withInitial(ArrayList::new);
    private static final AppenderBase<ILoggingEvent> APPENDER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (Warnings.isFault(event)) {
                String cause = event.getThrowableProxy() == null
                        ? ""
                        : " " + event.getThrowableProxy().getClassName() + " "
                                + event.getThrowableProxy().getMessage() + " "
                                + event.getThrowableProxy().getStackTraceElementProxyArray()[0];
                WARNINGS.get().add(event.getFormattedMessage() + cause);
            }
        }
    };

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    /** What both sides speak. */
    private record Sides(Front clients, UpstreamProtocol servers, boolean secured) {
        Sides(Front clients, UpstreamProtocol servers) {
            this(clients, servers, false);
        }

        boolean areShared() {
            return clients == Front.HTTP2 || isHttp2();
        }

        boolean isHttp2() {
            return servers == UpstreamProtocol.H2C || servers == UpstreamProtocol.H2;
        }
    }

    /** One interleaving: all that it is follows from its seed. */
    private record Case(
            long seed,
            Sides sides,
            List<Step> steps,
            int readBytes,
            int connections,
            int servers,
            Interleaving.End end,
            long handshakeMs,
            ModelLimits limits) {
        static Case of(long seed, Sides sides) {
            SplittableRandom random = new SplittableRandom(seed);
            int readBytes = READ_BYTES[random.nextInt(READ_BYTES.length)];
            int connections = random.nextInt(3) == 0 ? 1 : 100;
            int servers = 1 + random.nextInt(3);
            List<Step> steps = Step.sequence(random, 12);
            Interleaving.End end = ENDS[random.nextInt(ENDS.length)];
            ModelLimits limits = LIMITS[random.nextInt(LIMITS.length)];
            long handshakeMs = random.nextInt(3) == 0 ? Interleaving.HANDSHAKE.toMillis() - 200 : 0;
            return new Case(seed, sides, steps, readBytes, connections, servers, end, handshakeMs, limits);
        }

        Case with(List<Step> fewer) {
            return new Case(seed, sides, fewer, readBytes, connections, servers, end, handshakeMs, limits);
        }
    }

    @BeforeAll
    static void listen() {
        Warnings.setServers(Level.OFF);
        APPENDER.start();
        ROOT.addAppender(APPENDER);
    }

    @AfterAll
    static void listenNoMore() {
        ROOT.detachAppender(APPENDER);
        Warnings.setServers(null);
    }

    @Test
    void shouldHoldItsRulesWhateverClientsAndServersDo() throws Exception {
        run(new Sides(Front.HTTP1, UpstreamProtocol.HTTP1), COUNT);
    }

    @Test
    void shouldHoldItsRulesWhateverServersOfHttp2Do() throws Exception {
        run(new Sides(Front.HTTP1, UpstreamProtocol.H2C), OTHERS);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "H2C", "AUTO"})
    void shouldHoldItsRulesWhateverClientsOfHttp2Do(UpstreamProtocol servers) throws Exception {
        run(new Sides(Front.HTTP2, servers), OTHERS);
    }

    /** A pool whose servers choose: all of them HTTP/1.1. */
    @Test
    void shouldHoldItsRulesWhereServersMayChooseTheVersion() throws Exception {
        run(new Sides(Front.HTTP1, UpstreamProtocol.AUTO), OTHERS);
    }

    /** A server's FIN is its close_notify. */
    @ParameterizedTest
    @CsvSource({"HTTP1, HTTP1", "HTTP1, H2", "HTTP1, AUTO", "HTTP2, H2"})
    void shouldHoldItsRulesInsideOfTls(Front clients, UpstreamProtocol servers) throws Exception {
        run(new Sides(clients, servers, true), OTHERS);
    }

    private static void run(Sides sides, long count) throws Exception {
        AtomicLong next = new AtomicLong();
        int threads = Runtime.getRuntime().availableProcessors();
        List<Callable<@Nullable String>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(() -> work(next, sides, count));
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Future<@Nullable String> result : pool.invokeAll(workers)) {
                assertThat(result.get()).isNull();
            }
        }
    }

    private static @Nullable String work(AtomicLong next, Sides sides, long count) {
        for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            long seed = SEED + i;
            Case whole = Case.of(seed, sides);
            Throwable failure = failureOf(whole);
            if (failure != null) {
                next.set(count);
                return describe(seed, whole, failure);
            }
        }
        return null;
    }

    private static @Nullable Throwable failureOf(Case some) {
        WARNINGS.get().clear();
        Sides sides = some.sides();
        SessionModel tls = sides.secured() ? new SessionModel(some.handshakeMs()) : null;
        try (Handlers proxy = Handlers.bounded(
                sides.clients(),
                sides.servers(),
                some.readBytes(),
                some.connections(),
                1,
                some.servers(),
                some.limits().limits,
                tls)) {
            long credit = sides.areShared() ? 3 * STREAM_CREDIT : 0;
            long bound = WireInput.RECEIVE_BYTES + 8L * some.readBytes() + (8 << 10) + credit;
            proxy.choose(new SplittableRandom(some.seed()));
            Operator operator = new Operator(proxy, tls);
            new Interleaving(
                            proxy,
                            operator,
                            bound,
                            some.limits().attempts(),
                            sides.clients() == Front.HTTP2 ? Http2ModelClient::new : ModelClient::new,
                            sides.isHttp2() ? Http2ModelServer::new : ModelServer::new)
                    .run(some.steps(), some.end());
            operator.groups().forEach(FlowModelTest::checkRest);
            checkRest(proxy.counts());
        } catch (AssertionError | RuntimeException e) {
            return e;
        }
        return WARNINGS.get().isEmpty() ? null : new AssertionError("logged: " + WARNINGS.get());
    }

    /** Nothing is under way any more, as the upstream sees it. */
    private static void checkRest(UpstreamGroup group) {
        for (UpstreamServer each : group.servers()) {
            assertThat(each.requests().active()).as("requests under way").isZero();
        }
        assertThat(group.queue().length()).as("requests in the queue").isZero();
        assertThat(group.hasQueue()).as("turns that nobody has taken").isFalse();
    }

    private static void checkRest(Counts counts) {
        assertThat(counts.connections).as("connections to servers").isZero();
        assertThat(counts.leases).as("streams to servers").isZero();
        assertThat(counts.queued).as("requests that wait, as counted").isZero();
    }

    private static String describe(long seed, Case whole, Throwable failure) {
        List<Step> steps = shrink(whole);
        Throwable shrunk = failureOf(whole.with(steps));
        return whole.sides() + ", seed " + seed + ", reads of " + whole.readBytes() + " bytes, " + whole.connections()
                + " to each of "
                + whole.servers() + " servers with limits " + whole.limits() + ", "
                + "end by " + whole.end() + ": " + failure + "\n" + steps.size() + " of "
                + whole.steps().size() + " steps: " + shrunk + "\n"
                + (shrunk == null || shrunk.getStackTrace().length == 0
                        ? ""
                        : "  at " + shrunk.getStackTrace()[0] + "\n")
                + steps.stream().map(Step::toString).collect(Collectors.joining(",\n"));
    }

    /** Takes out what the failure does not need, in ever smaller pieces. */
    private static List<Step> shrink(Case whole) {
        List<Step> steps = whole.steps();
        for (int size = steps.size() / 2; size > 0; size = size == 1 ? 0 : size / 2) {
            for (int from = 0; from < steps.size(); ) {
                List<Step> fewer = new ArrayList<>(steps.subList(0, from));
                fewer.addAll(steps.subList(Math.min(steps.size(), from + size), steps.size()));
                if (failureOf(whole.with(fewer)) != null) {
                    steps = fewer;
                } else {
                    from += size;
                }
            }
        }
        return steps;
    }
}
