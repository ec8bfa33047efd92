package io.offramp.proxy.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.AdminToken;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Access rules of the admin listener. A browser on this machine can reach it and runs scripts of strangers. So a
 * request must name one of our hosts, because a foreign name may lead here (DNS rebinding), and a page of another
 * origin reads nothing and changes nothing (RFC 6454 §7). If there is a token, every request except those for health
 * must carry it (RFC 6750 §2.1). Thread-safe.
 */
final class AdminAccess {
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+?)\\.?(:\\d{1,5})?");
    private static final Set<String> HEALTH = Set.of("/healthz", "/healthz/live", "/healthz/ready");
    private static final String BEARER = "bearer ";
    private static final String FETCH_SITE = "sec-fetch-site";

    private final Set<String> names = new TreeSet<>(Set.of("localhost"));
    private final boolean unix;
    private volatile @Nullable AdminToken token;

    /** Reasons to refuse a request. */
    enum Refusal {
        MALFORMED(HttpResponseStatus.BAD_REQUEST, "Host is missing or malformed"),
        HOST(HttpResponseStatus.FORBIDDEN, "Host is not a name of this listener: see admin.hosts"),
        ORIGIN(HttpResponseStatus.FORBIDDEN, "not from a page of another origin"),
        TOKEN(HttpResponseStatus.UNAUTHORIZED, "Authorization: Bearer with the token of admin.token-file is needed");

        private final HttpResponseStatus status;
        private final String text;

        Refusal(HttpResponseStatus status, String text) {
            this.status = status;
            this.text = text;
        }

        HttpResponseStatus status() {
            return status;
        }

        String text() {
            return text;
        }
    }

    /** @param token null for none */
    AdminAccess(AdminConfig config, @Nullable AdminToken token) {
        names.addAll(config.hosts());
        if (config.bind() instanceof AdminAddress.Tcp tcp) {
            names.add(tcp.hostPort().host().toLowerCase(Locale.ROOT));
        }
        this.unix = config.bind() instanceof AdminAddress.Unix;
        this.token = token;
    }

    /** Replaces the token. */
    void replace(AdminToken next) {
        token = next;
    }

    /**
     * Checks the head of a request.
     *
     * @param path without the query
     * @param local address that accepted its connection
     * @return null if it may be answered
     */
    @Nullable
    Refusal check(HttpRequest request, String path, @Nullable SocketAddress local) {
        HttpHeaders fields = request.headers();
        List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1
                || hosts.isEmpty() && HttpVersion.HTTP_1_1.equals(request.protocolVersion())) { // RFC 9112 §3.2
            return Refusal.MALFORMED;
        }
        String host = hosts.isEmpty() ? "localhost" : hosts.getFirst();
        Matcher parts = HOST.matcher(host);
        if (!parts.matches()) {
            return Refusal.MALFORMED;
        }
        if (!unix && !isOurs(parts.group(1).toLowerCase(Locale.ROOT), local)) {
            return Refusal.HOST;
        }
        if (!isOfSameOrigin(request, host)) {
            return Refusal.ORIGIN;
        }
        AdminToken needed = token;
        return needed == null || isHealth(request, path) || brings(fields, needed) ? null : Refusal.TOKEN;
    }

    /**
     * A literal address cannot be a foreign name. Still only ours are accepted: the one that was connected to, and
     * loopback.
     */
    private boolean isOurs(String host, @Nullable SocketAddress local) {
        if (names.contains(host)) {
            return true;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            return address.isLoopbackAddress()
                    || names.contains(address.getHostAddress())
                    || local instanceof InetSocketAddress socket && address.equals(socket.getAddress());
        } catch (IllegalArgumentException e) { // a name
            return false;
        }
    }

    /** Browsers send Origin and Sec-Fetch-Site with every harmful request; a link from another site may show a page. */
    private static boolean isOfSameOrigin(HttpRequest request, String host) {
        for (String origin : request.headers().getAll(HttpHeaderNames.ORIGIN)) {
            if (!origin.equalsIgnoreCase("http://" + host) && !origin.equalsIgnoreCase("https://" + host)) {
                return false;
            }
        }
        return isRead(request.method())
                || request.headers().getAll(FETCH_SITE).stream()
                        .allMatch(site -> site.equals("same-origin") || site.equals("none"));
    }

    private static boolean isHealth(HttpRequest request, String path) {
        return HEALTH.contains(path) && isRead(request.method());
    }

    /** True for a request that changes nothing. */
    static boolean isRead(HttpMethod method) {
        return HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
    }

    private static boolean brings(HttpHeaders fields, AdminToken token) {
        List<String> given = fields.getAll(HttpHeaderNames.AUTHORIZATION);
        return given.size() == 1
                && given.getFirst().toLowerCase(Locale.ROOT).startsWith(BEARER)
                && token.matches(given.getFirst().substring(BEARER.length()).strip());
    }
}
