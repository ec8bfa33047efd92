package io.offramp.offload.ktls;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.Splice;
import io.offramp.offload.ktls.ffi.Pipe;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Leads the bytes that a socket receives through a pipe into a TLS socket. The source is watched through a descriptor
 * of its own, edge-triggered. Its channel does not read meanwhile, except bytes at the peer's FIN, which are behind all
 * spliced ones.
 */
final class KtlsSplice implements Splice {
    private final KtlsTxSession session;
    private final SocketReader source;
    private boolean open = true;

    private KtlsSplice(KtlsTxSession session, SocketReader source) {
        this.session = session;
        this.source = source;
    }

    /** Null if the process may open no more descriptors. */
    static @Nullable KtlsSplice open(
            KtlsTxSession session, KernelTls kernel, EpollSocketChannel source, Runnable onReadable) {
        int duplicate = kernel.duplicate(source.fd().intValue());
        if (duplicate < 0) {
            return null;
        }
        SocketReader watching = SocketReader.open((IoEventLoop) source.eventLoop(), duplicate, onReadable);
        return watching == null ? null : new KtlsSplice(session, watching);
    }

    @Override
    public int seal(int maxBytes) throws IOException {
        if (!open || !session.canSplice(maxBytes)) {
            return ENDED;
        }
        if (session.isSplicing()) {
            return NOTHING;
        }
        PipePool pool = PipePool.current();
        Pipe pipe = pool.take();
        if (pipe == null) {
            return ENDED;
        }
        int taken = pipe.fill(source.number(), Math.min(maxBytes, PipePool.PIPE_BYTES));
        if (taken > 0) {
            session.seal(pipe);
            return taken;
        }
        pool.give(pipe);
        return switch (-taken) {
            case 0 -> ENDED;
            case Errno.EAGAIN -> NOTHING;
            default -> throw new IOException("splice: " + Errno.name(taken));
        };
    }

    @Override
    public void close() {
        open = false;
        source.close();
    }
}
