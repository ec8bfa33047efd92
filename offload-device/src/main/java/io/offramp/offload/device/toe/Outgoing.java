package io.offramp.offload.device.toe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.MessageSizeEstimator;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import org.jspecify.annotations.Nullable;

/**
 * A write of the host, which stays in the channel's outbound buffer until the device has written it, so that the
 * channel's water marks and the write's promise mean what they mean on a socket. Its buffer leaves earlier. Confined to
 * the host's event loop.
 */
final class Outgoing extends AbstractReferenceCounted {
    /** Counts the bytes of the buffer, whether or not it has left. */
    static final MessageSizeEstimator SIZES =
            () -> message -> message instanceof Outgoing outgoing ? outgoing.bytes : 0;

    private final int bytes;
    private @Nullable ByteBuf plaintext;

    /** @param plaintext moves here */
    Outgoing(ByteBuf plaintext) {
        this.plaintext = plaintext;
        this.bytes = plaintext.readableBytes();
    }

    /** The buffer, which moves to the caller; null if it has left before. */
    @Nullable
    ByteBuf take() {
        ByteBuf taken = plaintext;
        plaintext = null;
        return taken;
    }

    @Override
    protected void deallocate() {
        ByteBuf left = take();
        if (left != null) {
            left.release();
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        if (plaintext != null) {
            plaintext.touch(hint);
        }
        return this;
    }
}
