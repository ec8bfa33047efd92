package io.offramp.offload.device.hardware.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.aead.AeadEngines;
import io.offramp.offload.key.AeadSuite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DekTableTest {
    private static final byte[] KEY = new byte[16];

    private final DekTable table = new DekTable(5, AeadEngines.best());

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
        assertThat(dek.sealer()).isNotNull().isSameAs(dek.sealer());
        assertThat(dek.opener()).isNotNull();

        table.clear(0);

        assertThat(dek.isLoaded()).isFalse();
        assertThat(dek.sealer()).isNull();
        assertThat(dek.opener()).isNull();
    }
}
