package io.offramp.proxy.config;

import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.compress.CompressionLimits;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.handshake.engine.HandshakeLimits;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.tcp.TcpSettings;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the sections {@code timeouts} and {@code limits}. */
final class BoundsReader {
    private static final Scalar<Duration> TIMEOUT = Scalar.duration(Duration.ofMillis(1));
    private static final Scalar<Duration> OR_ZERO = Scalar.duration(Duration.ZERO);
    private static final int MOST_CLIENTS = 10_000_000;

    private static final String[] TIMEOUTS = Stream.concat(
                    Stream.of(TimeoutsReader.KEYS),
                    Stream.of("handshake", "upstream-connect", "upstream-age", "drain-delay", "drain"))
            .toArray(String[]::new);
    private static final String[] LIMITS = {
        "request-line",
        "head",
        "body",
        "connections",
        "handshakes",
        "handshake",
        "upstream-idle",
        "upstream-rcvbuf",
        "least-rate",
        "upstream-connections",
        "upstream-queue",
        "upstream-streams",
        "upstream-requests",
        "upstream-window",
        "connections-per-address",
        "handshakes-per-address",
        "compression-cpu",
        "compression-memory"
    };

    private final @Nullable Section timeouts;
    private final @Nullable Section limits;

    private BoundsReader(@Nullable Section timeouts, @Nullable Section limits) {
        this.timeouts = timeouts;
        this.limits = limits;
    }

    /** The bounds; defaults where nothing is written, or something wrong. */
    static Bounds read(@Nullable Value timeouts, @Nullable Value limits) {
        return new BoundsReader(section(timeouts, TIMEOUTS), section(limits, LIMITS)).read();
    }

    private static @Nullable Section section(@Nullable Value value, String... keys) {
        return value == null ? null : value.section(keys);
    }

    private Bounds read() {
        HttpSettings http = http();
        UpstreamSettings servers = UpstreamSettings.DEFAULTS;
        HandshakeLimits handshakes = HandshakeLimits.DEFAULTS;
        return new Bounds(
                http,
                new TcpSettings(http.tunnelTimeout(), http.bodyTimeout()),
                UpstreamSettings.builder()
                        .connectTimeout(timeout("upstream-connect", servers.connectTimeout()))
                        .idleTimeout(http.idleTimeout())
                        .idleConnections(number("upstream-idle", 0, 100_000, servers.idleConnections()))
                        .connections(number("upstream-connections", 1, 60_000, servers.connections()))
                        .queue(number("upstream-queue", 0, 1_000_000, servers.queue()))
                        .streams(number("upstream-streams", 1, 100_000, servers.streams()))
                        .requests(number("upstream-requests", 1, 900_000_000, servers.requests()))
                        .age(timeout("upstream-age", servers.age()))
                        .window((int) size("upstream-window", 64 << 10, 64 << 20, servers.window()))
                        .receiveBytes((int) size("upstream-rcvbuf", 4 << 10, 1 << 30, servers.receiveBytes()))
                        .build(),
                clients(),
                new HandshakeLimits(timeout("handshake", handshakes.timeout()), (int)
                        size("handshake", 4 << 10, 1 << 20, handshakes.bytes())),
                compression(),
                get(timeouts, "drain-delay", OR_ZERO, Duration.ZERO),
                get(timeouts, "drain", OR_ZERO, ProxyConfig.DRAIN));
    }

    private HttpSettings http() {
        HttpSettings usual = HttpSettings.DEFAULTS;
        return TimeoutsReader.read(timeouts, usual).toBuilder()
                .heads(heads())
                .bodyBytes(size("body", 0, 1L << 50, usual.bodyBytes()))
                .leastRate(size("least-rate", 0, 1 << 20, usual.leastRate()))
                .build();
    }

    private HeadLimits heads() {
        HeadLimits usual = HeadLimits.DEFAULTS;
        int line = (int) size("request-line", 256, 1 << 20, usual.requestLineBytes());
        int head = (int) size("head", 1 << 10, 16 << 20, usual.headBytes());
        if (line > head && limits != null) {
            limits.value()
                    .error("request-line is " + line + " bytes, more than head with " + head
                            + ", of which it is a part");
        }
        return new HeadLimits(line, head);
    }

    private ClientLimits clients() {
        ClientLimits usual = ClientLimits.DEFAULTS;
        AddressLimits perAddress = usual.perAddress();
        return new ClientLimits(
                number("connections", 1, MOST_CLIENTS, usual.connections()),
                number("handshakes", 1, MOST_CLIENTS, usual.handshakes()),
                new AddressLimits(
                        number("connections-per-address", 0, MOST_CLIENTS, perAddress.connections()),
                        number("handshakes-per-address", 0, MOST_CLIENTS, perAddress.handshakes())));
    }

    private CompressionLimits compression() {
        CompressionLimits usual = CompressionLimits.DEFAULTS;
        return new CompressionLimits(
                get(limits, "compression-cpu", Scalar.percent(1, 100), usual.cpuPercent()),
                size("compression-memory", 1 << 20, 1L << 40, usual.memoryBytes()));
    }

    private Duration timeout(String key, Duration usual) {
        return get(timeouts, key, TIMEOUT, usual);
    }

    private long size(String key, long least, long most, long usual) {
        return get(limits, key, Scalar.size(least, most), usual);
    }

    private int number(String key, int least, int most, int usual) {
        return get(limits, key, Scalar.number(least, most), usual);
    }

    private static <T> T get(@Nullable Section section, String key, Scalar<T> kind, T usual) {
        return section == null ? usual : section.get(key, kind, usual);
    }
}
