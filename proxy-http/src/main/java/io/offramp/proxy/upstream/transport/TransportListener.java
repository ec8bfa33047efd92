package io.offramp.proxy.upstream.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Hears what a {@link Transport} receives: the protocol that is spoken over it. */
public interface TransportListener {
    /** Takes at least one byte, without the ownership of {@code in}; called again while there are more. */
    void onBytes(ByteBuf in);

    /** So many bytes went to a client past this process. */
    void onSpliced(int bytes);

    /** A read burst is over. */
    void onReadComplete();

    /** There is room again for what is written. */
    void onWritable();

    /**
     * The connection is gone, and has forgotten this listener.
     *
     * @param problem {@code reset}; null where the server closed it
     */
    void onClosed(@Nullable String problem);
}
