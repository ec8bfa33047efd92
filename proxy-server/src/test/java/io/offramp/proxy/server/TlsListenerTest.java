package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.accept.ConnectionGate;
import io.offramp.proxy.accept.Gates;
import io.offramp.proxy.accept.OpenConnections;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.generation.Terms;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.engine.FuzzClient;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.session.RecordSizeConfig;
import io.offramp.proxy.session.SessionSettings;
import io.offramp.proxy.testing.LogCapture;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TlsListenerTest {
    private static final RecordOffload SOFTWARE = new SwProvider().open(Map.of());

    @AutoClose
    private final LogCapture log = new LogCapture(TlsListener.class, Level.DEBUG);

    @AutoClose
    private final ProxyMetrics metrics = new ProxyMetrics();

    private final ConnectionRegistry connections = new ConnectionRegistry(() -> 10);
    private final HalfOpenHandshakes halfOpen = new HalfOpenHandshakes(
            () -> 10, new MemoryBudget(1 << 30, 1 << 30, () -> 0, () -> 0, () -> 0, () -> 0, what -> {}));
    private final ClientAddressLimits addresses = new ClientAddressLimits(() -> new AddressLimits(2, 1));
    private final TlsListener listener = listener(List.of());

    private TlsListener listener(List<Cidr> trusted) {
        return listener(trusted, List.of());
    }

    private TlsListener listener(List<Cidr> trusted, List<Cidr> proxies) {
        return listener(trusted, proxies, Gates.open(metrics.listener("web")));
    }

    private TlsListener listener(List<Cidr> trusted, List<Cidr> proxies, ConnectionGate gate) {
        ListenerGeneration now = new ListenerGeneration(
                new ListenerKey(new HostPort("127.0.0.1", 443), 0),
                "web",
                new Terms(ListenerConfig.Mode.HTTP, ClientAuthSettings.OFF),
                metrics.listener("web"),
                null,
                FuzzClient.settings(),
                SessionSettings.of(
                        new OffloadPlan(SOFTWARE, SOFTWARE, Policy.SW, Policy.SW, AutoPolicy.DEFAULTS),
                        metrics.tls(),
                        RecordSizeConfig.DEFAULTS),
                gate,
                trusted,
                proxies,
                pipeline -> {},
                null,
                new Router(List.of(), name -> null));
        return new TlsListener(() -> now, connections, halfOpen, addresses, new Drain(Phase.READY));
    }

    @Test
    void shouldRefuseAConnectionBeyondTheHandshakesOfItsAddressBeforeItBegins() throws Exception {
        // Given
        EmbeddedChannel first = new AcceptedChannel(listener);

        // When
        EmbeddedChannel second = new AcceptedChannel(listener);

        // Then
        assertThat(second.isOpen()).isFalse();
        assertThat(connections.count()).isEqualTo(1);
        assertThat(halfOpen.count()).isEqualTo(1);
        assertThat(page())
                .contains("offramp_connections_refused_total{listener=\"web\",reason=\"handshakes_per_address\"} 1.0");
        assertThat(log.events()).allMatch(line -> line.getLevel() == Level.DEBUG);

        // And once the first is gone there is room
        first.close();
        EmbeddedChannel third = new AcceptedChannel(listener);
        assertThat(third.isOpen()).isTrue();
        third.close();
        assertThat(addresses.addresses()).isZero();
    }

    @Test
    void shouldNotCountConnectionsOfTrustedProxiesAsThoseOfOneClient() {
        TlsListener behindProxies = listener(List.of(Cidr.parse("127.0.0.0/8")));

        List<EmbeddedChannel> open = Stream.generate(() -> new AcceptedChannel(behindProxies))
                .limit(3)
                .map(EmbeddedChannel.class::cast)
                .toList();

        assertThat(open).allMatch(EmbeddedChannel::isOpen);
        open.forEach(EmbeddedChannel::close);
    }

    @Test
    void shouldLogTheClientThatAProxyNamesAndSteerByTheSocketsPeer() {
        // Given
        EmbeddedChannel channel = new AcceptedChannel(listener);
        Connection connection = channel.attr(Connection.KEY).get();
        connection.onClient(new InetSocketAddress("198.51.100.9", 4711));

        // When
        listener.onFailed(
                channel.pipeline().firstContext(), new HandshakeFailure(Reason.TIMEOUT, "no ClientHello", null));

        // Then
        assertThat(log.events().getFirst().getFormattedMessage()).contains(" from 198.51.100.9:4711: ");
        assertThat(connection.tuple().remote()).isEqualTo(channel.remoteAddress());
        channel.close();
    }

    @Test
    void shouldTakeTheClientOfAProxyHeaderAndCountItsConnections() {
        // Given
        TlsListener behind = listener(List.of(), List.of(Cidr.parse("127.0.0.0/8")));
        EmbeddedChannel first = new AcceptedChannel(behind);
        EmbeddedChannel second = new AcceptedChannel(behind);
        EmbeddedChannel other = new AcceptedChannel(behind);

        // When
        first.writeInbound(header("192.0.2.7"));
        second.writeInbound(header("192.0.2.7"));
        other.writeInbound(header("192.0.2.8"));

        // Then
        assertThat(first.attr(Connection.KEY).get().clientText()).isEqualTo("192.0.2.7:51234");
        assertThat(first.pipeline().names()).anyMatch(name -> name.startsWith("TlsHandshakeHandler"));
        assertThat(second.isOpen()).as("one handshake for each address").isFalse();
        assertThat(other.isOpen()).isTrue();
        first.close();
        other.close();
        assertThat(addresses.addresses()).isZero();
        assertThat(connections.count()).isZero();
    }

    @Test
    void shouldRefuseAProxyThatSendsNoHeader() {
        TlsListener behind = listener(List.of(), List.of(Cidr.parse("127.0.0.0/8")));
        EmbeddedChannel channel = new AcceptedChannel(behind);

        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 1}));

        assertThat(channel.isOpen()).isFalse();
        assertThat(log.events())
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.endsWith("no handshake: proxy_header: no PROXY header"));
        assertThat(connections.count()).isZero();
    }

    @Test
    void shouldCloseAConnectionOverTheListenersOwnLimitBeforeItsHandshake() throws Exception {
        // Given
        OpenConnections open = new OpenConnections();
        ConnectionLimits one = new ConnectionLimits(null, 1, null, List.of(), false);
        TlsListener behind = listener(
                List.of(),
                List.of(Cidr.parse("127.0.0.0/8")),
                Gates.of(one, open, metrics.listener("web"), Ticker.systemTicker()));
        EmbeddedChannel first = new AcceptedChannel(behind);
        EmbeddedChannel second = new AcceptedChannel(behind);
        EmbeddedChannel other = new AcceptedChannel(behind);

        // When
        first.writeInbound(header("192.0.2.7"));
        behind.onFailed(first.pipeline().firstContext(), new HandshakeFailure(Reason.TIMEOUT, "stays open", null));
        second.writeInbound(header("192.0.2.7"));
        other.writeInbound(header("192.0.2.8"));

        // Then
        assertThat(first.isOpen()).isTrue();
        assertThat(second.isOpen()).isFalse();
        assertThat(other.isOpen()).isTrue();
        assertThat(page())
                .contains("offramp_connections_refused_total{listener=\"web\",reason=\"connections_per_address\"} 1.0");
        first.close();
        other.close();
        assertThat(open.clients()).isZero();
        assertThat(addresses.addresses()).isZero();
        assertThat(halfOpen.count()).isZero();
    }

    private static ByteBuf header(String client) {
        return Unpooled.copiedBuffer("PROXY TCP4 " + client + " 198.51.100.1 51234 443\r\n", StandardCharsets.US_ASCII);
    }

    @Test
    void shouldLogTheTraceOfAFaultOfOurs() {
        EmbeddedChannel channel = new AcceptedChannel(listener);
        IllegalStateException ours = new IllegalStateException("no such provider");

        listener.onFailed(
                channel.pipeline().firstContext(),
                new HandshakeFailure(Reason.INTERNAL, "IllegalStateException", ours));

        ILoggingEvent line = log.events().getFirst();
        assertThat(line.getLevel()).isEqualTo(Level.ERROR);
        assertThat(line.getThrowableProxy().getMessage()).isEqualTo("no such provider");
        channel.close();
    }

    @Test
    void shouldLogOneLineOfAFaultOfTheClientAndTheTraceAtDebugOnly() {
        EmbeddedChannel channel = new AcceptedChannel(listener);
        IllegalArgumentException parser = new IllegalArgumentException("not expected");

        listener.onFailed(
                channel.pipeline().firstContext(),
                new HandshakeFailure(Reason.ALERT_SENT, "illegal_parameter", parser));

        assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO, Level.DEBUG);
        assertThat(log.events().getFirst().getThrowableProxy()).isNull();
        assertThat(log.events().getLast().getThrowableProxy().getMessage()).isEqualTo("not expected");
        channel.close();
    }

    private String page() throws Exception {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.scrape(page);
        return page.toString(StandardCharsets.UTF_8);
    }
}
