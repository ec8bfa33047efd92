package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "10s, PT10S",
        "1m, PT1M",
        "1h30m, PT1H30M",
        "1d, PT24H",
        "1d2h3m4s5ms, P1DT2H3M4.005S",
        "1m500ms, PT1M0.5S",
        "90m, PT90M"
    })
    void shouldReadDurationsAsPeopleWriteThem(String text, Duration expected) {
        assertThat(Scalar.duration(Duration.ZERO).parser().apply(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "30m1h", "1h 30m", "1s1s", "1.5h", "h", "-1s", "1ms1s", "1H", "9999999999s"})
    void shouldReadNoOtherDurations(String text) {
        assertThat(Scalar.duration(Duration.ZERO).parser().apply(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "512, 512",
        "512b, 512",
        "32k, 32768",
        "32K, 32768",
        "32kb, 32768",
        "32KB, 32768",
        "32KiB, 32768",
        "3 MB, 3145728",
        "1g, 1073741824",
        "1GiB, 1073741824"
    })
    void shouldReadSizesAsPeopleWriteThem(String text, long expected) {
        assertThat(Scalar.size(0, 1L << 40).parser().apply(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "1.5m", "1  k", "1t", "1kib2", "-1", "1i", "32 kilobytes"})
    void shouldReadNoOtherSizes(String text) {
        assertThat(Scalar.size(0, 1L << 40).parser().apply(text)).isNull();
    }
}
