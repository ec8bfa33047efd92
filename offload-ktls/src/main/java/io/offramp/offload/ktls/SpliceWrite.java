package io.offramp.offload.ktls;

import io.offramp.offload.ktls.ffi.Pipe;
import java.io.IOException;

/** Content in a pipe on its way into the kernel, which makes the records, as many as it likes: it is asked afterwards. */
final class SpliceWrite extends SocketWrite {
    private final KtlsTxSession session;
    private final Pipe pipe;
    private final long firstSequence;
    private final int epoch;
    private final int bytes;

    /**
     * @param pipe          moves here; holds what is to be sent, and nothing else
     * @param firstSequence of the first record
     * @param epoch         of the key
     */
    SpliceWrite(KtlsTxSession session, Pipe pipe, long firstSequence, int epoch) {
        super(pipe.held());
        this.session = session;
        this.pipe = pipe;
        this.firstSequence = firstSequence;
        this.epoch = epoch;
        this.bytes = pipe.held();
    }

    long firstSequence() {
        return firstSequence;
    }

    int epoch() {
        return epoch;
    }

    int bytes() {
        return bytes;
    }

    @Override
    int advance(int from) throws IOException {
        while (pipe.held() > 0 && session.drain(pipe) > 0) {
            // until the pipe is empty or the socket full
        }
        if (pipe.held() == 0) {
            session.onSpliced(this);
        }
        return bytes - pipe.held() - from;
    }

    @Override
    protected void deallocate() {
        PipePool.current().give(pipe);
        session.onSpliceWritten();
    }
}
