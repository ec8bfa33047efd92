package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Negotiated;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** TLS handshakes with the servers of one upstream. Thread-safe; called on event loops. */
public final class UpstreamTlsMetrics {
    private final CounterFamily<Handshake> handshakes;
    private final CounterFamily<HandshakeFailure.Reason> failures;
    private final LongAdder unverified;
    private final Timer duration;

    private record Handshake(String version, String cipher, boolean resumed) {}

    UpstreamTlsMetrics(MeterScope scope, String name) {
        Tags upstream = Tags.of("upstream", name);
        handshakes = new CounterFamily<>(
                scope,
                "offramp.upstream.handshakes",
                "TLS handshakes with servers completed",
                h -> upstream.and("version", h.version, "cipher", h.cipher, "resumed", Boolean.toString(h.resumed)));
        failures = new CounterFamily<>(
                scope,
                "offramp.upstream.handshake.failures",
                "TLS handshakes with servers that failed",
                r -> upstream.and("reason", r.label()));
        unverified = CounterFamily.single(
                scope,
                "offramp.upstream.unverified",
                "TLS handshakes with servers whose certificate was not verified",
                upstream);
        duration = scope.add(Timer.builder("offramp.upstream.handshake.duration")
                .description("TLS handshakes with servers")
                .tags(upstream)::register);
    }

    /**
     * A handshake is complete.
     *
     * @param durationNs from the connect
     * @param verified whether the server's certificate was verified
     */
    public void onHandshaken(Negotiated negotiated, long durationNs, boolean verified) {
        handshakes
                .of(new Handshake(negotiated.version().label(), negotiated.cipherSuite(), negotiated.resumed()))
                .increment();
        duration.record(durationNs, TimeUnit.NANOSECONDS);
        if (!verified) {
            unverified.increment();
        }
    }

    /** A handshake did not complete. */
    public void onHandshakeFailed(HandshakeFailure.Reason reason) {
        failures.of(reason).increment();
    }
}
