package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.QueueState;
import io.offramp.offload.device.hardware.queue.Syndrome;

/**
 * What a reporter of devlink knows of one queue. Written by the queue's event loop; another thread may see older
 * figures.
 */
public final class QueueHealth {
    private long errors;
    private long recoveries;
    private int lastError = -1;
    private QueueState state = QueueState.READY;

    QueueHealth() {}

    /** The device has completed something with an error; {@code newState} is what it says the queue is in now. */
    void onError(ByteBuf ring, int cqe, QueueState newState) {
        int syndrome = Cqe.syndrome(ring, cqe);
        // What is flushed has not failed by itself.
        if (syndrome != Syndrome.FLUSHED) {
            errors++;
            lastError = syndrome << Byte.SIZE | Cqe.vendorSyndrome(ring, cqe);
        }
        state = newState;
    }

    /** The queue was reset and is ready. */
    void onRecovered() {
        recoveries++;
        state = QueueState.READY;
    }

    /** True from a failure that stopped the queue until it is reset. */
    public boolean isRecovering() {
        return state == QueueState.ERROR;
    }

    /** What failed by itself, not what was flushed. */
    public long errors() {
        return errors;
    }

    /** How many times the queue was reset. */
    public long recoveries() {
        return recoveries;
    }

    /** The last error, for a report; {@code none} before the first. */
    public String lastError() {
        return lastError < 0 ? "none" : Syndrome.describe(lastError >> Byte.SIZE, lastError & 0xff);
    }
}
