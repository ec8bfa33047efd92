package io.offramp.offload.device.hardware.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryRegionsTest {
    private final MemoryRegions regions = new MemoryRegions();
    private final ByteBuf buffer = Unpooled.buffer(10, 10);

    @Test
    void shouldReachWhatLiesInTheRegionAndNothingElse() {
        int lkey = regions.map(buffer);

        assertThat(regions.resolve(lkey, 0, 10)).isSameAs(buffer);
        assertThat(regions.resolve(lkey, 10, 0)).isSameAs(buffer);
        assertThat(regions.resolve(lkey, 1, 10)).isNull();
        assertThat(regions.resolve(lkey, -1, 2)).isNull();
        assertThat(regions.resolve(lkey, 0, -1)).isNull();
        assertThat(regions.resolve(lkey, Long.MAX_VALUE, 1)).isNull();
        assertThat(regions.resolve(lkey, 0, Integer.MAX_VALUE)).isNull();
        assertThat(regions.resolve(lkey + 1, 0, 1)).isNull();
        assertThat(regions.resolve(-1, 0, 1)).isNull();
        assertThat(regions.resolve(1_000_000, 0, 1)).isNull();
    }

    @Test
    void shouldNotReachWhatWasUnmapped() {
        int lkey = regions.map(buffer);
        regions.unmap(lkey);

        assertThat(regions.resolve(lkey, 0, 1)).isNull();
        assertThat(regions.mapped()).isZero();
    }

    @Test
    void shouldGrow() {
        Set<Integer> keys = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            keys.add(regions.map(buffer));
        }

        assertThat(keys).hasSize(1_000);
        assertThat(regions.mapped()).isEqualTo(1_000);
        keys.forEach(regions::unmap);
        assertThat(regions.mapped()).isZero();
    }
}
