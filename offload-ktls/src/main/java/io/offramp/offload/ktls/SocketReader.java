package io.offramp.offload.ktls;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A second descriptor of a channel's socket, watched by the channel's event loop beside the channel itself. Edge
 * triggered: with kernel TLS a socket in which half a record lies stays readable without anything to read, so that a
 * level would turn the loop for as long as the peer waits.
 */
final class SocketReader implements EpollIoHandle {
    /** No descriptor's number. */
    static final int NONE = -1;

    private static final EpollIoOps EDGES =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);

    private final FileDescriptor descriptor;
    private final Runnable onReadable;
    private @Nullable IoRegistration registration;

    private SocketReader(FileDescriptor descriptor, Runnable onReadable) {
        this.descriptor = descriptor;
        this.onReadable = onReadable;
    }

    /**
     * Watches a descriptor, called on the event loop.
     *
     * @param fd closed by {@link #close()}, or here in the case of null
     * @param onReadable called on the event loop when something has come
     * @return null if the loop does not take it
     */
    static @Nullable SocketReader open(IoEventLoop loop, int fd, Runnable onReadable) {
        SocketReader reader = new SocketReader(new FileDescriptor(fd), onReadable);
        Future<IoRegistration> registered = loop.register(reader);
        if (!registered.isSuccess()) {
            reader.close();
            return null;
        }
        reader.registration = registered.getNow();
        reader.registration.submit(EDGES);
        return reader;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    /** Its number; {@link #NONE} once closed, when the number may be another's. */
    int number() {
        return descriptor.isOpen() ? descriptor.intValue() : NONE;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        onReadable.run();
    }

    /** May be called more than once; also by the event loop when it ends. */
    @Override
    public void close() {
        if (registration != null) {
            registration.cancel();
        }
        if (descriptor.isOpen()) {
            try {
                descriptor.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
