package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.device.DeviceProvider;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SplicingTest {
    private final RecordOffload software = new SwProvider().open(Map.of());
    private final RecordOffload other = new DeviceProvider().open(Map.of());

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "AUTO"})
    void shouldAskOnlySessionsThatMayGetToABackendThatSplices(Policy tx) {
        assertThat(plan(software, tx).maySplice()).isFalse();
        assertThat(plan(other, tx).maySplice()).isEqualTo(other.maySplice() && tx != Policy.SW);
    }

    @Test
    void shouldFindASessionOnlyWhereOneWasAnnounced() {
        assertThat(Splicing.target(new EmbeddedChannel())).isNull();
    }

    private OffloadPlan plan(RecordOffload device, Policy tx) {
        return new OffloadPlan(software, device, tx, Policy.SW, AutoPolicy.DEFAULTS);
    }
}
