package io.offramp.proxy.access;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates as bytes, made once a second. Confined to one thread. */
final class DateText {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("XXX", Locale.ROOT);
    private static final DateTimeFormatter BSD = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

    private final ZoneId zone;
    private long second = Long.MIN_VALUE;
    private byte[] seconds = {};
    private byte[] offset = {};
    private byte[] bsd = {};

    DateText(ZoneId zone) {
        this.zone = zone;
    }

    /** The texts are of this second from now on. */
    void at(long epochMs) {
        long now = Math.floorDiv(epochMs, 1000L);
        if (now != second) {
            ZonedDateTime date = Instant.ofEpochSecond(now).atZone(zone);
            seconds = ascii(SECONDS.format(date));
            offset = ascii(OFFSET.format(date));
            bsd = ascii(BSD.format(date));
            second = now;
        }
    }

    /** {@code 2026-11-29T11:13:00.} */
    byte[] seconds() {
        return seconds;
    }

    /** {@code Z} or {@code +01:00}. */
    byte[] offset() {
        return offset;
    }

    /** {@code Nov 29 11:13:00}, as RFC 3164 §4.1.2 has it. */
    byte[] bsd() {
        return bsd;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
