package io.offramp.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConnectionRegistryTest {
    private final ConnectionRegistry registry = new ConnectionRegistry(() -> 2);

    @Test
    void shouldCountFromOneWhenIdsAreDrawn() {
        assertThat(registry.nextId()).isEqualTo(1);
        assertThat(registry.nextId()).isEqualTo(2);
    }

    @Test
    void shouldRefuseWhenTheLimitIsReachedAndTakeAgainAfterAClose() {
        // Given
        Connection first = TestConnections.accepted(1);
        assertThat(registry.add(first)).isTrue();
        assertThat(registry.add(TestConnections.accepted(2))).isTrue();

        // When, Then
        assertThat(registry.add(TestConnections.accepted(3))).isFalse();
        assertThat(registry.count()).isEqualTo(2);
        registry.remove(first);
        assertThat(registry.add(TestConnections.accepted(4))).isTrue();
        assertThat(registry).extracting(Connection::id).containsExactlyInAnyOrder(2L, 4L);
    }

    @Test
    void shouldStayExactWhenAConnectionIsRemovedTwiceOrWasNeverTaken() {
        // Given
        Connection first = TestConnections.accepted(1);
        registry.add(first);

        // When
        registry.remove(first);
        registry.remove(first);
        registry.remove(TestConnections.accepted(9));

        // Then
        assertThat(registry.count()).isZero();
        assertThat(registry).isEmpty();
    }

    @Test
    void shouldThrowWhenAnIdIsRegisteredTwice() {
        registry.add(TestConnections.accepted(1));
        assertThatThrownBy(() -> registry.add(TestConnections.accepted(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1");
        assertThat(registry.count()).isEqualTo(1);
    }

    @Test
    void shouldStayExactWhenSeveralLoopsAcceptAndClose() throws Exception {
        // Given
        ConnectionRegistry shared = new ConnectionRegistry(() -> 100);
        List<Future<?>> loops = new ArrayList<>();

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int loop = 0; loop < 4; loop++) {
                loops.add(threads.submit(() -> acceptAndClose(shared)));
            }
        }

        // Then
        for (Future<?> loop : loops) {
            loop.get();
        }
        assertThat(shared.count()).isZero();
        assertThat(shared).isEmpty();
        assertThat(shared.nextId()).isEqualTo(4 * 5_000 + 1);
    }

    private static void acceptAndClose(ConnectionRegistry shared) {
        for (int i = 0; i < 5_000; i++) {
            Connection c = TestConnections.accepted(shared.nextId());
            assertThat(shared.add(c)).isTrue();
            shared.remove(c);
        }
    }
}
