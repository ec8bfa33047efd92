package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.tls.PeerAlertException;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers whose connections are TLS sessions: their ends, and what is kept for the next request. */
class SecuredServerTest {
    private static final String GET = "GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int READ_BYTES = 1024;

    private final SessionModel tls = new SessionModel();
    private @Nullable Handlers running;

    @AfterEach
    void nothingIsLeft() {
        Handlers proxy = running;
        if (proxy != null) {
            proxy.close();
            assertThat(proxy.heldBytes()).isZero();
            assertThat(proxy.counts().leases).isZero();
        }
    }

    private Handlers start(UpstreamProtocol spoken) {
        Handlers proxy = Handlers.of(READ_BYTES, ModelSettings.app(spoken, 1), tls);
        running = proxy;
        return proxy;
    }

    @Test
    void shouldKeepAConnectionInTheTurnThatBringsTheEndOfTheAnswer() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        Peer first = ask(proxy);
        Peer server = proxy.accept();
        proxy.settle();
        Peer second = proxy.connect();
        proxy.settle();

        // When: the next request is there in the turn behind the one that ends the answer
        server.send(Message.ascii(OK));
        proxy.turn();
        second.send(Message.ascii(GET));
        proxy.turn();

        // Then
        assertThat(proxy.offered()).isZero();
        proxy.settle();
        assertThat(text(server)).containsSubsequence("GET /app/a ", "GET /app/a ");
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldLeaseNothingBehindCloseNotifyThoughWritesAreStuck() {
        // Given a request that the server does not read
        Handlers proxy = start(UpstreamProtocol.H2);
        Peer client = proxy.connect();
        send(proxy, client, "POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
        Http2Peer server = accept(proxy);
        server.peer().stall();
        client.send(new byte[60_000]);
        proxy.settle();

        // When
        server.peer().endOutput();
        proxy.settle();

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
        ask(proxy);
        assertThat(proxy.offered()).isEqualTo(1);
    }

    @Test
    void shouldCloseAConnectionThatWasRetiredWhileItsSocketWasAboutToBeSeenEmpty() {
        // Given an answer that fills the last read
        Handlers proxy = start(UpstreamProtocol.AUTO);
        Peer client = ask(proxy);
        Peer server = proxy.accept();
        proxy.settle();
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 0900\r\nX: ";
        int fields = READ_BYTES - 900 - 4;
        server.send(Message.ascii(head + "x".repeat(fields - head.length()) + "\r\n\r\n" + "y".repeat(900)));
        proxy.turn();
        assertThat(server.isOpen()).isTrue();

        // When
        proxy.retire();

        // Then
        assertThat(text(client)).endsWith("yyy");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldGiveTheNextClientNothingThatTheSessionHoldsBehindAnAnswer() {
        // Given an answer, and the start of something behind it
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        Peer server = answerWithMoreBehind(proxy);

        // When the next request comes before the rest
        Peer next = ask(proxy);

        // Then
        assertThat(proxy.offered()).isEqualTo(1);
        tls.deliver();
        proxy.settle();
        assertThat(server.isOpen()).isFalse();
        proxy.accept().send(Message.ascii(OK));
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldKeepAConnectionOnceTheSessionHasTakenWhatItHeld() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        Peer server = answerWithMoreBehind(proxy);

        // When
        tls.keepForItself();
        proxy.settle();
        ask(proxy);

        // Then
        assertThat(proxy.offered()).isZero();
        assertThat(text(server)).containsSubsequence("GET /app/a ", "GET /app/a ");
    }

    @Test
    void shouldCloseAConnectionWhoseSessionHoldsSomethingForLong() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        Peer server = answerWithMoreBehind(proxy);
        assertThat(server.isOpen()).isTrue();

        // When
        proxy.advance(Duration.ofSeconds(2));

        // Then
        assertThat(server.isOpen()).isFalse();
    }

    private Peer answerWithMoreBehind(Handlers proxy) {
        Peer client = ask(proxy);
        Peer server = proxy.accept();
        proxy.settle();
        tls.holdBack(10);
        server.send(Message.ascii(OK + "HTTP/1.1 4"));
        proxy.settle();
        assertThat(text(client)).endsWith("ok");
        return server;
    }

    @Test
    void shouldNotTakeTheEndOfAnEarlierWaitForThatOfALaterOne() {
        // Given a connection that carries a second request in the turn that ended the first, and a third waits
        Handlers proxy = Handlers.bounded(
                Handlers.Front.HTTP1, UpstreamProtocol.HTTP1, READ_BYTES, 1, 9, 1, UpstreamLimits.DEFAULTS, tls);
        running = proxy;
        ask(proxy);
        Peer server = proxy.accept();
        proxy.settle();
        ask(proxy);
        Peer third = ask(proxy);
        server.send(Message.ascii(OK));
        proxy.turn();

        // When the second answer fills all reads of its turn, and more is behind it
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nX: ";
        int fields = WireInput.READS_IN_A_BURST * READ_BYTES - 4000 - 4;
        server.send(Message.ascii(head + "x".repeat(fields - head.length()) + "\r\n\r\n" + "y".repeat(4000)
                + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"));
        proxy.turn();
        proxy.settle();

        // Then
        assertThat(text(third)).isEmpty();
        assertThat(server.isOpen()).isFalse();
        assertThat(proxy.offered()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "H2"})
    void shouldUseNoConnectionThatBeganByCertificatesOfThePast(UpstreamProtocol spoken) {
        shouldUseNoConnectionOnceItIsOutdated(spoken, proxy -> tls.replaceTrust());
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "H2"})
    void shouldUseNoConnectionToAnAddressThatTheServerHasLeft(UpstreamProtocol spoken) {
        shouldUseNoConnectionOnceItIsOutdated(spoken, SecuredServerTest::move);
    }

    /** The server has another address, by as many answers as it takes. */
    private static void move(Handlers proxy) {
        for (int i = 0; i < 3; i++) {
            proxy.server().onAddresses(List.of(new InetSocketAddress("127.0.0.2", 8080)));
        }
    }

    @Test
    void shouldUseAConnectionOnceOnlyWhoseAddressTheServerLeavesInTheHandshake() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        Peer client = ask(proxy);
        Peer server = proxy.accept();

        // When
        move(proxy);
        proxy.settle();
        server.send(Message.ascii(OK));
        proxy.settle();

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
        assertThat(server.isOpen()).isFalse();
        ask(proxy);
        assertThat(proxy.offered()).isEqualTo(1);
    }

    @Test
    void shouldKeepConnectionsWhenEachAnswerOfDnsIsAnotherPartOfTheAddresses() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        Peer client = ask(proxy);
        Server server = new Server(proxy, UpstreamProtocol.HTTP1);
        server.answer();
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
        InetSocketAddress a = new InetSocketAddress("127.0.0.1", 8080);
        InetSocketAddress b = new InetSocketAddress("127.0.0.2", 8080);
        InetSocketAddress c = new InetSocketAddress("127.0.0.3", 8080);

        // When
        for (int i = 0; i < 3; i++) {
            proxy.server().onAddresses(List.of(a, b));
            proxy.server().onAddresses(List.of(b, c));
            ask(proxy);
            assertThat(proxy.offered()).as("answer without the address").isZero();
            server.answer();
        }

        // Then: it has left
        proxy.server().onAddresses(List.of(b, c));
        proxy.server().onAddresses(List.of(b, c));
        ask(proxy);
        assertThat(proxy.offered()).isEqualTo(1);
    }

    private void shouldUseNoConnectionOnceItIsOutdated(UpstreamProtocol spoken, Consumer<Handlers> change) {
        // Given one that is free, and one whose request is under way
        Handlers proxy = start(spoken);
        Peer client = ask(proxy);
        Server server = new Server(proxy, spoken);
        server.answer();
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
        ask(proxy);
        assertThat(proxy.offered()).as("another connection, without a change").isZero();

        // When
        change.accept(proxy);
        Peer next = ask(proxy);

        // Then
        Server another = new Server(proxy, spoken);
        another.answer();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
        server.answer();
        assertThat(server.peer.hasEnded())
                .as("behind the request that was under way")
                .isTrue();
    }

    @Test
    void shouldCloseAFreeConnectionThatIsOutdatedWhenItWouldBeUsed() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1);
        ask(proxy);
        Server server = new Server(proxy, UpstreamProtocol.HTTP1);
        server.answer();

        // When
        tls.replaceTrust();
        ask(proxy);

        // Then
        assertThat(server.peer.isOpen()).isFalse();
        assertThat(proxy.offered()).isEqualTo(1);
    }

    /** The server of the only connection that is offered, with either protocol. */
    private static final class Server {
        final Peer peer;
        private final Handlers proxy;
        private final @Nullable Http2Peer http2;
        private int answered;

        Server(Handlers proxy, UpstreamProtocol spoken) {
            this.proxy = proxy;
            if (spoken == UpstreamProtocol.HTTP1) {
                http2 = null;
                assertThat(proxy.offered()).isEqualTo(1);
                peer = proxy.accept();
                proxy.settle();
            } else {
                http2 = accept(proxy);
                peer = http2.peer();
            }
        }

        void answer() {
            if (http2 == null) {
                peer.send(Message.ascii(OK));
            } else {
                http2.read();
                http2.answer(http2.request(answered++), "ok");
            }
            proxy.settle();
        }
    }

    @Test
    void shouldNameTheAlertOfAServerOfHttp2() {
        // Given
        Handlers proxy = start(UpstreamProtocol.H2);
        Peer client = ask(proxy);
        accept(proxy);

        // When
        proxy.failServers(new PeerAlertException("sent alert certificate_required"));

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
        assertThat(proxy.entries())
                .singleElement()
                .extracting(AccessEntry::abort)
                .asString()
                .contains("sent alert certificate_required");
    }

    private static Peer ask(Handlers proxy) {
        Peer client = proxy.connect();
        send(proxy, client, GET);
        return client;
    }

    private static Http2Peer accept(Handlers proxy) {
        assertThat(proxy.offered()).isEqualTo(1);
        Http2Peer server = new Http2Peer(proxy.accept(), Http2Settings.defaultSettings());
        for (int i = 0; i < 10; i++) {
            proxy.settle();
            server.read();
        }
        return server;
    }

    private static void send(Handlers proxy, Peer peer, String text) {
        peer.send(Message.ascii(text));
        proxy.settle();
    }

    private static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
