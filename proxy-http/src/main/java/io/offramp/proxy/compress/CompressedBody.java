package io.offramp.proxy.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.rule.AnswerFilter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one answer on its way through a compressor. The answer may end while the compressor gives a piece,
 * because the client has gone: the compressor is then free for others only once it is done with this call. Confined to
 * the event loop.
 */
final class CompressedBody implements AnswerFilter {
    private final LoopCompressors loop;
    private final Coding coding;
    private final ByteBufAllocator allocator;
    /** Null once the answer is over. */
    private @Nullable Compressor compressor;

    private long taken;
    private long given;
    /** Something was taken since the last flush. */
    private boolean waiting;
    /** Within a call to the compressor. */
    private boolean working;

    private enum Step {
        WRITE,
        FLUSH,
        END
    }

    CompressedBody(LoopCompressors loop, Coding coding, Compressor compressor, ByteBufAllocator allocator) {
        this.loop = loop;
        this.coding = coding;
        this.compressor = compressor;
        this.allocator = allocator;
    }

    @Override
    public void write(ByteBuf piece, Consumer<ByteBuf> to) {
        try {
            if (piece.isReadable()) {
                work(Step.WRITE, piece, to);
            }
        } finally {
            piece.release();
        }
    }

    @Override
    public void flush(Consumer<ByteBuf> to) {
        if (waiting) {
            work(Step.FLUSH, null, to);
        }
    }

    @Override
    public void end(Consumer<ByteBuf> to) {
        work(Step.END, null, to);
        release();
    }

    private void work(Step step, @Nullable ByteBuf piece, Consumer<ByteBuf> to) {
        Compressor by = compressor;
        if (by == null) {
            return;
        }
        long fromNs = System.nanoTime();
        Consumer<ByteBuf> out = ready -> give(ready, to);
        working = true;
        try {
            switch (step) {
                case WRITE -> write(by, piece, out);
                case FLUSH -> by.flush(allocator, out);
                case END -> by.end(allocator, out);
            }
            waiting = step == Step.WRITE;
        } finally {
            working = false;
            loop.onSpent(fromNs);
            if (compressor == null) {
                loop.give(coding, by, taken, given);
            }
        }
    }

    private void write(Compressor by, @Nullable ByteBuf piece, Consumer<ByteBuf> out) {
        if (piece != null) {
            taken += piece.readableBytes();
            by.write(piece, allocator, out);
        }
    }

    private void give(ByteBuf ready, Consumer<ByteBuf> to) {
        if (compressor == null) {
            ready.release(); // nobody takes it any more
        } else {
            given += ready.readableBytes();
            to.accept(ready);
        }
    }

    @Override
    public void release() {
        Compressor last = compressor;
        compressor = null;
        if (last != null && !working) {
            loop.give(coding, last, taken, given);
        }
    }
}
