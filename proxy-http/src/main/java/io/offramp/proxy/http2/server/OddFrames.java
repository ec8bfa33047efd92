package io.offramp.proxy.http2.server;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * One budget for all frames of a server that cost work and bring nothing: PING, SETTINGS, RST_STREAM, WINDOW_UPDATE,
 * PRIORITY, empty DATA, unknown ones. Useful frames, both ways, and time fill it again. Confined to the event loop.
 */
final class OddFrames {
    private static final int BUDGET = 2000;
    private static final int EARNED = 4;
    /** Servers return credit for the stream and for the connection, some of them for each KiB. */
    private static final int CREDITED_BYTES = 512;

    private static final long REFILL_NS = TimeUnit.SECONDS.toNanos(30);

    private final Ticker ticker;
    private int left = BUDGET;
    private long filledNs;

    OddFrames(Ticker ticker) {
        this.ticker = ticker;
        filledNs = ticker.nanoTime();
    }

    /** Counts an odd frame. */
    void spend() throws Http2Exception {
        if (--left < 0) {
            long nowNs = ticker.nanoTime();
            if (nowNs - filledNs < REFILL_NS) {
                throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "flood of frames without use");
            }
            filledNs = nowNs;
            left = BUDGET;
        }
    }

    /** Counts a useful frame with that much body. */
    void earn(int bytes) {
        left = Math.min(BUDGET, left + EARNED + bytes / CREDITED_BYTES);
    }
}
