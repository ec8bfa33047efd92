package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.session.RecordSizeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSizeReaderTest {
    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFile() throws IOException {
        file = new ConfigFile(directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{initial: 1k, grow-after: 128k, idle: 500ms, max: 8k} | 1024 | 131072 | 500 | 8192",
                "{} | 1369 | 65536 | 1000 | 16384",
                "{max: 1k} | 1024 | 65536 | 1000 | 1024",
                "{initial: 16k} | 16384 | 65536 | 1000 | 16384",
                "16k | 16384 | 65536 | 1000 | 16384",
                "512 | 512 | 65536 | 1000 | 512",
            })
    void shouldReadSizes(String written, int initial, long growAfter, long idleMs, int max) throws IOException {
        RecordSizeConfig read =
                file.loaded(yaml(written)).listeners().getFirst().secured().recordSize();

        assertThat(read).isEqualTo(new RecordSizeConfig(initial, growAfter, Duration.ofMillis(idleMs), max));
        assertThat(read.isDynamic()).isEqualTo(initial < max);
    }

    @Test
    void shouldTakeTheDefaultsWhereNothingIsWritten() throws IOException {
        String yaml = yaml("16k").replace(", record-size: 16k", "");

        assertThat(file.loaded(yaml).listeners().getFirst().secured().recordSize())
                .isEqualTo(RecordSizeConfig.DEFAULTS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "511 | : must be 512 to 16k, is 511",
                "17k | : must be 512 to 16k, is 17k",
                "big | : expected a size in bytes such as 512, 64k or 1m, is \"big\"",
                "[1k] | : expected a mapping with initial, grow-after, idle, max, is a list",
                "{initial: 100} | .initial: must be 512 to 16k, is 100",
                "{initial: 8k, max: 4k} | .initial: must not be above max, which is 4096",
                "{max: 32k} | .max: must be 512 to 16k, is 32k",
                "{grow-after: 0} | .grow-after: must be 1 to 1g, is 0",
                "{idle: 0s} | .idle: must be at least 1ms, is 0s",
                "{grow: 1k} | .grow: unknown key",
            })
    void shouldSayWhatIsWrong(String written, String problem) throws IOException {
        assertThat(file.problems(yaml(written))).singleElement().asString().contains("tls.record-size" + problem);
    }

    private static String yaml(String recordSize) {
        return "listeners: [{bind: ':1', upstream: 'a:1', tls: {cert: site.pem, record-size: " + recordSize + "}}]";
    }
}
