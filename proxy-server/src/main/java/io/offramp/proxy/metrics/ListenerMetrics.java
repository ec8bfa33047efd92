package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.offramp.proxy.exchange.HttpEvents;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.ticket.ResumptionListener;
import io.offramp.proxy.handshake.ticket.TicketRefusal;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Negotiated;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Events of one listener. Resolved once per listener; thread-safe; called on event loops. */
public final class ListenerMetrics implements HttpEvents, ResumptionListener {
    private final Tags listener;
    private final LongAdder accepted;
    private final LongAdder closed = new LongAdder();
    private final CounterFamily<ConnectionRefusal> refused;
    private final CounterFamily<ConnectionRefusal> tolerated;
    private final LongAdder acceptFailures;
    private final Map<StatusClass, LongAdder> requestsByClass = new EnumMap<>(StatusClass.class);
    private final StatusCounters statuses;
    private final LongAdder ruleFailures;
    private final CounterFamily<String> http2Faults;
    private final Timer requestDuration;
    private final CounterFamily<Handshake> handshakes;
    private final CounterFamily<HandshakeFailure.Reason> failures;
    private final CounterFamily<TicketRefusal> ticketRefusals;
    private final Timer handshakeDuration;
    private final CertificateMetrics certificates;

    private record Handshake(String version, String cipher, boolean resumed) {}

    ListenerMetrics(MeterScope scope, String name) {
        listener = Tags.of("listener", name);
        accepted = CounterFamily.single(scope, "offramp.connections", "Client connections accepted", listener);
        refused = new CounterFamily<>(
                scope,
                "offramp.connections.refused",
                "Client connections closed at a limit",
                r -> listener.and("reason", r.label()));
        for (ConnectionRefusal reason : ConnectionRefusal.values()) {
            refused.of(reason); // shows zero before the first event
        }
        tolerated = new CounterFamily<>(
                scope,
                "offramp.connections.tolerated",
                "Client connections over a limit in dry-run mode, which were let in",
                r -> listener.and("reason", r.label()));
        acceptFailures = CounterFamily.single(
                scope, "offramp.accept.failures", "Accepts of a connection that the machine refused", listener);
        scope.add(Gauge.builder("offramp.connections.active", this, ListenerMetrics::active)
                .description("Client connections open now")
                .tags(listener)::register);
        for (StatusClass each : StatusClass.values()) {
            requestsByClass.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.http.requests",
                            "HTTP requests answered",
                            listener.and("status", each.label())));
        }
        ruleFailures = CounterFamily.single(
                scope, "offramp.rule.failures", "Requests that a rule has failed, by a fault of this proxy", listener);
        http2Faults = new CounterFamily<>(
                scope,
                "offramp.http2.faults",
                "HTTP/2 connections ended for a fault of the client",
                reason -> listener.and("reason", reason));
        http2Faults.of(HttpEvents.PROTOCOL_FAULT); // shows zero before the first event
        statuses = new StatusCounters(scope, "offramp.http.answers", "HTTP answers by status", listener);
        requestDuration = Latency.ofExchange(
                scope,
                "offramp.http.request.duration",
                "From the first byte of a request to the last of its answer",
                listener);
        handshakes = new CounterFamily<>(
                scope,
                "offramp.handshakes",
                "TLS handshakes completed",
                h -> listener.and("version", h.version, "cipher", h.cipher, "resumed", Boolean.toString(h.resumed)));
        failures = new CounterFamily<>(
                scope,
                "offramp.handshake.failures",
                "TLS handshakes that failed",
                r -> listener.and("reason", r.label()));
        ticketRefusals = new CounterFamily<>(
                scope,
                "offramp.tickets.refused",
                "Offered sessions that were not resumed",
                r -> listener.and("reason", r.label()));
        handshakeDuration = Latency.ofSetup(
                scope, "offramp.handshake.duration", "From accept to the end of the TLS handshake", listener);
        certificates = new CertificateMetrics(scope, listener);
    }

    /** Replaces the certificates in use. */
    public void onCertificates(List<ServerIdentity> inUse) {
        certificates.show(inUse);
    }

    /** The certificates in use. */
    List<ServerIdentity> certificates() {
        return certificates.shown();
    }

    /** A client connection was accepted. */
    public void onAccepted() {
        accepted.increment();
    }

    /** An accepted connection has closed, in any way. */
    public void onClosed() {
        closed.increment();
    }

    /** A connection was closed at once because a limit is reached; it does not count as accepted. */
    public void onRefused(ConnectionRefusal why) {
        refused.of(why).increment();
    }

    /** A connection was let in although a limit is reached that is only tried. */
    public void onTolerated(ConnectionRefusal why) {
        tolerated.of(why).increment();
    }

    /** The machine had no descriptor or no memory for a waiting connection. */
    public void onAcceptFailed() {
        acceptFailures.increment();
    }

    /** @param durationNs from accept */
    public void onHandshaken(Negotiated negotiated, long durationNs) {
        handshakes
                .of(new Handshake(negotiated.version().label(), negotiated.cipherSuite(), negotiated.resumed()))
                .increment();
        handshakeDuration.record(durationNs, TimeUnit.NANOSECONDS);
    }

    /** A handshake did not complete. */
    public void onHandshakeFailed(HandshakeFailure.Reason reason) {
        failures.of(reason).increment();
    }

    @Override
    public void onTicketRefused(TicketRefusal why) {
        ticketRefusals.of(why).increment();
    }

    @Override
    public void onRequest(int status) {
        Objects.requireNonNull(requestsByClass.get(StatusClass.of(status))).increment();
        statuses.count(status);
    }

    @Override
    public void onDuration(long durationNs) {
        requestDuration.record(durationNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onRuleFailed() {
        ruleFailures.increment();
    }

    @Override
    public void onConnectionFault(String reason) {
        http2Faults.of(reason).increment();
    }

    /** Open now. */
    public long active() {
        return accepted.sum() - closed.sum();
    }
}
