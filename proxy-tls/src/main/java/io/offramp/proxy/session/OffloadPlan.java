package io.offramp.proxy.session;

import io.offramp.offload.Availability;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.proxy.session.OffloadConfig.PerDirection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadConfig.WholeConnections;

/**
 * Which backend takes which direction of a listener's sessions. If it declines, software takes the direction, and the
 * reason is kept.
 *
 * @param software takes everything; if the device owns the connections, on the device's threads, as its firmware
 * @param device the backend for {@code hw} and {@code auto}; {@code software} itself if a listener has no other
 * @param config what the listener asks for
 * @param auto when {@code auto} moves a direction
 */
public record OffloadPlan(RecordOffload software, RecordOffload device, OffloadConfig config, AutoPolicy auto) {
    /** Each direction with a policy of its own. */
    public OffloadPlan(RecordOffload software, RecordOffload device, Policy tx, Policy rx, AutoPolicy auto) {
        this(software, device, new PerDirection(device.name(), tx, rx), auto);
    }

    /**
     * A direction that has a session.
     *
     * @param session the session
     * @param why the reason of its place
     * @param <S> its type
     */
    record Placed<S>(S session, String why) {}

    /** How one direction is installed in one backend. */
    @FunctionalInterface
    interface Installer<S> {
        InstallResult<S> install(RecordOffload backend);
    }

    /** The treatment of records that we send, for the start-up line: {@code auto (sw, then device)}. */
    public String describeTx() {
        return describe(Direction.TX);
    }

    /** The treatment of records that we receive, for the start-up line. */
    public String describeRx() {
        return describe(Direction.RX);
    }

    private String describe(Direction direction) {
        Policy policy = config.policy(direction);
        if (config instanceof WholeConnections) {
            return RecordMode.HW_RECORD.label() + " (" + device.name() + ")";
        }
        if (policy == Policy.SW || device == software) {
            return "sw";
        }
        String unavailable = "";
        if (device.availability() instanceof Availability.Unavailable(String cause)) {
            unavailable = ", which is unavailable: " + cause;
        } else if (!device.capabilities().directions().contains(direction)) {
            unavailable = ", which does not take this direction";
        }
        return policy == Policy.HW
                ? "hw (" + device.name() + unavailable + ")"
                : "auto (sw first, then " + device.name() + unavailable + ")";
    }

    /** True if the policy of a direction may still move it into the device. */
    boolean promotes(Direction direction) {
        return config.policy(direction) == Policy.AUTO && device != software;
    }

    /**
     * True if a direction belongs in the device, but the device can take it only between two reads: until then software
     * has it.
     */
    boolean handsOver(Direction direction) {
        return direction == Direction.RX
                && config instanceof PerDirection each
                && each.rx() == Policy.HW
                && device.readsSocket()
                && device.availability().isAvailable();
    }

    /** False if no session of this plan can ever send from another socket. */
    boolean maySplice() {
        return software.maySplice() || config.policy(Direction.TX) != Policy.SW && device.maySplice();
    }

    /**
     * The description of a session of this plan. If the device owns the connection, everything is done there, even if
     * only by its firmware.
     */
    SessionInfo shown(Direction direction, SessionInfo session) {
        if (!(config instanceof WholeConnections)) {
            return session;
        }
        String part = session.mode() == RecordMode.SW ? "toe firmware, " : "toe ";
        return new SessionInfo(device.name(), RecordMode.HW_RECORD, part + session.detail());
    }

    /** Places TX at the handover. Takes ownership of the keys. */
    Placed<TxSession> placeTx(
            OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink, SessionEvents events) {
        return place(Direction.TX, events, backend -> backend.installTx(target, keys, at, sink));
    }

    /** Places RX at the handover. Takes ownership of the keys. */
    Placed<RxSession> placeRx(
            OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink, SessionEvents events) {
        return place(Direction.RX, events, backend -> backend.installRx(target, keys, at, sink));
    }

    private <S> Placed<S> place(Direction direction, SessionEvents events, Installer<S> installer) {
        if (handsOver(direction)) {
            return install(
                    software, direction, "until " + device.name() + " takes over between two reads", events, installer);
        }
        return switch (config.policy(direction)) {
            case HW -> install(device, direction, "configured", events, installer);
            case SW -> install(software, direction, "configured", events, installer);
            case AUTO -> install(software, direction, auto.waiting(), events, installer);
        };
    }

    /** Installs in one backend, or in software if that declines. */
    <S> Placed<S> install(
            RecordOffload backend, Direction direction, String why, SessionEvents events, Installer<S> installer) {
        return switch (installer.install(backend)) {
            case InstallResult.Installed<S>(S session) -> new Placed<>(session, why);
            case InstallResult.Declined<S>(DeclineReason reason, String detail) -> {
                if (backend == software) {
                    throw new OffloadMisuseException("software declined " + direction + ": " + detail);
                }
                events.onDeclined(direction, backend.name(), reason);
                String declined = backend.name() + " declined: " + detail;
                yield install(software, direction, declined, events, installer);
            }
        };
    }
}
