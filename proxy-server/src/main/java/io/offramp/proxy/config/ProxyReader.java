package io.offramp.proxy.config;

import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.channel.TimeoutConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the top level. */
final class ProxyReader {
    private static final Scalar<Duration> TIMEOUT = Scalar.duration(Duration.ofMillis(1));
    private static final Scalar<Duration> OR_ZERO = Scalar.duration(Duration.ZERO);
    private static final int MAX_THREADS = 1024;

    private enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    private final Surroundings surroundings;
    private final Binds binds = new Binds();
    private final Upstreams upstreams = new Upstreams();
    private final OffloadReader offload;

    ProxyReader(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.offload = new OffloadReader(surroundings);
    }

    /** The configuration, or null after a problem; valid only if there was no problem at all. */
    @Nullable
    ProxyConfig read(Value value) {
        Section root =
                value.section("listeners", "upstreams", "admin", "timeouts", "limits", "offload", "logging", "threads");
        if (root == null) {
            return null;
        }
        ifThere(root.get("upstreams"), upstreams::read);
        List<ListenerConfig> listeners = listeners(root.require("listeners", "a list of {bind, tls, upstream}"));
        upstreams.warnOfUnused();
        Value settings = root.get("offload");
        return new ProxyConfig(
                listeners,
                upstreams.all(),
                admin(root.get("admin")),
                timeouts(root.get("timeouts")),
                limits(root.get("limits")),
                settings == null ? Map.of() : offload.readSettings(settings),
                logging(root.get("logging")),
                root.get("threads", Scalar.number(0, MAX_THREADS), 0));
    }

    private List<ListenerConfig> listeners(@Nullable Value list) {
        if (list == null) {
            return List.of();
        }
        ListenerReader reader = new ListenerReader(surroundings, binds, upstreams);
        return list.items("a list of listeners").stream()
                .map(reader::read)
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable AdminConfig admin(@Nullable Value value) {
        return value == null ? null : new AdminReader(surroundings, binds).read(value);
    }

    private static TimeoutConfig timeouts(@Nullable Value value) {
        TimeoutConfig defaults = TimeoutConfig.DEFAULTS;
        Section section = value == null
                ? null
                : value.section(
                        "handshake",
                        "request-head",
                        "request",
                        "idle",
                        "tunnel",
                        "body",
                        "upstream-connect",
                        "upstream-answer",
                        "drain");
        if (section == null) {
            return defaults;
        }
        return new TimeoutConfig(
                section.get("handshake", TIMEOUT, defaults.handshake()),
                section.get("request-head", TIMEOUT, defaults.requestHead()),
                section.get("request", OR_ZERO, defaults.request()),
                section.get("idle", TIMEOUT, defaults.idle()),
                section.get("tunnel", TIMEOUT, defaults.tunnel()),
                section.get("body", TIMEOUT, defaults.body()),
                section.get("upstream-connect", TIMEOUT, defaults.upstreamConnect()),
                section.get("upstream-answer", TIMEOUT, defaults.upstreamAnswer()),
                section.get("drain", OR_ZERO, defaults.drain()));
    }

    private static LimitConfig limits(@Nullable Value value) {
        LimitConfig defaults = LimitConfig.DEFAULTS;
        Section section = value == null
                ? null
                : value.section(
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
                        "connections-per-address",
                        "handshakes-per-address");
        if (section == null) {
            return defaults;
        }
        LimitConfig limits = new LimitConfig(
                section.get("request-line", Scalar.size(256, 1 << 20), (long) defaults.requestLineBytes())
                        .intValue(),
                section.get("head", Scalar.size(1 << 10, 16 << 20), (long) defaults.headBytes())
                        .intValue(),
                section.get("body", Scalar.size(0, 1L << 50), defaults.bodyBytes()),
                section.get("connections", Scalar.number(1, 10_000_000), defaults.connections()),
                section.get("handshakes", Scalar.number(1, 10_000_000), defaults.handshakes()),
                section.get("handshake", Scalar.size(4 << 10, 1 << 20), (long) defaults.handshakeBytes())
                        .intValue(),
                section.get("upstream-idle", Scalar.number(0, 100_000), defaults.upstreamIdlePerLoop()),
                section.get("upstream-rcvbuf", Scalar.size(4 << 10, 1 << 30), (long) defaults.upstreamReceiveBytes())
                        .intValue(),
                section.get("least-rate", Scalar.size(0, 1 << 20), defaults.leastRate()),
                section.get("upstream-connections", Scalar.number(1, 60_000), defaults.upstreamConnections()),
                section.get("upstream-queue", Scalar.number(0, 1_000_000), defaults.upstreamQueue()),
                new AddressLimits(
                        section.get(
                                "connections-per-address",
                                Scalar.number(0, 10_000_000),
                                defaults.perAddress().connections()),
                        section.get(
                                "handshakes-per-address",
                                Scalar.number(0, 10_000_000),
                                defaults.perAddress().handshakes())));
        if (limits.requestLineBytes() > limits.headBytes()) {
            section.value()
                    .error("request-line is " + limits.requestLineBytes() + " bytes, more than head with "
                            + limits.headBytes() + ", of which it is a part");
        }
        return limits;
    }

    private static LoggingConfig logging(@Nullable Value value) {
        LoggingConfig defaults = LoggingConfig.DEFAULTS;
        Section section = value == null ? null : value.section("access", "level");
        if (section == null) {
            return defaults;
        }
        Level level = section.get("level", Scalar.choice(Level.class), Level.INFO);
        return new LoggingConfig(
                section.get("access", Scalar.BOOL, defaults.access()),
                level.name().toLowerCase(Locale.ROOT));
    }

    private static void ifThere(@Nullable Value value, Consumer<Value> reader) {
        if (value != null) {
            reader.accept(value);
        }
    }
}
