package io.offramp.offload;

import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open backend. Thread-safe; each session that it installs is confined to its channel's event loop. */
public interface RecordOffload extends AutoCloseable {
    /** As configuration and logs name it: {@code sw}, {@code device}, {@code ktls}. */
    String name();

    /** Probed once, when opened. */
    Availability availability();

    /** What it takes where it is available. */
    Capabilities capabilities();

    /** How much it takes; does not change while it is open. */
    default Capacity capacity() {
        return Capacity.UNLIMITED;
    }

    /**
     * True while it would decline any install for want of capacity. Asked before a living session is taken apart to be
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
     * Whether TX sessions may take content from another socket ({@link TxSession#splice}). Where they never do, nobody
     * asks them at each read of a long answer. Does not change while it is open.
     */
    default boolean maySplice() {
        return false;
    }

    /** One clause for the start-up line: the engine, the device's profile. */
    String description();

    /** What else of this machine matters to the backend, a line each, for the log of the start; asked once. */
    default List<String> surroundings() {
        return List.of();
    }

    /**
     * Takes over what we send. Called on the channel's event loop.
     *
     * @param keys at the sequence of the first record; the session's once installed, still the caller's if declined
     * @param at where the stream stands; nothing behind it has been written
     * @param sink gets what goes to the socket
     */
    InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink);

    /**
     * Takes over what we receive. Called on the channel's event loop. Bytes that came in behind the boundary are given
     * to the session by its first {@link RxSession#receive}.
     *
     * @param keys at the sequence of the first record; the session's once installed, still the caller's if declined
     * @param at where the stream stands
     * @param sink gets what the records carried
     */
    InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink);

    /** What takes whole connections in this backend; null if nothing does. */
    default @Nullable ConnectionOffload connections() {
        return null;
    }

    /** What it counts; the list does not change while it is open. */
    List<OffloadCounter> counters();

    /** Frees the backend. All its sessions have been closed before. */
    @Override
    void close();
}
