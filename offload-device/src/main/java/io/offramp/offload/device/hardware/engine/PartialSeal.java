package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.device.hardware.context.RecordCursor;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;

/**
 * Seals a record that a send or a DUMP begins, goes on with or ends: the state is in the context's {@link RecordCursor}
 * and in its stream.
 */
final class PartialSeal {
    private static final int SCRATCH_BYTES = 4096;

    private final RecordCipher cipher;
    private final Payload payload;
    // Where dumped bytes go: the device has no use for them.
    private final ByteBuf scratch = Unpooled.directBuffer(SCRATCH_BYTES, SCRATCH_BYTES);

    PartialSeal(RecordCipher cipher, Payload payload) {
        this.cipher = cipher;
        this.payload = payload;
    }

    /** Takes the next piece of a record without letting it out: bytes taken, or -1 if it is none. */
    int dump(TlsContext context, SealStream stream) {
        return seal(context, stream, scratch, 0, SCRATCH_BYTES);
    }

    /**
     * Seals the next piece of the record at the cursor, at most to its end.
     *
     * @param most bytes that there is room for at {@code at}, at least 1
     * @return bytes written, 0 where the payload has ended, or -1 if it is not a record
     */
    int seal(TlsContext context, SealStream stream, ByteBuf wire, int at, int most) {
        RecordCursor cursor = context.cursor();
        int prefix = context.format().prefixBytes();
        int offset = cursor.offset();
        if (offset < prefix) {
            return prefix(context, stream, wire, at, Math.min(most, prefix - offset));
        }
        int contentLeft = cursor.recordBytes() - AeadSuite.TAG_BYTES - offset;
        return contentLeft > 0
                ? content(cursor, stream, wire, at, Math.min(most, contentLeft))
                : tag(context, stream, wire, at, Math.min(most, cursor.recordBytes() - offset));
    }

    private int prefix(TlsContext context, SealStream stream, ByteBuf wire, int at, int most) {
        RecordCursor cursor = context.cursor();
        int bytes = payload.hasMore() ? Math.min(most, payload.left()) : 0;
        if (bytes == 0) {
            return -1;
        }
        payload.copyTo(cursor.prefix(), cursor.offset(), bytes);
        wire.setBytes(at, cursor.prefix(), cursor.offset(), bytes);
        boolean headerWasWhole = cursor.offset() >= RecordFormat.HEADER_BYTES;
        cursor.advance(bytes);
        if (!headerWasWhole && cursor.offset() >= RecordFormat.HEADER_BYTES) {
            int fragment = RecordCipher.fragmentBytes(context.format(), cursor.prefix(), 0);
            if (fragment < 0) {
                return -1;
            }
            cursor.recordBytes(RecordFormat.HEADER_BYTES + fragment);
        }
        if (cursor.offset() == context.format().prefixBytes()) {
            cipher.start(context, stream);
            cursor.startTransforming();
        }
        return bytes;
    }

    private int content(RecordCursor cursor, SealStream stream, ByteBuf wire, int at, int most) {
        int bytes = payload.hasMore() ? Math.min(most, payload.left()) : 0;
        if (bytes == 0) {
            return -1;
        }
        stream.update(payload.segment(), payload.index(), bytes, wire, at);
        payload.skip(bytes);
        cursor.advance(bytes);
        return bytes;
    }

    private int tag(TlsContext context, SealStream stream, ByteBuf wire, int at, int most) {
        RecordCursor cursor = context.cursor();
        int tagOffset = AeadSuite.TAG_BYTES - (cursor.recordBytes() - cursor.offset());
        if (tagOffset == 0) {
            stream.finish(cursor.prefix(), RecordCursor.tagIndex());
        }
        int bytes = payload.hasMore() ? Math.min(most, payload.left()) : 0;
        if (bytes == 0) {
            return -1;
        }
        // The payload has only space there.
        payload.skip(bytes);
        wire.setBytes(at, cursor.prefix(), RecordCursor.tagIndex() + tagOffset, bytes);
        cursor.advance(bytes);
        if (cursor.offset() == cursor.recordBytes()) {
            context.onRecordEnd();
        }
        return bytes;
    }

    void close() {
        scratch.release();
    }
}
