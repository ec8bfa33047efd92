package io.offramp.proxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizingTest {
    private static final long MIB = 1 << 20;
    private static final int HEAD_BYTES = 32 << 10;
    private static final int OWN_DESCRIPTORS = 64;
    private static final ClientLimits NOTHING_ASKED = ClientLimits.DEFAULTS;

    @ParameterizedTest
    @ValueSource(longs = {32, 64, 512, 2048, 65536})
    void shouldDeriveLimitsThatTogetherStayBelowTheBudget(long heapMib) {
        Sizing sizing = Sizing.of(machine(heapMib * MIB, 1_000_000, Long.MAX_VALUE));

        ClientLimits limits = sizing.resolve(NOTHING_ASKED);

        long taken = (long) limits.connections() * Sizing.CONNECTION_BYTES
                + (long) limits.handshakes() * Sizing.HANDSHAKE_BYTES;
        assertThat(taken).isLessThanOrEqualTo(sizing.budgetBytes());
        assertThat(sizing.budgetBytes()).isLessThan(heapMib * MIB * 2 / 3);
        assertThat(sizing.warnings(limits, HEAD_BYTES)).isEmpty();
    }

    @Test
    void shouldGrowWithTheHeapUpToWhatWasThereBefore() {
        assertThat(Sizing.of(machine(64 * MIB, 1_000_000, Long.MAX_VALUE))
                        .resolve(NOTHING_ASKED)
                        .connections())
                .isBetween(1000, 5000);
        assertThat(Sizing.of(machine(8192 * MIB, 1_000_000, Long.MAX_VALUE))
                        .resolve(NOTHING_ASKED)
                        .connections())
                .isEqualTo(100_000);
        assertThat(Sizing.of(machine(8192 * MIB, 1_000_000, Long.MAX_VALUE))
                        .resolve(NOTHING_ASKED)
                        .handshakes())
                .isEqualTo(10_000);
    }

    @Test
    void shouldDeriveHandshakesWhateverConnectionsAreAskedFor() {
        Sizing sizing = Sizing.of(machine(64 * MIB, 1_000_000, Long.MAX_VALUE));

        int handshakes = sizing.resolve(asked(10, 0)).handshakes();

        assertThat(handshakes)
                .as("the eleventh is refused, and displaces nobody")
                .isGreaterThan(10);
    }

    @Test
    void shouldLeaveDescriptorsToTheProcessAndToUpstreams() {
        assertThat(connectionsOf(200)).isEqualTo(102);
        assertThat(connectionsOf(OWN_DESCRIPTORS)).isEqualTo(1);
    }

    private static int connectionsOf(long descriptors) {
        return Sizing.of(machine(8192 * MIB, descriptors, Long.MAX_VALUE))
                .resolve(NOTHING_ASKED)
                .connections();
    }

    @Test
    void shouldKeepWhatIsAskedForAndWarnWithBothNumbers() {
        Sizing sizing = Sizing.of(machine(64 * MIB, 200, 128 * MIB));
        ClientLimits asked = asked(100_000, 10_000);

        assertThat(sizing.resolve(asked)).isEqualTo(asked);
        assertThat(sizing.warnings(asked, HEAD_BYTES)).hasSize(4);
        assertThat(sizing.warnings(asked, HEAD_BYTES))
                .element(0)
                .asString()
                .contains("limits.connections is 100000", "of 200 descriptors", "102");
        assertThat(sizing.warnings(asked, HEAD_BYTES))
                .element(1)
                .asString()
                .contains("limits.connections is 100000", "585 MiB", "64 MiB (-Xmx)");
        assertThat(sizing.warnings(asked, HEAD_BYTES))
                .element(2)
                .asString()
                .contains("limits.handshakes is 10000", "117 MiB");
        assertThat(sizing.warnings(asked, HEAD_BYTES)).element(3).asString().contains("-Xmx", "224 MiB", "128 MiB");
    }

    @Test
    void shouldSayInOneLineWhatThereIsAndWhatFollows() {
        Sizing sizing = Sizing.of(machine(512 * MIB, 20_000, Long.MAX_VALUE));

        assertThat(sizing.describe(sizing.resolve(NOTHING_ASKED)))
                .isEqualTo(
                        "memory: heap 512 MiB, direct 64 MiB, container unknown, descriptors 20000; clients may take "
                                + "295 MiB of the heap;"
                                + " limits: 14952 connections, 8312 handshakes under way");
    }

    private static ClientLimits asked(int connections, int handshakes) {
        return new ClientLimits(connections, handshakes, AddressLimits.NONE);
    }

    private static Machine machine(long heapBytes, long descriptors, long containerBytes) {
        return new Machine(heapBytes, 64 * MIB, descriptors, OWN_DESCRIPTORS, containerBytes);
    }
}
