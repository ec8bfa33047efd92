package io.offramp.offload.ktls;

import io.netty.util.concurrent.FastThreadLocal;
import io.offramp.offload.ktls.ffi.Pipe;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Empty pipes of one event loop, closed with its thread. A pipe is taken only while it has content, so there are at
 * most as many as slow clients.
 */
final class PipePool {
    /** Size of a pipe: as large as an upstream's socket buffer. */
    static final int PIPE_BYTES = 256 << 10;

    /** Pipes kept for reuse. */
    static final int KEPT = 4;

    private static final FastThreadLocal<PipePool> PER_THREAD = new FastThreadLocal<>() {
        @Override
        protected PipePool initialValue() {
            return new PipePool();
        }

        @Override
        protected void onRemoval(PipePool pool) {
            pool.empty.forEach(Pipe::close);
        }
    };

    private final ArrayDeque<Pipe> empty = new ArrayDeque<>(KEPT);

    private PipePool() {}

    static PipePool current() {
        return PER_THREAD.get();
    }

    /** Null if the process may open no more. */
    @Nullable
    Pipe take() {
        Pipe pipe = empty.pollFirst();
        return pipe != null ? pipe : Pipe.open(PIPE_BYTES);
    }

    /** Takes a pipe back, or closes it: leftovers of one connection must not come out in another. */
    void give(Pipe pipe) {
        if (pipe.held() > 0 || empty.size() == KEPT) {
            pipe.close();
        } else {
            empty.addFirst(pipe);
        }
    }
}
