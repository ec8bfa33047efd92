package io.offramp.offload;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend that takes whole connections: {@link RecordMode#HW_RECORD}, the kernel's {@code tls-hw-record}. Listener,
 * TCP session, handshake and records are the device's, on threads of its own; the host gets a channel of plaintext and
 * never sees a key.
 *
 * <p>The host supplies the firmware: handlers that run on the device's threads. Thread-safe.
 */
public interface ConnectionOffload {
    /**
     * Opens a listening socket on the device.
     *
     * @param listener with everything but event loops: options, the transport's channel, and as child handler the
     *     firmware, which sets up each accepted connection on a device thread
     * @param transport makes the device's event loops; the same at every call
     * @param address to bind to; null if the listener's channel is that of a socket that is bound already
     * @return done when it is bound, or could not be
     */
    ChannelFuture listen(ServerBootstrap listener, IoHandlerFactory transport, @Nullable SocketAddress address);

    /** Threads of the device for steps of the firmware that would stall its event loops. */
    Executor workers();

    /**
     * Opens the host's end of a connection. What comes out of the device's pipeline is read from the host's channel,
     * what is written to that goes in there, both with back-pressure and buffers passed by reference.
     * {@link io.netty.channel.socket.ChannelInputShutdownEvent} and other user events, faults and the end of the
     * connection pass, too. To close the host's channel closes the device's behind all that was written; with
     * {@code SO_LINGER} 0 past the pipeline, with a reset. Called on the device's thread; the device's connection
     * closes if the host's loop does not take the channel.
     *
     * @param device its last handler hands out plaintext; gets one more behind that
     * @param endOutput ends what the device sends, behind what was written; called on the device's thread, once at most
     * @param host where the channel lives
     * @param acceptor sets up the channel, on that loop
     * @return a {@link io.netty.channel.socket.DuplexChannel} with the addresses, allocator and water marks of the
     *     device's
     */
    Channel present(ChannelPipeline device, Supplier<ChannelFuture> endOutput, EventLoop host, ChannelHandler acceptor);

    /** Closes what is still open and ends the threads, before those of the host end. Blocks; idempotent. */
    void stop();
}
