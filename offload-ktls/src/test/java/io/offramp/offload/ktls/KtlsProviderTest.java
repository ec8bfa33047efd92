package io.offramp.offload.ktls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KtlsProviderTest {
    private final KtlsProvider provider = new KtlsProvider();

    @Test
    void shouldTakeNoSettingThatItDoesNotNameOrUnderstand() {
        assertThat(provider.settings()).containsOnlyKeys("splice");
        assertThatThrownBy(() -> provider.open(Map.of("splice", "maybe")))
                .hasMessage("splice: must be on or off, is maybe");
        assertThatThrownBy(() -> provider.open(Map.of("contexts", "1")))
                .hasMessage("contexts: unknown setting, expected splice");
    }
}
