package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * The handshake of one connection in either role: whole records in, whole records out, and in the end what the session
 * needs. Not thread-safe; may change threads between calls.
 */
interface HandshakeEngine {
    /** How to treat a record. */
    enum Verdict {
        OFFER,
        DROP,
        REFUSE
    }

    /** How to treat a record of this outer type now. */
    Verdict verdict(int recordType);

    /** Whether taking a record of this outer type now would stall an event loop. */
    boolean isExpensive(int recordType);

    /**
     * Takes one whole record, header included, and answers into the output.
     *
     * @throws IOException if the handshake has failed; the alert, if one could be written, is in the output
     */
    void offer(byte[] record) throws IOException;

    /** Fails the handshake: the alert goes to the output. */
    TlsFatalAlert refuse(short alert, String message) throws IOException;

    /** Whether nothing is left to be received. */
    boolean isComplete();

    /**
     * What the session needs; the caller owns it. Called after the output has been read to its end: only then are the
     * sequence numbers final.
     *
     * @param rxBytes of the peer's stream up to here
     * @param txBytes of our stream up to here
     */
    Handshaken handshaken(long rxBytes, long txBytes);

    /** Bytes of output that have not been read. */
    int getAvailableOutputBytes();

    /** Moves that many of them. */
    int readOutput(ByteBuffer to, int length);

    /**
     * Says more of a failure than its alert does.
     *
     * @param alert that the peer sent
     */
    default HandshakeFailure explain(TlsFatalAlertReceived alert, HandshakeFailure failure) {
        return failure;
    }

    /** The peer has broken the handshake, of which a resumed session may be the reason; before {@link #destroy}. */
    default void onBroken() {}

    /** Wipes all remaining secrets and keys. May be called more than once. */
    void destroy();
}
