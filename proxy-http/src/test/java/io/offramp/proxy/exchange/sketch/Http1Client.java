package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http1.HttpFront;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import java.util.List;

/** A client with one HTTP/1.1 connection through the real front. */
final class Http1Client implements Client {
    private final Http1Line line;
    private final MessageReader reader = MessageReader.ofAnswers(8192, 8192);
    private final Received answer = new Received();
    private boolean inBody;

    Http1Client(EmbeddedChannel channel, Connection connection, HttpFrontSettings settings) {
        line = new Http1Line(channel);
        channel.attr(Connection.KEY).set(connection);
        HttpFront.install(channel.pipeline(), settings);
        channel.closeFuture().addListener(closed -> {
            if (answer.end == null) {
                answer.end = "closed";
            }
        });
    }

    @Override
    public void head(String method, String path, boolean bodiless) {
        line.add(method + " " + path + " HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\nX-Sent: yes\r\n"
                + (bodiless ? "" : "Transfer-Encoding: chunked\r\n") + "\r\n");
        push();
    }

    @Override
    public void body(byte[] bytes) {
        line.addChunk(bytes);
        push();
    }

    @Override
    public void end(List<String> trailers) {
        line.addLastChunk(trailers);
        push();
    }

    private void push() {
        line.push();
        line.pull(this::read);
    }

    @Override
    public long unsent() {
        push();
        return line.unsentBytes();
    }

    @Override
    public void stall() {
        line.writable(false);
    }

    @Override
    public void take(long bytes) {
        line.writable(true);
        line.pull(this::read);
    }

    private void read(ByteBuf out) {
        switch (reader.read(out)) {
            case HEAD -> {
                Head head = reader.takeHead();
                inBody = head.status() >= 200;
                if (inBody) {
                    answer.start = String.valueOf(head.status());
                    answer.fields.addAll(Received.lines(head.fields()));
                } else {
                    answer.interims.add(head.status());
                }
            }
            case PIECE -> answer.body(reader.takePiece());
            case END -> answer.end(reader.trailers());
            case MORE -> {}
            case REFUSED -> throw new AssertionError(reader.problem());
        }
        if (inBody && reader.isComplete() && answer.end == null) {
            answer.end(Fields.NONE);
        }
    }

    @Override
    public void leave() {
        answer.end = "left";
        line.channel().close();
        line.drop();
        line.pull(ByteBuf::clear);
    }

    @Override
    public Received answer() {
        push();
        return answer;
    }
}
