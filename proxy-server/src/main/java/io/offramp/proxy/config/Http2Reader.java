package io.offramp.proxy.config;

import io.offramp.proxy.exchange.Http2Rules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code http2} of a listener: a mapping, or just true or false. */
final class Http2Reader {
    private static final Scalar<Integer> STREAMS = Scalar.number(1, 10_000);
    private static final Scalar<Integer> GLITCHES = Scalar.number(0, 1_000_000);
    private static final Scalar<Duration> AGE = Scalar.duration(Duration.ofSeconds(1));

    /** The window that every HTTP/2 connection begins with (RFC 9113 §6.9.2), and a bound of good sense. */
    private static final Scalar<Long> WINDOW = Scalar.size(64 << 10, 1 << 30);

    private Http2Reader() {}

    /** The rules; the defaults if none are written, or after a problem. */
    static Http2Rules read(@Nullable Value value) {
        Http2Rules usual = Http2Rules.DEFAULTS;
        if (value == null) {
            return usual;
        }
        if (value.isScalar()) {
            Boolean enabled = value.as(Scalar.BOOL);
            return enabled == null || enabled ? usual : usual.disabled();
        }
        Section http2 =
                value.section("enabled", "streams", "window", "connection-window", "max-window", "glitches", "max-age");
        return http2 == null ? usual : read(http2, usual);
    }

    private static Http2Rules read(Section http2, Http2Rules usual) {
        int most = window(http2, "max-window", usual.mostWindow());
        return new Http2Rules(
                http2.get("enabled", Scalar.BOOL, usual.enabled()),
                http2.get("streams", STREAMS, usual.streams()),
                within(http2, "window", usual.streamWindow(), most),
                within(http2, "connection-window", usual.connectionWindow(), most),
                most,
                http2.get("glitches", GLITCHES, usual.glitches()),
                http2.get("max-age", AGE, usual.maxAge()));
    }

    private static int within(Section http2, String key, int usual, int most) {
        int bytes = window(http2, key, Math.min(usual, most));
        Value written = http2.get(key);
        if (bytes > most && written != null) {
            written.error("must not be above max-window, which is " + most);
        }
        return Math.min(bytes, most);
    }

    private static int window(Section http2, String key, int usual) {
        return http2.get(key, WINDOW, (long) usual).intValue();
    }
}
