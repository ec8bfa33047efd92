package io.offramp.offload;

import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An open backend. Thread-safe; each session that it installs is confined to its channel's event loop. */
public interface RecordOffload extends AutoCloseable {
    /** As configuration and logs name it: {@code sw}, {@code device}, {@code ktls}. */
    String name();

    /** Probed once, when opened. */
    Availability availability();

    /** The directions, versions and suites that it takes, if it is available. */
    Capabilities capabilities();

    /** Its limits. They do not change while it is open. */
    default Capacity capacity() {
        return Capacity.UNLIMITED;
    }

    /**
     * True while it would decline any install for want of capacity. Asked before a living session is exported to be
     * moved here. A hint, free of side effects and cheap; called from any thread.
     */
    default boolean isBusy() {
        return false;
    }

    /**
     * True of a backend whose RX sessions are {@link SocketRxSession}s. It takes a direction only where no wire byte
     * behind the boundary has been read. Until then another backend has the direction.
     */
    default boolean readsSocket() {
        return false;
    }

    /**
     * True if TX sessions may take content from another socket ({@link TxSession#splice}). If false, sessions are not
     * even asked, which saves a call at each read of a long answer. Does not change while it is open.
     */
    default boolean maySplice() {
        return false;
    }

    /** One clause for the start-up line: the engine, the device's profile. */
    String description();

    /** Other facts of this machine that matter to the backend, one line each, for the log at start. Asked once. */
    default List<String> surroundings() {
        return List.of();
    }

    /**
     * Takes over what we send. Called on the channel's event loop.
     *
     * @param keys at the sequence of the first record; the session's once installed, still the caller's if declined
     * @param at where the stream stands; nothing behind it has been written
     * @param sink gets the messages for the socket
     */
    InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink);

    /**
     * Takes over what we receive. Called on the channel's event loop. Bytes that came in behind the boundary are given
     * to the session by its first {@link RxSession#receive}.
     *
     * @param keys at the sequence of the first record; the session's once installed, still the caller's if declined
     * @param at where the stream stands
     * @param sink gets the content of the records
     */
    InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink);

    /** The part that takes whole connections; null if there is none. */
    default @Nullable ConnectionOffload connections() {
        return null;
    }

    /**
     * Begins to watch connections, if it is configured to. Called once, before the first one is accepted.
     *
     * @return what gets to see them; null for none
     * @throws IOException if what it sees cannot be written
     */
    default @Nullable ConnectionWatch startWatch() throws IOException {
        return null;
    }

    /**
     * Its counters. The list does not change while it is open. Each install changes at least one of them before it
     * returns, so that an operator sees by the counters alone which backend has a direction.
     */
    List<OffloadCounter> counters();

    /**
     * Reports for an operator, by name: plain text, made when it is asked for. The names do not change while it is
     * open; the suppliers may be called from any thread.
     */
    default Map<String, Supplier<String>> reports() {
        return Map.of();
    }

    /** Settings that an operator may change while it is open, by name. The names do not change. */
    default Map<String, LiveSetting> liveSettings() {
        return Map.of();
    }

    /** Frees the backend. All its sessions have been closed before. */
    @Override
    void close();
}
