package io.offramp.proxy.handshake.engine;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Follows the handshake messages in a stream of records, however they are cut, for their length fields (RFC 8446 §4)
 * and for bytes that follow a message. Not thread-safe.
 */
final class MessageLengths {
    private static final int HEADER_BYTES = 4;

    private final int limit;
    private int header;
    private int headerBytes;
    private int bodyBytes;
    private int unprocessed;

    /** @param limit most bytes of a message, header included */
    MessageLengths(int limit) {
        this.limit = limit;
    }

    /**
     * Follows the content of the next record.
     *
     * @throws TlsFatalAlert illegal_parameter if it begins a message that is too long
     */
    void add(byte[] buf, int off, int len) throws TlsFatalAlert {
        unprocessed += len;
        for (int at = off; at < off + len; ) {
            if (bodyBytes > 0) {
                int step = Math.min(bodyBytes, off + len - at);
                bodyBytes -= step;
                at += step;
            } else {
                header = header << 8 | buf[at++] & 0xff;
                if (++headerBytes == HEADER_BYTES) {
                    headerBytes = 0;
                    bodyBytes = header & 0xffffff;
                    requireWithin(HEADER_BYTES + bodyBytes);
                }
            }
        }
    }

    /**
     * The engine is about to take a message.
     *
     * @param bodyBytes without its header
     * @return bytes that follow it
     */
    int onMessage(int bodyBytes) {
        unprocessed -= HEADER_BYTES + bodyBytes;
        return unprocessed;
    }

    private void requireWithin(int bytes) throws TlsFatalAlert {
        if (bytes > limit) {
            throw new TlsFatalAlert(
                    AlertDescription.illegal_parameter, "message of " + bytes + " bytes, limit " + limit);
        }
    }
}
