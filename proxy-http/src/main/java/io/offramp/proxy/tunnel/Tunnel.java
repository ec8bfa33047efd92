package io.offramp.proxy.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.Splicing;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes both ways between a client and a server, each direction with its own end, with back-pressure and one idle limit
 * for both. Closed when both directions have ended, or one side is gone; a stream that was cut on one side is a reset
 * on the other, never an end.
 */
public final class Tunnel implements TunnelListener {
    /** Bursts below this cost less to read and write than to splice. */
    private static final int SMALL_BYTES = 4 << 10;

    /** Least silence before a tunnel is cut while memory is short. */
    private static final long SHED_AFTER_NS = TimeUnit.SECONDS.toNanos(10);

    private final TunnelEnd client;
    private final TunnelEnd server;
    private final Deadline deadline;
    private final long idleNs;
    private final long takeNs;
    private final Listener listener;
    private @Nullable WebSocketFrames clientFrames;
    private @Nullable WebSocketFrames serverFrames;
    private long fromClientBytes;
    private long toClientBytes;
    private long burstBytes;
    private boolean clientEnded;
    private boolean serverEnded;
    private boolean closed;

    /** Gets the end of a tunnel. */
    @FunctionalInterface
    public interface Listener {
        /**
         * The tunnel is closed; once.
         *
         * @param problem the reason of a bad end, else null
         */
        void onClosed(Tunnel tunnel, @Nullable String problem);
    }

    /**
     * Begins with the server's end; the caller passes on what comes from the client.
     *
     * @param idleNs without a byte either way
     * @param takeNs at the end, for a peer that does not take the last writes
     */
    public Tunnel(TunnelEnd client, TunnelEnd server, Deadline deadline, long idleNs, long takeNs, Listener listener) {
        this.client = client;
        this.server = server;
        this.deadline = deadline;
        this.idleNs = idleNs;
        this.takeNs = takeNs;
        this.listener = listener;
        deadline.in(idleNs);
        server.begin(this);
    }

    /** @param webSocket whether the bytes are its frames; told before the first byte */
    public void carry(boolean webSocket) {
        clientFrames = webSocket ? new WebSocketFrames() : null;
        serverFrames = webSocket ? new WebSocketFrames() : null;
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
        if (clientFrames != null) {
            clientFrames.pass(in);
        }
        server.write(in.readRetainedSlice(bytes));
        if (!server.isWritable()) {
            server.flush();
            if (!server.isWritable()) {
                client.read(false);
            }
        }
    }

    /** A read burst from the client is over. */
    public void onClientReadComplete() {
        if (!closed) {
            server.flush();
            deadline.in(idleNs);
        }
    }

    /** The client takes more again. */
    public void onClientWritable() {
        if (!closed) {
            server.read(true);
        }
    }

    /** The client has ended its stream in order. */
    public void onClientInputEnded() {
        if (!clientEnded && !closed) {
            clientEnded = true;
            server.shutdownOutput();
            closeIfEnded();
        }
    }

    /**
     * The client's channel is closed.
     *
     * @param cause of an end that was not in order
     */
    public void onClientGone(String cause) {
        String problem = clientEnded && serverEnded ? null : cause;
        if (toClosed()) {
            // Authenticated bytes of the client are delivered, even if the stream was cut behind them.
            server.endBehindWrites(!clientEnded, takeNs);
            listener.onClosed(this, problem);
        }
    }

    /** No byte has passed for the idle limit. */
    public void onDeadline() {
        cut("idle");
    }

    /** Memory is short: ends the tunnel if no byte has passed for a while. */
    public void shed(MemoryBudget budget) {
        if (!closed && idleNs - deadline.leftNs() >= SHED_AFTER_NS) {
            budget.onShed(Shed.TUNNEL);
            cut("idle while memory is short");
        }
    }

    /**
     * This proxy goes, and the time for tunnels is over. Both ends of a WebSocket get a close frame, where one may
     * stand; all others are cut: the server behind what its client has sent, neither so that it looks like an end.
     *
     * @param cause for the log
     */
    public void drain(String cause) {
        if (!toClosed()) {
            return;
        }
        if (clientFrames == null || serverFrames == null) {
            server.endBehindWrites(true, takeNs);
            client.reset();
        } else {
            say(server, !clientEnded && clientFrames.isAtBoundary(), true);
            say(client, !serverEnded && serverFrames.isAtBoundary(), false);
        }
        listener.onClosed(this, cause);
    }

    private void say(TunnelEnd to, boolean isWhole, boolean asClient) {
        if (isWhole) {
            ByteBuf close = Unpooled.buffer(8);
            WebSocketFrames.writeClose(asClient, close);
            to.write(close);
        }
        to.endBehindWrites(!isWhole, takeNs);
    }

    private void cut(String problem) {
        if (toClosed()) {
            server.reset();
            client.close();
            listener.onClosed(this, problem);
        }
    }

    @Override
    public void onBytes(ByteBuf in) {
        int bytes = in.readableBytes();
        if (closed) {
            in.skipBytes(bytes);
            return;
        }
        toClientBytes += bytes;
        burstBytes += bytes;
        if (serverFrames != null) {
            serverFrames.pass(in);
        }
        client.write(in.readRetainedSlice(bytes));
        if (!client.isWritable()) {
            client.flush();
            if (!client.isWritable()) {
                server.read(false);
            }
        }
    }

    @Override
    public void onSpliced(int bytes) {
        if (serverFrames != null) {
            serverFrames.lose();
        }
        toClientBytes += bytes;
        burstBytes += bytes;
    }

    @Override
    public void onReadComplete() {
        client.flush();
        deadline.in(idleNs);
        long bytes = burstBytes;
        burstBytes = 0;
        if (closed) {
            return;
        }
        if (bytes >= Splicing.WORTH_BYTES) {
            server.spliceTo(client.spliceTarget());
        } else if (bytes < SMALL_BYTES) {
            server.stopSplicing();
        }
    }

    @Override
    public void onWritable() {
        client.read(true);
    }

    @Override
    public void onInputEnded() {
        if (!serverEnded && !closed) {
            serverEnded = true;
            client.shutdownOutput();
            closeIfEnded();
        }
    }

    @Override
    public void onFailed(String problem) {
        if (toClosed()) {
            client.endBehindWrites(true, takeNs);
            listener.onClosed(this, "upstream " + problem);
        }
    }

    private void closeIfEnded() {
        if (clientEnded && serverEnded) {
            client.whenWritten(() -> {
                if (toClosed()) {
                    server.endBehindWrites(false, takeNs);
                    client.close();
                    listener.onClosed(this, null);
                }
            });
        }
    }

    /** Whether the end begins now. */
    private boolean toClosed() {
        if (closed) {
            return false;
        }
        closed = true;
        deadline.cancel();
        return true;
    }
}
