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
    void shouldNotTakeASocketOfTheOtherFamilyAlone() throws Exception {
        for (boolean ipv6First : List.of(true, false)) {
            // Given
            Socket ipv4 = listen(new Ipv4(), InetAddress.getByName("0.0.0.0"), 0);
            InetSocketAddress address = ipv4.localAddress();
            Socket ipv6 = Socket.newSocketStream();
            restrictToIpv6(ipv6);
            listen(ipv6, InetAddress.getByName("::"), address.getPort());
            List<Integer> both = List.of(ipv4.intValue(), ipv6.intValue());

            // When
            InheritedSockets inherited = InheritedSockets.of(ipv6First ? both.reversed() : both);

            // Then
            assertThat(inherited.take("one", address)).isEqualTo(ipv4.intValue());
            assertThat(inherited.take("two", address)).isNull();
            assertThat(inherited.take("two", ipv6.localAddress())).isEqualTo(ipv6.intValue());
        }
    }

    @Test
    void shouldBeListeningStreams() throws Exception {
        // Given
        Socket datagrams = Socket.newSocketDgram();
        opened.add(datagrams);
        datagrams.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Socket bound = Socket.newSocketStream();
        opened.add(bound);
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        List<InetSocketAddress> addresses = List.of(datagrams.localAddress(), bound.localAddress());

        // When
        InheritedSockets inherited = InheritedSockets.of(List.of(datagrams.intValue(), bound.intValue()));
        opened.clear(); // they are closed

        // Then
        assertThat(addresses)
                .allSatisfy(each -> assertThat(inherited.take("any", each)).isNull());
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

    /** Netty's usual one is of IPv6. */
    private static final class Ipv4 extends Socket {
        Ipv4() {
            super(newSocketStream0(false));
        }
    }

    private static void restrictToIpv6(Socket socket) throws IOException {
        socket.setIntOpt(41, 26, 1); // IPPROTO_IPV6, IPV6_V6ONLY
    }

    private Socket listen(InetAddress address) throws IOException {
        return listen(Socket.newSocketStream(), address, 0);
    }

    private Socket listen(Socket socket, InetAddress address, int port) throws IOException {
        opened.add(socket);
        socket.bind(new InetSocketAddress(address, port));
        socket.listen(8);
        return socket;
    }
}
