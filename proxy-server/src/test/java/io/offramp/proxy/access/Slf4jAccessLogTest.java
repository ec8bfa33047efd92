package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.ExchangeListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class Slf4jAccessLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Slf4jAccessLog.LOGGER);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ExchangeListener log = new Slf4jAccessLog();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    @AfterEach
    void restore() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void shouldWriteOneLineWithTheOffloadStateWhenAnExchangeEnds() {
        // Given
        Connection c = TestConnections.established(7, "example.com");

        // When
        log.onFinished(new AccessEntry(
                c, "GET", "/bytes/1024", "example.com:8443", 200, 0, 1024, 412_999, "127.0.0.1:80", null));

        // Then
        assertThat(line())
                .isEqualTo("id=7 listener=web peer=192.0.2.7:51234 method=GET target=/bytes/1024 host=example.com:8443"
                        + " status=200 in=0 out=1024 ms=0.412 upstream=127.0.0.1:80 sni=example.com version=1.3"
                        + " cipher=aes-gcm-128 resumed=true client=- fingerprint=- txconf=hw rxconf=sw txwhy=configured"
                        + " rxwhy=\"device declined: no TIR left\" abort=-");
    }

    @Test
    void shouldWriteTheClientThatAProxyNamesAndNotTheSocketsPeer() {
        Connection c = TestConnections.accepted(7);
        c.onClient(new InetSocketAddress("2001:db8::7", 4711));

        log.onFinished(exchange(c, "GET", "/", "a", 0, null));

        assertThat(line()).contains(" peer=[2001:db8:0:0:0:0:0:7]:4711 ").doesNotContain("192.0.2.7");
    }

    @Test
    void shouldWriteDashesWhenNothingIsKnown() {
        // When
        log.onFinished(exchange(TestConnections.accepted(1), "TCP", "-", null, 12_003_004_005L, "reset by peer"));

        // Then
        assertThat(line())
                .contains(
                        " host=- ",
                        " ms=12003.004 ",
                        " sni=- version=- cipher=- resumed=- client=- fingerprint=- txconf=none rxconf=none ")
                .endsWith(" abort=\"reset by peer\"");
    }

    @Test
    void shouldEscapeWhatAClientCouldForgeALineOrAFieldWith() {
        // Given
        Connection c = TestConnections.established(1, "a b\u001b[2J");

        // When
        log.onFinished(exchange(c, "GET", "/\"\\\r\nid=2 {} \u00e9\u2028", "h status=200", 1_000, null));

        // Then
        assertThat(line())
                .contains(" target=\"/\\\"\\\\\\u000d\\u000aid=2 {} \\u00e9\\u2028\" ")
                .contains(" host=\"h status=200\" ")
                .contains(" sni=\"a b\\u001b[2J\" ")
                .matches("\\p{Print}+");
    }

    @Test
    void shouldQuoteTheEmptyValue() {
        log.onFinished(exchange(TestConnections.accepted(1), "", "/", "", 0, null));
        assertThat(line()).contains(" method=\"\" ", " host=\"\" ", " ms=0.000 ");
    }

    @Test
    void shouldCutLongValuesAndSayHowMuchIsMissing() {
        log.onFinished(exchange(TestConnections.accepted(1), "GET", "/" + "a".repeat(8000), "b", 0, null));

        assertThat(line())
                .contains(" target=/" + "a".repeat(1023) + "...+6977 host=b ")
                .endsWith(" abort=-");
    }

    @Test
    void shouldKeepALineBelowFourKilobytesWhateverAClientSends() {
        for (String part : new String[] {"a", "\"", "\u0001", "a b"}) {
            lines.list.clear();
            String huge = part.repeat(30_000);

            log.onFinished(exchange(TestConnections.established(1, huge), huge, huge, huge, 0, huge));

            assertThat(line())
                    .hasSizeLessThan(4096)
                    .contains(" ms=0.000 ", "...+", " abort=")
                    .matches("\\p{Print}+");
        }
    }

    @Test
    void shouldWriteNothingWhenTheLoggerIsOff() {
        logger.setLevel(Level.OFF);
        log.onFinished(exchange(TestConnections.accepted(1), "GET", "/", null, 1, null));
        assertThat(lines.list).isEmpty();
    }

    private String line() {
        assertThat(lines.list).hasSize(1);
        return lines.list.getFirst().getFormattedMessage();
    }

    private static AccessEntry exchange(
            Connection c,
            String method,
            String target,
            @Nullable String host,
            long durationNs,
            @Nullable String abort) {
        return new AccessEntry(c, method, target, host, 0, 0, 0, durationNs, null, abort);
    }
}
