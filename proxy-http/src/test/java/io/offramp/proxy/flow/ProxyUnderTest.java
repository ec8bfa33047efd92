package io.offramp.proxy.flow;

import java.time.Duration;
import java.util.List;

/** A proxy seen from outside: connections, bytes and time. Nothing here depends on what it is made of. One thread. */
interface ProxyUnderTest extends AutoCloseable {
    /** A new client, connected. */
    Peer connect();

    /** Connections that the proxy has asked a server for and that are neither accepted nor refused, oldest first. */
    int offered();

    /** A server accepts the oldest. */
    Peer accept();

    /** A server refuses the oldest. */
    void refuse();

    /** Lets the event loop look once at every connection and run what is due. */
    void turn();

    /** Turns until nothing happens without time passing. */
    void settle();

    /** Lets time pass, in which all that is due happens. */
    void advance(Duration time);

    /** Bytes of buffers that the proxy holds. */
    long heldBytes();

    /** Bytes that were written towards a peer that reads, and never flushed; for a proxy that has settled. */
    long unflushedBytes();

    /** Targets of requests in the access log, in order. */
    List<String> logged();

    /** Whether no connection of either side is open. */
    boolean isQuiet();

    /** Ends everything at once. */
    @Override
    void close();
}
