package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.error.CapacityException;
import io.offramp.offload.error.DeviceFaultException;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.error.ResyncException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.Direction;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What happens in sessions after the handshake, over all listeners. Thread-safe; called on event loops. */
public final class TlsMetrics {
    private final MeterRegistry registry;
    private final ConcurrentHashMap<SessionMeter.Key, SessionMeter> sessions = new ConcurrentHashMap<>();
    private final CounterFamily<Decline> declines;
    private final CounterFamily<Move> moves;
    private final CounterFamily<Alert> alerts;
    private final CounterFamily<Fault> faults;
    private final LongAdder keyUpdatesSent;
    private final LongAdder keyUpdatesReceived;

    private record Decline(String backend, Direction direction, DeclineReason reason) {}

    private record Move(Direction direction, String from, String to, MoveReason reason) {}

    private record Alert(boolean sent, int code) {}

    private record Fault(Direction direction, String error) {}

    TlsMetrics(MeterRegistry registry) {
        this.registry = registry;
        declines = new CounterFamily<>(registry, "offramp.tls.declines", "Directions that a backend did not take", d ->
                Tags.of("backend", d.backend, "direction", SessionMeter.label(d.direction), "reason", d.reason.label()));
        moves = new CounterFamily<>(registry, "offramp.tls.moves", "Living sessions moved to another backend", m ->
                Tags.of("direction", SessionMeter.label(m.direction), "from", m.from, "to", m.to, "reason", m.reason.label()));
        alerts = new CounterFamily<>(registry, "offramp.tls.alerts", "TLS alerts", a ->
                Tags.of("direction", way(a.sent), "description", AlertDescription.nameOf(a.code)));
        faults = new CounterFamily<>(registry, "offramp.tls.record.errors", "Records that ended or degraded a session", f ->
                Tags.of("direction", SessionMeter.label(f.direction), "error", f.error));
        CounterFamily<Boolean> keyUpdates = new CounterFamily<>(
                registry, "offramp.tls.key.updates", "KeyUpdate messages", sent -> Tags.of("direction", way(sent)));
        keyUpdatesSent = keyUpdates.of(true);
        keyUpdatesReceived = keyUpdates.of(false);
    }

    /** The meter of sessions like this one: resolve it at install, keep it until the session closes or moves. */
    public SessionMeter sessions(Direction direction, SessionInfo info) {
        SessionMeter.Key key = new SessionMeter.Key(direction, info.backend(), info.mode());
        SessionMeter known = sessions.get(key);
        return known != null ? known : sessions.computeIfAbsent(key, k -> new SessionMeter(registry, k));
    }

    /** A backend did not take a direction that policy asked it to take. */
    public void onDeclined(String backend, Direction direction, DeclineReason reason) {
        declines.of(new Decline(backend, direction, reason)).increment();
    }

    /**
     * A living session was moved.
     *
     * @param from name of the backend that had it
     * @param to   name of the backend that has it now
     */
    public void onMoved(Direction direction, String from, String to, MoveReason reason) {
        moves.of(new Move(direction, from, to, reason)).increment();
    }

    /** We sent an alert. */
    public void onAlertSent(AlertDescription description) {
        alerts.of(new Alert(true, description.code())).increment();
    }

    /** @param code the description's number on the wire, 0 to 255 */
    public void onAlertReceived(int code) {
        alerts.of(new Alert(false, code)).increment();
    }

    /** We sent a KeyUpdate and rekeyed TX. */
    public void onKeyUpdateSent() {
        keyUpdatesSent.increment();
    }

    /** A KeyUpdate came in and RX was rekeyed. */
    public void onKeyUpdateReceived() {
        keyUpdatesReceived.increment();
    }

    /** A backend reported a fault of one direction. */
    public void onFault(Direction direction, OffloadException fault) {
        faults.of(new Fault(direction, label(fault))).increment();
    }

    Collection<SessionMeter> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    long keyUpdatesSent() {
        return keyUpdatesSent.sum();
    }

    long keyUpdatesReceived() {
        return keyUpdatesReceived.sum();
    }

    /** Records that did not authenticate. */
    long authenticationFailures() {
        return faults.of(new Fault(Direction.RX, AlertDescription.BAD_RECORD_MAC.toString())).sum();
    }

    private static String label(OffloadException fault) {
        return switch (fault) {
            case RecordAuthenticationException e -> AlertDescription.BAD_RECORD_MAC.toString();
            case RecordFormatException e -> e.alert().map(AlertDescription::toString).orElse("format");
            case KeyLimitException e -> "key_limit";
            case ResyncException e -> "resync";
            case DeviceFaultException e -> "device_fault";
            case CapacityException e -> "capacity";
            case OffloadMisuseException e -> "misuse";
        };
    }

    private static String way(boolean sent) {
        return sent ? "sent" : "received";
    }
}
