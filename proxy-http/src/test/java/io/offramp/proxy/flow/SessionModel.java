package io.offramp.proxy.flow;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.TransportSession;
import io.offramp.proxy.upstream.UpstreamServer;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * TLS as the transport sees it, without records: the handshake takes a turn, and a server's FIN is its close_notify.
 */
final class SessionModel implements TransportSecurity {
    private int trust;

    @Override
    public void secure(Channel channel, UpstreamServer server, List<String> protocols, Result result) {
        ReadGate.of(channel).hold(ReadGate.Holder.HANDSHAKE);
        channel.eventLoop().execute(() -> {
            ReadGate.of(channel).release(ReadGate.Holder.HANDSHAKE);
            if (!channel.isActive()) {
                result.onFailed(new ConnectException("closed in the handshake"));
                return;
            }
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
            Connection connection = new Connection(1, server.group().name(), address, address);
            result.onSecured(new Session(connection, (WireChannel) channel, trust, this));
        });
    }

    /** Replaces what its sessions began by. */
    void replaceTrust() {
        trust++;
    }

    private record Session(Connection connection, WireChannel channel, int trust, SessionModel model)
            implements TransportSession {
        @Override
        public boolean isDrained() {
            return channel.isDrained();
        }

        @Override
        public boolean isCurrent() {
            return trust == model.trust;
        }
    }
}
