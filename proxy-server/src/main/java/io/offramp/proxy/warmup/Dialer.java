package io.offramp.proxy.warmup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** Connects to a port of this machine. Thread-safe. */
@FunctionalInterface
public interface Dialer {
    /** A plain connection over loopback. */
    Dialer LOOPBACK = port -> new Socket(InetAddress.getLoopbackAddress(), port);

    /** A connected socket, owned by the caller. Blocks. */
    Socket dial(int port) throws IOException;
}
