package io.offramp.proxy.http2.client;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.offramp.proxy.http2.frame.FrameReader;
import org.jspecify.annotations.Nullable;

/** Counts the frames of a client that are odd in numbers, before anything is done for them. */
final class GlitchWatch implements FrameReader.Watch {
    private static final int ACK = 0x1;

    /** RFC 9218 §7.1. */
    private static final byte PRIORITY_UPDATE = 0x10;

    private final Glitches glitches;

    /** The client caused more odd events than {@link Glitches} allow. */
    static final class Exceeded extends Http2Exception {
        private static final long serialVersionUID = 1L;

        private final String label;

        Exceeded(Glitch last) {
            super(Http2Error.ENHANCE_YOUR_CALM, "too many odd frames, at last: " + last.label());
            label = last.label();
        }

        String label() {
            return label;
        }
    }

    GlitchWatch(Glitches glitches) {
        this.glitches = glitches;
    }

    @Override
    public void onFrame(byte type, int flags, int length) throws Http2Exception {
        Glitch glitch = glitch(type, flags);
        if (glitch != null && !glitches.spend(glitch)) {
            throw new Exceeded(glitch);
        }
    }

    private static @Nullable Glitch glitch(byte type, int flags) {
        return switch (type) {
            case Http2FrameTypes.DATA, Http2FrameTypes.HEADERS, Http2FrameTypes.RST_STREAM -> null;
            case Http2FrameTypes.PING -> (flags & ACK) == 0 ? Glitch.PING : Glitch.ACK;
            case Http2FrameTypes.SETTINGS -> (flags & ACK) == 0 ? Glitch.SETTINGS : Glitch.ACK;
            case Http2FrameTypes.PRIORITY, PRIORITY_UPDATE -> Glitch.PRIORITY;
            case Http2FrameTypes.WINDOW_UPDATE -> Glitch.WINDOW_UPDATE;
            case Http2FrameTypes.CONTINUATION -> Glitch.CONTINUATION;
            default -> Glitch.UNKNOWN;
        };
    }
}
