package io.offramp.proxy.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.health.Standing;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The servers of all upstreams as JSON, and the commands that drain them. Runs on the admin thread. */
final class UpstreamsPage {
    static final String PATH = "/upstreams";
    static final String DRAIN = "/upstreams/drain";
    static final String READY = "/upstreams/ready";

    private static final JsonFactory JSON = new JsonFactory();

    private final Supplier<Collection<UpstreamGroup>> upstreams;
    private final Ticker clock = Ticker.systemTicker();

    UpstreamsPage(Supplier<Collection<UpstreamGroup>> upstreams) {
        this.upstreams = upstreams;
    }

    /** Of the current upstreams. */
    List<String> names() {
        return upstreams.get().stream().map(UpstreamGroup::name).sorted().toList();
    }

    /** An array of upstreams, each with its servers. */
    String json() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (UpstreamGroup group : upstreams.get()) {
                json.writeRaw('\n');
                json.writeStartObject();
                json.writeStringField("name", group.name());
                json.writeStringField("protocol", group.protocol().name().toLowerCase(Locale.ROOT));
                json.writeStringField("policy", group.policy().word());
                json.writeNumberField("queued", group.queue().length());
                json.writeArrayFieldStart("servers");
                for (UpstreamServer server : group.servers()) {
                    json.writeRaw("\n  ");
                    write(json, server);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeRaw('\n');
        }
        return text.toString();
    }

    private void write(JsonGenerator json, UpstreamServer server) throws IOException {
        Standing now = server.health().standing();
        json.writeStartObject();
        json.writeStringField("name", server.name());
        json.writeStringField("state", now.state().word());
        json.writeStringField("why", now.why());
        if (now.sinceNs() == 0) {
            json.writeNullField("since");
        } else {
            json.writeNumberField("since", TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - now.sinceNs()));
        }
        json.writeNumberField("weight", server.configuredWeight());
        json.writeNumberField("priority", server.priority());
        json.writeNumberField("active", server.requests().active());
        json.writeNumberField("requests", server.requests().requests());
        json.writeNumberField("faults", server.requests().faults());
        json.writeArrayFieldStart("addresses");
        for (SocketAddress address : server.addresses()) {
            json.writeString(text(address));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet && !inet.isUnresolved()
                ? inet.getAddress().getHostAddress()
                : address.toString();
    }

    /** Whether a POST to this path is a command. */
    static boolean isCommand(String path) {
        return path.equals(DRAIN) || path.equals(READY);
    }

    /** Drains a server, or gives it requests again: {@code ?upstream=api&server=127.0.0.1:8081}. */
    AdminPages.Page.Whole command(CommandQuery query) {
        String upstream = query.only("upstream");
        String name = query.only("server");
        if (upstream == null || name == null) {
            return AdminPages.text(HttpResponseStatus.BAD_REQUEST, "which one? ?upstream=NAME&server=HOST:PORT\n");
        }
        for (UpstreamGroup group : upstreams.get()) {
            for (UpstreamServer server : group.servers()) {
                if (group.name().equals(upstream) && server.name().equals(name)) {
                    server.health().drain(query.path().equals(DRAIN), clock.nanoTime());
                    String state = server.health().standing().state().word();
                    return AdminPages.text(HttpResponseStatus.OK, upstream + " " + name + ": " + state + "\n");
                }
            }
        }
        return AdminPages.text(HttpResponseStatus.NOT_FOUND, "no such server; see " + PATH + "\n");
    }
}
