package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import java.util.ArrayList;
import java.util.List;

/** A server whose connections carry one HTTP/1.1 request after another. */
final class Http1Server implements Server {
    private final List<Served> connections = new ArrayList<>();
    private final List<Exchanged> requests = new ArrayList<>();
    private final Runnable loop;
    private final boolean takes;

    /**
     * @param loop runs what is due on the client's event loop
     * @param takes whether bodies are taken from the start
     */
    Http1Server(Runnable loop, boolean takes) {
        this.loop = loop;
        this.takes = takes;
    }

    EmbeddedChannel accept(ChannelHandler handler) {
        Served served = new Served(new Http1Line(new EmbeddedChannel(handler)));
        connections.add(served);
        served.line.writable(takes);
        return served.line.channel();
    }

    private void turn() {
        loop.run();
        connections.forEach(Served::turn);
        loop.run();
    }

    private Exchanged at(int index) {
        turn();
        return requests.get(index);
    }

    @Override
    public int requests() {
        turn();
        return requests.size();
    }

    @Override
    public Received request(int index) {
        return at(index).request;
    }

    @Override
    public void take(int index, long bytes) {
        at(index).by.line.writable(true);
        turn();
    }

    @Override
    public void interim(int index, int status) {
        write(index, "HTTP/1.1 " + status + " \r\n\r\n");
    }

    @Override
    public void head(int index, int status, List<String> fields) {
        write(index, "HTTP/1.1 " + status + " \r\n" + Http1Line.text(fields) + "Transfer-Encoding: chunked\r\n\r\n");
    }

    @Override
    public void body(int index, byte[] bytes) {
        Served served = at(index).by;
        served.line.addChunk(bytes);
        served.turn();
    }

    @Override
    public void end(int index, List<String> trailers) {
        Served served = at(index).by;
        served.line.addLastChunk(trailers);
        served.turn();
    }

    private void write(int index, String text) {
        Served served = at(index).by;
        served.line.add(text);
        served.turn();
    }

    @Override
    public void reset(int index) {
        at(index).by.line.channel().close();
    }

    @Override
    public long unsent() {
        turn();
        return connections.stream()
                .mapToLong(served -> served.line.unsentBytes())
                .sum();
    }

    @Override
    public int connections() {
        return connections.size();
    }

    private record Exchanged(Served by, Received request) {}

    /** One connection. */
    private final class Served {
        private final Http1Line line;
        private final MessageReader reader = MessageReader.ofRequests(8192, 8192);
        private Received current = new Received();

        Served(Http1Line line) {
            this.line = line;
            line.channel().closeFuture().addListener(closed -> {
                if (current.end == null) {
                    current.end = "closed";
                }
                line.drop();
            });
        }

        private void turn() {
            line.push();
            line.channel().runPendingTasks();
            line.pull(this::read);
        }

        private void read(ByteBuf in) {
            switch (reader.read(in)) {
                case HEAD -> {
                    Head head = reader.takeHead();
                    current = new Received();
                    current.start = head.method() + " " + head.target();
                    current.fields.addAll(Received.lines(head.fields()));
                    requests.add(new Exchanged(this, current));
                }
                case PIECE -> current.body(reader.takePiece());
                case END -> current.end(reader.trailers());
                case MORE -> {}
                case REFUSED -> throw new AssertionError(reader.problem());
            }
            if (current.start != null && reader.isComplete() && current.end == null) {
                current.end(Fields.NONE);
            }
        }
    }
}
