package io.offramp.offload.device.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.Capacity;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacitySettingsTest {
    @Test
    void shouldLimitNothingButContextsWhenNothingIsSet() {
        assertThat(CapacitySettings.parse(Map.of("state", "up"), 7)).isEqualTo(Capacity.UNLIMITED.withContexts(7));
    }

    @Test
    void shouldReadValuesWithTheirUnits() {
        Map<String, String> settings = Map.of(
                "records-per-second", "15000000",
                "gbit-per-second", "2.5",
                "installs-per-second", "500",
                "install-latency", "50us",
                "record-latency", "900ns");
        assertThat(CapacitySettings.parse(settings, 1))
                .isEqualTo(Capacity.UNLIMITED
                        .withContexts(1)
                        .withRecordsPerSecond(15_000_000)
                        .withBitsPerSecond(2_500_000_000L)
                        .withInstallsPerSecond(500)
                        .withInstallLatencyNs(50_000)
                        .withRecordLatencyNs(900));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            records-per-second  | 0     | records-per-second: must be 1 to 1000000000000, is 0
            installs-per-second | many  | installs-per-second: must be 1 to 1000000000000, is many
            gbit-per-second     | 0     | gbit-per-second: must be above 0, at most 100000, is 0
            gbit-per-second     | -1    | gbit-per-second: must be above 0, at most 100000, is -1
            gbit-per-second     | 1e9   | gbit-per-second: must be above 0, at most 100000, is 1e9
            install-latency     | 50    | install-latency: must be a time of at most 10s with its unit, ns, us, \
            ms or s, such as 50us, is 50
            record-latency      | 11s   | record-latency: must be a time of at most 10s with its unit, ns, us, \
            ms or s, such as 50us, is 11s
            """)
    void shouldNameTheSettingWhoseValueIsWrong(String name, String value, String message) {
        assertThatThrownBy(() -> CapacitySettings.parse(Map.of(name, value), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
