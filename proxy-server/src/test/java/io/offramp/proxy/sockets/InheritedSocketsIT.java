package io.offramp.proxy.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listening sockets in the place of systemd's. */
class InheritedSocketsIT {
    private final List<Socket> opened = new ArrayList<>();

    @BeforeEach
    void needsEpoll() {
        assumeTrue(Epoll.isAvailable(), "no epoll");
    }

    @AfterEach
    void close() throws IOException {
        for (Socket each : opened) {
            each.close();
        }
    }

    @Test
    void shouldBeThoseThatAreMeantForThisProcess() {
        assertThat(InheritedSockets.named(Map.of(), 2)).isEmpty();
        assertThat(InheritedSockets.named(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "1"), 2))
                .isEmpty();
        assertThat(InheritedSockets.named(Map.of("LISTEN_FDS", "many", "LISTEN_PID", "2"), 2))
                .isEmpty();
        assertThat(InheritedSockets.named(Map.of("LISTEN_FDS", "2", "LISTEN_PID", "2"), 2))
                .containsExactly(3, 4);
    }

    @Test
    void shouldGoToTheListenersWithTheirAddresses() throws Exception {
        // Given
        Socket one = listen(InetAddress.getLoopbackAddress());
        Socket all = listen(InetAddress.getByName("::"));
        InheritedSockets inherited = InheritedSockets.of(List.of(one.intValue(), all.intValue()));

        // Then
        assertThat(inherited.take("listener", new InetSocketAddress("127.0.0.1", 1)))
                .isNull();
        assertThat(inherited.take("listener", one.localAddress())).isEqualTo(one.intValue());
        assertThat(inherited.take("listener", one.localAddress())).as("taken").isNull();
        assertThat(inherited.take(
                        "listener",
                        new InetSocketAddress("0.0.0.0", all.localAddress().getPort())))
                .as("all addresses of both families")
                .isEqualTo(all.intValue());
    }

    @Test
    void shouldBeClosedIfNoListenerTakesThem() throws Exception {
        // Given
        Socket one = listen(InetAddress.getLoopbackAddress());
        InetSocketAddress address = one.localAddress();
        InheritedSockets inherited = InheritedSockets.of(List.of(one.intValue()));

        // When
        inherited.closeRest();
        opened.clear(); // it is closed, and its number may be another file's

        // Then
        assertThat(inherited.take("listener", address)).isNull();
        try (ServerSocket next = new ServerSocket(address.getPort(), 1, address.getAddress())) {
            assertThat(next.isBound()).isTrue();
        }
    }

    private Socket listen(InetAddress address) throws IOException {
        Socket socket = Socket.newSocketStream();
        opened.add(socket);
        socket.bind(new InetSocketAddress(address, 0));
        socket.listen(8);
        return socket;
    }
}
