package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;

/** Hears of the completion of a WQE that it posted. */
public interface CompletionHandler {
    /**
     * A WQE is done or has failed.
     *
     * @param ring the completion queue
     * @param cqe offset of the entry in it; read now, not later
     */
    void onCompletion(ByteBuf ring, int cqe);
}
