package io.offramp.proxy.config;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.tcp.TcpSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads how long clients and servers may wait: {@code timeouts} of all listeners, or of one. */
final class TimeoutsReader {
    /** Keys of both. */
    static final String[] KEYS = {
        "request-head", "request", "idle", "tunnel", "body", "upstream-answer", "upstream-pause", "total"
    };

    private static final String[] KEYS_OF_TCP = {"tunnel", "body"};
    private static final Scalar<Duration> TIMEOUT = Scalar.duration(Duration.ofMillis(1));
    private static final Scalar<Duration> OR_ZERO = Scalar.duration(Duration.ZERO);

    private TimeoutsReader() {}

    /**
     * Those that are written, and the usual ones. Without a word about it, a pause may be as long as the wait for an
     * answer.
     */
    static HttpSettings read(@Nullable Section timeouts, HttpSettings usual) {
        if (timeouts == null) {
            return usual;
        }
        Duration answer = timeouts.get("upstream-answer", TIMEOUT, usual.answerTimeout());
        boolean isOne = usual.pauseTimeout().equals(usual.answerTimeout());
        return usual.toBuilder()
                .headTimeout(timeouts.get("request-head", TIMEOUT, usual.headTimeout()))
                .requestTimeout(timeouts.get("request", OR_ZERO, usual.requestTimeout()))
                .idleTimeout(timeouts.get("idle", TIMEOUT, usual.idleTimeout()))
                .tunnelTimeout(timeouts.get("tunnel", TIMEOUT, usual.tunnelTimeout()))
                .bodyTimeout(timeouts.get("body", TIMEOUT, usual.bodyTimeout()))
                .answerTimeout(answer)
                .pauseTimeout(timeouts.get("upstream-pause", TIMEOUT, isOne ? answer : usual.pauseTimeout()))
                .totalTimeout(timeouts.get("total", OR_ZERO, usual.totalTimeout()))
                .build();
    }

    /** Those of one listener, over those of all. */
    static Bounds read(@Nullable Value timeouts, ListenerConfig.Mode mode, Bounds usual) {
        if (timeouts == null) {
            return usual;
        }
        Section section = timeouts.section(mode == ListenerConfig.Mode.TCP ? KEYS_OF_TCP : KEYS);
        HttpSettings http = read(section, usual.http());
        return new Bounds(
                http,
                new TcpSettings(http.tunnelTimeout(), http.bodyTimeout()),
                usual.servers(),
                usual.clients(),
                usual.handshakes(),
                usual.compression(),
                usual.drainDelay(),
                usual.drain());
    }
}
