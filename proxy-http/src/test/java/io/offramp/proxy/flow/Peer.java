package io.offramp.proxy.flow;

import java.net.InetSocketAddress;

/** The far end of one of the proxy's connections: a client, or a server. All it does is what a TCP peer can do. */
interface Peer {
    /** Where the proxy has reached it; a client's has no meaning. */
    InetSocketAddress address();

    /** Sends; lost where the proxy has closed. */
    void send(byte[] bytes);

    /** How much its kernel and the proxy's take now without the proxy reading. */
    int room();

    /** Ends what it sends (FIN), and still reads. */
    void endOutput();

    /** Ends what it sends, and closes: what comes is never read (close_notify and FIN). */
    void leave();

    /** Takes nothing more, and what it has sent can be read: the proxy's writes fail. */
    void refuseBytes();

    /** Gone at once (RST). */
    void reset();

    /** Stops reading: what its kernel buffers is all that the proxy can send. */
    void stall();

    /** Reads on. */
    void resume();

    boolean isStalled();

    /** All that it has read since the last call. */
    byte[] take();

    /** Whether the proxy has ended its stream, or closed in order, and all before it was read. */
    boolean hasEnded();

    /** Whether the proxy has reset the connection. */
    boolean wasReset();

    /** Whether the connection still exists for the proxy. */
    boolean isOpen();
}
