package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One stream of a connection to a server, both halves of it: the proxy's and the server's. */
final class Http2ServerStream implements UpstreamStream {
    private static final int PIECE_BYTES = 4096;

    private final Runnable onEnd;
    private final Received request = new Received();
    private final Outgoing outgoing;
    private final ArrayDeque<ByteBuf> incoming = new ArrayDeque<>();
    private @Nullable UpstreamListener listener;
    private @Nullable Fields requestEnd;
    private @Nullable Fields answerEnd;
    private boolean paused;

    /** @param onEnd runs once the stream counts no more */
    Http2ServerStream(UpstreamListener listener, long credit, Runnable onEnd) {
        this.listener = listener;
        this.onEnd = onEnd;
        outgoing = new Outgoing(credit, request::body);
    }

    Received request() {
        return request;
    }

    void take(long bytes) {
        boolean room = outgoing.credit(bytes);
        endIfOut();
        if (room && listener != null) {
            listener.onWritable();
        }
    }

    void receiveHead(int status, List<String> fields) {
        if (listener != null) {
            listener.onHead(new AnswerHead(Heads.answer(status, fields), ConnectionOptions.NONE, -1, 0));
        }
        if (listener != null) { // the exchange may be over
            listener.onReadComplete();
        }
    }

    void receiveBody(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            incoming.addLast(Unpooled.copiedBuffer(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        }
        pass();
    }

    void receiveEnd(List<String> trailers) {
        answerEnd = Heads.trailers(trailers);
        pass();
    }

    /** Credit goes back to the server for what was passed on, and only for that. */
    private void pass() {
        while (!incoming.isEmpty() && !paused && listener != null) {
            listener.onBody(incoming.removeFirst());
        }
        UpstreamListener last = listener;
        Fields trailers = answerEnd;
        if (last != null && incoming.isEmpty() && trailers != null) {
            answerEnd = null;
            listener = null;
            last.onEnd(trailers);
        } else if (last != null) {
            last.onReadComplete();
        }
    }

    void fail(String problem, Fate fate) {
        UpstreamListener last = listener;
        if (last != null) {
            close(problem);
            last.onFailed(problem, fate, ResetCode.INTERNAL_ERROR);
        }
    }

    long unsent() {
        return incoming.stream().mapToLong(ByteBuf::readableBytes).sum();
    }

    private void close(@Nullable String how) {
        listener = null;
        outgoing.drop();
        incoming.forEach(ByteBuf::release);
        incoming.clear();
        if (request.end == null) {
            request.end = how;
        }
        onEnd.run();
    }

    @Override
    public void sendHead(RequestHead head, ClientFields client, @Nullable String upgrade) {
        request.start = head.message().method() + " " + head.target().originForm();
        request.fields.add("host: " + head.target().authority());
        Fields fields = head.fields();
        for (int i = 0; i < fields.size(); i++) {
            if (FieldRules.passes(head, i, client, false)) {
                request.fields.add(fields.name(i) + ": " + fields.value(i));
            }
        }
        if (head.length() == 0) {
            request.end(Fields.NONE);
        }
    }

    @Override
    public void sendBody(ByteBuf piece, boolean last) {
        outgoing.add(piece);
        if (last) {
            sendEnd(Fields.NONE);
        }
    }

    @Override
    public void sendEnd(Fields trailers) {
        requestEnd = trailers;
        endIfOut();
    }

    private void endIfOut() {
        Fields last = requestEnd;
        if (last != null && outgoing.isEmpty()) {
            requestEnd = null;
            request.end(last);
        }
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
        return outgoing.isWritable();
    }

    @Override
    public void read(boolean on) {
        paused = !on;
        if (on) {
            pass();
        }
    }

    @Override
    public long bodyLeft() {
        return 0;
    }

    @Override
    public void spliceTo(@Nullable SpliceTarget target) {
        throw new AssertionError("spliced from one stream of many");
    }

    @Override
    public void release() {
        close(null);
    }

    @Override
    public void reset(ResetCode code) {
        close(Objects.toString(code));
    }

    @Override
    public TunnelEnd becomeTunnel() {
        throw new AssertionError("no 101 in HTTP/2 (RFC 9113 §8.6)");
    }
}
