package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.device.hardware.context.RecordCursor;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Follows records through packets that may start and end anywhere in them, and opens them on the way. A record that
 * lies in one packet is opened in one go; of another one the state is in the context's {@link RecordCursor} and in its
 * stream.
 */
final class PartialOpen {
    private static final int SCRATCH_BYTES = 4096;
    private static final int TAG_BYTES = AeadSuite.TAG_BYTES;

    private final RecordCipher cipher;
    // Where bytes go that have to pass the cipher so that it knows what follows, but do not reach the host decrypted.
    private final ByteBuf scratch = Unpooled.directBuffer(SCRATCH_BYTES, SCRATCH_BYTES);
    private boolean isAuthentic;

    PartialOpen(RecordCipher cipher) {
        this.cipher = cipher;
    }

    /** False if a record that ended in the last call did not authenticate. */
    boolean isAuthentic() {
        return isAuthentic;
    }

    /**
     * Writes the payload to host memory, decrypted, framing and tags as they are.
     *
     * @return bytes taken: fewer than there are where something is no record's header
     */
    int decrypt(TlsContext context, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        isAuthentic = true;
        int done = 0;
        while (done < bytes) {
            int taken = context.cursor().offset() == 0
                    ? openRecord(context, wire, index + done, bytes - done, host, hostIndex + done)
                    : 0;
            if (taken == 0) {
                taken = piece(context, true, wire, index + done, bytes - done, host, hostIndex + done);
            }
            if (taken < 0) {
                return done;
            }
            done += taken;
        }
        return done;
    }

    /**
     * Follows the payload. Records that end in it are left to the host; the one that continues behind it passes the
     * cipher, if its number is known, so that what follows can be decrypted.
     *
     * @return bytes taken: fewer than there are where something is no record's header
     */
    int follow(TlsContext context, ByteBuf wire, int index, int bytes) {
        isAuthentic = true;
        int done = 0;
        while (done < bytes) {
            int whole = context.cursor().offset() == 0 ? wholeRecord(context, wire, index + done, bytes - done) : 0;
            if (whole > 0) {
                context.onRecordEnd();
            }
            int taken = whole == 0 ? piece(context, false, wire, index + done, bytes - done, scratch, 0) : whole;
            if (taken < 0) {
                return done;
            }
            done += taken;
        }
        return done;
    }

    /** Length of the record that starts here if it ends within {@code bytes}; 0 if not; -1 if it is none. */
    private static int wholeRecord(TlsContext context, ByteBuf wire, int at, int bytes) {
        if (bytes < RecordFormat.HEADER_BYTES) {
            return 0;
        }
        int fragment = RecordCipher.fragmentBytes(context.format(), wire, at);
        if (fragment < 0) {
            return -1;
        }
        int recordBytes = RecordFormat.HEADER_BYTES + fragment;
        return recordBytes <= bytes ? recordBytes : 0;
    }

    private int openRecord(TlsContext context, ByteBuf wire, int at, int bytes, ByteBuf host, int hostAt) {
        int recordBytes = wholeRecord(context, wire, at, bytes);
        if (recordBytes <= 0) {
            return recordBytes;
        }
        int prefix = context.format().prefixBytes();
        int inner = recordBytes - prefix - TAG_BYTES;
        if (isAuthentic) {
            Opener opener = context.opener();
            isAuthentic = opener != null
                    && cipher.open(context, opener, context.recordNumber(), wire, at, inner, host, hostAt);
            copyFraming(wire, at, host, hostAt, prefix, prefix + inner);
        }
        context.onRecordEnd();
        return recordBytes;
    }

    private static void copyFraming(ByteBuf wire, int from, ByteBuf host, int to, int prefix, int tag) {
        host.setInt(to, wire.getInt(from));
        host.setByte(to + Integer.BYTES, wire.getByte(from + Integer.BYTES));
        if (prefix > RecordFormat.HEADER_BYTES) {
            host.setLong(to + RecordFormat.HEADER_BYTES, wire.getLong(from + RecordFormat.HEADER_BYTES));
        }
        host.setLong(to + tag, wire.getLong(from + tag));
        host.setLong(to + tag + Long.BYTES, wire.getLong(from + tag + Long.BYTES));
    }

    /** The next piece of the record at the cursor, at most to its end: bytes taken, or -1 if it is none. */
    private int piece(TlsContext context, boolean isForHost, ByteBuf wire, int at, int bytes, ByteBuf out, int outAt) {
        RecordCursor cursor = context.cursor();
        int offset = cursor.offset();
        // Once the header is whole, its length decides.
        if (offset < RecordFormat.HEADER_BYTES) {
            int taken = Math.min(bytes, RecordFormat.HEADER_BYTES - offset);
            return copyPrefix(context, isForHost, wire, at, taken, out, outAt);
        }
        int prefix = context.format().prefixBytes();
        if (offset < prefix) {
            return copyPrefix(context, isForHost, wire, at, Math.min(bytes, prefix - offset), out, outAt);
        }
        int contentLeft = cursor.recordBytes() - TAG_BYTES - offset;
        return contentLeft > 0
                ? content(context, isForHost, wire, at, Math.min(bytes, contentLeft), out, outAt)
                : tag(context, isForHost, wire, at, Math.min(bytes, cursor.recordBytes() - offset), out, outAt);
    }

    private int copyPrefix(
            TlsContext context, boolean isForHost, ByteBuf wire, int at, int bytes, ByteBuf out, int outAt) {
        RecordCursor cursor = context.cursor();
        cursor.prefix().setBytes(cursor.offset(), wire, at, bytes);
        if (isForHost) {
            out.setBytes(outAt, wire, at, bytes);
        }
        boolean headerWasWhole = cursor.offset() >= RecordFormat.HEADER_BYTES;
        cursor.advance(bytes);
        if (!headerWasWhole && cursor.offset() == RecordFormat.HEADER_BYTES) {
            int fragment = RecordCipher.fragmentBytes(context.format(), cursor.prefix(), 0);
            if (fragment < 0) {
                return -1;
            }
            cursor.recordBytes(RecordFormat.HEADER_BYTES + fragment);
        }
        if (cursor.offset() == context.format().prefixBytes()) {
            startTransforming(context);
        }
        return bytes;
    }

    private void startTransforming(TlsContext context) {
        if (context.isAsking() || context.cursor().isMissed()) {
            return;
        }
        OpenStream stream = context.openStream();
        if (stream == null) {
            context.cursor().miss();
        } else {
            cipher.start(context, stream);
            context.cursor().startTransforming();
        }
    }

    private int content(TlsContext context, boolean isForHost, ByteBuf wire, int at, int most, ByteBuf out, int outAt) {
        RecordCursor cursor = context.cursor();
        int bytes = isForHost ? most : Math.min(most, SCRATCH_BYTES);
        OpenStream stream = transforming(context);
        if (stream != null) {
            stream.update(wire, at, bytes, out, outAt);
        }
        cursor.advance(bytes);
        return bytes;
    }

    private int tag(TlsContext context, boolean isForHost, ByteBuf wire, int at, int bytes, ByteBuf out, int outAt) {
        RecordCursor cursor = context.cursor();
        int tagOffset = TAG_BYTES - (cursor.recordBytes() - cursor.offset());
        cursor.prefix().setBytes(RecordCursor.tagIndex() + tagOffset, wire, at, bytes);
        if (isForHost) {
            out.setBytes(outAt, wire, at, bytes);
        }
        cursor.advance(bytes);
        if (cursor.offset() == cursor.recordBytes()) {
            OpenStream stream = transforming(context);
            isAuthentic &= stream == null || stream.finish(cursor.prefix(), RecordCursor.tagIndex());
            context.onRecordEnd();
        }
        return bytes;
    }

    private static @Nullable OpenStream transforming(TlsContext context) {
        return context.cursor().isTransforming() ? context.openStream() : null;
    }

    void close() {
        scratch.release();
    }
}
