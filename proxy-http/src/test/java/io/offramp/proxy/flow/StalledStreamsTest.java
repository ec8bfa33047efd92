package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 on both sides, with streams whose windows stay shut beside one that moves. Windows have their first size. */
class StalledStreamsTest {
    private static final int STALLED = 5;
    private static final int WINDOW = 65_535;
    /** A last piece begins within the window, and is nearly all behind it. */
    private static final int FRONT = 65_152;

    private static final int ALL = FRONT + (16 << 10);
    private static final int ROUNDS = 200;

    private final Handlers proxy = Handlers.http2Pair(64 << 10);
    private final byte[] stalledBody = new byte[ALL];
    private final byte[] movedBody = new byte[1 << 20];

    StalledStreamsTest() {
        Random random = new Random(17);
        random.nextBytes(stalledBody);
        random.nextBytes(movedBody);
    }

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
        assertThat(proxy.counts().leases).isZero();
    }

    @Test
    void shouldMoveAnAnswerBesideAnswersThatTheClientDoesNotTake() {
        // Given
        Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
        List<Http2ClientPeer.Call> stalled = new ArrayList<>();
        for (int i = 0; i < STALLED; i++) {
            stalled.add(client.ask(true, "GET"));
            stalled.getLast().stalled = true;
        }
        Http2ClientPeer.Call moving = client.ask(true, "GET");
        proxy.settle();
        Http2Peer server = Http2Peer.refilling(proxy.accept(), Http2Settings.defaultSettings());
        settle(client, server);
        for (int i = 0; i < STALLED; i++) {
            server.head(server.request(i), false, 200);
            server.body(server.request(i), false, Arrays.copyOf(stalledBody, FRONT));
            settle(client, server);
            server.body(server.request(i), true, Arrays.copyOfRange(stalledBody, FRONT, ALL));
            settle(client, server);
        }
        assertThat(stalled).allMatch(call -> call.body.size() == WINDOW);

        // When
        server.head(server.request(STALLED), false, 200);
        server.body(server.request(STALLED), true, movedBody);
        for (int i = 0; i < ROUNDS && !moving.ended; i++) {
            settle(client, server);
        }

        // Then
        assertThat(Arrays.equals(moving.body.toByteArray(), movedBody)).isTrue();
        assertThat(moving.ended).isTrue();
        client.resume(stalled.getFirst());
        settle(client, server);
        assertThat(Arrays.equals(stalled.getFirst().body.toByteArray(), stalledBody))
                .isTrue();
        assertThat(stalled.getFirst().ended).isTrue();
    }

    @Test
    void shouldMoveARequestBesideRequestsThatTheServerDoesNotTake() {
        // Given
        Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
        List<Http2ClientPeer.Call> stalled = new ArrayList<>();
        for (int i = 0; i < STALLED; i++) {
            stalled.add(client.ask(false, "POST"));
        }
        Http2ClientPeer.Call moving = client.ask(false, "POST");
        proxy.settle();
        Http2Peer server = Http2Peer.refilling(proxy.accept(), Http2Settings.defaultSettings());
        settle(client, server);
        for (Http2ClientPeer.Call call : stalled) {
            client.body(call, false, Arrays.copyOf(stalledBody, FRONT));
            settle(client, server);
            client.body(call, true, Arrays.copyOfRange(stalledBody, FRONT, ALL));
            settle(client, server);
        }
        assertThat(server.requests().subList(0, STALLED)).allMatch(each -> each.body.size() == WINDOW);

        // When
        Http2Peer.Request moved = server.request(STALLED);
        client.body(moving, true, movedBody);
        for (int i = 0; i < ROUNDS && !moved.ended; i++) {
            settle(client, server);
            server.take(moved);
        }

        // Then
        assertThat(Arrays.equals(moved.body.toByteArray(), movedBody)).isTrue();
        assertThat(moved.ended).isTrue();
        Http2Peer.Request first = server.request(0);
        server.take(first);
        settle(client, server);
        assertThat(Arrays.equals(first.body.toByteArray(), stalledBody)).isTrue();
        assertThat(first.ended).isTrue();
    }

    private void settle(Http2ClientPeer client, Http2Peer server) {
        for (int i = 0; i < 4; i++) {
            proxy.settle();
            server.read();
            client.read();
        }
        proxy.settle();
    }
}
