package io.offramp.offload.device.hardware.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.key.AeadSuite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DekTableTest {
    private static final byte[] KEY = new byte[16];

    private final DekTable table = new DekTable(5, AeadEngines.best(), Firmware.instant());

    @AfterEach
    void close() {
        table.close();
        assertThat(table.loaded()).isZero();
    }

    @Test
    void shouldMakeObjectsInBulkWhileThereIsRoom() {
        assertThat(table.createBulk(4)).isZero();
        assertThat(table.createBulk(2)).isEqualTo(DekTable.NONE);
        assertThat(table.createBulk(1)).isEqualTo(4);
        assertThat(table.get(4)).isNotNull();
        assertThat(table.get(5)).isNull();
        assertThat(table.get(-1)).isNull();
    }

    @Test
    void shouldTakeAnotherKeyOnlyAfterASync() {
        table.createBulk(1);

        assertThat(table.load(0, AeadSuite.AES_128_GCM, KEY)).isTrue();
        assertThat(table.load(0, AeadSuite.AES_128_GCM, KEY)).as("in use").isFalse();
        table.clear(0);
        assertThat(table.load(0, AeadSuite.AES_128_GCM, KEY)).as("not synced").isFalse();
        table.sync();
        assertThat(table.load(0, AeadSuite.AES_128_GCM, KEY)).isTrue();
    }

    @Test
    void shouldNotTakeAKeyForAnObjectThatWasNotMade() {
        assertThat(table.load(0, AeadSuite.AES_128_GCM, KEY)).isFalse();
    }

    @Test
    void shouldSealWithNothingOnceCleared() {
        table.createBulk(1);
        table.load(0, AeadSuite.AES_128_GCM, KEY);
        Dek dek = table.get(0);
        assertThat(dek).isNotNull();
        KeyUse use = new KeyUse(dek);
        assertThat(use.sealer()).isNotNull().isSameAs(use.sealer());
        assertThat(use.opener()).isNotNull();

        table.clear(0);

        assertThat(dek.isLoaded()).isFalse();
        expectNothing(use);
        table.sync();
        table.load(0, AeadSuite.AES_128_GCM, KEY);
        expectNothing(use);
        assertThat(use.isOf(dek)).as("another key in the same object").isFalse();
        use.close();
    }

    private static void expectNothing(KeyUse use) {
        assertThat(use.isCurrent()).isFalse();
        assertThat(use.sealer()).isNull();
        assertThat(use.opener()).isNull();
        assertThat(use.sealStream()).isNull();
        assertThat(use.openStream()).isNull();
    }

    @Test
    void shouldGiveEveryContextCiphersOfItsOwn() {
        table.createBulk(1);
        table.load(0, AeadSuite.AES_128_GCM, KEY);
        Dek dek = table.get(0);
        assertThat(dek).isNotNull();
        KeyUse one = new KeyUse(dek);
        KeyUse other = new KeyUse(dek);

        assertThat(one.sealStream()).isNotNull().isNotSameAs(other.sealStream());
        assertThat(one.openStream()).isNotNull().isNotSameAs(other.openStream());
        assertThat(one.sealer()).isNotNull().isNotSameAs(other.sealer());
        assertThat(one.opener()).isNotNull().isNotSameAs(other.opener());
        one.close();
        other.close();
    }
}
