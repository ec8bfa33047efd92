package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.error.DeviceFaultException;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.session.CarriedMeter;
import io.offramp.proxy.session.SessionEvents;
import io.offramp.proxy.tls.Role;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts events of sessions after the handshake, over all listeners or all upstreams. Thread-safe; called on event
 * loops.
 */
public final class TlsMetrics implements SessionEvents {
    private final MeterScope scope;
    private final String prefix;
    private final Role role;
    private final RecordSizes recordSizes;
    private final ConcurrentHashMap<SessionMeter.Key, SessionMeter> sessions = new ConcurrentHashMap<>();
    private final CounterFamily<Decline> declines;
    private final CounterFamily<Move> moves;
    private final CounterFamily<Alert> alerts;
    private final CounterFamily<Fault> faults;
    private final LongAdder authenticationFailures;
    private final LongAdder keyUpdatesSent;
    private final LongAdder keyUpdatesReceived;
    private final LongAdder truncated;

    private record Decline(String backend, Direction direction, DeclineReason reason) {
        Tags tags() {
            return Tags.of("backend", backend, "direction", SessionMeter.label(direction), "reason", reason.label());
        }
    }

    private record Move(Direction direction, String from, String to, MoveReason reason) {
        Tags tags() {
            return Tags.of("direction", SessionMeter.label(direction), "from", from, "to", to)
                    .and("reason", reason.label());
        }
    }

    private record Alert(boolean sent, String description) {
        Tags tags() {
            return Tags.of("direction", way(sent), "description", description);
        }
    }

    private record Fault(Direction direction, String error) {
        Tags tags() {
            return Tags.of("direction", SessionMeter.label(direction), "error", error);
        }
    }

    /**
     * @param prefix of the names
     * @param role which end is ours
     */
    TlsMetrics(MeterScope scope, String prefix, Role role) {
        this.scope = scope;
        this.prefix = prefix;
        this.role = role;
        this.recordSizes = new RecordSizes(prefix);
        declines = new CounterFamily<>(
                scope, prefix + ".declines", "Directions that a backend did not take", Decline::tags);
        moves = new CounterFamily<>(scope, prefix + ".moves", "Living sessions moved to another backend", Move::tags);
        alerts = new CounterFamily<>(scope, prefix + ".alerts", "TLS alerts", Alert::tags);
        faults = new CounterFamily<>(
                scope, prefix + ".record.errors", "Faults of a direction that ended its session", Fault::tags);
        authenticationFailures = faults.of(new Fault(Direction.RX, AlertDescription.BAD_RECORD_MAC.toString()));
        CounterFamily<Boolean> keyUpdates = new CounterFamily<>(
                scope, prefix + ".key.updates", "KeyUpdate messages", sent -> Tags.of("direction", way(sent)));
        keyUpdatesSent = keyUpdates.of(true);
        keyUpdatesReceived = keyUpdates.of(false);
        truncated = CounterFamily.single(
                scope,
                prefix + ".truncated.closes",
                role.peer("Clients", "Servers") + " that closed without close_notify",
                Tags.empty());
    }

    @Override
    public CarriedMeter onInstalled(Direction direction, SessionInfo session) {
        SessionMeter meter = meter(direction, session);
        meter.onInstalled();
        return meter;
    }

    @Override
    public void onDeclined(Direction direction, String backend, DeclineReason reason) {
        declines.of(new Decline(backend, direction, reason)).increment();
    }

    @Override
    public void onMoved(Direction direction, SessionInfo from, SessionInfo to, String why) {
        MoveReason reason = MoveReason.of(from, to);
        moves.of(new Move(direction, from.backend(), to.backend(), reason)).increment();
    }

    @Override
    public void onAlertSent(String description) {
        alerts.of(new Alert(true, description)).increment();
    }

    @Override
    public void onAlertReceived(String description) {
        alerts.of(new Alert(false, description)).increment();
    }

    @Override
    public void onKeyUpdate(Direction direction) {
        (direction == Direction.TX ? keyUpdatesSent : keyUpdatesReceived).increment();
    }

    @Override
    public void onFault(Direction direction, OffloadException fault) {
        faults.of(new Fault(direction, label(fault))).increment();
    }

    @Override
    public void onTruncated() {
        truncated.increment();
    }

    private SessionMeter meter(Direction direction, SessionInfo session) {
        SessionMeter.Key key = new SessionMeter.Key(direction, session.backend(), session.mode());
        SessionMeter known = sessions.get(key);
        return known != null
                ? known
                : sessions.computeIfAbsent(
                        key,
                        k -> new SessionMeter(
                                scope, prefix, role.peer("client", "server"), recordSizes.of(direction), k));
    }

    /** Content sizes of records. */
    RecordSizes recordSizes() {
        return recordSizes;
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
        return authenticationFailures.sum();
    }

    private static String label(OffloadException fault) {
        return switch (fault) {
            case RecordAuthenticationException e -> AlertDescription.BAD_RECORD_MAC.toString();
            case RecordFormatException e ->
                e.alert().map(AlertDescription::toString).orElse("format");
            case KeyLimitException e -> "key_limit";
            case DeviceFaultException e -> "device_fault";
            case OffloadMisuseException e -> "misuse";
        };
    }

    private static String way(boolean sent) {
        return sent ? "sent" : "received";
    }
}
