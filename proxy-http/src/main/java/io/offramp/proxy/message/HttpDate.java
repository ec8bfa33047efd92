package io.offramp.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
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
    private record Line(long second, AsciiString value, byte[] bytes) {
        static Line of(long second) {
            String text = IMF_FIXDATE.format(Instant.ofEpochSecond(second));
            return new Line(
                    second, new AsciiString(text), ("Date: " + text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** @param clock the wall clock */
    public HttpDate(InstantSource clock) {
        this.clock = clock;
    }

    /** Writes the current line. */
    public void write(ByteBuf out) {
        out.writeBytes(now().bytes);
    }

    /** The value of the current line. */
    public AsciiString value() {
        return now().value;
    }

    private Line now() {
        long second = Math.floorDiv(clock.millis(), 1000L);
        Line now = line;
        if (now.second != second) {
            now = Line.of(second);
            line = now;
        }
        return now;
    }

    /** Bytes that {@link #write} writes. */
    public int length() {
        return line.bytes.length;
    }
}
