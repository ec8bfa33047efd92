package io.offramp.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.stream.ChunkedInput;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.metrics.ProxyMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The admin listener's pages, by path. Runs on the admin thread. */
final class AdminPages {
    private static final String SESSIONS = "/sessions";

    /** Lists that show all. */
    private static final Set<String> UNFILTERED = Set.of(CertificatesPage.PATH, SESSIONS);

    private static final String TEXT = "text/plain; charset=utf-8";

    private static final String INDEX = """
            <!DOCTYPE html>
            <html lang="en"><head><title>Offramp</title></head><body><h1>Offramp</h1><ul>
            <li><a href="/metrics">/metrics</a>: all meters, for Prometheus</li>
            <li><a href="/connections">/connections</a>: open connections and where their records are protected, \
            JSON; ?listener=, ?client=, ?mode=, ?backend= and ?upstream= choose some</li>
            <li><a href="/certificates">/certificates</a>: the certificates in use, JSON</li>
            <li><a href="/upstreams">/upstreams</a>: servers, their states and loads, JSON; POST to /upstreams/drain \
            and /upstreams/ready with ?upstream=NAME&amp;server=HOST:PORT</li>
            <li><a href="/sessions">/sessions</a>: the last sessions with records and bytes, CSV, \
            for offramp whatif</li>
            <li><a href="/tls_stat">/tls_stat</a>: offload counters in the format of /proc/net/tls_stat</li>
            <li><a href="/device/stats">/device/stats</a>: counters of the device, as ethtool -S prints them</li>
            <li><a href="/device/health">/device/health</a>: the state of each of its queues</li>
            <li><a href="/device/settings">/device/settings</a>: what can be changed now; POST to /device/set with \
            ?name=NAME&amp;value=VALUE</li>
            <li><a href="/healthz">/healthz</a>: 200 while connections are accepted, 503 while draining</li>
            <li><a href="/healthz/live">/healthz/live</a>: 200</li>
            <li><a href="/healthz/ready">/healthz/ready</a>: 200 once warmed up, 503 before, and once it stops</li>
            <li>/reload: POST reads the configuration, certificates and other files again; 200 if all are in order, \
            409 if one is not, and then nothing has changed; ?dry-run says what would change</li>
            </ul></body></html>
            """;

    private final ProxyMetrics metrics;
    private final ConnectionRegistry connections;
    private final UpstreamsPage upstreams;
    private final SettingCommand settings;
    private final Supplier<Phase> phase;

    /** An answer to a GET. */
    sealed interface Page {
        /** A page in one buffer, owned by the receiver. */
        record Whole(HttpResponseStatus status, String contentType, ByteBuf content) implements Page {}

        /** A page that is made while it is sent; the receiver closes it. */
        record Streamed(String contentType, ChunkedInput<ByteBuf> content) implements Page {}
    }

    AdminPages(ProxyMetrics metrics, ConnectionRegistry connections, UpstreamsPage upstreams, Supplier<Phase> phase) {
        this.upstreams = upstreams;
        this.metrics = metrics;
        settings = new SettingCommand(metrics.liveSettings());
        this.connections = connections;
        this.phase = phase;
    }

    /** @param uri with the query, if there is one */
    Page page(String uri, ByteBufAllocator alloc) throws IOException {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        boolean asks = query >= 0 && query + 1 < uri.length();
        if (asks && UNFILTERED.contains(path)) {
            return text(HttpResponseStatus.BAD_REQUEST, path + " shows all, and has no filter\n");
        }
        return switch (path) {
            case "/" -> whole(HttpResponseStatus.OK, "text/html; charset=utf-8", INDEX);
            case "/metrics" -> scrape(alloc);
            case "/connections" -> connections(uri);
            case CertificatesPage.PATH ->
                whole(HttpResponseStatus.OK, "application/json", CertificatesPage.json(metrics.certificates()));
            case UpstreamsPage.PATH -> whole(HttpResponseStatus.OK, "application/json", upstreams.json());
            case SESSIONS -> new Page.Streamed("text/csv; charset=utf-8; header=present", new SessionsCsv(connections));
            case "/tls_stat" -> whole(HttpResponseStatus.OK, TEXT, metrics.tlsStat());
            case "/healthz" -> health(EnumSet.of(Phase.WARMING, Phase.READY, Phase.LEAVING));
            case "/healthz/live" -> health(EnumSet.allOf(Phase.class));
            case "/healthz/ready" -> health(EnumSet.of(Phase.READY));
            default -> report(path);
        };
    }

    private Page connections(String uri) throws IOException {
        try {
            Predicate<Connection> filter = ConnectionFilter.of(uri, names(), connections);
            return new Page.Streamed("application/json", new ConnectionsJson(connections, filter));
        } catch (IllegalArgumentException e) {
            return text(HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n");
        }
    }

    private ConnectionFilter.Names names() {
        return new ConnectionFilter.Names(metrics.listenerNames(), metrics.backendNames(), upstreams.names());
    }

    private Page report(String path) {
        Supplier<String> report = metrics.reports().get(path);
        return report == null
                ? text(HttpResponseStatus.NOT_FOUND, "no such page; see /\n")
                : text(HttpResponseStatus.OK, report.get());
    }

    /** Whether a POST to this path is a command. */
    boolean isCommand(String path) {
        return settings.isAt(path) || UpstreamsPage.isCommand(path);
    }

    /** Runs the command of a POST. */
    Page.Whole command(String uri) {
        CommandQuery query = new CommandQuery(uri);
        return settings.isAt(query.path()) ? settings.run(query) : upstreams.command(query);
    }

    private Page health(Set<Phase> good) {
        Phase now = phase.get();
        return good.contains(now)
                ? text(HttpResponseStatus.OK, "ok\n")
                : text(HttpResponseStatus.SERVICE_UNAVAILABLE, now.word() + "\n");
    }

    static Page.Whole text(HttpResponseStatus status, String text) {
        return whole(status, TEXT, text);
    }

    private static Page.Whole whole(HttpResponseStatus status, String contentType, String text) {
        return new Page.Whole(status, contentType, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private Page scrape(ByteBufAllocator alloc) throws IOException {
        ByteBuf content = alloc.buffer(32 << 10);
        try (ByteBufOutputStream out = new ByteBufOutputStream(content, false)) {
            metrics.scrape(out);
            return new Page.Whole(HttpResponseStatus.OK, ProxyMetrics.CONTENT_TYPE, content.retain());
        } finally {
            content.release();
        }
    }
}
