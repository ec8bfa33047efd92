package io.offramp.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpDateTest {
    private Instant now = Instant.EPOCH;
    private final HttpDate date = new HttpDate(() -> now);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1994-11-06T08:49:37.999Z|Sun, 06 Nov 1994 08:49:37 GMT",
                "2026-02-28T23:59:59Z|Sat, 28 Feb 2026 23:59:59 GMT",
                "1970-01-01T00:00:00.001Z|Thu, 01 Jan 1970 00:00:00 GMT",
                "1969-12-31T23:59:59.999Z|Wed, 31 Dec 1969 23:59:59 GMT",
            })
    void shouldWriteTheSecondAsImfFixdate(Instant instant, String expected) {
        now = instant;

        assertThat(written()).isEqualTo("Date: " + expected + "\r\n").hasSize(date.length());
    }

    @Test
    void shouldFollowTheClockWhereverItGoes() {
        now = Instant.parse("2026-11-29T05:00:00Z");
        assertThat(written()).contains("05:00:00");
        now = now.plusMillis(999);
        assertThat(written()).contains("05:00:00");
        now = now.plusMillis(1);
        assertThat(written()).contains("05:00:01");
        now = now.minusSeconds(3600);
        assertThat(written()).contains("04:00:01");
    }

    private String written() {
        ByteBuf out = Unpooled.buffer();
        date.write(out);
        String text = out.toString(StandardCharsets.US_ASCII);
        out.release();
        return text;
    }
}
