package io.offramp.proxy.upstream.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Gets the bytes of a {@link Transport}: implemented by the protocol. */
public interface TransportListener {
    /** Takes at least one byte, without the ownership of {@code in}; called again while there are more. */
    void onBytes(ByteBuf in);

    /** These bytes went to a client past this process. */
    void onSpliced(int bytes);

    /** A read burst is over. */
    void onReadComplete();

    /** There is room for writes again. */
    void onWritable();

    /**
     * The connection is gone, and has forgotten this listener.
     *
     * @param problem such as {@code reset}; null if the server closed it
     */
    void onClosed(@Nullable String problem);
}
