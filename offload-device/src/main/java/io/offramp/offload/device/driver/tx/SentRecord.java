package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * A record that may have to be sent again: framed in plaintext, with space for the tag, as it is posted. The start
 * marker is one of no length.
 */
final class SentRecord {
    private final long number;
    private final ContentType type;
    private final int endSequence;
    private final ByteBuf frame;
    private final int frameKey;

    @Nullable
    SentRecord next;

    /**
     * @param number its record sequence
     * @param endSequence TCP sequence behind its last byte
     * @param frame header, explicit nonce, content, type byte, space for the tag; the record's
     * @param frameKey memory key of the frame
     */
    SentRecord(long number, ContentType type, int endSequence, ByteBuf frame, int frameKey) {
        this.number = number;
        this.type = type;
        this.endSequence = endSequence;
        this.frame = frame;
        this.frameKey = frameKey;
    }

    /** Stands for everything before the offload: ends where the first offloaded record starts. */
    static SentRecord startMarker(long number, int endSequence) {
        return new SentRecord(number, ContentType.APPLICATION_DATA, endSequence, Unpooled.EMPTY_BUFFER, 0);
    }

    boolean isStartMarker() {
        return !frame.isReadable();
    }

    long number() {
        return number;
    }

    ContentType type() {
        return type;
    }

    int startSequence() {
        return endSequence - frame.readableBytes();
    }

    int endSequence() {
        return endSequence;
    }

    ByteBuf frame() {
        return frame;
    }

    int frameKey() {
        return frameKey;
    }
}
