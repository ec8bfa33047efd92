package io.offramp.proxy.http2.client;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.HttpEvents;
import io.offramp.proxy.exchange.HttpFrontSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client does wrong, or too often. Odd events have two budgets: useful work of any kind earns for the one, and
 * only complete answers earn for that of streams which came to nothing. Confined to the event loop.
 */
final class ClientFaults {
    private static final Logger LOG = LoggerFactory.getLogger(ClientFaults.class);

    /** Late frames that count as one: when we reset a stream, many small ones may be under way. */
    private static final int LATE_FRAMES = 8;

    private final Http2ClientConnection connection;
    private final HttpEvents events;
    private final Glitches glitches;
    private final Glitches vain;
    private int lateFrames;

    ClientFaults(Http2ClientConnection connection, HttpFrontSettings settings) {
        this.connection = connection;
        events = settings.events();
        glitches = new Glitches(settings.http2().glitches());
        vain = new Glitches(settings.http2().glitches());
    }

    /** Sees all frames. */
    GlitchWatch watch() {
        return new GlitchWatch(glitches);
    }

    /** The connection begins, with the time of its event loop. */
    void begin(Ticker time) {
        glitches.begin(time);
        vain.begin(time);
    }

    /** The client has to answer a PING, or SETTINGS. */
    void onAsked() {
        glitches.earn(Glitch.ACK.cost());
    }

    /** A request has come. */
    void onRequest() {
        glitches.earn(1);
    }

    /** Body has come. */
    void onReceived(int bytes) {
        glitches.earn(bytes >> 10);
    }

    /** Body has left: for each piece a client may measure its round trip, and give credit twice for each 4 KiB. */
    void onSent(int bytes) {
        glitches.earn(2 + (bytes >> 11));
    }

    /** An answer is complete. */
    void onAnswered() {
        glitches.earn(1);
        vain.earn(2);
    }

    /** Counts an event, which may end the connection. */
    void spend(Glitch glitch) {
        if (!(glitch.isOfStream() ? vain : glitches).spend(glitch)) {
            endConnection(new GlitchWatch.Exceeded(glitch));
        }
    }

    /**
     * A frame was a fault of its stream.
     *
     * @param late whether it was under way when we reset the stream
     */
    void onStreamFault(Http2Exception.StreamException fault, boolean late) {
        LOG.debug("connection {} stream {}: {}", client().id(), fault.streamId(), fault.getMessage());
        if (!late) {
            spend(fault.error() == Http2Error.REFUSED_STREAM ? Glitch.REFUSED : Glitch.FAULT);
        } else if (++lateFrames % LATE_FRAMES == 0) {
            spend(Glitch.REFUSED);
        }
    }

    /** The client broke a rule of the connection, or we failed: says so, and closes; once. */
    void endConnection(Throwable cause) {
        Goodbye goodbye = connection.goodbye();
        if (!goodbye.isListening()) {
            return;
        }
        Http2Exception fault = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
        if (fault == null) {
            LOG.warn("connection {} is closed", client().id(), cause);
        } else {
            LOG.info(
                    "connection {} from {}: HTTP/2 {}: {}",
                    client().id(),
                    client().clientText(),
                    fault.error(),
                    fault.getMessage());
        }
        events.onConnectionFault(fault instanceof GlitchWatch.Exceeded many ? many.label() : HttpEvents.PROTOCOL_FAULT);
        Http2Error code = fault == null ? Http2Error.INTERNAL_ERROR : fault.error();
        goodbye.fail(code, fault == null ? "" : String.valueOf(fault.getMessage()));
    }

    private Connection client() {
        return connection.client();
    }
}
