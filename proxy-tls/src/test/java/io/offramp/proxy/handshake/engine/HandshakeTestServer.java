package io.offramp.proxy.handshake.engine;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.offramp.proxy.handshake.crypto.EchoRecords;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Listens on loopback, shakes hands, echoes. Keeps what its handshakes ended in. */
final class HandshakeTestServer implements AutoCloseable, HandshakeListener {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Handshaken> sessions = new LinkedBlockingQueue<>();
    private final BlockingQueue<HandshakeFailure> failures = new LinkedBlockingQueue<>();
    private final Channel channel;

    HandshakeTestServer(HandshakeSettings settings) throws InterruptedException {
        channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new TlsHandshakeHandler(settings, HandshakeTestServer.this));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** The one event loop. */
    EventLoop loop() {
        return group.next();
    }

    /** The next handshake that completes. */
    Handshaken session() throws InterruptedException {
        Handshaken session = sessions.poll(10, TimeUnit.SECONDS);
        if (session == null) {
            throw new AssertionError("no handshake, but " + failures);
        }
        return session;
    }

    /** The next handshake that fails. */
    HandshakeFailure failure() throws InterruptedException {
        HandshakeFailure failure = failures.poll(10, TimeUnit.SECONDS);
        if (failure == null) {
            throw new AssertionError("no failure, but " + sessions);
        }
        return failure;
    }

    @Override
    public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending) {
        sessions.add(session);
        ctx.pipeline().addLast(new EchoRecords(session));
        ctx.fireChannelRead(pending);
    }

    @Override
    public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
        failures.add(failure);
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
