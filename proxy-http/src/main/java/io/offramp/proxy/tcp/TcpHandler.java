package io.offramp.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.ReadGate.Holder;
import io.offramp.proxy.client.ClientHandler;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.net.proxyprotocol.ProxyVersion;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One client's connection in TCP mode: finds a server that accepts, then is a {@link Tunnel}. */
final class TcpHandler extends ClientHandler implements TcpSearch.Listener {
    private final TcpFrontSettings settings;
    private final long startNs = System.nanoTime();
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(2);
    private @Nullable TcpSearch search;
    private @Nullable Tunnel tunnel;
    private boolean done;

    TcpHandler(TcpFrontSettings settings) {
        super(settings.upstreams(), settings.tunnelNs());
        this.settings = settings;
    }

    @Override
    protected void onActive() {
        if (search == null && !done) {
            long key = HashKey.of(connection().client().getAddress());
            search = new TcpSearch(settings.group(), loop(), ctx().alloc(), key, this);
            search.begin();
        }
    }

    @Override
    public void onNoServer(String problem) {
        finish(0, 0, problem);
        Abort.close(ctx().channel());
    }

    @Override
    public void onServer(Transport transport, UpstreamGroup of) {
        connection().onServer(transport.session());
        Tunnel opened = tunnel(
                transport,
                settings.tunnelNs(),
                settings.takeNs(),
                (closed, problem) -> finish(closed.fromClientBytes(), closed.toClientBytes(), problem));
        tunnel = opened;
        ProxyVersion version = of.config().proxyProtocol();
        if (version != null) {
            transport.write(ProxyHeaders.of(version, connection(), ctx().alloc()));
            transport.flush();
        }
        while (!early.isEmpty()) {
            ByteBuf in = early.removeFirst();
            opened.fromClient(in);
            in.release();
        }
        opened.onClientReadComplete();
        gate().release(Holder.FRONT);
        if (isInputEnded()) {
            opened.onClientInputEnded();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (done) {
            in.release();
        } else if (tunnel == null) {
            // Until a server has accepted, one read burst waits here and the rest in the socket.
            early.addLast(in);
            gate().hold(Holder.FRONT);
        } else {
            tunnel.fromClient(in);
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (tunnel != null) {
            tunnel.onClientReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (tunnel != null && context.channel().isWritable()) {
            tunnel.onClientWritable();
        }
    }

    @Override
    protected void onInputEnded() {
        if (tunnel != null) {
            tunnel.onClientInputEnded();
        }
    }

    @Override
    protected void onDrainOver() {
        if (tunnel != null) {
            tunnel.drain(departure());
        }
    }

    @Override
    protected void onShed() {
        if (tunnel != null) {
            tunnel.shed(settings.budget());
        }
    }

    @Override
    protected void onDeadline() {
        if (tunnel != null) {
            tunnel.onDeadline();
        }
    }

    @Override
    protected void onGone() {
        while (!early.isEmpty()) {
            early.removeFirst().release();
        }
        if (tunnel != null) {
            tunnel.onClientGone(departure());
            return;
        }
        finish(0, 0, departure());
    }

    private void finish(long fromClient, long toClient, @Nullable String problem) {
        ExchangeListener log = settings.accessLog();
        boolean first = !done;
        done = true;
        UpstreamServer server = null;
        if (search != null) {
            search.end();
            server = search.server();
        }
        long durationNs = System.nanoTime() - startNs;
        if (!first || log == null || !log.wants(0, durationNs, problem)) {
            return;
        }
        Negotiated tls = connection().tls();
        log.onFinished(new AccessEntry(
                connection(),
                null,
                0,
                "TCP",
                "-",
                tls == null ? null : tls.serverName(),
                0,
                fromClient,
                toClient,
                durationNs,
                server == null ? null : server.name(),
                connection().server(),
                problem));
    }
}
