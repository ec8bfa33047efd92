package io.offramp.proxy.tunnel;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds where frames of a WebSocket end (RFC 6455 §5.2), in one direction, without looking into them: a frame of ours
 * may stand there and nowhere else. Costs a few operations for each frame, however long. Confined to the event loop.
 */
final class WebSocketFrames {
    /** 1001, going away (RFC 6455 §7.4.1): an endpoint goes down. */
    private static final int GOING_AWAY = 1001;

    private static final int FIN_AND_CLOSE = 0x88;
    private static final int OPCODE = 0x0F;
    private static final int CLOSE = 0x8;
    private static final int MASKED = 0x80;

    private State state = State.BOUNDARY;
    /** Bytes of the header that are missing. */
    private int missing;

    private int maskBytes;
    private long payload;
    private boolean closes;

    private enum State {
        BOUNDARY,
        /** The second byte of a header comes next. */
        LENGTH,
        /** The rest of a header. */
        REST,
        PAYLOAD,
        /** Bytes have passed unseen, or the peer has closed: no frame may follow. */
        UNKNOWN
    }

    /** Bytes that pass, all of them; takes none. */
    void pass(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end && state != State.UNKNOWN) {
            if (state == State.PAYLOAD) {
                long skipped = Math.min(payload, end - at);
                payload -= skipped;
                at += (int) skipped;
                endIfWhole();
            } else {
                onHeader(in.getByte(at++) & 0xFF);
            }
        }
    }

    private void onHeader(int octet) {
        if (state == State.BOUNDARY) {
            closes = (octet & OPCODE) == CLOSE;
            state = State.LENGTH;
        } else if (state == State.LENGTH) {
            int length = octet & ~MASKED;
            int lengthBytes = length == 127 ? 8 : length == 126 ? 2 : 0;
            maskBytes = (octet & MASKED) == 0 ? 0 : 4;
            payload = lengthBytes == 0 ? length : 0;
            missing = lengthBytes + maskBytes;
            state = State.REST;
            endHeaderIfWhole();
        } else {
            if (missing > maskBytes) {
                payload = payload << 8 | octet;
            }
            missing--;
            endHeaderIfWhole();
        }
    }

    private void endHeaderIfWhole() {
        if (missing == 0) {
            state = payload < 0 ? State.UNKNOWN : State.PAYLOAD;
            endIfWhole();
        }
    }

    private void endIfWhole() {
        if (state == State.PAYLOAD && payload == 0) {
            state = closes ? State.UNKNOWN : State.BOUNDARY;
        }
    }

    /** Bytes have passed that this has not seen. */
    void lose() {
        state = State.UNKNOWN;
    }

    /** Whether a frame may stand here. */
    boolean isAtBoundary() {
        return state == State.BOUNDARY;
    }

    /**
     * Writes the close frame of an endpoint that goes away.
     *
     * @param asClient with a mask, as clients send it (RFC 6455 §5.3)
     */
    static void writeClose(boolean asClient, ByteBuf out) {
        out.writeByte(FIN_AND_CLOSE).writeByte((asClient ? MASKED : 0) | 2);
        int mask = 0;
        if (asClient) {
            mask = ThreadLocalRandom.current().nextInt();
            out.writeInt(mask);
        }
        out.writeShort(GOING_AWAY ^ mask >>> 16);
    }
}
