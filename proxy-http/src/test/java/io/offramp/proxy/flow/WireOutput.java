package io.offramp.proxy.flow;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The half of a {@link WireChannel} that the proxy writes. */
final class WireOutput {
    /** What a kernel takes for a peer that does not read. */
    private static final int KERNEL_BYTES = 1024;

    private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
    private boolean shutdown;
    private boolean stalled;
    private boolean broken;
    private int kernelLeft = KERNEL_BYTES;

    void stall() {
        stalled = true;
    }

    void resume() {
        stalled = false;
        kernelLeft = KERNEL_BYTES;
    }

    void breakOff() {
        broken = true;
    }

    boolean isStalled() {
        return stalled;
    }

    boolean takesBytes() {
        return !stalled || kernelLeft > 0;
    }

    void write(ChannelOutboundBuffer in) throws IOException {
        if (broken) {
            throw new IOException("Broken pipe");
        }
        while (in.current() instanceof ByteBuf message) {
            int bytes = message.readableBytes();
            int taken = stalled ? Math.min(bytes, kernelLeft) : bytes;
            for (int i = 0; i < taken; i++) {
                outgoing.write(message.readByte());
            }
            if (stalled) {
                kernelLeft -= taken;
            }
            in.progress(taken);
            if (taken < bytes) {
                return;
            }
            in.remove();
        }
    }

    /** What the peer reads: all that was written since. */
    byte[] take() {
        byte[] bytes = outgoing.toByteArray();
        outgoing.reset();
        return bytes;
    }

    void shutDown() {
        shutdown = true;
    }

    boolean isShutdown() {
        return shutdown;
    }
}
