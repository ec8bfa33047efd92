package io.offramp.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.net.HostPort;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered of a server's addresses. */
class UpstreamServerTest {
    private static final HostPort ADDRESS = new HostPort("127.0.0.1", 80);
    private static final UpstreamGroup GROUP =
            new UpstreamGroup(new UpstreamConfig("app", List.of(ADDRESS)), UpstreamEvents.NONE);
    private static final InetSocketAddress A = new InetSocketAddress("127.0.0.1", 80);
    private static final InetSocketAddress B = new InetSocketAddress("::1", 80);
    private static final InetSocketAddress C = new InetSocketAddress("127.0.0.2", 80);

    private final UpstreamServer server = new UpstreamServer(GROUP, new ServerConfig(ADDRESS), 0, List.of(A, B, C));

    @Test
    void shouldTryTheAddressFirstThatAcceptedLast() {
        server.onConnected(B, 0);

        assertThat(server.addresses()).containsExactly(B, A, C);
        server.onConnected(C, 0);
        assertThat(server.addresses()).containsExactly(C, B, A);
    }

    @Test
    void shouldRememberAnAddressUntilThreeAnswersInARowHaveItNot() {
        server.onAddresses(List.of(B, C));
        server.onAddresses(List.of(B, C));
        assertThat(server.addresses()).containsExactly(B, C);
        assertThat(server.knownAddresses().includes(A)).isTrue();
        server.onAddresses(List.of(A, B));
        server.onAddresses(List.of(B));
        server.onAddresses(List.of(B));

        assertThat(server.knownAddresses().includes(A)).as("missing twice").isTrue();
        assertThat(server.knownAddresses().includes(C))
                .as("missing three times")
                .isFalse();
        server.onAddresses(List.of(B));
        assertThat(server.knownAddresses().missed()).isEmpty();
    }

    @Test
    void shouldForgetAnAddressThatAnotherLookUpNoLongerHas() {
        server.onConnected(new InetSocketAddress("127.0.0.9", 80), 0);

        assertThat(server.addresses()).containsExactly(A, B, C);
    }
}
