package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.ClientStream;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.exchange.Exchange;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One stream of a client's connection in the manner of HTTP/2, both halves of it: the client's and the proxy's. */
final class Http2Client implements Client, ClientStream {
    private static final int PIECE_BYTES = 4096;

    private final Connection connection;
    private final ClientStreamListener exchange;
    private final Received answer = new Received();
    private final Outgoing outgoing;
    private final ArrayDeque<ByteBuf> incoming = new ArrayDeque<>();
    private @Nullable Fields requestEnd;
    private @Nullable Fields answerEnd;

    Http2Client(Connection connection, HttpFrontSettings settings, UpstreamLoop servers, long credit) {
        this.connection = connection;
        outgoing = new Outgoing(credit, answer::body);
        exchange = new Exchange(this, settings, servers);
    }

    @Override
    public void head(String method, String path, boolean bodiless) {
        int protocol = method.indexOf(' ') + 1;
        if (protocol > 0) {
            exchange.onRequestHead(new RequestHead(
                    Heads.request("GET", path, List.of("upgrade: " + method.substring(protocol))),
                    new RequestTarget("a.example", path, null),
                    ConnectionOptions.UPGRADING,
                    0));
            return;
        }
        exchange.onRequestHead(new RequestHead(
                Heads.request(method, path, List.of("te: trailers", "x-sent: yes")),
                new RequestTarget("a.example", path, null),
                ConnectionOptions.NONE,
                bodiless ? 0 : -1));
    }

    @Override
    public void body(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            incoming.addLast(Unpooled.copiedBuffer(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        }
        resume();
        exchange.onClientReadComplete();
    }

    @Override
    public void end(List<String> trailers) {
        requestEnd = Heads.trailers(trailers);
        resume();
        exchange.onClientReadComplete();
    }

    /** Credit goes back to the client for what was passed on, and only for that. */
    @Override
    public void resume() {
        while (!incoming.isEmpty() && exchange.takesBody()) {
            exchange.onRequestBody(incoming.removeFirst(), false);
        }
        Fields last = requestEnd;
        if (incoming.isEmpty() && last != null && exchange.takesBody()) {
            requestEnd = null;
            exchange.onRequestEnd(last);
        }
    }

    @Override
    public long unsent() {
        return incoming.stream().mapToLong(ByteBuf::readableBytes).sum();
    }

    @Override
    public void stall() {}

    @Override
    public void take(long bytes) {
        boolean room = outgoing.credit(bytes);
        endIfOut();
        if (room && answer.end == null) {
            exchange.onClientWritabilityChanged();
        }
    }

    @Override
    public void leave() {
        close("left");
        exchange.onClientGone();
    }

    @Override
    public Received answer() {
        return answer;
    }

    private void close(String how) {
        answer.end = how;
        outgoing.drop();
        incoming.forEach(ByteBuf::release);
        incoming.clear();
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public int streamId() {
        return 1;
    }

    @Override
    public ClientFields fields() {
        return ClientFields.of(connection, List.of());
    }

    @Override
    public ByteBufAllocator allocator() {
        return ByteBufAllocator.DEFAULT;
    }

    @Override
    public void awaitClient() {}

    @Override
    public void awaitServer(long ns) {}

    @Override
    public void awaitPlace(long ns) {}

    @Override
    public boolean isWritable() {
        return outgoing.isWritable();
    }

    @Override
    public void sendInterim(AnswerHead head) {
        answer.interims.add(head.status());
    }

    @Override
    public void sendHead(AnswerHead head) {
        answer.start = String.valueOf(head.status());
        Fields fields = head.message().fields();
        for (int i = 0; i < fields.size(); i++) {
            if (FieldRules.passes(fields, head.options(), i, false)) {
                answer.fields.add(fields.name(i) + ": " + fields.value(i));
            }
        }
    }

    @Override
    public void sendBody(ByteBuf piece) {
        outgoing.add(piece);
    }

    @Override
    public void onSpliced(int bytes) {
        throw new AssertionError("spliced to one stream of many");
    }

    @Override
    public void sendEnd(Fields trailers) {
        answerEnd = trailers;
        endIfOut();
    }

    private void endIfOut() {
        Fields last = answerEnd;
        if (last != null && outgoing.isEmpty()) {
            answerEnd = null;
            answer.end(last);
        }
    }

    @Override
    public void answer(OwnAnswer own) {
        answer.start = String.valueOf(own.status());
        outgoing.add(Unpooled.copiedBuffer(own.body()));
        sendEnd(Fields.NONE);
    }

    @Override
    public void flush() {}

    @Override
    public @Nullable SpliceTarget spliceTarget() {
        return null;
    }

    @Override
    public void release() {
        incoming.forEach(ByteBuf::release);
        incoming.clear();
    }

    @Override
    public void reset(ResetCode code) {
        close(Objects.toString(code));
    }

    @Override
    public void becomeTunnel(AnswerHead head, TunnelEnd server, long idleNs, Tunnel.Listener listener) {
        throw new AssertionError("no 101 in HTTP/2 (RFC 9113 §8.6)");
    }
}
