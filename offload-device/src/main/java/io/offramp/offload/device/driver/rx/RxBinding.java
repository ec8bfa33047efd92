package io.offramp.offload.device.driver.rx;

import io.netty.channel.EventLoop;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.key.TrafficKeys;
import org.jspecify.annotations.Nullable;

/**
 * The device's half of a receiving session: the context, its params, and the way back to a lost position. Ends for good
 * when the context is given back, by the session or because the device does not help it. Software opens the records
 * from then on. Confined to the event loop.
 */
final class RxBinding implements LiveSession {
    /** Is called for what the device does outside of a call. May close the binding. */
    interface Listener {
        /** Params have completed, or are due again: there may be a boundary. */
        void onParamsChanged();

        /** The device does nothing further for this session. */
        void onUnbound(String reason);
    }

    private final SessionPlace place;
    private final RecordAssembler records;
    private final RxResync resync;
    private final Listener listener;
    private final RxParams params = new RxParams();
    private @Nullable RxContext context;
    private int undecryptedInARow;
    private String softwareReason = "";

    /**
     * @param context the binding's, which gives it back
     * @param records follow the stream: where the next one starts
     * @param chance decides when a resync finds no room
     */
    RxBinding(SessionPlace place, RxContext context, RecordAssembler records, Chance chance, Listener listener) {
        this.place = place;
        this.context = context;
        this.records = records;
        this.listener = listener;
        resync = place.device().settings().resyncByHint()
                ? new HintResync(context)
                : new AsyncResync(place, context, chance);
        context.whenLost(this::onLost);
        place.device().live().add(this);
    }

    /** The context, where the device has key and position; null where packets must pass it by. */
    @Nullable
    RxContext usable() {
        return params.areInEffect() ? context : null;
    }

    /** True while the device is getting its params: where it will stand is not known. */
    boolean isProgramming() {
        return params.areUnderWay();
    }

    /** Leads the flow to the next RQ. */
    void moveOn() {
        if (context != null) {
            context.move((context.queue() + 1) % place.channel().receiveQueues());
        }
    }

    /** Bytes have come in. */
    void onReceive() {
        params.onReceive();
    }

    /** A packet has come out of the device, which may have asked for a position with it. */
    void onPacket(RxPacket packet) {
        if (packet.result() == TlsOffload.RESYNC && context != null) {
            resync.onRequest(packet.sequence(), packet.bytes());
        }
    }

    /** As {@link RecordAssembler.Listener#onRecord}. */
    void onRecord(long position, int recordBytes, long number, Work work, boolean hasMore) {
        if (context == null) {
            return;
        }
        switch (work) {
            case DEVICE -> undecryptedInARow = 0;
            case HOST -> {
                undecryptedInARow++;
                place.counters().rxSoftwareRecords.increment();
            }
            case MIXED -> {
                place.counters().rxMixedRecords.increment();
                place.counters().rxSoftwareRecords.increment();
            }
        }
        if (params.areInEffect()) {
            resync.onRecord(sequence(position), recordBytes, number, work, hasMore);
        }
    }

    /** All that had come in has been dealt with: gives the device up if it did too little of it. */
    void demoteIfUseless() {
        if (undecryptedInARow > place.device().settings().demoteAfter()) {
            unbind("device left " + undecryptedInARow + " records in a row to the host");
        }
    }

    /**
     * Programs the device where the first record starts that it can decrypt, if it has a new key or has lost the
     * position.
     */
    void programIfDue() {
        RxContext device = context;
        if (device == null || !params.areDue() || !device.canProgram()) {
            return;
        }
        int skipped = records.partialRecordBytes();
        resync.onProgrammed();
        params.onPosted();
        device.program(
                records.nextSequence() + (skipped > 0 ? 1 : 0),
                sequence(records.position() + skipped),
                this::onProgrammed);
    }

    private void onProgrammed(boolean isLoaded) {
        boolean isHopeless = params.onProgrammed(isLoaded);
        listener.onParamsChanged();
        if (isHopeless) {
            unbind("device has refused its params " + RxParams.MOST_REFUSALS + " times in a row");
        }
    }

    /** The device has refused what it got outside of a programming, and so has forgotten all; or it was passed by. */
    private void onLost() {
        params.onLost();
        listener.onParamsChanged();
    }

    private int sequence(long position) {
        return (int) position + place.device().faults().sequence();
    }

    /** Stores another key on the device, to be used once {@link #onRekeyed}; false if the device has no room for it. */
    boolean renew(TrafficKeys next) {
        return context == null || context.renew(next);
    }

    /** Records have another key from here on: the device gets its params anew. */
    void onRekeyed() {
        if (context != null) {
            params.onLost();
        }
    }

    /** Gives everything back, and reports it once. */
    void unbind(String reason) {
        if (context == null) {
            return;
        }
        close();
        softwareReason = reason;
        place.counters().rxDegraded.increment();
        listener.onUnbound(reason);
    }

    /** Gives everything back. May be called more than once. */
    void close() {
        RxContext released = context;
        if (released == null) {
            return;
        }
        context = null;
        params.onGone();
        resync.close();
        place.device().live().remove(this);
        released.close();
    }

    SessionInfo info() {
        return place.info(context, softwareReason);
    }

    @Override
    public EventLoop eventLoop() {
        return place.eventLoop();
    }

    @Override
    public void onDeviceDown() {
        unbind("device is down");
    }
}
