package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;

/** Where packets leave the device. */
@FunctionalInterface
public interface Port {
    /**
     * A packet leaves.
     *
     * @param header all headers from index 0 on; the device's, to be read now and not kept
     * @param wire holds the payload; to be read now and not kept
     */
    void transmit(ByteBuf header, int headerBytes, ByteBuf wire, int index, int bytes);
}
