package io.offramp.proxy.exchange.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One exchange between every pair of HTTP/1.1 and a sketch of HTTP/2. */
class ExchangeTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);
    private static final long MUCH = 1 << 30;
    private static final byte[] UP = bytes(100_000, 1);
    private static final byte[] DOWN = bytes(300_000, 2);

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final EmbeddedChannel plain = new EmbeddedChannel();
    private final List<AccessEntry> log = new ArrayList<>();
    private Server server = new Http2Server(1, MUCH);
    private Upstreams upstreams = upstreams(Version.HTTP_2);

    enum Version {
        HTTP_1_1,
        HTTP_2
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Version.values())
                .flatMap(client -> Stream.of(Version.values()).map(server -> Arguments.of(client, server)));
    }

    @AfterEach
    void end() {
        upstreams.close();
        runLoops();
        loop.finishAndReleaseAll();
        plain.finishAndReleaseAll();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldCarryHeadsBodiesAndTrailersBothWays(Version from, Version to) {
        // Given
        Client client = connect(from, to, MUCH, MUCH);

        // When
        client.head("POST", "/a?b", false);
        client.body(UP);
        client.end(List.of("x-sum: 1"));
        server.interim(0, 103);
        server.head(0, 200, List.of("x-kind: test"));
        server.body(0, DOWN);
        server.end(0, List.of("x-total: 2"));

        // Then
        Received request = server.request(0);
        assertThat(request.start).isEqualTo("POST /a?b");
        assertThat(request.fields.stream().map(String::toLowerCase)).contains("host: a.example", "x-sent: yes");
        assertThat(request.hash()).isEqualTo(Received.hash(UP));
        assertThat(request.trailers).containsExactly("x-sum: 1");
        Received answer = client.answer();
        assertThat(answer.interims).containsExactly(103);
        assertThat(answer.start).isEqualTo("200");
        assertThat(answer.fields).contains("x-kind: test");
        assertThat(answer.hash()).isEqualTo(Received.hash(DOWN));
        assertThat(answer.trailers).containsExactly("x-total: 2");
        assertThat(answer.end).isEqualTo("end");
        assertThat(log).singleElement().satisfies(entry -> {
            assertThat(entry.status()).isEqualTo(200);
            assertThat(entry.requestBytes()).isEqualTo(UP.length);
            assertThat(entry.responseBytes()).isEqualTo(DOWN.length);
            assertThat(entry.abort()).isNull();
        });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldTakeNoMoreOfARequestThanTheServerTakes(Version from, Version to) {
        // Given
        Client client = connect(from, to, MUCH, 0);
        client.head("POST", "/", false);

        // When
        client.body(UP);
        client.end(List.of());

        // Then
        assertThat(client.unsent()).isGreaterThan(UP.length / 2);
        assertThat(server.request(0).end).isNull();
        server.take(0, MUCH);
        assertThat(client.unsent()).isZero();
        assertThat(server.request(0).hash()).isEqualTo(Received.hash(UP));
        assertThat(server.request(0).end).isEqualTo("end");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldTakeNoMoreOfAnAnswerThanTheClientTakes(Version from, Version to) {
        // Given
        Client client = connect(from, to, 0, MUCH);
        client.head("GET", "/", true);
        client.stall();

        // When
        server.head(0, 200, List.of());
        server.body(0, DOWN);
        server.end(0, List.of());

        // Then
        assertThat(server.unsent()).isGreaterThan(DOWN.length / 2);
        client.take(MUCH);
        assertThat(server.unsent()).isZero();
        client.take(MUCH);
        assertThat(client.answer().hash()).isEqualTo(Received.hash(DOWN));
        assertThat(client.answer().end).isEqualTo("end");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldResetTheServersStreamWhenTheClientLeaves(Version from, Version to) {
        // Given
        Client client = connect(from, to, MUCH, MUCH);
        client.head("POST", "/", false);
        client.body(bytes(100, 3));
        assertThat(server.requests()).isEqualTo(1);

        // When
        client.leave();

        // Then
        assertThat(server.request(0).end).isEqualTo(to == Version.HTTP_2 ? "CANCEL" : "closed");
        assertThat(log).singleElement().satisfies(entry -> {
            assertThat(entry.status()).isEqualTo(499);
            assertThat(entry.abort()).isEqualTo("client left");
        });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldCutTheClientsAnswerWhenTheServersBreaksOff(Version from, Version to) {
        // Given
        Client client = connect(from, to, MUCH, MUCH);
        client.head("GET", "/", true);
        server.head(0, 200, List.of());
        server.body(0, bytes(1000, 4));

        // When
        server.reset(0);

        // Then
        assertThat(client.answer().bytes()).isEqualTo(1000);
        assertThat(client.answer().end).isEqualTo(from == Version.HTTP_2 ? "INTERNAL_ERROR" : "closed");
        assertThat(log)
                .singleElement()
                .satisfies(entry -> assertThat(entry.abort()).endsWith(" after 1000 bytes"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldAnswer502WhenTheServerBreaksOffBeforeItsHead(Version from, Version to) {
        // Given
        Client client = connect(from, to, MUCH, MUCH);
        client.head("GET", "/", true);
        assertThat(server.requests()).isEqualTo(1);

        // When
        server.reset(0);

        // Then
        assertThat(client.answer().start).isEqualTo("502");
        assertThat(client.answer().end).isEqualTo("end");
    }

    /** A success is a tunnel to a client that has sent a CONNECT (RFC 8441 §5). */
    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldNotSendASuccessWithoutATunnelToAConnect(Version to) {
        // Given
        Client client = connect(Version.HTTP_2, to, MUCH, MUCH);
        client.head("CONNECT websocket", "/", true);

        // When
        server.head(0, 200, List.of());

        // Then
        assertThat(client.answer().start).isEqualTo("502");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "x"})
    void shouldRefuseAConnectToAProtocolThatIsNotAllowed(String protocol) {
        // Given
        Client client = connect(Version.HTTP_2, Version.HTTP_2, MUCH, MUCH);

        // When
        client.head("CONNECT " + protocol, "/", true);

        // Then
        assertThat(client.answer().start).isEqualTo("501");
        assertThat(server.requests()).isZero();
    }

    @Test
    void shouldShareOneConnectionAmongManyStreams() {
        // Given
        Client first = connect(Version.HTTP_2, Version.HTTP_2, MUCH, MUCH);
        Client second = client(Version.HTTP_2, MUCH);
        Client third = client(Version.HTTP_2, MUCH);

        // When
        first.head("GET", "/1", true);
        second.head("POST", "/2", false);
        third.head("GET", "/3", true);
        server.head(2, 203, List.of());
        server.end(2, List.of());
        server.head(0, 201, List.of());
        server.end(0, List.of());
        second.end(List.of());
        server.head(1, 202, List.of());
        server.end(1, List.of());

        // Then
        assertThat(Stream.of(first, second, third).map(client -> client.answer().start))
                .containsExactly("201", "202", "203");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldSendARefusedRequestAgainWhileNothingOfItsBodyHasGone() {
        // Given
        Client client = connect(Version.HTTP_1_1, Version.HTTP_2, MUCH, MUCH);
        client.head("POST", "/", false);

        // When
        ((Http2Server) server).refuse(0);
        client.body(UP);
        client.end(List.of());
        server.head(1, 200, List.of());
        server.end(1, List.of());

        // Then
        assertThat(server.request(1).hash()).isEqualTo(Received.hash(UP));
        assertThat(client.answer().start).isEqualTo("200");
        assertThat(log).hasSize(1);
    }

    @Test
    void shouldNotSendARequestAgainWhoseBodyIsOnItsWay() {
        // Given
        Client client = connect(Version.HTTP_1_1, Version.HTTP_2, MUCH, MUCH);
        client.head("POST", "/", false);
        client.body(bytes(1, 5));

        // When
        ((Http2Server) server).refuse(0);

        // Then
        assertThat(server.requests()).isEqualTo(1);
        assertThat(client.answer().start).isEqualTo("502");
    }

    /** @param clientCredit bytes of an answer, and {@code serverCredit} bytes of a request, that are taken unasked */
    private Client connect(Version from, Version to, long clientCredit, long serverCredit) {
        server = to == Version.HTTP_2
                ? new Http2Server(100, serverCredit)
                : new Http1Server(this::runLoops, serverCredit > 0);
        upstreams = upstreams(to);
        return client(from, clientCredit);
    }

    private void runLoops() {
        loop.runPendingTasks();
        plain.runPendingTasks();
    }

    private Client client(Version version, long credit) {
        Connection connection = new Connection(1, "test", ADDRESS, ADDRESS);
        return version == Version.HTTP_2
                ? new Http2Client(connection, settings(), upstreams.on(loop.eventLoop()), credit)
                : new Http1Client(plain, connection, settings());
    }

    private Upstreams upstreams(Version version) {
        Protocol protocol = version == Version.HTTP_2 ? (Http2Server) server : new Http1Protocol(HeadLimits.DEFAULTS);
        return new Upstreams(
                Map.of("app", new UpstreamConfig("app", List.of(new HostPort("127.0.0.1", 8080)))),
                spoken -> protocol,
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE,
                (on, address, allocator, timeoutMs, handler) -> {
                    EmbeddedChannel channel =
                            server instanceof Http1Server one ? one.accept(handler) : new EmbeddedChannel(handler);
                    return channel.newSucceededFuture();
                });
    }

    private HttpFrontSettings settings() {
        return HttpFrontSettings.builder(List.of(new RouteConfig(null, "/", "app")), upstreams)
                .accessLog(log::add)
                .build();
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
