package io.offramp.offload;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy owes a session of any backend. Backends check it here, all in the same way. Each breach is a bug of
 * ours and fails loudly, with an {@link OffloadMisuseException}, before anything has changed.
 */
public final class Require {
    private Require() {}

    /** An install starts with keys and a stream position that speak of the same record. */
    public static void aligned(Direction direction, TrafficKeys keys, RecordBoundary at) {
        if (at.direction() != direction || at.nextSequence() != keys.nextSequence()) {
            throw new OffloadMisuseException("install of " + direction + " with " + keys + " at " + at);
        }
    }

    /**
     * A boundary given back is the one where the session stands.
     *
     * @param now where it stands; null where it is closed or has work under way
     */
    public static void current(@Nullable RecordBoundary now, RecordBoundary at) {
        if (!at.equals(now)) {
            throw new OffloadMisuseException("session " + (now == null ? "has no boundary now" : "stands at " + now)
                    + ", asked to act at " + at);
        }
    }

    /** New keys continue the session: RFC 8446 §4.6.3 changes nothing but the secret. */
    public static void successor(TrafficKeys keys, TrafficKeys next) {
        if (next.version() != keys.version() || next.suite() != keys.suite() || next.nextSequence() != 0) {
            throw new OffloadMisuseException("rekey from " + keys + " to " + next);
        }
    }

    /**
     * A session seals while it is open, in records of a legal size, and what may be protected (RFC 8446 §5.1, §5.4: no
     * change_cipher_spec, and no alert or handshake record goes out empty).
     */
    public static void sealable(boolean isOpen, ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        if (!isOpen) {
            throw new OffloadMisuseException("seal on a closed session, direction=TX");
        }
        if (maxPlaintextBytes < 1 || maxPlaintextBytes > RecordFormat.MAX_PLAINTEXT_BYTES) {
            throw new OffloadMisuseException("record of " + maxPlaintextBytes + " bytes asked for, may be 1 to "
                    + RecordFormat.MAX_PLAINTEXT_BYTES);
        }
        boolean mayBeEmpty = type == ContentType.APPLICATION_DATA;
        if (type == ContentType.CHANGE_CIPHER_SPEC || !mayBeEmpty && !plaintext.isReadable()) {
            throw new OffloadMisuseException(
                    type + " record of " + plaintext.readableBytes() + " bytes cannot be protected");
        }
    }
}
