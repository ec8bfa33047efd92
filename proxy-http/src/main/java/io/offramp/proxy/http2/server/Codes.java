package io.offramp.proxy.http2.server;

import io.netty.handler.codec.http2.Http2Error;
import io.offramp.proxy.message.ResetCode;

/** Error codes of RFC 9113 §7, as numbers, names and codes of ours. Pure functions. */
final class Codes {
    private Codes() {}

    /** The name in the RFC, for messages. */
    static String name(long code) {
        Http2Error known = Http2Error.valueOf(code);
        return known == null ? "code " + code : known.name();
    }

    /** For a server. */
    static Http2Error toServer(ResetCode code) {
        return switch (code) {
            case INTERNAL_ERROR -> Http2Error.INTERNAL_ERROR;
            case CANCEL -> Http2Error.CANCEL;
            case ENHANCE_YOUR_CALM -> Http2Error.ENHANCE_YOUR_CALM;
        };
    }

    /** For the client of a stream that a server has reset: faults of this connection are none of the client's. */
    static ResetCode toClient(long code) {
        Http2Error known = Http2Error.valueOf(code);
        if (known == Http2Error.CANCEL) {
            return ResetCode.CANCEL;
        }
        return known == Http2Error.ENHANCE_YOUR_CALM ? ResetCode.ENHANCE_YOUR_CALM : ResetCode.INTERNAL_ERROR;
    }
}
