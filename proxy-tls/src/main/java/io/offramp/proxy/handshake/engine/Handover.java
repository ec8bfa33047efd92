package io.offramp.proxy.handshake.engine;

import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.TapCipher;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Negotiated;

/** Leaves to the session what a completed engine has, whichever role that engine plays. */
final class Handover {
    private Handover() {}

    /**
     * What the session needs; the caller's. The engine has written its last record: only then are the sequence numbers
     * final.
     *
     * @param cipher of the last phase
     * @param rxBytes of the peer's stream up to here
     * @param txBytes of our stream up to here
     * @param tickets to be sent first; empty for none
     */
    static Handshaken of(
            Negotiated agreed, HandshakeCrypto crypto, TapCipher cipher, long rxBytes, long txBytes, byte[] tickets) {
        TrafficKeys rx = cipher.rxKeys();
        TrafficKeys tx = cipher.txKeys();
        return new Handshaken(
                agreed,
                rx,
                RecordBoundary.start(Direction.RX).movedTo(rxBytes, rx.nextSequence()),
                tx,
                RecordBoundary.start(Direction.TX).movedTo(txBytes, tx.nextSequence()),
                agreed.version() == ProtocolVersion.TLS_1_3 ? crypto.takeApplicationSecrets() : null,
                tickets);
    }
}
