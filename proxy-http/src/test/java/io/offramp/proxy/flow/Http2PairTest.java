package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.budget.Shed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/2 on both sides: streams of one client on streams to one server. */
class Http2PairTest {
    private final Handlers proxy = Handlers.http2Pair(16 << 10);

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
    }

    @Test
    void shouldPassACallWithTrailersBothWays() {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(false, "POST", "te", "trailers", "content-type", "application/grpc");
        client.body(call, false, "ping");
        proxy.settle();
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 200, "content-type", "application/grpc");
        server.body(request, false, "pong");
        settle(client, server);
        client.body(call, true, "ping");
        settle(client, server);
        server.trailers(request, "grpc-status", "0");
        settle(client, server);

        // Then
        assertThat(request.head.get("te")).hasToString("trailers");
        assertThat(request.body.toString()).isEqualTo("pingping");
        assertThat(request.ended).isTrue();
        assertThat(call.body.toString()).isEqualTo("pong");
        assertThat(call.trailers).isNotNull();
        assertThat(call.trailers.get("grpc-status")).hasToString("0");
        assertThat(call.ended).isTrue();
    }

    @Test
    void shouldPassAnAnswerThatIsTrailersAlone() {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(true, "POST", "content-type", "application/grpc");
        proxy.settle();
        Http2Peer server = accept();

        // When
        server.head(server.request(0), true, 200, "content-type", "application/grpc", "grpc-status", "5");
        settle(client, server);

        // Then
        assertThat(call.head).isNotNull();
        assertThat(call.head.get("grpc-status")).hasToString("5");
        assertThat(call.ended).isTrue();
        assertThat(call.reset).isNull();
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200", "GET, 200", "GET, 204", "GET, 304"})
    void shouldEndABodilessAnswerOnceAndServeItsNeighbour(String method, int status) {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call neighbour = client.ask(true, "GET");
        Http2ClientPeer.Call call = client.ask(true, method);
        proxy.settle();
        Http2Peer server = accept();

        // When
        server.head(server.request(1), true, status);
        settle(client, server);
        server.answer(server.request(0), "ok");
        settle(client, server);

        // Then
        assertThat(call.ended).isTrue();
        assertThat(neighbour.body.toString()).isEqualTo("ok");
        assertThat(proxy.entries()).hasSize(2).allMatch(entry -> entry.abort() == null);
    }

    @Test
    void shouldEndABodilessAnswerOfOurOwnOnceAndServeItsNeighbour() {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call neighbour = client.ask(true, "GET");
        Http2ClientPeer.Call call = client.ask(true, "POST", "content-type", "application/grpc");
        proxy.settle();
        Http2Peer server = accept();

        // When
        server.reset(server.request(1), Http2Error.INTERNAL_ERROR);
        settle(client, server);
        server.answer(server.request(0), "ok");
        settle(client, server);

        // Then
        assertThat(call.ended).isTrue();
        assertThat(neighbour.body.toString()).isEqualTo("ok");
        assertThat(proxy.entries().getFirst().abort()).isEqualTo("upstream reset: INTERNAL_ERROR");
    }

    @Test
    void shouldPassACancellationInBothDirections() {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call first = client.ask(false, "POST");
        Http2ClientPeer.Call second = client.ask(false, "POST");
        proxy.settle();
        Http2Peer server = accept();
        server.head(server.request(1), false, 200);
        settle(client, server);

        // When
        client.reset(first, Http2Error.CANCEL);
        server.reset(server.request(1), Http2Error.CANCEL);
        settle(client, server);

        // Then
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
        assertThat(second.reset).isEqualTo(Http2Error.CANCEL);
        assertThat(server.isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "CANCEL, CANCEL",
        "ENHANCE_YOUR_CALM, ENHANCE_YOUR_CALM",
        "INTERNAL_ERROR, INTERNAL_ERROR",
        "PROTOCOL_ERROR, INTERNAL_ERROR",
        "REFUSED_STREAM, INTERNAL_ERROR"
    })
    void shouldPassTheCodeOfAServersResetUnlessItIsAboutOurConnection(Http2Error code, Http2Error passed) {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(true, "GET");
        proxy.settle();
        Http2Peer server = accept();
        server.head(server.request(0), false, 200);
        settle(client, server);

        // When
        server.reset(server.request(0), code);
        settle(client, server);

        // Then
        assertThat(call.reset).isEqualTo(passed);
        assertThat(call.ended).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"CANCEL, 1", "ENHANCE_YOUR_CALM, 8", "INTERNAL_ERROR, 14", "PROTOCOL_ERROR, 14"})
    void shouldAnswerACallWithTheStatusOfTheServersReset(Http2Error code, String status) {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(true, "POST", "content-type", "application/grpc");
        Http2ClientPeer.Call plain = client.ask(true, "GET");
        proxy.settle();
        Http2Peer server = accept();

        // When
        server.reset(server.request(0), code);
        server.reset(server.request(1), code);
        settle(client, server);

        // Then
        assertThat(call.head).isNotNull();
        assertThat(call.head.get("grpc-status")).hasToString(status);
        assertThat(plain.head).isNotNull();
        assertThat(plain.head.status()).hasToString("502");
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCEL", "NO_ERROR", "INTERNAL_ERROR"})
    void shouldCancelTheRequestOfAClientThatTakesItBackForAnyReason(Http2Error code) {
        // Given a request that is complete
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(true, "GET");
        proxy.settle();
        Http2Peer server = accept();
        server.head(server.request(0), false, 200);
        settle(client, server);

        // When
        client.reset(call, code);
        settle(client, server);

        // Then
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldServeTenThousandStreamsOfOneConnectionOnOne() {
        // Given
        Http2ClientPeer client = connect();
        Http2Peer server = null;

        // When
        for (int round = 0; round < 125; round++) {
            List<Http2ClientPeer.Call> calls = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                calls.add(client.ask(true, "GET"));
            }
            proxy.settle();
            server = server == null ? accept() : server;
            settle(client, server);
            for (Http2Peer.Request each : server.requests()) {
                server.answer(each, "ok");
            }
            server.forget();
            settle(client, server);

            // Then
            assertThat(calls)
                    .allMatch(each -> each.ended && each.body.toString().equals("ok"));
        }
        assertThat(proxy.offered()).isZero();
    }

    @Test
    void shouldMakeATunnelOfAnExtendedConnect() {
        // Given
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(false, "CONNECT", ":protocol", "websocket");
        proxy.settle();
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 200);
        settle(client, server);
        client.body(call, false, "hello");
        server.body(request, false, "you");
        settle(client, server);
        client.body(call, true, "");
        server.body(request, true, "");
        settle(client, server);

        // Then
        assertThat(request.head.get(":protocol")).hasToString("websocket");
        assertThat(call.head).isNotNull();
        assertThat(call.head.status()).hasToString("200");
        assertThat(request.body.toString()).isEqualTo("hello");
        assertThat(call.body.toString()).isEqualTo("you");
        assertThat(call.ended).isTrue();
        assertThat(request.ended).isTrue();
    }

    @Test
    void shouldResetATunnelWhoseClientDoesNotTakeTheLastBytes() {
        // Given a client that returns no credit
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(false, "CONNECT", ":protocol", "websocket");
        proxy.settle();
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);
        server.head(request, false, 200);
        settle(client, server);
        server.body(request, false, new byte[70_000]);
        proxy.settle();

        // When
        server.reset(request, Http2Error.CANCEL);
        proxy.advance(Duration.ofSeconds(10));

        // Then
        client.read();
        assertThat(call.reset).isEqualTo(Http2Error.CANCEL);
    }

    @Test
    void shouldEndEachLeaseOnceWhenAResetCannotBeWritten() {
        // Given the channel of the second client is polled behind that of the server
        Http2ClientPeer first = connect();
        first.ask(true, "GET");
        proxy.settle();
        Http2Peer server = accept();
        Http2ClientPeer second = connect();
        Http2ClientPeer.Call call = second.ask(false, "POST");
        settle(second, server);
        assertThat(proxy.counts().leases).isEqualTo(2);

        // When
        server.peer().reset();
        second.reset(call, Http2Error.CANCEL);
        proxy.settle();

        // Then
        assertThat(proxy.counts().leases).isZero();
    }

    @Test
    void shouldGiveUpABodyThatNoServerTakesWhileMemoryIsShort() {
        // Given a server that does not accept
        Http2ClientPeer client = connect();
        Http2ClientPeer.Call call = client.ask(false, "POST");
        client.body(call, false, "x".repeat(50_000));
        proxy.settle();
        long held = proxy.heldBytes();
        proxy.shed();
        assertThat(proxy.heldBytes()).isEqualTo(held).isGreaterThan(50_000);

        // When
        proxy.advance(Duration.ofMillis(1500));
        proxy.shed();

        // Then
        client.read();
        assertThat(call.head).isNotNull();
        assertThat(call.head.status()).hasToString("503");
        assertThat(proxy.sheds()).containsExactly(Shed.REQUEST);
        assertThat(proxy.heldBytes()).isLessThan(10_000);
    }

    @Test
    void shouldGiveUpAnAnswerThatNoClientTakesWhileMemoryIsShort() {
        // Given a client that returns no credit
        Http2ClientPeer client = connect();
        client.ask(true, "GET");
        proxy.settle();
        Http2Peer server = accept();
        server.head(server.request(0), false, 200);
        for (int i = 0; i < 20; i++) {
            server.body(server.request(0), false, new byte[10_000]);
            proxy.settle();
            server.read();
        }
        assertThat(proxy.heldBytes()).isGreaterThan(100_000);

        // When
        proxy.advance(Duration.ofSeconds(8));
        proxy.shed();

        // Then
        server.read();
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
        assertThat(proxy.heldBytes()).isLessThan(10_000);
    }

    private Http2ClientPeer connect() {
        Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
        for (int i = 0; i < 3; i++) {
            proxy.settle();
            client.read();
        }
        return client;
    }

    private Http2Peer accept() {
        assertThat(proxy.offered()).isEqualTo(1);
        Http2Peer server =
                new Http2Peer(proxy.accept(), Http2Settings.defaultSettings().connectProtocolEnabled(true));
        for (int i = 0; i < 3; i++) {
            proxy.settle();
            server.read();
        }
        return server;
    }

    private void settle(Http2ClientPeer client, Http2Peer server) {
        for (int i = 0; i < 3; i++) {
            proxy.settle();
            server.read();
            client.read();
        }
    }
}
