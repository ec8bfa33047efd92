package io.offramp.offload.device.hardware.context;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;

/**
 * Where in a record a context stands, from one packet to the next: the partial header, and for a record that is being
 * transformed the fact that it is; the partial block and tag are in the context's stream. Confined to the context's
 * queue set.
 */
public final class RecordCursor {
    private static final int MAX_PREFIX_BYTES = RecordFormat.TLS_1_2_GCM.prefixBytes();

    // Room for the longest prefix, then the tag.
    private final ByteBuf bytes = Unpooled.buffer(MAX_PREFIX_BYTES + AeadSuite.TAG_BYTES);
    private int offset;
    private int recordBytes;
    private boolean isTransforming;
    private boolean isMissed;

    RecordCursor() {}

    /** At a record's start. */
    public void reset() {
        offset = 0;
        recordBytes = 0;
        isTransforming = false;
        isMissed = false;
    }

    /** Forgets what went by, too. */
    void wipe() {
        reset();
        bytes.setZero(0, bytes.capacity());
    }

    /** Bytes of the record that have gone by; 0 at its start. */
    public int offset() {
        return offset;
    }

    /** Bytes of the whole record, header included; known once its header has gone by. */
    public int recordBytes() {
        return recordBytes;
    }

    /** The header is whole and says so. */
    public void recordBytes(int newRecordBytes) {
        recordBytes = newRecordBytes;
    }

    /** That many bytes have gone by. */
    public void advance(int moreBytes) {
        offset += moreBytes;
    }

    /** True where the record's bytes go through the cipher. */
    public boolean isTransforming() {
        return isTransforming;
    }

    /** The cipher has been started for this record. */
    public void startTransforming() {
        isTransforming = true;
    }

    /** True where a part of the record was not seen, so that the rest of it is of no use to the cipher. */
    public boolean isMissed() {
        return isMissed;
    }

    /** A part of the record was not seen, or is not going to be transformed. */
    public void miss() {
        isMissed = true;
        isTransforming = false;
    }

    /** The prefix (header, explicit nonce) as far as it has gone by, from index 0 on. */
    public ByteBuf prefix() {
        return bytes;
    }

    /** Where in {@link #prefix()} the tag is kept. */
    public static int tagIndex() {
        return MAX_PREFIX_BYTES;
    }
}
