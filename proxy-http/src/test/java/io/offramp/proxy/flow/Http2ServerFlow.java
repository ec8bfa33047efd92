package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** A proxy between clients that speak HTTP/1.1 and a server that speaks HTTP/2. */
abstract class Http2ServerFlow {
    static final String GET = "GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n";

    final Handlers proxy;

    Http2ServerFlow(UnaryOperator<UpstreamSettings.Builder> choices) {
        this(1024, choices);
    }

    /** @param readBytes of one read from a connection */
    Http2ServerFlow(int readBytes, UnaryOperator<UpstreamSettings.Builder> choices) {
        proxy = Handlers.h2c(readBytes, choices);
    }

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
        assertThat(proxy.counts().leases).isZero();
    }

    /** A new client that sends this. */
    Peer ask(String request) {
        Peer client = proxy.connect();
        send(client, request);
        return client;
    }

    /** The server accepts the only connection that is offered. */
    Http2Peer accept() {
        return accept(Http2Settings.defaultSettings());
    }

    Http2Peer accept(Http2Settings settings) {
        assertThat(proxy.offered()).isEqualTo(1);
        return acceptOne(settings);
    }

    /** The server accepts the oldest connection that is offered. */
    Http2Peer acceptOne(Http2Settings settings) {
        Http2Peer server = new Http2Peer(proxy.accept(), settings);
        settleWith(server);
        return server;
    }

    /** Until neither side has more to say. */
    void settleWith(Http2Peer server) {
        for (int i = 0; i < 10; i++) {
            proxy.settle();
            server.read();
        }
        proxy.settle();
    }

    void send(Peer peer, String text) {
        peer.send(Message.ascii(text));
        proxy.settle();
    }

    /** All that it has got since the last call. */
    static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
