package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.offramp.proxy.warmup.Dialer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a listener on loopback to the clients of this object: it knows the port of each before the client connects, and
 * closes all other connections as they are accepted. Thread-safe.
 */
@Sharable
final class OwnClients extends ChannelInboundHandlerAdapter implements Dialer {
    private final Set<SocketAddress> clients = ConcurrentHashMap.newKeySet();

    @Override
    public Socket dial(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            clients.add(socket.getLocalSocketAddress());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            clients.remove(socket.getLocalSocketAddress());
            socket.close();
            throw e;
        }
    }

    /** For the listening channel: this, then the next handler. */
    ChannelHandler before(ChannelHandler next) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel listening) {
                listening.pipeline().addLast(OwnClients.this, next);
            }
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        Channel client = (Channel) accepted;
        if (clients.remove(client.remoteAddress())) {
            ctx.fireChannelRead(accepted);
        } else {
            client.unsafe().closeForcibly();
        }
    }
}
