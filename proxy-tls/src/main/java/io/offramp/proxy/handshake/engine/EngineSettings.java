package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.tls.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;

/** What a handshake needs to know, whichever role is ours. */
interface EngineSettings {
    /** Which end is ours. */
    Role role();

    /** From the start of the connection to the end of the handshake. */
    Duration timeout();

    /** What a peer may send before the handshake is complete. */
    int maxBytes();

    /** Runs steps that would stall an event loop. */
    Executor worker();

    /** A new engine; a client's has its hello in the output. */
    HandshakeEngine start() throws IOException;
}
