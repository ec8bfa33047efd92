package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http1.HttpFront;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/** A client with one HTTP/1.1 connection through the real front. */
final class Http1Client implements Client {
    private final EmbeddedChannel channel;
    private final MessageReader reader = MessageReader.ofAnswers(8192, 8192);
    private final ArrayDeque<ByteBuf> unsent = new ArrayDeque<>();
    private final Received answer = new Received();
    private boolean inBody;

    Http1Client(EmbeddedChannel channel, Connection connection, HttpFrontSettings settings) {
        this.channel = channel;
        channel.attr(Connection.KEY).set(connection);
        HttpFront.install(channel.pipeline(), settings);
        channel.closeFuture().addListener(closed -> {
            if (answer.end == null) {
                answer.end = "closed";
            }
        });
    }

    /** As the kernel's buffer would be, full or not. */
    private void writable(boolean is) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (out != null) {
            out.setUserDefinedWritability(1, is);
        }
        channel.runPendingTasks();
    }

    @Override
    public void head(String method, String path, boolean bodiless) {
        write(method + " " + path + " HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\nX-Sent: yes\r\n"
                + (bodiless ? "" : "Transfer-Encoding: chunked\r\n") + "\r\n");
    }

    @Override
    public void body(byte[] bytes) {
        write(Integer.toHexString(bytes.length) + "\r\n");
        for (int at = 0; at < bytes.length; at += 4096) {
            unsent.addLast(Unpooled.copiedBuffer(bytes, at, Math.min(4096, bytes.length - at)));
        }
        write("\r\n");
    }

    @Override
    public void end(List<String> trailers) {
        write("0\r\n" + String.join("", trailers.stream().map(t -> t + "\r\n").toList()) + "\r\n");
    }

    private void write(String text) {
        unsent.addLast(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        push();
    }

    private void push() {
        while (!unsent.isEmpty() && channel.config().isAutoRead() && channel.isOpen()) {
            channel.writeInbound(unsent.removeFirst());
        }
        collect();
    }

    @Override
    public long unsent() {
        push();
        return unsent.stream().mapToLong(ByteBuf::readableBytes).sum();
    }

    @Override
    public void stall() {
        writable(false);
    }

    @Override
    public void take(long bytes) {
        writable(true);
        collect();
    }

    private void collect() {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            while (out.isReadable()) {
                read(out);
            }
            out.release();
        }
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
        channel.close();
        unsent.forEach(ByteBuf::release);
        unsent.clear();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            out.release();
        }
    }

    @Override
    public Received answer() {
        push();
        return answer;
    }
}
