package io.offramp.offload.ktls;

import io.offramp.offload.ktls.ffi.Pipe;
import java.io.IOException;

/**
 * Content in a pipe on its way into the kernel, which makes the records, as many as it likes: it is asked afterwards.
 */
final class SpliceWrite extends SocketWrite {
    private final KtlsTxSession session;
    private final Pipe pipe;
    private final int bytes;

    /** @param pipe moves here; holds what is to be sent, and nothing else */
    SpliceWrite(KtlsTxSession session, Pipe pipe) {
        super(pipe.held());
        this.session = session;
        this.pipe = pipe;
        this.bytes = pipe.held();
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
            session.onSpliced(bytes);
        }
        return bytes - pipe.held() - from;
    }

    @Override
    protected void deallocate() {
        PipePool.current().give(pipe);
        session.onSpliceWritten();
    }
}
