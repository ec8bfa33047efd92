package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;

/**
 * A packet for the file. Nothing of it is kept.
 *
 * @param side where it was seen
 * @param timeNs since 1970
 * @param header all headers, from index 0 on
 * @param payload holds the payload at {@code index}
 */
record CapturedPacket(Side side, long timeNs, ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
    /** The interfaces of the file, in their order there. */
    enum Side {
        /** Between driver and device: plaintext where the device does the work. */
        HOST,
        /** Between device and network. */
        WIRE
    }
}
