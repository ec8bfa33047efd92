package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.HalfClose;
import io.offramp.proxy.channel.LastWrites;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.channel.WriteBurst;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes both ways between a client and an upstream, each direction with its own end, with back-pressure and one idle
 * limit for both. Closed when both directions have ended, or one side is gone; a stream that was cut on one side is a
 * reset on the other, never an end.
 */
public final class Tunnel implements AnswerListener {
    /** Bursts below this are cheaper read and written than spliced. */
    private static final int SMALL_BYTES = 4 << 10;

    /** Of silence; while memory is short, a tunnel in use is left alone. */
    private static final long SHED_AFTER_NS = TimeUnit.SECONDS.toNanos(10);

    private final ChannelHandlerContext client;
    private final WriteBurst toClient;
    private final UpstreamConnection upstream;
    private final Deadline deadline;
    private final long idleNs;
    private final long takeNs;
    private Consumer<@Nullable String> onClosed = problem -> {};
    private long fromClientBytes;
    private long toClientBytes;
    private long burstBytes;
    private boolean clientEnded;
    private boolean upstreamEnded;
    private boolean closed;

    /**
     * @param client of the handler that writes to the client
     * @param toClient what that handler writes
     * @param upstream connected; its listener becomes this tunnel
     * @param idleNs without a byte either way
     * @param takeNs at the end, for a peer that does not take what was written
     */
    public Tunnel(
            ChannelHandlerContext client,
            WriteBurst toClient,
            UpstreamConnection upstream,
            Deadline deadline,
            long idleNs,
            long takeNs) {
        this.client = client;
        this.toClient = toClient;
        this.upstream = upstream;
        this.deadline = deadline;
        this.idleNs = idleNs;
        this.takeNs = takeNs;
        deadline.in(idleNs);
    }

    /** Hears once that the tunnel is closed, and why if it did not end well. */
    public void onClosed(Consumer<@Nullable String> listener) {
        onClosed = listener;
    }

    /** Bytes from the client so far. */
    public long fromClientBytes() {
        return fromClientBytes;
    }

    /** Bytes to the client so far. */
    public long toClientBytes() {
        return toClientBytes;
    }

    /** Takes all of {@code in}, without its ownership. */
    public void fromClient(ByteBuf in) {
        int bytes = in.readableBytes();
        if (closed || clientEnded) {
            in.skipBytes(bytes);
            return;
        }
        fromClientBytes += bytes;
        upstream.burst().write(in.readRetainedSlice(bytes));
        if (!upstream.isWritable()) {
            upstream.flush();
            if (!upstream.isWritable()) {
                client.channel().config().setAutoRead(false);
            }
        }
    }

    /** A read burst from the client is over. */
    public void onClientReadComplete() {
        if (!closed) {
            upstream.flush();
            deadline.in(idleNs);
        }
    }

    /** The client takes more again. */
    public void onClientWritable() {
        if (!closed) {
            upstream.read(true);
        }
    }

    /** The client has ended its stream in order. */
    public void onClientInputEnded() {
        if (!clientEnded && !closed) {
            clientEnded = true;
            upstream.shutdownOutput();
            closeIfEnded();
        }
    }

    /** The client's channel is closed. */
    public void onClientGone() {
        String problem = clientEnded && upstreamEnded ? null : "client left";
        if (begin()) {
            // What came from the client and was authenticated is delivered, also where the stream was cut behind it.
            upstream.endBehindWrites(!clientEnded, takeNs);
            onClosed.accept(problem);
        }
    }

    /** Nothing has passed either way for long. */
    public void onDeadline() {
        cut("idle");
    }

    /** Memory is short: ends the tunnel where nothing has passed either way for a while. */
    public void shed(MemoryBudget budget) {
        if (!closed && idleNs - deadline.leftNs() >= SHED_AFTER_NS) {
            budget.onShed(Shed.TUNNEL);
            cut("idle while memory is short");
        }
    }

    private void cut(String problem) {
        if (begin()) {
            upstream.reset();
            client.close();
            onClosed.accept(problem);
        }
    }

    @Override
    public void onBody(ByteBuf piece) {
        if (closed) {
            piece.release();
            return;
        }
        toClientBytes += piece.readableBytes();
        burstBytes += piece.readableBytes();
        toClient.write(piece);
        if (!client.channel().isWritable()) {
            toClient.flush();
            if (!client.channel().isWritable()) {
                upstream.read(false);
            }
        }
    }

    @Override
    public void onSpliced(int bytes) {
        toClientBytes += bytes;
        burstBytes += bytes;
    }

    @Override
    public void onReadComplete() {
        toClient.flush();
        deadline.in(idleNs);
        long bytes = burstBytes;
        burstBytes = 0;
        if (closed) {
            return;
        }
        if (bytes >= Splicing.WORTH_BYTES) {
            upstream.spliceTo(client.channel());
        } else if (bytes < SMALL_BYTES) {
            upstream.stopSplicing();
        }
    }

    @Override
    public void onWritable() {
        client.channel().config().setAutoRead(true);
    }

    @Override
    public void onInputEnded() {
        if (!upstreamEnded && !closed) {
            upstreamEnded = true;
            toClient.flush();
            client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> HalfClose.write(client.channel()));
            closeIfEnded();
        }
    }

    @Override
    public void onFailed(String problem, boolean answered) {
        if (begin()) {
            toClient.pass();
            LastWrites.end(client, true, takeNs);
            onClosed.accept("upstream " + problem);
        }
    }

    private void closeIfEnded() {
        if (clientEnded && upstreamEnded) {
            client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                if (begin()) {
                    upstream.endBehindWrites(false, takeNs);
                    client.close();
                    onClosed.accept(null);
                }
            });
        }
    }

    /** Whether the end begins now. */
    private boolean begin() {
        if (closed) {
            return false;
        }
        closed = true;
        deadline.cancel();
        return true;
    }
}
