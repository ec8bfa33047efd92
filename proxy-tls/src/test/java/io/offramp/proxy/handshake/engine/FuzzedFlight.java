package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.Arrays;
import java.util.Set;

/** The bytes of an input, on their way to our end of a handshake in reads of any length. */
record FuzzedFlight(byte[] stream, int readBytes) {
    private static final int MAX_READS = 64;
    private static final int MAX_RECORD_BYTES = 1 << 14;

    /** @param cut bytes of a read; 0 for all at once */
    static FuzzedFlight of(byte[] stream, int cut) {
        return new FuzzedFlight(stream, Math.max(cut == 0 ? stream.length : cut, stream.length / MAX_READS + 1));
    }

    /** Messages of a handshake in as many records as it takes. */
    static byte[] records(byte[] messages) {
        byte[] stream = new byte[0];
        for (int at = 0; at < messages.length; at += MAX_RECORD_BYTES) {
            byte[] part = Arrays.copyOfRange(messages, at, Math.min(messages.length, at + MAX_RECORD_BYTES));
            stream = RawClientHello.join(stream, RawClientHello.record(22, part));
        }
        return stream;
    }

    /**
     * Sends all, then the end of the connection.
     *
     * @throws IllegalStateException if the handshake fails for another reason than these
     */
    void sendTo(EmbeddedHandshake end, Set<Reason> peersFault) {
        for (int at = 0; at < stream.length && end.isUndecided(); at += readBytes) {
            end.receive(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + readBytes)));
            end.channel().runPendingTasks();
        }
        if (end.isUndecided()) {
            end.channel().close();
        }
        HandshakeFailure failure = end.failure();
        if (!peersFault.contains(failure.reason())) {
            throw new IllegalStateException("not the peer's fault: " + failure, failure.cause());
        }
    }
}
