package io.offramp.offload.aead.ipsecmb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelTest {
    @ParameterizedTest
    @CsvSource({
        "37ffff, VAES_AVX512", // seen on a CPU with all of them
        "43fff, VAES_AVX512",
        "42fff, AVX512", // no VAES
        "41fff, AVX512", // no VPCLMULQDQ
        "437ff, AVX2", // VAES but no AVX512VL
        "4007e, AVX2",
        "7e, AVX", // AVX2 without BMI2
        "3e, AVX",
        "1e, SSE",
        "1c, ", // no AES instructions
        "0, "
    })
    void shouldTakeTheWidestThatTheCpuHas(String features, Level level) {
        assertThat(Level.of(Long.parseLong(features, 16))).isEqualTo(level);
    }
}
