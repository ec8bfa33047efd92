package io.offramp.offload.ktls.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsStatisticsTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadHowManySessionsAreOnNics() throws IOException {
        Path file = Files.writeString(directory.resolve("tls_stat"), """
                TlsCurrTxSw                     \t7
                TlsCurrRxSw                     \t7
                TlsCurrTxDevice                 \t0
                TlsCurrRxDevice                 \t3
                TlsTxDevice                     \t9
                """);

        assertThat(TlsStatistics.onDevice(file, Direction.TX)).isZero();
        assertThat(TlsStatistics.onDevice(file, Direction.RX)).isEqualTo(3);
    }

    @Test
    void shouldNotTakeWhatIsNotSaidForNone() throws IOException {
        Path other = Files.writeString(directory.resolve("other"), "TlsCurrTxSw 0\nTlsCurrTxDevice none\n");

        for (Direction direction : Direction.values()) {
            assertThat(TlsStatistics.onDevice(other, direction)).isEqualTo(TlsStatistics.UNKNOWN);
            assertThat(TlsStatistics.onDevice(directory.resolve("none"), direction))
                    .isEqualTo(TlsStatistics.UNKNOWN);
        }
    }
}
