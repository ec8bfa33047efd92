package io.offramp.app.e2e;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One connection of HTTP/2 over TLS, on a layer of Netty that the proxy does not use. */
final class Http2Client implements AutoCloseable {
    private static final int PATIENCE_S = 10;

    private final EventLoopGroup group;
    private final Channel connection;
    private final Http2Settings settings;

    private Http2Client(EventLoopGroup group, Channel connection, Http2Settings settings) {
        this.group = group;
        this.connection = connection;
        this.settings = settings;
    }

    /** Returns when the server's settings have come. */
    static Http2Client connect(InetSocketAddress address) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("h2-client", true), NioIoHandler.newFactory());
        SslContext tls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2))
                .build();
        CompletableFuture<Http2Settings> settings = new CompletableFuture<>();
        Channel connection = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc(), "localhost", address.getPort()))
                                .addLast(Http2FrameCodecBuilder.forClient().build())
                                .addLast(new Http2MultiplexHandler(refusesPushes()))
                                .addLast(new Settings(settings));
                    }
                })
                .connect(address)
                .sync()
                .channel();
        return new Http2Client(group, connection, settings.get(PATIENCE_S, TimeUnit.SECONDS));
    }

    private static ChannelHandler refusesPushes() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.close();
            }
        };
    }

    /** What the server has sent first. */
    Http2Settings settings() {
        return settings;
    }

    /** A stream that sends and receives frames. Nothing has been sent on it. */
    Http2StreamChannel open(ChannelHandler handler) throws Exception {
        return new Http2StreamChannelBootstrap(connection)
                .handler(handler)
                .open()
                .get(PATIENCE_S, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        connection.close();
        group.shutdownGracefully();
    }

    private static final class Settings extends SimpleChannelInboundHandler<Http2SettingsFrame> {
        private final CompletableFuture<Http2Settings> first;

        Settings(CompletableFuture<Http2Settings> first) {
            this.first = first;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2SettingsFrame frame) {
            first.complete(frame.settings());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            first.completeExceptionally(new IllegalStateException("the connection ended before the settings"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            first.completeExceptionally(cause);
        }
    }
}
