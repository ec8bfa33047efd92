package io.offramp.proxy.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.offramp.proxy.exchange.Http2Rules;
import io.offramp.proxy.http2.client.RawClient.Frame;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Uploads of a distant client. A round is one round trip: all that the proxy has written arrives, then all leaves that
 * its windows allow.
 */
class WindowGrowthTest {
    private static final int FRAME_BYTES = 16 << 10;
    private static final int ROUND_TRIP_MS = 50;
    private static final int FIRST = 65_535;

    private final RawClient client = new RawClient();
    private long streamWindow = Http2Rules.DEFAULTS.streamWindow();
    private long connectionWindow = FIRST;

    private long round() {
        client.accepted.forEach(EmbeddedChannel::releaseOutbound);
        client.channel.advanceTimeBy(ROUND_TRIP_MS, TimeUnit.MILLISECONDS);
        List<Frame> frames = client.read();
        for (Frame frame : frames) {
            if (frame.is(Http2FrameTypes.WINDOW_UPDATE) && frame.stream() == 0) {
                connectionWindow += frame.number();
            } else if (frame.is(Http2FrameTypes.WINDOW_UPDATE)) {
                streamWindow += frame.number();
            } else if (frame.is(Http2FrameTypes.PING)) {
                client.frame(Http2FrameTypes.PING, RawClient.ACK, 0, frame.payload());
            }
        }
        long allowed = Math.min(streamWindow, connectionWindow);
        streamWindow -= allowed;
        connectionWindow -= allowed;
        for (long left = allowed; left > 0; left -= FRAME_BYTES) {
            client.data(1, false, (int) Math.min(left, FRAME_BYTES));
        }
        return allowed;
    }

    @Test
    void shouldLetBytesInFlightGrowToTheBound() {
        // Given
        client.accepting = true;
        client.request(1, false, "/app/up");
        long first = round();

        // When
        long last = 0;
        for (int i = 0; i < 30; i++) {
            last = Math.max(last, round());
        }

        // Then: 5 MB/s at first, and 32 times as much over the same 50 ms
        assertThat(first).isLessThanOrEqualTo(Http2Rules.DEFAULTS.streamWindow());
        assertThat(last).isGreaterThanOrEqualTo(Http2Rules.DEFAULTS.mostWindow() / 2);
        assertThat(streamWindow).isLessThanOrEqualTo(Http2Rules.DEFAULTS.mostWindow());
        client.close();
    }

    @Test
    void shouldNotGrowForAServerThatTakesNothing() {
        client.request(1, false, "/app/up");
        long sent = 0;
        for (int i = 0; i < 30; i++) {
            sent += round();
        }
        assertThat(sent).isEqualTo(Http2Rules.DEFAULTS.streamWindow());
        client.close();
    }

    @Test
    void shouldLeaveRoomForOthersBesideAStalledStream() {
        // Given
        client.request(1, false, "/app/up");
        for (int i = 0; i < 5; i++) {
            round();
        }

        // When
        client.request(3, false, "/none");
        client.frame(Http2FrameTypes.DATA, RawClient.END_STREAM, 3, new byte[FRAME_BYTES]);

        // Then
        assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                .isEqualTo("404");
        assertThat(connectionWindow).isPositive();
        client.close();
    }
}
