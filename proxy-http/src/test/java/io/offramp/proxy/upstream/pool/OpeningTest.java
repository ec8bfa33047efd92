package io.offramp.proxy.upstream.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.transport.Transport;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of an opening whose connection is to be secured. */
class OpeningTest {
    private static final UpstreamConfig CONFIG = new UpstreamConfig("app", List.of(new HostPort("127.0.0.1", 80)));

    private final EmbeddedChannel client = new EmbeddedChannel();
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Opens a connection that never speaks; returns what is thought of its server then. */
    private ServerState open(TransportSecurity security) {
        UpstreamGroup group =
                new UpstreamGroup(CONFIG, UpstreamEvents.NONE, ServerAddress::resolveAll, security, null, false);
        Protocol silent = new Protocol() {
            @Override
            public boolean isShared() {
                return false;
            }

            @Override
            public void over(Transport transport, UpstreamServer server, UpstreamLoop loop, Result result) {
                throw new AssertionError("not secured");
            }
        };
        Means means = new Means(spoken -> silent, UpstreamSettings.DEFAULTS, this::connect);
        UpstreamLoop loop = new UpstreamLoop(client.eventLoop(), () -> means);
        loop.openTransport(group, group.servers().getFirst(), ByteBufAllocator.DEFAULT, new Opening.Result() {
                    @Override
                    public void onConnected(Transport transport) {
                        throw new AssertionError("not secured");
                    }

                    @Override
                    public void onConnectFailed(UpstreamServer server, Throwable cause) {
                        failures.add(cause);
                    }
                })
                .start();
        return group.servers().getFirst().health().standing().state();
    }

    private ChannelFuture connect(
            EventLoop loop, SocketAddress to, ByteBufAllocator allocator, int timeoutMs, ChannelHandler place) {
        EmbeddedChannel channel = new EmbeddedChannel(place);
        channels.add(channel);
        return channel.newSucceededFuture();
    }

    @Test
    void shouldFailOnceWhenItsChannelClosesWithoutAnotherWord() {
        ServerState state = open((channel, server, name, protocols, result) -> channel.close());

        assertThat(state).isEqualTo(ServerState.UNREACHABLE);
        assertThat(failures).singleElement().isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldNotBlameTheServerForWhatThisProxyLacks() {
        ServerState state = open((channel, server, name, protocols, result) -> {
            result.onGivenUp(new ConnectException("no memory for a buffer"));
            channel.close();
        });

        assertThat(state).isEqualTo(ServerState.UP);
        assertThat(failures).singleElement().asString().contains("no memory");
    }

    @Test
    void shouldFailOnceAndCloseWhenTheHandshakeCannotBegin() {
        IllegalStateException fault = new IllegalStateException("no handshake");

        ServerState state = open((channel, server, name, protocols, result) -> {
            throw fault;
        });

        assertThat(state).as("no fault of the server").isEqualTo(ServerState.UP);
        assertThat(failures).containsExactly(fault);
        assertThat(channels).singleElement().matches(channel -> !channel.isOpen());
    }
}
