package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.budget.Shed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How the two ends of a tunnel end. */
class TunnelFlowTest extends TextFlow {
    private static final int BYTES = 5000;

    TunnelFlowTest() {
        super(Handlers.tcp(256));
    }

    private final Peer client = proxy.connect();
    private final Peer server = accept();

    @Test
    void shouldDeliverWhatCameFromAClientThatWasCutOffAndThenResetTheServer() {
        // Given
        server.stall();
        send(client, "c".repeat(BYTES));
        int read = BYTES - (WireInput.RECEIVE_BYTES - client.room());

        // When
        client.reset();
        proxy.settle();

        // Then
        assertThat(server.isOpen()).isTrue();
        server.resume();
        proxy.settle();
        assertThat(server.take()).hasSize(read).containsOnly('c');
        assertThat(server.wasReset()).isTrue();
    }

    @Test
    void shouldDeliverWhatCameFromAServerThatResetAndThenResetTheClient() {
        // Given
        client.stall();
        send(server, "s".repeat(BYTES));
        int read = BYTES - (WireInput.RECEIVE_BYTES - server.room());

        // When
        server.reset();
        proxy.settle();

        // Then
        client.resume();
        proxy.settle();
        assertThat(client.take()).hasSize(read).containsOnly('s');
        assertThat(client.wasReset()).isTrue();
    }

    @Test
    void shouldDeliverAllWhenAClientEndsInOrderAndLeaves() {
        // Given
        server.stall();
        send(client, "c".repeat(BYTES));
        client.endOutput();
        proxy.settle();

        // When
        client.reset();
        proxy.settle();

        // Then
        server.resume();
        proxy.settle();
        assertThat(server.take()).hasSize(BYTES);
        assertThat(server.hasEnded()).isTrue();
    }

    @Test
    void shouldNotWaitForEverWhenAServerTakesNothingAtTheEnd() {
        // Given
        server.stall();
        send(client, "c".repeat(BYTES));
        server.endOutput();
        client.endOutput();
        proxy.settle();

        // When
        proxy.advance(Duration.ofSeconds(13));

        // Then
        assertThat(proxy.isQuiet()).isTrue();
    }

    @Test
    void shouldEndAnIdleTunnelByItsOwnTimeout() {
        send(client, "c");

        proxy.advance(Duration.ofSeconds(14));
        assertThat(client.isOpen()).isTrue();
        proxy.advance(Duration.ofSeconds(2));

        assertThat(client.isOpen()).isFalse();
        assertThat(server.wasReset()).isTrue();
    }

    @Test
    void shouldCutASilentTunnelWhileMemoryIsShort() {
        // Given
        proxy.advance(Duration.ofSeconds(8));
        send(server, "s");
        proxy.advance(Duration.ofSeconds(9));

        // When
        proxy.shed();
        assertThat(client.isOpen()).as("in use nine seconds ago").isTrue();
        proxy.advance(Duration.ofSeconds(1));
        proxy.shed();
        proxy.shed();

        // Then
        assertThat(client.isOpen()).isFalse();
        assertThat(server.wasReset()).isTrue();
        assertThat(proxy.sheds()).containsExactly(Shed.TUNNEL);
    }
}
