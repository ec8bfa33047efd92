package io.offramp.proxy.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other end of a conversation over a Unix socket: lines of UTF-8 and, in an agreed place, descriptors (unix(7),
 * SCM_RIGHTS). Its methods block, so they are for threads other than the event loop's. For one thread at a time.
 */
public final class Peer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);
    private static final Duration TAKE_LIMIT = Duration.ofSeconds(10);
    private static final int MAX_LINE_BYTES = 64 << 10;
    private static final int MAX_WAITING = 1 << 12;
    private static final Object END = new Object();

    private final EpollDomainSocketChannel channel;
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>(MAX_WAITING);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Peer(EpollDomainSocketChannel channel) {
        this.channel = channel;
    }

    /** Called when the channel is set up, on its event loop. */
    static Peer on(Channel channel) {
        Peer peer = new Peer((EpollDomainSocketChannel) channel);
        channel.pipeline()
                .addLast(
                        new LineBasedFrameDecoder(MAX_LINE_BYTES, true, true),
                        new StringDecoder(StandardCharsets.UTF_8),
                        new StringEncoder(StandardCharsets.UTF_8),
                        peer.new Ear());
        channel.closeFuture().addListener(_ -> peer.ended.complete(null));
        return peer;
    }

    /** Who it is, as the kernel says. */
    PeerCredentials credentials() throws IOException {
        return channel.peerCredentials();
    }

    /** The number of its process, as the kernel says. */
    public long pid() throws IOException {
        return credentials().pid();
    }

    /** Completes when the other end has closed, or its process has ended. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Says a line, which has no line feed; to one that has gone it says nothing. Returns when it is on its way. If the
     * other end does not read, it ends the conversation, as that does.
     */
    public void say(String line) {
        if (!channel.writeAndFlush(line + "\n").awaitUninterruptibly(TAKE_LIMIT.toMillis())) {
            LOG.warn("the other process has read nothing for {} s, so it has no answer", TAKE_LIMIT.toSeconds());
            channel.close();
        }
    }

    /** Whether this line has come and waits to be heard. */
    boolean hasSaid(String line) {
        return heard.contains(line);
    }

    /** Gives a descriptor, which stays open here. */
    void give(FileDescriptor descriptor) throws IOException {
        ChannelFuture given = channel.writeAndFlush(descriptor);
        given.awaitUninterruptibly(TAKE_LIMIT.toMillis());
        if (!given.isSuccess()) {
            throw new EOFException("the other process has gone");
        }
    }

    /** The next line. */
    public String hear(Duration limit) throws IOException {
        Object next = next(limit);
        if (next instanceof String line) {
            return line;
        }
        close(next);
        throw new IOException("a descriptor came instead of a line");
    }

    /**
     * From now on, descriptors are expected and lines are not, or the reverse. The other end sends nothing before it
     * has been asked, so this side is ready when it comes.
     */
    void expectDescriptors(boolean expected) {
        channel.config().setReadMode(expected ? DomainSocketReadMode.FILE_DESCRIPTORS : DomainSocketReadMode.BYTES);
    }

    /** The next descriptor, which is the caller's. */
    int descriptor(Duration limit) throws IOException {
        if (next(limit) instanceof FileDescriptor descriptor) {
            return descriptor.intValue();
        }
        throw new IOException("a line came instead of a descriptor");
    }

    private Object next(Duration limit) throws IOException {
        try {
            Object next = heard.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) { // it may have come while this process stood still
                awaitTurn();
                awaitTurn();
                next = heard.poll();
            }
            if (next == null) {
                throw new IOException("the other process said nothing for " + limit.toSeconds() + " s");
            }
            if (next == END) {
                heard.add(END);
                throw new EOFException("the other process has gone");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Behind two of them, the event loop has read what was there before the first. */
    private void awaitTurn() {
        channel.eventLoop().submit(() -> {}).awaitUninterruptibly(TAKE_LIMIT.toMillis());
    }

    private static void close(@Nullable Object descriptor) {
        if (descriptor instanceof FileDescriptor open) {
            try {
                open.close();
            } catch (IOException e) { // it is gone, closed or not
                return;
            }
        }
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    private final class Ear extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!heard.offer(message)) {
                Peer.close(message);
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            heard.offer(END);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
