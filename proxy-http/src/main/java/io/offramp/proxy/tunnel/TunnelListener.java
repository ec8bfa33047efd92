package io.offramp.proxy.tunnel;

import io.netty.buffer.ByteBuf;

/** Gets what one end of a tunnel receives. */
public interface TunnelListener {
    /** Bytes have come; all are taken, without their ownership. */
    void onBytes(ByteBuf in);

    /** Counts bytes that pass outside of this process. */
    void onSpliced(int bytes);

    /** A read burst is over: time to flush. */
    void onReadComplete();

    /** There is room again for what is written to this end. */
    void onWritable();

    /** The peer has ended its stream in order. */
    void onInputEnded();

    /**
     * The connection is gone.
     *
     * @param problem {@code reset}, {@code closed}
     */
    void onFailed(String problem);
}
