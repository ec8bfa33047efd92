package io.offramp.app.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateLinesTest {
    @Test
    void shouldPrintTheEndTheNamesAndTheChainOfEach() throws IOException {
        assertThat(lines("""
                        [
                        {"listener":"web","names":["a.example","*.a.example"],"notAfter":"2027-01-08T10:00:00Z",\
                        "key":"ECDSA_P256","serial":"7f","chain":["CN=a.example","CN=CA\\u001b[2J"]}
                        ]
                        """)).isEqualTo("""
                        Listener         Not after              Days  Key        Names
                        web              2027-01-08T10:00:00Z     40  ECDSA_P256 a.example *.a.example
                        \t CN=a.example <- CN=CA?[2J serial:7f
                        """);
    }

    @Test
    void shouldSayThatTheInputIsSomethingElse() {
        assertThatThrownBy(() -> lines("{}")).hasMessageStartingWith("expected an array of certificates, found ");
        assertThatThrownBy(() -> lines("[{\"notAfter\":\"soon\"}]")).hasMessage("expected a time, found soon");
    }

    private static String lines(String json) throws IOException {
        StringWriter out = new StringWriter();
        CertificateLines.print(
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                Instant.parse("2026-11-29T09:00:00Z"),
                new PrintWriter(out, true));
        return out.toString();
    }
}
