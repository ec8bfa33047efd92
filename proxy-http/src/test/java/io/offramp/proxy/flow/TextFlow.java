package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;

/** Tests that write HTTP/1.1 as text, step by step. Whatever they do, nothing is left of it. */
abstract class TextFlow {
    /** Another one may take its place, behind its end. */
    Handlers proxy;

    TextFlow(Handlers proxy) {
        this.proxy = proxy;
    }

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
        assertThat(proxy.counts().queued).isZero();
    }

    /** Another proxy for the rest of the test. */
    final void restart(Handlers other) {
        proxy.close();
        proxy = other;
    }

    static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    /** A new client with a GET. */
    final Peer ask(String target) {
        return begin(get(target));
    }

    /** A new client with this request. */
    final Peer begin(String request) {
        Peer client = proxy.connect();
        send(client, request);
        return client;
    }

    /** The server takes the only connection that is on its way. */
    final Peer accept() {
        assertThat(proxy.offered()).isEqualTo(1);
        Peer server = proxy.accept();
        proxy.settle();
        return server;
    }

    final void send(Peer peer, String text) {
        peer.send(text.getBytes(StandardCharsets.ISO_8859_1));
        proxy.settle();
        assertThat(proxy.unflushedBytes()).isZero();
    }

    /** What has come since the last look. */
    static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
