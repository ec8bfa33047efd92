package io.offramp.proxy.message;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request (RFC 9112 §3.2).
 *
 * @param authority host and port: of an absolute target, else of Host; null if an HTTP/1.0 request has neither
 * @param originForm path and query, or {@code *}
 * @param problem why the request is refused; null if it is not
 * @param sent host and port that the server gets in place of the client's; null for the client's
 */
public record RequestTarget(
        @Nullable String authority,
        String originForm,
        @Nullable String problem,
        @Nullable String sent) {
    /** Before a request was read. */
    public static final RequestTarget NONE = new RequestTarget(null, "", null);

    /** As the client has sent it. */
    public RequestTarget(@Nullable String authority, String originForm, @Nullable String problem) {
        this(authority, originForm, problem, null);
    }

    /**
     * Host and port for the server.
     *
     * @param server that of the server itself, for a request that has none
     */
    public String authorityFor(String server) {
        if (sent != null) {
            return sent;
        }
        return authority == null ? server : authority;
    }

    /** Reads target and Host of a request. */
    public static RequestTarget of(Head request) {
        Fields fields = request.fields();
        int only = fields.only(Field.HOST);
        if (only < -1) {
            return refused("several Host fields");
        }
        if (only < 0 && request.modern()) {
            return refused("no Host");
        }
        String host = only < 0 ? null : fields.value(only);
        if (host != null && !isAuthority(host)) {
            return refused("Host");
        }
        String target = request.target();
        boolean toServer = request.method().equals("OPTIONS");
        if (target.charAt(0) == '/' || toServer && target.equals("*")) {
            return new RequestTarget(host, target, null);
        }
        return absolute(target, toServer);
    }

    /** The authority of an absolute target counts, regardless of Host (RFC 9112 §3.2.2). */
    private static RequestTarget absolute(String target, boolean options) {
        boolean http = target.regionMatches(true, 0, "http://", 0, 7);
        int start = http ? 7 : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (start < 0) {
            return refused("request target");
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        String authority = target.substring(start, end);
        if (!isAuthority(authority)) {
            return refused("authority of the request target");
        }
        String rest = target.substring(end);
        if (rest.isEmpty()) {
            return new RequestTarget(authority, options ? "*" : "/", null);
        }
        return new RequestTarget(authority, rest.charAt(0) == '?' ? "/" + rest : rest, null);
    }

    private static RequestTarget refused(String problem) {
        return new RequestTarget(null, "", problem);
    }

    /** True for host and optional port, without user information, and without delimiters that escapes hide. */
    public static boolean isAuthority(String text) {
        int at = 0;
        if (text.startsWith("[")) {
            at = text.indexOf(']') + 1;
            for (int i = 1; i < at - 1; i++) {
                char c = text.charAt(i);
                if (c != ':' && c != '.' && !Ascii.isHex(c)) {
                    return false;
                }
            }
            return at > 2 && isPort(text, at);
        }
        while (at < text.length() && Ascii.isHost(text.charAt(at))) {
            if (text.charAt(at) == '%' && !isHostEscape(text, at)) {
                return false;
            }
            at++;
        }
        return at > 0 && isPort(text, at);
    }

    /** An escaped letter, digit, or octet of UTF-8: every decoder finds a part of a name in it. */
    private static boolean isHostEscape(String text, int at) {
        if (at + 2 >= text.length() || !Ascii.isHex(text.charAt(at + 1)) || !Ascii.isHex(text.charAt(at + 2))) {
            return false;
        }
        int c = Ascii.hex(text.charAt(at + 1)) << 4 | Ascii.hex(text.charAt(at + 2));
        return c >= 0x80 || Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0;
    }

    private static boolean isPort(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        if (text.charAt(from) != ':' || text.length() - from > 6) {
            return false;
        }
        for (int i = from + 1; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Host in the form for comparison (RFC 3986 §6.2.2, RFC 9110 §4.2.3): lower case, escapes decoded, without port and
     * without the last dot; or null.
     */
    public @Nullable String host() {
        if (authority == null) {
            return null;
        }
        int port = authority.indexOf(':', Math.max(0, authority.indexOf(']')));
        String host = (port < 0 ? authority : authority.substring(0, port)).toLowerCase(Locale.ROOT);
        if (host.indexOf('%') >= 0) {
            host = decoded(host);
        }
        int end = host.length();
        while (end > 1 && host.charAt(end - 1) == '.') {
            end--;
        }
        return host.substring(0, end);
    }

    private static String decoded(String host) {
        StringBuilder text = new StringBuilder(host.length());
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean escape = c == '%'
                    && i + 2 < host.length()
                    && Ascii.isHex(host.charAt(i + 1))
                    && Ascii.isHex(host.charAt(i + 2));
            if (escape) {
                c = (char) (Ascii.hex(host.charAt(i + 1)) << 4 | Ascii.hex(host.charAt(i + 2)));
                i += 2;
            }
            text.append(c);
        }
        return text.toString().toLowerCase(Locale.ROOT);
    }

    /** Path without query; {@code *} for {@code OPTIONS *}. */
    public String path() {
        int query = originForm.indexOf('?');
        return query < 0 ? originForm : originForm.substring(0, query);
    }
}
