package io.offramp.proxy.config;

import io.offramp.proxy.handshake.engine.AlpnSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code alpn}: a list of protocols, or a mapping that also has the treatment of clients that speak only others.
 */
final class AlpnReader {
    private static final Scalar<AlpnSettings.Mismatch> MISMATCH = Scalar.choice(AlpnSettings.Mismatch.class);
    private static final List<String> HTTP_PROTOCOLS = List.of("h2", "http/1.1", "http/1.0");
    private static final Scalar<String> ANY = new Scalar<>("the name of a protocol", AlpnReader::any);
    private static final int MAX_NAME_BYTES = 255;

    private AlpnReader() {}

    /** The default, for a listener that speaks HTTP/2 or does not. */
    static AlpnSettings usual(ListenerConfig.Mode mode, boolean http2) {
        if (mode == ListenerConfig.Mode.TCP) {
            return AlpnSettings.NONE;
        }
        AlpnSettings all = AlpnSettings.HTTP;
        return http2
                ? all
                : new AlpnSettings(all.protocols().subList(1, all.protocols().size()), all.mismatch());
    }

    /**
     * Reads the section.
     *
     * @param mode of the listener: it must speak the protocols that it offers
     * @param http2 whether it speaks HTTP/2
     */
    static AlpnSettings read(@Nullable Value value, ListenerConfig.Mode mode, boolean http2) {
        AlpnSettings usual = usual(mode, http2);
        List<String> spoken = usual.protocols();
        if (value == null) {
            return usual;
        }
        if (value.isList()) {
            return new AlpnSettings(protocols(value, mode, spoken), usual.mismatch());
        }
        Section alpn = value.section("protocols", "mismatch");
        if (alpn == null) {
            return usual;
        }
        Value list = alpn.get("protocols");
        Value mismatch = alpn.get("mismatch");
        List<String> protocols = list == null ? usual.protocols() : protocols(list, mode, spoken);
        if (protocols.isEmpty() && list == null && mismatch != null) {
            mismatch.error("without effect: there are no protocols");
        }
        return new AlpnSettings(protocols, alpn.get("mismatch", MISMATCH, usual.mismatch()));
    }

    private static List<String> protocols(Value list, ListenerConfig.Mode mode, List<String> spoken) {
        Scalar<String> http = new Scalar<>("the name of a protocol", text -> http(text, spoken));
        Scalar<String> name = mode == ListenerConfig.Mode.HTTP ? http : ANY;
        return List.copyOf(list.distinct("a list of protocols", name).keySet());
    }

    private static String http(String text, List<String> spoken) {
        if (spoken.contains(text)) {
            return text;
        }
        if (text.equals("h2")) {
            throw new IllegalArgumentException("http2 is not enabled for this listener");
        }
        if (text.equals("h3")) {
            throw new IllegalArgumentException("HTTP/3 is not offered; http listeners speak h2 and http/1.1");
        }
        throw new IllegalArgumentException("unknown protocol \"" + text + "\"" + Suggestion.of(text, HTTP_PROTOCOLS)
                + " (a tcp listener takes any)");
    }

    /** RFC 7301 §3.1. */
    private static String any(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("the name of a protocol has at most 255 bytes, is " + bytes);
        }
        return text;
    }
}
