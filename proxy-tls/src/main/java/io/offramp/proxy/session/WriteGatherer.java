package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Joins small writes of one flush, so that a response's head and a short body make one record: copying
 * {@value #SMALL_BYTES} bytes is cheaper than a record of their own. Larger writes pass uncopied.
 */
final class WriteGatherer {
    /** Takes content to seal, in order. */
    @FunctionalInterface
    interface Sealer {
        /** Both move to the sealer. */
        void seal(ByteBuf plaintext, ChannelPromise promise);
    }

    private static final int SMALL_BYTES = 2 << 10;
    private static final int GATHER_BYTES = 8 << 10;

    private final ByteBufAllocator allocator;
    private final Sealer sealer;
    private final ArrayList<ChannelPromise> promises = new ArrayList<>(4);
    private @Nullable ByteBuf held;
    private boolean heldIsOurs;

    WriteGatherer(ByteBufAllocator allocator, Sealer sealer) {
        this.allocator = allocator;
        this.sealer = sealer;
    }

    /** Takes one write; both arguments move here. */
    void write(ByteBuf plaintext, ChannelPromise promise) {
        int bytes = plaintext.readableBytes();
        if (bytes > SMALL_BYTES) {
            flush();
            sealer.seal(plaintext, promise);
            return;
        }
        if (held != null && held.readableBytes() + bytes > GATHER_BYTES) {
            flush();
        }
        promises.add(promise);
        if (held == null) {
            // Most flushes hold one small write: it is sealed without a copy.
            held = plaintext;
            return;
        }
        if (!heldIsOurs) {
            ByteBuf gathered = allocator.directBuffer(GATHER_BYTES).writeBytes(held);
            held.release();
            held = gathered;
            heldIsOurs = true;
        }
        held.writeBytes(plaintext);
        plaintext.release();
    }

    /** Passes on the held writes. */
    void flush() {
        ByteBuf plaintext = held;
        if (plaintext != null) {
            held = null;
            heldIsOurs = false;
            sealer.seal(plaintext, takePromise());
        }
    }

    /** Drops the held writes, and fails their promises. */
    void drop() {
        ByteBuf plaintext = held;
        if (plaintext != null) {
            held = null;
            heldIsOurs = false;
            plaintext.release();
            takePromise().tryFailure(new ClosedChannelException());
        }
    }

    /** One promise that completes all of the gathered writes. */
    private ChannelPromise takePromise() {
        ChannelPromise first = promises.getFirst();
        for (int i = 1; i < promises.size(); i++) {
            ChannelPromise other = promises.get(i);
            if (first.isVoid()) {
                first = other;
            } else if (!other.isVoid()) {
                first.addListener(done -> {
                    if (done.isSuccess()) {
                        other.trySuccess();
                    } else {
                        other.tryFailure(done.cause());
                    }
                });
            }
        }
        promises.clear();
        return first;
    }
}
