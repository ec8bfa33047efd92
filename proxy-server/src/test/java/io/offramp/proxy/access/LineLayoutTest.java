package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.tls.Negotiated;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LineLayoutTest {
    private static final long TIME = Instant.parse("2026-11-09T11:13:00.023Z").toEpochMilli();
    private static final String TIME_TEXT = "2026-11-09T11:13:00.023Z ";

    @Test
    void shouldWriteOneLineWithTheOffloadStateWhenAnExchangeEnds() {
        // Given
        Connection c = TestConnections.established(7, "example.com");

        // When
        String line = text(new AccessEntry(
                c,
                "HTTP/2.0",
                15,
                "GET",
                "/bytes/1024",
                "example.com:8443",
                200,
                0,
                1024,
                412_999,
                "127.0.0.1:80",
                null,
                null));

        // Then
        assertThat(line)
                .isEqualTo("id=7 listener=web peer=192.0.2.7:51234 method=GET target=/bytes/1024 host=example.com:8443"
                        + " status=200 in=0 out=1024 ms=0.412 upstream=127.0.0.1:80 sni=example.com version=1.3"
                        + " cipher=aes-gcm-128 resumed=true client=- fingerprint=- txconf=hw rxconf=sw"
                        + " txwhy=configured"
                        + " rxwhy=\"device declined: no TIR left\" abort=- protocol=HTTP/2.0"
                        + " stream=15 uptxconf=- uprxconf=-");
    }

    @Test
    void shouldWriteTheSameFieldsAsJson() {
        Connection c = TestConnections.established(7, "example.com");

        String line = line(
                LineFormat.JSON,
                new AccessEntry(
                        c,
                        "HTTP/1.1",
                        0,
                        "GET",
                        "/a b",
                        "example.com",
                        200,
                        0,
                        1024,
                        412_999,
                        "127.0.0.1:80",
                        null,
                        null));

        assertThat(line)
                .isEqualTo("{\"time\":\"2026-11-09T11:13:00.023Z\",\"id\":7,\"listener\":\"web\","
                        + "\"peer\":\"192.0.2.7:51234\",\"method\":\"GET\",\"target\":\"/a b\","
                        + "\"host\":\"example.com\","
                        + "\"status\":200,\"in\":0,\"out\":1024,\"ms\":0.412,\"upstream\":\"127.0.0.1:80\","
                        + "\"sni\":\"example.com\",\"version\":\"1.3\",\"cipher\":\"aes-gcm-128\",\"resumed\":true,"
                        + "\"client\":null,\"fingerprint\":null,\"txconf\":\"hw\",\"rxconf\":\"sw\","
                        + "\"txwhy\":\"configured\",\"rxwhy\":\"device declined: no TIR left\",\"abort\":null,"
                        + "\"protocol\":\"HTTP/1.1\",\"stream\":null,"
                        + "\"uptxconf\":null,\"uprxconf\":null}");
    }

    @Test
    void shouldWriteATemplate() {
        AccessEntry exchange = exchange(TestConnections.accepted(3), "GET", "/\"x y\"", "", 1_000, null);

        String line = line(
                LineFormat.parse("{{{peer}}} [{date}] \"{method} {target}\" {status} {host} {sni} {resumed} {time}"),
                exchange);

        assertThat(line)
                .isEqualTo("{192.0.2.7:51234} [Nov  9 11:13:00] \"GET /\\\"x y\\\"\" 0 - - - 2026-11-09T11:13:00.023Z");
    }

    @Test
    void shouldPutTheHeadersOfSyslogInFront() {
        AccessEntry exchange = exchange(TestConnections.accepted(3), "GET", "/", "a", 1_000, null);

        assertThat(line(LineFormat.TEXT.behind("<190>1 {time} h offramp 1 access - "), exchange))
                .startsWith("<190>1 " + TIME_TEXT + "h offramp 1 access - id=3 listener=web ");
        assertThat(line(LineFormat.JSON.behind("<190>{date} offramp[1]: "), exchange))
                .startsWith("<190>Nov  9 11:13:00 offramp[1]: {\"time\":\"2026-11-09T11:13:00.023Z\",\"id\":3,");
        assertThat(line(LineFormat.parse("{id}!").behind("<190>{date} offramp[1]: "), exchange))
                .isEqualTo("<190>Nov  9 11:13:00 offramp[1]: 3!");
    }

    @Test
    void shouldWriteTimesInTheMachinesZoneAndFollowTheClock() {
        DateText date = new DateText(ZoneId.of("Asia/Kolkata"));
        LineBytes line = new LineBytes();
        byte[] bytes = new byte[LineBytes.MOST_BYTES];

        assertThat(timeAt(date, line, bytes, TIME)).isEqualTo("2026-11-09T16:43:00.023+05:30");
        assertThat(timeAt(date, line, bytes, TIME + 976)).isEqualTo("2026-11-09T16:43:00.999+05:30");
        assertThat(timeAt(date, line, bytes, TIME + 977)).isEqualTo("2026-11-09T16:43:01.000+05:30");
        assertThat(timeAt(date, line, bytes, -1)).isEqualTo("1970-01-01T05:29:59.999+05:30");
    }

    @Test
    void shouldWriteTheClientThatAProxyNamesAndNotTheSocketsPeer() {
        Connection c = TestConnections.accepted(7);
        c.onClient(new InetSocketAddress("2001:db8::7", 4711));

        assertThat(text(exchange(c, "GET", "/", "a", 0, null)))
                .contains(" peer=[2001:db8:0:0:0:0:0:7]:4711 ")
                .doesNotContain("192.0.2.7");
    }

    @Test
    void shouldWriteDashesWhenNothingIsKnown() {
        // When
        String line = text(new AccessEntry(
                TestConnections.accepted(1),
                null,
                0,
                "TCP",
                "-",
                null,
                0,
                0,
                0,
                12_003_004_005L,
                null,
                null,
                "reset by peer"));

        // Then
        assertThat(line)
                .contains(
                        " host=- ",
                        " ms=12003.004 ",
                        " sni=- version=- cipher=- resumed=- client=- fingerprint=- txconf=none rxconf=none ")
                .endsWith(" abort=\"reset by peer\" protocol=- stream=- uptxconf=- uprxconf=-");
    }

    @Test
    void shouldWriteLargeNumbers() {
        AccessEntry exchange = new AccessEntry(
                TestConnections.accepted(Long.MAX_VALUE),
                "HTTP/1.1",
                0,
                "GET",
                "/",
                "a",
                100,
                10,
                Long.MAX_VALUE,
                99,
                null,
                null,
                null);

        assertThat(text(exchange))
                .startsWith("id=9223372036854775807 ")
                .contains(" status=100 in=10 out=9223372036854775807 ms=0.000 ");
    }

    @Test
    void shouldEscapeWhatAClientCouldForgeALineOrAFieldWith() {
        // Given
        Connection c = TestConnections.established(1, "a b\u001b[2J");

        // When
        String line = text(exchange(c, "GET", "/\"\\\r\nid=2 {} \u00e9\u2028", "h status=200", 1_000, null));

        // Then
        assertThat(line)
                .contains(" target=\"/\\\"\\\\\\u000d\\u000aid=2 {} \\u00e9\\u2028\" ")
                .contains(" host=\"h status=200\" ")
                .contains(" sni=\"a b\\u001b[2J\" ")
                .matches("\\p{Print}+");
    }

    @Test
    void shouldQuoteTheEmptyValue() {
        assertThat(text(exchange(TestConnections.accepted(1), "", "/", "", 0, null)))
                .contains(" method=\"\" ", " host=\"\" ", " ms=0.000 ");
    }

    @Test
    void shouldCutLongValuesAndSayHowMuchIsMissing() {
        assertThat(text(exchange(TestConnections.accepted(1), "GET", "/" + "a".repeat(8000), "b", 0, null)))
                .contains(" target=/" + "a".repeat(1023) + "...+6977 host=b ")
                .endsWith(" abort=- protocol=HTTP/1.1 stream=- uptxconf=- uprxconf=-");
    }

    @Test
    void shouldKeepALineBelowFourKilobytesWhateverAClientSends() {
        LineFormat all = LineFormat.parse("{target} \"{host}\" {method} {target} {sni} {abort} {peer} {id}");
        for (LineFormat format : new LineFormat[] {LineFormat.TEXT, LineFormat.JSON, all}) {
            LineFormat syslog = format.behind("<190>1 {time} " + "h".repeat(64) + " offramp 4194304 access - ");
            for (String part : new String[] {"a", "\"", "\u0001", "a b"}) {
                String huge = part.repeat(30_000);
                AccessEntry exchange = exchange(TestConnections.established(1, huge), huge, huge, huge, 0, huge);

                assertThat(line(format, exchange))
                        .hasSizeLessThan(4096)
                        .contains("...+")
                        .matches("\\p{Print}+");
                assertThat(line(syslog, exchange)).hasSizeLessThan(4096);
            }
        }
    }

    @Test
    void shouldWriteJsonThatAParserReadsBackWhateverAClientSends() throws IOException {
        // Given bytes of all kinds, as a head has them, and up to 64 KiB of them
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[i % 100 == 0 ? 64 << 10 : random.nextInt(150)];
            random.nextBytes(bytes);
            String hostile = new String(bytes, StandardCharsets.ISO_8859_1);
            Connection c = TestConnections.accepted(1);
            c.onHandshaken(negotiated(hostile + '\ud800'));

            // When
            String line = line(LineFormat.JSON, exchange(c, hostile, hostile, hostile, 5, hostile));

            // Then
            Map<String, String> fields = TestJson.parse(line);
            assertThat(line).as("seed %d", seed).matches("\\p{Print}+");
            assertThat(fields).hasSize(AccessField.USUAL.size());
            assertReadsBack(fields.get("method"), hostile, seed);
            assertReadsBack(fields.get("target"), hostile, seed);
            assertReadsBack(fields.get("abort"), hostile, seed);
            assertReadsBack(fields.get("sni"), hostile + '\ud800', seed);
        }
    }

    private static void assertReadsBack(@Nullable String read, String sent, long seed) {
        assertThat(read).as("seed %d", seed).isNotNull();
        int cut = read.length() < sent.length() || !read.equals(sent) ? read.lastIndexOf("...+") : -1;
        if (cut < 0) {
            assertThat(read).as("seed %d", seed).isEqualTo(sent);
        } else {
            assertThat(sent).as("seed %d", seed).startsWith(read.substring(0, cut));
            assertThat(read.substring(cut)).isEqualTo("...+" + (sent.length() - cut));
        }
    }

    private static Negotiated negotiated(String serverName) {
        Negotiated usual = TestConnections.established(1, serverName).tls();
        assertThat(usual).isNotNull();
        return usual;
    }

    private static String timeAt(DateText date, LineBytes line, byte[] bytes, long epochMs) {
        date.at(epochMs);
        line.begin(bytes, 0);
        line.time(date, epochMs);
        return new String(bytes, 0, line.end(), StandardCharsets.US_ASCII);
    }

    /** Without its time. */
    private static String text(AccessEntry exchange) {
        String line = line(LineFormat.TEXT, exchange);
        assertThat(line).startsWith(TIME_TEXT);
        return line.substring(TIME_TEXT.length());
    }

    /** Without its end; written behind another one. */
    private static String line(LineFormat format, AccessEntry exchange) {
        byte[] bytes = new byte[100 + LineBytes.MOST_BYTES];
        LineBytes line = new LineBytes();
        DateText date = new DateText(ZoneOffset.UTC);
        date.at(TIME);
        line.begin(bytes, 100);
        new LineLayout(format).write(exchange, line, date, TIME);
        String written = new String(bytes, 100, line.end() - 100, StandardCharsets.US_ASCII);
        assertThat(written).endsWith("\n");
        return written.substring(0, written.length() - 1);
    }

    private static AccessEntry exchange(
            Connection c,
            String method,
            String target,
            @Nullable String host,
            long durationNs,
            @Nullable String abort) {
        return new AccessEntry(c, "HTTP/1.1", 0, method, target, host, 0, 0, 0, durationNs, null, null, abort);
    }
}
