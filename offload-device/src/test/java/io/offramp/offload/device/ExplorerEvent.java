package io.offramp.offload.device;

import io.offramp.offload.device.wire.Fault;
import org.jspecify.annotations.Nullable;

/** What may happen to a connection and its device. */
enum ExplorerEvent {
    /** The application sends a message of a few packets. */
    SEND,
    /** The peer's next record comes in. */
    RECEIVE,
    /** The first half of the peer's next record comes in. */
    RECEIVE_HALF,
    REKEY_TX,
    REKEY_RX,
    /** A direction is given back, and to the device again. */
    INSTALL_TX_AGAIN,
    INSTALL_RX_AGAIN,
    /** The connection ends; the next event that needs one opens another, which finds the numbers free. */
    CLOSE,
    /** Another connection takes the place of this one. */
    REOPEN,
    /** The device is down for a while, and nobody says so. */
    GLITCH,
    /** The device is down, and every session gets notice. */
    DOWN,
    UP,
    /** The device fails a WQE. */
    FAIL_NEXT,
    FAIL_SECOND,
    FAIL_THIRD,
    FAIL_FOURTH,
    FAIL_FIFTH,
    LOSE_NEXT(Fault.LOSS, 0, 1),
    LOSE_THIRD(Fault.LOSS, 2, 2),
    DUPLICATE(Fault.DUPLICATE, 0, 2),
    REORDER(Fault.REORDER, 0, 2),
    CORRUPT(Fault.CORRUPT, 1, 1),
    RETRANSMIT(Fault.RETRANSMIT, 0, 2),
    RESEGMENT(Fault.RESEGMENT, 0, 3),
    ACK_LATE(Fault.ACK_LAG, 0, 8),
    REROUTE(Fault.REROUTE, 0, 1),
    LOOK_LATE(Fault.DELAY, 0, 3),
    QUEUE_FULL(Fault.QUEUE_FULL, 0, 3),
    /** There are more or fewer receive queues, and flows of those that are gone move. */
    RESIZE,
    /** The RQ of the next packet fails. */
    FAIL_PACKET,
    /** The next doorbell of a send queue gets lost; another one may come, or the driver looks after its queues. */
    LOSE_DOORBELL,
    /** The engine does the next WQE of the ICOSQ, or of the SQ, or takes the next packet. */
    STEP_CONTROL,
    STEP_SEND,
    STEP_PACKET,
    /** The event loop looks for completions, and does its tasks. */
    POLL,
    /** Engine and event loop do all that there is to do. */
    SETTLE;

    private final @Nullable Fault fault;
    private final int skipped;
    private final int times;

    ExplorerEvent() {
        this(null, 0, 0);
    }

    ExplorerEvent(@Nullable Fault fault, int skipped, int times) {
        this.fault = fault;
        this.skipped = skipped;
        this.times = times;
    }

    /** True where it only says what goes wrong next. */
    boolean asks(ScriptedChance chance) {
        if (fault == null) {
            return false;
        }
        chance.ask(fault, skipped, times);
        return true;
    }
}
