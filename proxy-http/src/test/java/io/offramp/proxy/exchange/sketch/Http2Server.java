package io.offramp.proxy.exchange.sketch;

import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.pool.PooledConnection;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.ArrayList;
import java.util.List;

/** A server in the manner of HTTP/2: connections that are leased to many exchanges at once. */
final class Http2Server implements Server, Protocol {
    private final List<Http2ServerStream> streams = new ArrayList<>();
    private final int streamsPerConnection;
    private final long credit;
    private int connections;

    /**
     * @param streamsPerConnection at once
     * @param credit bytes of a request's body, until more is taken
     */
    Http2Server(int streamsPerConnection, long credit) {
        this.streamsPerConnection = streamsPerConnection;
        this.credit = credit;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void over(Transport transport, UpstreamServer server, UpstreamLoop loop, Result result) {
        connections++;
        result.onOpened(new Shared(server, loop, transport));
    }

    @Override
    public int connections() {
        return connections;
    }

    @Override
    public int requests() {
        return streams.size();
    }

    @Override
    public Received request(int index) {
        return streams.get(index).request();
    }

    @Override
    public void take(int index, long bytes) {
        streams.get(index).take(bytes);
    }

    @Override
    public void interim(int index, int status) {
        streams.get(index).receiveHead(status, List.of());
    }

    @Override
    public void head(int index, int status, List<String> fields) {
        streams.get(index).receiveHead(status, fields);
    }

    @Override
    public void body(int index, byte[] bytes) {
        streams.get(index).receiveBody(bytes);
    }

    @Override
    public void end(int index, List<String> trailers) {
        streams.get(index).receiveEnd(trailers);
    }

    @Override
    public void reset(int index) {
        streams.get(index).fail("reset", Fate.ANSWERED);
    }

    /** Says that it has not looked at that request (RFC 9113 §8.7). */
    void refuse(int index) {
        streams.get(index).fail("refused", Fate.REFUSED);
    }

    @Override
    public long unsent() {
        return streams.stream().mapToLong(Http2ServerStream::unsent).sum();
    }

    /** One connection. */
    private final class Shared implements PooledConnection {
        @Override
        public boolean isCurrent() {
            return true;
        }

        private final UpstreamServer server;
        private final UpstreamLoop loop;
        private final Transport transport;
        private int open;
        private boolean retired;

        Shared(UpstreamServer server, UpstreamLoop loop, Transport transport) {
            this.server = server;
            this.loop = loop;
            this.transport = transport;
        }

        @Override
        public UpstreamServer server() {
            return server;
        }

        @Override
        public int room() {
            return retired ? 0 : streamsPerConnection - open;
        }

        @Override
        public UpstreamStream lease(UpstreamListener listener) {
            open++;
            Http2ServerStream stream = new Http2ServerStream(listener, credit, this::onStreamEnd);
            streams.add(stream);
            return stream;
        }

        private void onStreamEnd() {
            open--;
            if (retired && open == 0) {
                transport.close();
            } else if (room() == 1 || open == 0) {
                loop.onRoom(this);
            }
        }

        @Override
        public long idleEndNs() {
            return open > 0 ? Long.MAX_VALUE : loop.idleEndNs(Long.MAX_VALUE);
        }

        @Override
        public void retire() {
            retired = true;
            if (open == 0) {
                transport.close();
            }
        }
    }
}
