package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a peer's stream into records, so that the engine gets one at a time and never holds what follows the handshake.
 * Checks headers only, before the body has arrived. Not thread-safe.
 */
final class RecordSplitter {
    /** The next part of the stream. */
    sealed interface Next {}

    /** More bytes are needed to tell. */
    record Incomplete() implements Next {}

    /**
     * A whole record.
     *
     * @param type outer content type
     * @param bytes header included; the caller's
     */
    record Whole(int type, byte[] bytes) implements Next {}

    /**
     * An invalid header: unknown type, too long, or empty where that is not allowed (RFC 8446 §5.1, §5.2; RFC 5246
     * §6.2.1).
     *
     * @param alert number of the alert that answers it
     */
    record Bad(short alert, String detail) implements Next {}

    /** The stream does not begin like TLS. */
    record NotTls(boolean http) implements Next {}

    private static final Next INCOMPLETE = new Incomplete();
    private static final int TLS_MAJOR = 3;
    private static final int MAX_FRAGMENT_BYTES = RecordFormat.TLS_1_3.maxFragmentBytes();
    private static final short RECORD_OVERFLOW = 22;
    private static final short UNEXPECTED_MESSAGE = 10;

    /** Possible starts of a request line, and of an answer; "PRI " is HTTP/2 without TLS. */
    private static final List<String> HTTP_BEGINS = List.of(
            "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI ", "HTTP/");

    private @Nullable ByteBuf received;
    private long wireBytes;

    /** @param in ownership moves here */
    void add(ByteBufAllocator allocator, ByteBuf in) {
        ByteBuf held = received;
        if (held == null) {
            received = in;
        } else {
            received = joined(allocator, held, in);
        }
    }

    /** Bytes of all records cut so far: the position in the peer's stream. */
    long wireBytes() {
        return wireBytes;
    }

    /** Bytes received, cut or not. */
    long receivedBytes() {
        return wireBytes + (received == null ? 0 : received.readableBytes());
    }

    /** True until the first byte has come. */
    boolean isUntouched() {
        return wireBytes == 0 && received == null;
    }

    Next next() {
        ByteBuf in = received;
        if (in == null || !in.isReadable()) {
            release(); // a slow client does not hold its read buffer
            return INCOMPLETE;
        }
        if (in.readableBytes() < RecordFormat.HEADER_BYTES) {
            return INCOMPLETE;
        }
        int at = in.readerIndex();
        int type = in.getUnsignedByte(at);
        int length = in.getUnsignedShort(at + 3);
        boolean tls = ContentType.of(type) != null && in.getUnsignedByte(at + 1) == TLS_MAJOR;
        if (!tls && wireBytes == 0) {
            return new NotTls(isHttp(in));
        }
        if (!tls) {
            return new Bad(UNEXPECTED_MESSAGE, "record of type " + type);
        }
        if (length > MAX_FRAGMENT_BYTES) {
            return new Bad(RECORD_OVERFLOW, "record of " + length + " bytes, limit " + MAX_FRAGMENT_BYTES);
        }
        if (length == 0 && type != ContentType.APPLICATION_DATA.code()) {
            return new Bad(UNEXPECTED_MESSAGE, "empty record of type " + type);
        }
        return whole(in, type, RecordFormat.HEADER_BYTES + length);
    }

    private Next whole(ByteBuf in, int type, int recordBytes) {
        if (in.readableBytes() < recordBytes) {
            return INCOMPLETE;
        }
        byte[] record = new byte[recordBytes];
        in.readBytes(record);
        wireBytes += recordBytes;
        return new Whole(type, record);
    }

    /** Moves the bytes after the last record to the caller, without a copy. */
    ByteBuf takeRest() {
        ByteBuf rest = received;
        received = null;
        return rest == null ? Unpooled.EMPTY_BUFFER : rest;
    }

    /** Frees what is held. May be called more than once. */
    void release() {
        takeRest().release();
    }

    private static ByteBuf joined(ByteBufAllocator allocator, ByteBuf held, ByteBuf in) {
        try {
            int needed = held.readableBytes() + in.readableBytes();
            if (held.refCnt() == 1 && !held.isReadOnly() && held.maxFastWritableBytes() >= in.readableBytes()) {
                return held.writeBytes(in);
            }
            ByteBuf larger = allocator
                    .directBuffer(Math.max(2 * needed, 2048))
                    .writeBytes(held)
                    .writeBytes(in);
            held.release();
            return larger;
        } finally {
            in.release();
        }
    }

    private static boolean isHttp(ByteBuf in) {
        String begin = in.toString(in.readerIndex(), Math.min(in.readableBytes(), 8), StandardCharsets.ISO_8859_1);
        return HTTP_BEGINS.stream().anyMatch(method -> begin.startsWith(method) || method.startsWith(begin));
    }
}
