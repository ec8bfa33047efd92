package io.offramp.offload.ktls;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * An action on the socket, run when everything in front of it has been written. Netty calls a {@link FileRegion} in the
 * order of the writes. If it moved nothing, Netty waits for room in the socket and calls again.
 */
abstract class SocketWrite extends AbstractReferenceCounted implements FileRegion {
    private final int count;
    private int done;

    /** @param count how much there is to do, in bytes as far as it is bytes; at least 1 */
    SocketWrite(int count) {
        this.count = count;
    }

    /**
     * Does as much as the socket has room for.
     *
     * @param from the amount done before
     * @return the amount done now; 0 if the socket is full
     * @throws IOException if the connection is lost; Netty closes it
     */
    abstract int advance(int from) throws IOException;

    @Override
    public final long transferTo(WritableByteChannel socket, long position) throws IOException {
        int advanced = advance(done);
        done += advanced;
        return advanced;
    }

    @Override
    public final long position() {
        return 0;
    }

    @Override
    @Deprecated
    public final long transfered() {
        return done;
    }

    @Override
    public final long transferred() {
        return done;
    }

    @Override
    public final long count() {
        return count;
    }

    @Override
    public final FileRegion touch() {
        return this;
    }

    @Override
    public final FileRegion touch(@Nullable Object hint) {
        return this;
    }

    @Override
    public final FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public final FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }
}
