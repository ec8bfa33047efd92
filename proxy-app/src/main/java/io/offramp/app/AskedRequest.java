package io.offramp.app;

import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadBuilder;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.message.Version;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request that somebody asks about.
 *
 * @param isSecure whether its scheme is https
 * @param port of its URL, or that of its scheme
 */
record AskedRequest(boolean isSecure, int port, RequestHead head) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    /**
     * Makes the head that a client would send.
     *
     * @param written the URL as it was written: its path stays as it is
     * @param headers each {@code NAME: VALUE}
     * @throws IllegalArgumentException saying what is wrong
     */
    static AskedRequest of(URI url, String written, String method, List<String> headers) {
        String scheme = String.valueOf(url.getScheme());
        if (!scheme.matches("https?") || url.getRawAuthority() == null) {
            throw new IllegalArgumentException(
                    "expected a URL such as https://shop.example/api, is \"" + written + "\"");
        }
        boolean secure = scheme.equals("https");
        int port = url.getPort() >= 0 ? url.getPort() : secure ? HTTPS : HTTP;
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        List<String> lines = new ArrayList<>(headers);
        lines.add("Host: " + url.getRawAuthority());
        Head head = head(method, target, lines);
        RequestTarget read = RequestTarget.of(head);
        if (read.problem() != null) {
            throw new IllegalArgumentException("no valid request: " + read.problem());
        }
        return new AskedRequest(secure, port, new RequestHead(head, read, ConnectionOptions.NONE, 0));
    }

    private static Head head(String method, String target, List<String> lines) {
        String start = method + " " + target + " HTTP/1.1\r\n";
        String text = start + String.join("\r\n", lines) + "\r\n\r\n";
        if (text.chars().anyMatch(c -> c > 0xff) || !method.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("no valid request: method or header");
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        HeadBuilder builder = new HeadBuilder();
        builder.begin();
        builder.requestLine(0, method.length(), method.length() + 1 + target.length());
        builder.version(Version.HTTP_1_1);
        int at = start.length();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 1 || line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
                throw new IllegalArgumentException(
                        "expected a header such as 'Accept: text/html', is \"" + line + "\"");
            }
            builder.field(bytes, at, at + colon);
            builder.value(bytes, at + line.length());
            at += line.length() + 2;
        }
        return builder.complete(bytes, bytes.length);
    }
}
