package io.offramp.offload.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.RecordSession;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket, and all that a test of sessions needs around it. Everything random comes from one
 * seed; every buffer comes from one allocator, which {@link #close()} finds empty.
 */
public final class SessionFixtures implements AutoCloseable {
    /** Where the stream stands when a session is installed: a handshake has gone before. */
    public static final long START_POSITION = 4_321;

    private static final int SEED_BITS = 0x0ff1ad;

    /**
     * An installed TX direction and the reference that knows its keys.
     *
     * @param keys those given to the session, which owns them
     * @param expected makes the bytes that the session should make
     */
    public record Tx(TxSession session, CollectingTxSink sink, TrafficKeys keys, ReferenceRecords expected) {}

    /**
     * An installed RX direction and the peer that sends to it.
     *
     * @param keys those given to the session, which owns them
     * @param peer makes the records that the session should open
     */
    public record Rx(RxSession session, CollectingRxSink sink, TrafficKeys keys, ReferenceRecords peer) {}

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final OffloadTarget target;
    private final RecordOffload offload;
    private final Consumer<EmbeddedChannel> settle;
    private final Function<ByteBufAllocator, @Nullable Wire> sockets;
    private final List<RecordSession> sessions = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final long seed;
    private final Random random;

    /** An IPv4 connection from this port; see the other constructor. */
    public SessionFixtures(RecordOffload offload, int port, Consumer<EmbeddedChannel> settle) {
        this(offload, ipv4(port), settle);
    }

    /**
     * @param flow of its own for each connection; the client's port seeds the randomness too
     * @param settle waits until the backend has nothing under way
     */
    public SessionFixtures(RecordOffload offload, FiveTuple flow, Consumer<EmbeddedChannel> settle) {
        this(offload, flow, settle, allocator -> null);
    }

    /** @param sockets makes one for each session, with the buffers of this allocator; null for none */
    SessionFixtures(
            RecordOffload offload,
            FiveTuple flow,
            Consumer<EmbeddedChannel> settle,
            Function<ByteBufAllocator, @Nullable Wire> sockets) {
        this.sockets = sockets;
        int port = Math.max(flow.local().getPort(), flow.remote().getPort());
        this.offload = offload;
        this.settle = settle;
        this.seed = (long) SEED_BITS << 16 | port;
        this.random = new Random(seed);
        channel.config().setAllocator(allocator);
        target = new OffloadTarget(port, channel, flow);
    }

    /** A peer at this port, over IPv4 (addresses of RFC 5737). */
    public static FiveTuple ipv4(int port) {
        return new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", port));
    }

    /** We are the client, at this port; the peer is a server (addresses of RFC 5737). */
    public static FiveTuple client(int port) {
        return new FiveTuple(new InetSocketAddress("192.0.2.1", port), new InetSocketAddress("198.51.100.7", 443));
    }

    /** A peer at this port, over IPv6 (addresses of RFC 3849). */
    public static FiveTuple ipv6(int port) {
        return new FiveTuple(
                new InetSocketAddress("2001:db8::1", 443), new InetSocketAddress("2001:db8:ffff::7", port));
    }

    /** The backend under test. */
    public RecordOffload offload() {
        return offload;
    }

    /** The connection. */
    public OffloadTarget target() {
        return target;
    }

    /** To print when a test with randomness fails. */
    public long seed() {
        return seed;
    }

    /** Seeded. */
    public Random random() {
        return random;
    }

    /** This many random bytes. */
    public byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }

    /** Fresh random keys. */
    public TrafficKeys keys(Protection protection, long sequence) {
        return new TrafficKeys(
                protection.version(),
                protection.suite(),
                content(protection.suite().keyBytes()),
                content(TrafficKeys.ivBytes(protection.version(), protection.suite())),
                sequence);
    }

    /** A direct buffer with these bytes, from the channel's allocator; the caller's. */
    public ByteBuf buffer(byte[] bytes) {
        return allocator.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    /** The same bytes in this many direct buffers, joined in a composite one; the caller's. */
    public ByteBuf pieces(byte[] bytes, int pieces) {
        CompositeByteBuf composite = allocator.compositeDirectBuffer(pieces);
        for (int i = 0; i < pieces; i++) {
            int from = (int) ((long) bytes.length * i / pieces);
            int to = (int) ((long) bytes.length * (i + 1) / pieces);
            composite.addComponent(true, buffer(Arrays.copyOfRange(bytes, from, to)));
        }
        return composite;
    }

    /** Installs TX with fresh keys at this sequence. */
    public Tx tx(Protection protection, long sequence) {
        return tx(keys(protection, sequence), START_POSITION);
    }

    /** Installs TX, which the backend must not decline. */
    public Tx tx(TrafficKeys keys, long wirePosition) {
        Wire socket = sockets.apply(allocator);
        OffloadTarget to = target;
        if (socket != null) {
            wires.add(socket);
            to = new OffloadTarget(target.connectionId(), socket.channel(), target.flow());
        }
        CollectingTxSink sink = new CollectingTxSink(socket);
        ReferenceRecords expected = new ReferenceRecords(keys);
        RecordBoundary at = RecordBoundary.start(Direction.TX).movedTo(wirePosition, keys.nextSequence());
        return new Tx(installed(offload.installTx(to, keys, at, sink)), sink, keys, expected);
    }

    /** Installs RX with fresh keys at this sequence. */
    public Rx rx(Protection protection, long sequence) {
        return rx(keys(protection, sequence), START_POSITION);
    }

    /** Installs RX, which the backend must not decline. */
    public Rx rx(TrafficKeys keys, long wirePosition) {
        CollectingRxSink sink = new CollectingRxSink();
        ReferenceRecords peer = new ReferenceRecords(keys);
        RecordBoundary at = RecordBoundary.start(Direction.RX).movedTo(wirePosition, keys.nextSequence());
        return new Rx(installed(offload.installRx(target, keys, at, sink)), sink, keys, peer);
    }

    private <S extends RecordSession> S installed(InstallResult<S> result) {
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        S session = ((InstallResult.Installed<S>) result).session();
        sessions.add(session);
        return session;
    }

    /** Gives these bytes to the session in one buffer and waits until the backend has dealt with them. */
    public void receive(Rx rx, byte[] wire) {
        rx.session().receive(buffer(wire));
        settle();
    }

    /** Waits until the backend has nothing under way. */
    public void settle() {
        settle.accept(channel);
        wires.forEach(Wire::settle);
    }

    /** The session's boundary, which is there when nothing is under way. */
    public RecordBoundary boundaryOf(RecordSession session) {
        settle();
        RecordBoundary boundary = session.boundary();
        assertThat(boundary).as("boundary of a settled session").isNotNull();
        return boundary;
    }

    /** Closes all sessions and checks that no buffer is left: neither of the test nor of the backend. */
    @Override
    public void close() {
        sessions.forEach(RecordSession::close);
        settle();
        wires.forEach(Wire::close);
        channel.finishAndReleaseAll();
        assertThat(allocator.metric().usedDirectMemory())
                .as("direct bytes not released")
                .isZero();
        assertThat(allocator.metric().usedHeapMemory())
                .as("heap bytes not released")
                .isZero();
    }
}
