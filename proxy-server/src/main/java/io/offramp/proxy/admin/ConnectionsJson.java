package io.offramp.proxy.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The array of open connections, one per line, written in chunks as the client reads, so memory does not grow with
 * their number. Reads the values that event loops publish, and never calls the loops.
 */
final class ConnectionsJson implements ChunkedInput<ByteBuf> {
    private static final int CHUNK_BYTES = 32 << 10;
    private static final JsonFactory JSON = new JsonFactory();
    private static final Separators TIGHT = Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Spacing.NONE)
            .withObjectEntrySpacing(Spacing.NONE);

    private final Iterator<Connection> connections;
    private final Predicate<Connection> filter;
    private final Target target = new Target();
    private final JsonGenerator json;
    private long bytes;

    /** @param filter of those that are written */
    ConnectionsJson(ConnectionRegistry registry, Predicate<Connection> filter) throws IOException {
        this.filter = filter;
        connections = registry.iterator();
        json = JSON.createGenerator(target);
        json.setPrettyPrinter(new DefaultPrettyPrinter(TIGHT)
                .withArrayIndenter(new DefaultIndenter("", "\n"))
                .withObjectIndenter(DefaultPrettyPrinter.NopIndenter.instance));
        json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
        json.writeStartArray();
    }

    @Override
    public boolean isEndOfInput() {
        return json.isClosed();
    }

    @Override
    public @Nullable ByteBuf readChunk(ByteBufAllocator allocator) throws IOException {
        ByteBuf chunk = allocator.buffer(CHUNK_BYTES + (CHUNK_BYTES >> 2));
        target.chunk = chunk;
        try {
            while (connections.hasNext() && chunk.readableBytes() < CHUNK_BYTES) {
                Connection next = connections.next();
                if (filter.test(next)) {
                    write(next);
                    json.flush();
                }
            }
            if (!connections.hasNext()) {
                json.writeEndArray();
                json.writeRaw('\n');
                json.close();
            }
            bytes += chunk.readableBytes();
            return chunk.retain();
        } finally {
            target.chunk = null;
            chunk.release();
        }
    }

    private void write(Connection c) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", c.id());
        json.writeStringField("listener", c.listener());
        json.writeStringField("peer", c.clientText());
        json.writeStringField("local", Connection.text(c.local()));
        json.writeNumberField("age", TimeUnit.NANOSECONDS.toSeconds(c.ageNs()));
        Negotiated tls = c.tls();
        if (tls != null) {
            write(tls);
        }
        int streams = c.streams();
        if (streams < 0) {
            json.writeNullField("streams");
        } else {
            json.writeNumberField("streams", streams);
        }
        write("tx", c.tx());
        write("rx", c.rx());
        Connection server = c.server();
        if (server != null) {
            writeServer(server);
        }
        json.writeEndObject();
    }

    /** The TLS session with the server of the last exchange. */
    private void writeServer(Connection c) throws IOException {
        json.writeObjectFieldStart("upstream");
        json.writeNumberField("id", c.id());
        json.writeStringField("name", c.listener());
        json.writeStringField("server", c.clientText());
        json.writeStringField("local", Connection.text(c.local()));
        json.writeNumberField("age", TimeUnit.NANOSECONDS.toSeconds(c.ageNs()));
        Negotiated tls = c.tls();
        if (tls != null) {
            write(tls);
        }
        write("tx", c.tx());
        write("rx", c.rx());
        json.writeEndObject();
    }

    private void write(Negotiated tls) throws IOException {
        json.writeStringField("sni", tls.serverName());
        json.writeStringField("alpn", tls.protocol());
        json.writeStringField("version", tls.version().label());
        json.writeStringField("cipher", tls.suite().kernelName());
        json.writeStringField("suite", tls.cipherSuite());
        json.writeStringField("group", tls.group());
        json.writeBooleanField("resumed", tls.resumed());
        ClientIdentity client = tls.client();
        json.writeStringField("client", client == null ? null : client.subject());
        json.writeStringField("fingerprint", client == null ? null : client.fingerprint());
    }

    private void write(String direction, DirectionStats stats) throws IOException {
        json.writeObjectFieldStart(direction);
        json.writeStringField("conf", stats.conf());
        json.writeStringField("backend", stats.session().backend());
        json.writeStringField("detail", stats.session().detail());
        json.writeStringField("why", stats.why());
        json.writeNumberField("records", stats.records());
        json.writeNumberField("bytes", stats.bytes());
        json.writeNumberField("moves", stats.moves());
        json.writeNumberField("rekeys", stats.rekeys());
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        target.chunk = null;
        if (!json.isClosed()) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            json.close();
        }
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public long progress() {
        return bytes;
    }

    @Deprecated
    @Override
    @SuppressWarnings("InlineMeSuggester") // of ChunkedInput
    public @Nullable ByteBuf readChunk(ChannelHandlerContext ctx) throws IOException {
        return readChunk(ctx.alloc());
    }

    /** The generator's output: the current chunk; discarded once the page is given up. */
    private static final class Target extends OutputStream {
        private @Nullable ByteBuf chunk;

        @Override
        public void write(int b) {
            if (chunk != null) {
                chunk.writeByte(b);
            }
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            if (chunk != null) {
                chunk.writeBytes(source, offset, length);
            }
        }
    }
}
