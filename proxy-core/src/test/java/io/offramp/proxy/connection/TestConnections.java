package io.offramp.proxy.connection;

import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.tls.Negotiated;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/** Connections as tests of what shows them need them. */
public final class TestConnections {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 8443);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("192.0.2.7", 51234);

    private TestConnections() {}

    /** Before its handshake. */
    public static Connection accepted(long id) {
        return new Connection(id, "web", LOCAL, REMOTE);
    }

    /** Before its handshake, accepted when the machine's clock showed that. */
    public static Connection accepted(long id, Instant since, Duration ago) {
        return new Connection(id, "web", LOCAL, REMOTE, since, System.nanoTime() - ago.toNanos());
    }

    /** TLS 1.3, sends through the device, receives in software, has carried something each way. */
    public static Connection established(long id, String serverName) {
        return handshaken(accepted(id), serverName);
    }

    /** The same of a connection that was accepted. */
    static Connection handshaken(Connection c, String serverName) {
        c.onHandshaken(new Negotiated(
                ProtocolVersion.TLS_1_3,
                AeadSuite.AES_128_GCM,
                "TLS_AES_128_GCM_SHA256",
                "x25519",
                serverName,
                "http/1.1",
                true,
                16_384,
                null));
        c.tx().onInstalled(new SessionInfo("device", RecordMode.HW, "tis=17 dek=33"), "configured");
        c.rx().onInstalled(new SessionInfo("sw", RecordMode.SW, "libcrypto"), "device declined: no TIR left");
        c.tx().add(3, 40_000);
        c.rx().add(1, 120);
        return c;
    }
}
