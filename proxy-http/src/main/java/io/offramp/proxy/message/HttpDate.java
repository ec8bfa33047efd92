package io.offramp.proxy.message;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The line of {@code Date} (RFC 9110 §6.6.1), made once a second. Thread-safe. */
public final class HttpDate {
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private volatile Line line = Line.of(0);

    /** Immutable, so a reader of the second sees its bytes. */
    private record Line(long second, byte[] bytes) {
        static Line of(long second) {
            String text = "Date: " + IMF_FIXDATE.format(Instant.ofEpochSecond(second)) + "\r\n";
            return new Line(second, text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** @param clock the wall clock */
    public HttpDate(InstantSource clock) {
        this.clock = clock;
    }

    /** Writes the current line. */
    public void write(ByteBuf out) {
        long second = Math.floorDiv(clock.millis(), 1000L);
        Line now = line;
        if (now.second != second) {
            now = Line.of(second);
            line = now;
        }
        out.writeBytes(now.bytes);
    }

    /** Bytes that {@link #write} writes. */
    public int length() {
        return line.bytes.length;
    }
}
