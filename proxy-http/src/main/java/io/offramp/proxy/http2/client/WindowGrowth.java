package io.offramp.proxy.http2.client;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.exchange.Http2Rules;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the windows of uploads grow to what the client's distance needs. A PING measures one round trip. A client whose
 * bytes of that time fill most of its window waits for credit, so the window becomes twice these bytes: of the stream
 * that is measured, and of the connection. None grows while memory is short, or for a stream whose server lags behind.
 * Confined to the event loop.
 */
final class WindowGrowth {
    /** Marks our PING. */
    private static final long PING = 0x6f66_6672_616d_7002L;

    /** Least time between two measurements. A window that fills in less is large enough. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ClientCodec codec;
    private final MemoryBudget budget;
    private final Ticker ticker;
    private final int mostBytes;
    private @Nullable Http2Stream measured;
    private long streamBytes;
    private long allBytes;
    private long nextNs;

    WindowGrowth(ClientCodec codec, MemoryBudget budget, Ticker ticker, Http2Rules rules) {
        this.codec = codec;
        this.budget = budget;
        this.ticker = ticker;
        mostBytes = rules.mostWindow();
        nextNs = ticker.nanoTime();
    }

    /** Body has come. */
    void onData(Http2Stream stream, int bytes) {
        if (measured == null && ticker.nanoTime() - nextNs >= 0) {
            measured = stream;
            streamBytes = 0;
            allBytes = 0;
            codec.ping(PING);
        }
        allBytes += bytes;
        if (measured == stream) {
            streamBytes += bytes;
        }
    }

    /** The client has answered a PING. */
    void onPingAck(long data) {
        Http2Stream stream = measured;
        if (data != PING || stream == null) {
            return;
        }
        measured = null;
        nextNs = ticker.nanoTime() + PAUSE_NS;
        if (!budget.isShedding()) {
            grow(codec.connection().connectionStream(), allBytes);
            if (stream.state().remoteSideOpen()) {
                grow(stream, streamBytes);
            }
        }
    }

    private void grow(Http2Stream stream, long bytes) {
        Http2LocalFlowController flow = codec.connection().local().flowController();
        int window = flow.initialWindowSize(stream);
        int wanted = (int) Math.min(mostBytes, 2 * bytes);
        boolean limits = 3 * bytes >= 2L * window && flow.unconsumedBytes(stream) < window / 2;
        if (!limits || wanted <= window) {
            return;
        }
        try {
            flow.incrementWindowSize(stream, wanted - window);
        } catch (Http2Exception e) {
            codec.onError(codec.context(), false, e);
        }
    }
}
