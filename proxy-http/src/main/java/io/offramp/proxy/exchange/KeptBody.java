package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.upstream.UpstreamStream;
import java.util.Arrays;

/**
 * A copy of the body of a request, on the heap, as long as it may be sent again. Gone once it is larger than its limit.
 * Confined to the event loop.
 */
final class KeptBody {
    private static final int FIRST_BYTES = 1024;
    private static final byte[] NONE = {};

    private final int most;
    private final int expected;
    private byte[] bytes = NONE;
    private int size;
    private boolean whole = true;

    /**
     * @param most bytes that are kept
     * @param expected length of the body; negative if it is not known
     */
    KeptBody(int most, long expected) {
        this.most = most;
        this.expected = expected < 0 ? most : (int) Math.min(expected, most);
    }

    /** Copies a piece. */
    void add(ByteBuf piece) {
        int more = piece.readableBytes();
        if (!whole || more > most - size) {
            drop();
            return;
        }
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, room(size + more));
        }
        piece.getBytes(piece.readerIndex(), bytes, size, more);
        size += more;
    }

    /**
     * Twice of what came before, but no more than the rest needs: a head costs a client less than the body it names.
     */
    private int room(int least) {
        int next = Math.max(FIRST_BYTES, 2 * bytes.length);
        return Math.max(least, Math.min(expected, next));
    }

    /** It will not be sent again. */
    void drop() {
        whole = false;
        bytes = NONE;
    }

    /** True if it has all that has come of the body. */
    boolean isWhole() {
        return whole;
    }

    /** Heap that it takes. */
    int heldBytes() {
        return bytes.length;
    }

    /**
     * Sends it behind a head.
     *
     * @param complete true if the request ends with it
     */
    void sendTo(UpstreamStream to, boolean complete) {
        if (size > 0) {
            to.sendBody(Unpooled.wrappedBuffer(bytes, 0, size), complete);
        } else if (complete) {
            to.sendEnd(Fields.NONE);
        }
    }
}
