package io.offramp.offload.device.driver.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.hardware.context.ContextMemory;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.firmware.CommandTimes;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class PoolTest {
    private static final TrafficKeys KEYS =
            new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, new byte[16], new byte[12], 0);

    @Test
    void shouldGiveOutEveryDekWhateverTheirNumber() {
        DekPool pool = new DekPool(new DekTable(7, AeadEngines.best(), Firmware.instant()), true);
        Set<Integer> deks = new HashSet<>();
        for (int i = 0; i < 7; i++) {
            deks.add(pool.allocate(KEYS));
        }

        assertThat(deks).hasSize(7).doesNotContain(DekPool.NONE);
        assertThat(pool.allocate(KEYS)).isEqualTo(DekPool.NONE);
        deks.forEach(pool::free);
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void shouldReuseFreedDeksAfterASyncOnly() {
        DekTable table = new DekTable(300, AeadEngines.best(), Firmware.instant());
        DekPool pool = new DekPool(table, true);

        // A refused key would throw: the table takes none before the sync.
        for (int i = 0; i < 2_000; i++) {
            int dek = pool.allocate(KEYS);
            assertThat(table.get(dek)).isNotNull();
            pool.free(dek);
        }

        assertThat(pool.inUse()).isZero();
        assertThat(table.loaded()).isZero();
    }

    @Test
    void shouldMakeAndDestroyEachObjectWithoutAPool() {
        LongAdder created = new LongAdder();
        LongAdder destroyed = new LongAdder();
        ContextMemory memory = new ContextMemory(3);
        TisPool tises = new TisPool(new ContextTable(memory, Firmware.instant()), 3, false, created, destroyed);
        Firmware firmware = new Firmware(new CommandTimes(0, 1, 1, 1_000), () -> 0);
        DekTable table = new DekTable(2, AeadEngines.best(), firmware);
        DekPool deks = new DekPool(table, false);

        for (int i = 0; i < 100; i++) {
            tises.giveBack(tises.take());
            // A refused key would throw: a new object takes one without a sync.
            deks.free(deks.allocate(KEYS));
        }
        tises.refill(Runnable::run);

        assertThat(created.sum()).isEqualTo(100);
        assertThat(destroyed.sum()).isEqualTo(100);
        assertThat(memory.used()).isZero();
        assertThat(table.loaded()).isZero();
        assertThat(deks.inUse()).isZero();
        assertThat(firmware.backlogNs()).as("no sync").isEqualTo(200);
    }

    @Test
    void shouldRecycleTis() {
        LongAdder created = new LongAdder();
        LongAdder destroyed = new LongAdder();
        TisPool pool =
                new TisPool(new ContextTable(new ContextMemory(3), Firmware.instant()), 3, true, created, destroyed);
        for (int i = 0; i < 100; i++) {
            pool.giveBack(pool.take());
        }

        assertThat(created.sum()).isEqualTo(1);
        assertThat(destroyed.sum()).isZero();
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void shouldDestroyIdleTisOnlyAboveTheWatermarkOrWhenAsked() {
        LongAdder created = new LongAdder();
        LongAdder destroyed = new LongAdder();
        ContextMemory memory = new ContextMemory(5_000);
        TisPool pool = new TisPool(new ContextTable(memory, Firmware.instant()), 5_000, true, created, destroyed);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            taken.add(pool.take());
        }
        assertThat(pool.take()).isEqualTo(TisPool.NONE);

        taken.subList(0, 4_095).forEach(pool::giveBack);
        assertThat(destroyed.sum()).isZero();
        pool.giveBack(taken.get(4_095));
        assertThat(destroyed.sum()).isEqualTo(16);
        assertThat(pool.trim(1)).isTrue();
        assertThat(memory.used()).isEqualTo(5_000 - 17);
        assertThat(created.sum()).isEqualTo(5_000);
    }
}
