package io.offramp.offload.device.hardware.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.hardware.firmware.Firmware;
import org.junit.jupiter.api.Test;

class ContextTableTest {
    @Test
    void shouldShareItsMemoryWithTheOtherTable() {
        ContextMemory memory = new ContextMemory(2);
        ContextTable tises = new ContextTable(memory, Firmware.instant());
        ContextTable tirs = new ContextTable(memory, Firmware.instant());

        assertThat(tises.create(0)).isEqualTo(1);
        assertThat(tirs.create(7)).isEqualTo(1);
        assertThat(tises.create(0)).isEqualTo(ContextTable.NONE);
        tirs.destroy(1);
        assertThat(tises.create(0)).isEqualTo(2);
        assertThat(memory.used()).isEqualTo(2);
    }

    @Test
    void shouldKnowOnlyWhatWasCreated() {
        ContextTable tirs = new ContextTable(new ContextMemory(4), Firmware.instant());
        int number = tirs.create(7);

        assertThat(tirs.get(number)).extracting(TlsContext::receiveQueue).isEqualTo(7);
        for (int other : new int[] {-1, 0, 2, 5, 0xff_ffff}) {
            assertThat(tirs.get(other)).as("context %d", other).isNull();
        }
    }

    @Test
    void shouldGiveMemoryBackOnceWhenDestroyedTwice() {
        ContextMemory memory = new ContextMemory(2);
        ContextTable tirs = new ContextTable(memory, Firmware.instant());
        int number = tirs.create(0);

        tirs.destroy(number);
        tirs.destroy(number);

        assertThat(memory.used()).isZero();
        assertThat(tirs.get(number)).isNull();
    }

    @Test
    void shouldReplaceWhatIsResetAndNothingElse() {
        // Given
        ContextTable tises = new ContextTable(new ContextMemory(3), Firmware.instant());
        for (int queue = 5; queue < 8; queue++) {
            tises.create(queue);
        }
        TlsContext first = tises.get(1);
        TlsContext second = tises.get(2);
        TlsContext third = tises.get(3);

        // When
        tises.reset(2);

        // Then
        assertThat(tises.get(1)).isSameAs(first).isNotNull();
        assertThat(tises.get(2))
                .isNotSameAs(second)
                .extracting(TlsContext::receiveQueue)
                .isEqualTo(6);
        assertThat(tises.get(3)).isSameAs(third).isNotNull();
        assertThat(tises.inUse()).isEqualTo(3);
    }

    @Test
    void shouldKnowWhetherHalfOfItsMemoryIsLeft() {
        ContextTable tises = new ContextTable(new ContextMemory(4), Firmware.instant());

        tises.create(0);
        assertThat(tises.hasHalfLeft()).isTrue();
        int second = tises.create(0);
        assertThat(tises.hasHalfLeft()).isFalse();
        tises.destroy(second);
        assertThat(tises.hasHalfLeft()).isTrue();
    }
}
