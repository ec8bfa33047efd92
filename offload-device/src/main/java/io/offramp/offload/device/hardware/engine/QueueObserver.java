package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import org.jspecify.annotations.Nullable;

/**
 * Sees what crosses between the driver and a set of queues, and what the device makes of it. Called on the thread that
 * works; nothing may be kept.
 */
public interface QueueObserver {
    /**
     * A WQE of SQ or ICOSQ is next.
     *
     * @param context that it names; null if there is none
     */
    void beforeWqe(ByteBuf ring, int at, @Nullable TlsContext context);

    /**
     * A WQE is done or has failed; its packets have not left yet.
     *
     * @param context that it names; null if there is none
     * @param bytes of payload that it has done
     * @param syndrome 0 if all is well
     */
    void afterWqe(ByteBuf ring, int at, @Nullable TlsContext context, int bytes, int syndrome, int vendorSyndrome);

    /**
     * A packet has come in.
     *
     * @param context that it was steered to; null for none
     */
    void beforePacket(@Nullable TlsContext context);

    /**
     * A packet is in host memory.
     *
     * @param host holds it at {@code index}
     * @param rq number of the RQ that it came to
     */
    void afterPacket(
            ByteBuf header,
            int headerBytes,
            ByteBuf host,
            int index,
            int bytes,
            int rq,
            boolean isIntact,
            TlsOffload result,
            @Nullable TlsContext context);
}
