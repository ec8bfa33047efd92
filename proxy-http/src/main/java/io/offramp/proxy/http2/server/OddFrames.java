package io.offramp.proxy.http2.server;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * One budget for all frames of a server that cost work and bring nothing: PING, SETTINGS, RST_STREAM, WINDOW_UPDATE,
 * PRIORITY, empty DATA, unknown ones. Useful frames, both ways, fill it again. Confined to the event loop.
 */
final class OddFrames {
    private static final int BUDGET = 2000;
    private static final int EARNED = 4;

    private int left = BUDGET;

    /** Counts an odd frame. */
    void spend() throws Http2Exception {
        if (--left < 0) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "%d frames without use in a row", BUDGET);
        }
    }

    /** Counts a useful frame. */
    void earn() {
        left = Math.min(BUDGET, left + EARNED);
    }
}
