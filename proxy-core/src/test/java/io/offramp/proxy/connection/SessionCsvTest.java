package io.offramp.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import org.junit.jupiter.api.Test;

class SessionCsvTest {
    private static final SessionStats SESSION = new SessionStats(
            1_767_225_600_000L,
            1_500,
            false,
            "web, \"main\"",
            ProtocolVersion.TLS_1_2,
            AeadSuite.CHACHA20_POLY1305,
            new SessionStats.Carried(3, 40_000, "hw", "configured"),
            new SessionStats.Carried(0, 0, "sw", "device declined: no, not now"),
            2);

    private final SessionCsv csv = SessionCsv.of(SessionCsv.HEADER);

    @Test
    void shouldReadWhatItHasWritten() {
        String line = SessionCsv.line(SESSION);
        assertThat(line)
                .isEqualTo("1767225600000,1500,closed,\"web, \"\"main\"\"\",1.2,chacha20-poly1305,3,40000,0,0,"
                        + "hw,sw,configured,\"device declined: no, not now\",2");
        assertThat(csv.parse(line)).isEqualTo(SESSION);
    }

    @Test
    void shouldGoByTheNamesOfColumns() {
        String line = SessionCsv.line(SESSION);
        assertThat(SessionCsv.of("note," + SessionCsv.HEADER).parse("x," + line))
                .isEqualTo(SESSION);
    }

    @Test
    void shouldSayWhatIsWrongWithALine() {
        String good = SessionCsv.line(SESSION);
        assertRefused(good + ",9", "expected 15 values, found 16");
        assertRefused(good.replace(",40000,", ",-1,"), "tx_bytes: expected a number from 0 on, is \"-1\"");
        assertRefused(good.replace(",1500,", ",soon,"), "lifetime_ms: expected a number from 0 on, is \"soon\"");
        assertRefused(good.replace(",1.2,", ",1.1,"), "version: expected one of 1.2, 1.3, is \"1.1\"");
        assertRefused(
                good.replace("chacha20-poly1305", "rc4"),
                "cipher: expected one of aes-gcm-128, aes-gcm-256, chacha20-poly1305, is \"rc4\"");
        assertRefused("\"", "a quote is not closed");
        assertThatThrownBy(() -> SessionCsv.of("a,b"))
                .hasMessage("not a capture of sessions: no column \"start_ms\" in its first line");
    }

    private void assertRefused(String line, String message) {
        assertThatThrownBy(() -> csv.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
