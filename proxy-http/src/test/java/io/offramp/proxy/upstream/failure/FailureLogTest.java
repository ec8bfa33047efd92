package io.offramp.proxy.upstream.failure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.channel.ConnectTimeoutException;
import io.offramp.proxy.testing.LogCapture;
import io.offramp.proxy.tls.PeerAlertException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FailureLogTest {
    @AutoClose
    private final LogCapture lines = new LogCapture(FailureLog.class, Level.WARN);

    private final FailureLog log = new FailureLog("api");

    @Test
    void shouldWriteOneLineForEachReasonInTenSeconds() {
        // Given
        long start = -5; // the clock may be anywhere

        // When
        for (int i = 0; i < 100; i++) {
            log.onFailure(FailureReason.RESET, "127.0.0.1:1", "reset", start + i);
        }
        log.onFailure(FailureReason.CLOSED, "127.0.0.1:1", "closed", start + 100);
        log.onFailure(FailureReason.RESET, "127.0.0.1:2", "reset", start + LogPace.PAUSE_NS);

        // Then
        assertThat(lines.messages())
                .containsExactly(
                        "upstream api: 127.0.0.1:1: reset (reset)",
                        "upstream api: 127.0.0.1:1: closed (closed)",
                        "upstream api: 127.0.0.1:2: reset (reset, 99 more since the last such line)");
    }

    @Test
    void shouldTellReasonsApart() {
        assertThat(FailureReason.ofConnect(new ConnectTimeoutException())).isEqualTo(FailureReason.CONNECT_TIMEOUT);
        assertThat(FailureReason.ofConnect(new ConnectException())).isEqualTo(FailureReason.REFUSED);
        assertThat(FailureReason.ofConnect(new UnresolvedAddressException())).isEqualTo(FailureReason.NAME);
        assertThat(FailureReason.ofConnect(new NoRouteToHostException())).isEqualTo(FailureReason.CONNECT);
        assertThat(FailureReason.ofConnect(new IOException())).isEqualTo(FailureReason.CONNECT);
        assertThat(FailureReason.ofConnect(new NoTlsException(FailureReason.TLS, "no_common_version: none")))
                .isEqualTo(FailureReason.TLS);
        assertThat(FailureReason.ofStream("reset: CANCEL")).isEqualTo(FailureReason.RESET);
        assertThat(FailureReason.ofStream(
                        String.valueOf(PeerAlertException.of(116).getMessage())))
                .isEqualTo(FailureReason.CERTIFICATE_DEMANDED);
        assertThat(FailureReason.ofStream(
                        String.valueOf(PeerAlertException.of(48).getMessage())))
                .isEqualTo(FailureReason.CERTIFICATE_REFUSED);
        assertThat(FailureReason.ofStream(
                        String.valueOf(PeerAlertException.of(47).getMessage())))
                .isEqualTo(FailureReason.OTHER);
        assertThat(FailureReason.ofStream("closed")).isEqualTo(FailureReason.CLOSED);
        assertThat(FailureReason.ofStream("garbage: status line")).isEqualTo(FailureReason.GARBAGE);
        assertThat(FailureReason.ofStream("timeout")).isEqualTo(FailureReason.TIMEOUT);
        assertThat(FailureReason.ofStream("no answer to PING")).isEqualTo(FailureReason.OTHER);
    }

    @Test
    void shouldHaveWordsForAConnectThatFailsWithoutAMessage() {
        assertThat(FailureReason.problem(new ConnectException("refused"))).isEqualTo("refused");
        assertThat(FailureReason.problem(new UnresolvedAddressException())).isEqualTo("the name has no address");
        assertThat(FailureReason.problem(new FileNotFoundException())).isEqualTo("no such file");
        assertThat(FailureReason.problem(new IOException())).isEqualTo("IOException");
    }
}
