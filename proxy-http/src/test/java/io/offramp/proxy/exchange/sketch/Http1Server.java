package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A server whose connections carry one HTTP/1.1 request after another. */
final class Http1Server implements Server {
    private final List<Line> lines = new ArrayList<>();
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
        Line line = new Line(new EmbeddedChannel(handler));
        lines.add(line);
        line.writable(takes);
        return line.channel;
    }

    private void turn() {
        loop.run();
        lines.forEach(Line::turn);
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
        at(index).line.writable(true);
        turn();
    }

    @Override
    public void interim(int index, int status) {
        at(index).line.write("HTTP/1.1 " + status + " \r\n\r\n");
    }

    @Override
    public void head(int index, int status, List<String> fields) {
        at(index).line.write("HTTP/1.1 " + status + " \r\n" + text(fields) + "Transfer-Encoding: chunked\r\n\r\n");
    }

    @Override
    public void body(int index, byte[] bytes) {
        Line line = at(index).line;
        line.write(Integer.toHexString(bytes.length) + "\r\n");
        for (int from = 0; from < bytes.length; from += 4096) {
            line.unsent.addLast(Unpooled.copiedBuffer(bytes, from, Math.min(4096, bytes.length - from)));
        }
        line.write("\r\n");
    }

    @Override
    public void end(int index, List<String> trailers) {
        at(index).line.write("0\r\n" + text(trailers) + "\r\n");
    }

    private static String text(List<String> lines) {
        return String.join("", lines.stream().map(line -> line + "\r\n").toList());
    }

    @Override
    public void reset(int index) {
        at(index).line.channel.close();
    }

    @Override
    public long unsent() {
        turn();
        return lines.stream()
                .flatMap(line -> line.unsent.stream())
                .mapToLong(ByteBuf::readableBytes)
                .sum();
    }

    @Override
    public int connections() {
        return lines.size();
    }

    private record Exchanged(Line line, Received request) {}

    /** One connection. */
    private final class Line {
        private final EmbeddedChannel channel;
        private final MessageReader reader = MessageReader.ofRequests(8192, 8192);
        private final ArrayDeque<ByteBuf> unsent = new ArrayDeque<>();
        private Received current = new Received();

        Line(EmbeddedChannel channel) {
            this.channel = channel;
            channel.closeFuture().addListener(closed -> {
                if (current.end == null) {
                    current.end = "closed";
                }
                unsent.forEach(ByteBuf::release);
                unsent.clear();
            });
        }

        private void writable(boolean is) {
            ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
            if (out != null) {
                out.setUserDefinedWritability(1, is);
            }
            channel.runPendingTasks();
        }

        private void write(String text) {
            unsent.addLast(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            turn();
        }

        private void turn() {
            while (!unsent.isEmpty() && channel.config().isAutoRead() && channel.isOpen()) {
                channel.writeInbound(unsent.removeFirst());
            }
            channel.runPendingTasks();
            for (ByteBuf in = channel.readOutbound(); in != null; in = channel.readOutbound()) {
                while (in.isReadable()) {
                    read(in);
                }
                in.release();
            }
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
