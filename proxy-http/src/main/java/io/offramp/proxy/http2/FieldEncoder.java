package io.offramp.proxy.http2;

import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.util.AsciiString;
import java.util.Set;

/**
 * Netty's HPACK encoder, which here never lets secrets into a table, where their length would show whether a guess is
 * right (RFC 7541 §7.1). A peer's limit of lists is its advice (RFC 9113 §6.5.2): a head above it is sent, and refused
 * by the peer.
 *
 * <p>One per connection; confined to its event loop.
 */
public final class FieldEncoder extends DefaultHttp2HeadersEncoder {
    /** Longer cookies cannot be guessed piece by piece, and save much. */
    private static final int SHORT_COOKIE_BYTES = 20;

    private static final AsciiString COOKIE = AsciiString.cached("cookie");
    private static final Set<AsciiString> SECRETS = Set.of(
            AsciiString.cached("authorization"),
            AsciiString.cached("proxy-authorization"),
            AsciiString.cached("set-cookie"));

    public FieldEncoder() {
        super(FieldEncoder::isSecret, true);
    }

    private static boolean isSecret(CharSequence name, CharSequence value) {
        AsciiString known = AsciiString.of(name);
        return known.equals(COOKIE) ? value.length() < SHORT_COOKIE_BYTES : SECRETS.contains(known);
    }
}
