package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.Splice;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.tls.ApplicationSecrets;
import io.offramp.proxy.tls.Handshaken;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half: joins small writes into one record, seals, and owns the alerts and KeyUpdates between the data.
 * Confined to the event loop.
 */
final class TxHalf implements TxSink, SplicedOutput.Sealer, KeyUpdates.Key {
    private static final Logger LOG = LoggerFactory.getLogger(TxHalf.class);

    private static final byte WARNING = 1;
    private static final byte FATAL = 2;

    /** Nothing may be written any more once it has ended; it is released when closed. */
    private enum State {
        OPEN,
        ENDED,
        CLOSED
    }

    private final ChannelHandlerContext ctx;
    private final OffloadTarget target;
    private final SessionSettings settings;
    private final Runnable onFault;
    private final KeyUpdates keyUpdates;
    private final int recordLimit;
    private final DynamicRecordSize recordSize;
    private final WriteGatherer gatherer;
    private final SealingQueue sealing;
    private final SplicedOutput spliced;
    private final Placement placement;
    private TxSession session;
    private State state = State.OPEN;

    /** @param onFault closes the connection; the session cannot continue */
    TxHalf(
            ChannelHandlerContext ctx,
            OffloadTarget target,
            SessionSettings settings,
            Handshaken handshaken,
            DirectionStats stats,
            Runnable onFault) {
        this.ctx = ctx;
        this.target = target;
        this.settings = settings;
        this.onFault = onFault;
        this.recordLimit = handshaken.negotiated().recordLimit();
        this.recordSize = new DynamicRecordSize(settings.recordSize(), recordLimit, System::nanoTime);
        AeadSuite suite = handshaken.negotiated().suite();
        ApplicationSecrets secrets = handshaken.secrets();
        this.keyUpdates = new KeyUpdates(
                this,
                secrets == null ? null : new KeySchedule(suite, secrets.hash(), secrets.dangerousLocal()),
                settings.keyUpdateRecords(suite));
        this.sealing = new SealingQueue(ctx.channel());
        this.spliced = new SplicedOutput(ctx, this);
        this.gatherer = new WriteGatherer(ctx.alloc(), this::sealData);
        OffloadPlan.Placed<TxSession> placed =
                settings.plan().placeTx(target, handshaken.txKeys(), handshaken.txBoundary(), this, settings.events());
        this.session = placed.session();
        this.placement = new Placement(settings, Direction.TX, stats, session.info(), placed.why());
    }

    @Override
    public boolean isOpen() {
        return state == State.OPEN;
    }

    @Override
    public TxSession session() {
        return session;
    }

    /** Takes application data; it leaves with the next {@link #flush()} at the latest. */
    void write(ByteBuf plaintext, ChannelPromise promise) {
        if (!isOpen()) {
            plaintext.release();
            promise.tryFailure(new ClosedChannelException());
        } else if (!plaintext.isReadable()) {
            plaintext.release();
            flush();
            ctx.write(Unpooled.EMPTY_BUFFER, promise);
        } else {
            gatherer.write(plaintext, promise);
        }
    }

    /**
     * Sends whole handshake messages after earlier writes, in records that hold nothing else: tickets (RFC 8446
     * §4.6.1). They leave with the next flush of the channel.
     *
     * @param messages ownership moves here
     */
    void handshake(ByteBuf messages) {
        if (!isOpen()) {
            messages.release();
        } else {
            flush();
            seal(ContentType.HANDSHAKE, messages, recordLimit, ctx.newPromise());
        }
    }

    /** Seals the gathered small writes. */
    @Override
    public void flush() {
        gatherer.flush();
    }

    /** The answer leaves with {@link #settle} at the latest. */
    KeyUpdates keyUpdates() {
        return keyUpdates;
    }

    /**
     * Sends the answers that are due at the end of a read burst, so that a flood of requests costs one answer per
     * burst; true if a flush is due.
     */
    boolean settle() {
        if (!isOpen()) {
            return false;
        }
        recordSize.endBurst();
        boolean due = keyUpdates.settle(ctx.channel().isWritable());
        if (isOpen()) {
            moveIfDue();
        }
        return due;
    }

    /** Sends a warning; the connection continues. */
    void warn(AlertDescription description) {
        if (isOpen()) {
            flush();
            alert(WARNING, description, ctx.newPromise());
        }
    }

    /** Sends close_notify after all writes; no write may follow. */
    ChannelPromise end() {
        ChannelPromise promise = ctx.newPromise();
        if (!isOpen()) {
            return promise.setSuccess();
        }
        flush();
        stop();
        alert(WARNING, AlertDescription.CLOSE_NOTIFY, promise);
        return promise;
    }

    /** Drops unsealed writes and sends a fatal alert; no write may follow. */
    ChannelPromise fail(AlertDescription description) {
        ChannelPromise promise = ctx.newPromise();
        gatherer.drop();
        if (!isOpen()) {
            return promise.setSuccess();
        }
        stop();
        alert(FATAL, description, promise);
        return promise;
    }

    private void stop() {
        if (isOpen()) {
            state = State.ENDED;
        }
    }

    /** Releases and wipes everything. May be called more than once. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        gatherer.drop();
        spliced.close();
        placement.onReleased();
        session.close();
        keyUpdates.destroy();
        sealing.failAll();
    }

    @Override
    public void onSealed(Object message) {
        ctx.write(message, sealing.remove());
        sealing.onWritten();
    }

    /** Begins to take content from another socket; null if that is impossible, or not possible now. */
    @Nullable
    SplicePump splice(Channel source, long bytes, SpliceListener listener) {
        return spliced.start(source, bytes, listener);
    }

    @Override
    public @Nullable Splice begin(Channel source, Runnable readable) {
        return session.splice(source, readable);
    }

    /**
     * Spliced content goes into records that the backend cuts and that are not counted before: that must be allowed.
     */
    @Override
    public boolean maySplice() {
        return isOpen()
                && !keyUpdates.isAnyOwed()
                && recordLimit == RecordFormat.MAX_PLAINTEXT_BYTES
                && recordSize.maxBytes() == RecordFormat.MAX_PLAINTEXT_BYTES
                && keyUpdates.spliceRoom() >= Splicing.WORTH_BYTES
                && recordSize.isGrown(isWaiting());
    }

    @Override
    public int seal(Splice from, long maxBytes, ChannelPromise promise) throws IOException {
        flush();
        if (!maySplice()) {
            return Splice.ENDED;
        }
        sealing.add(promise);
        int taken = Splice.NOTHING;
        try {
            taken = from.seal((int) Math.min(Math.min(maxBytes, keyUpdates.spliceRoom()), Integer.MAX_VALUE));
        } finally {
            if (taken <= 0) {
                sealing.takeBack(promise);
            }
        }
        return taken;
    }

    @Override
    public void endBurst() {
        recordSize.endBurst();
    }

    @Override
    public void onSpliced(long records, int bytes) {
        placement.addSpliced(records, bytes);
    }

    /** Flushes what a backend with threads of its own has made meanwhile. */
    @Override
    public void onBurstEnd() {
        ctx.flush();
        if (isOpen()) {
            moveIfDue();
        }
    }

    @Override
    public void onFault(OffloadException fault) {
        stop();
        settings.events().onFault(Direction.TX, fault);
        onFault.run();
    }

    @Override
    public void onDegraded(String reason) {
        placement.onDegraded(reason);
        // An idle session must not keep reporting a wrong place.
        ctx.executor().execute(() -> {
            if (isOpen()) {
                moveIfDue();
            }
        });
    }

    @Override
    public void onInfoChanged() {
        placement.onInfo(session.info());
    }

    private void sealData(ByteBuf plaintext, ChannelPromise promise) {
        int bytes = plaintext.readableBytes();
        int shortBytes = recordSize.shortBytes(bytes, isWaiting());
        if (shortBytes == 0) {
            sealData(plaintext, recordSize.maxBytes(), promise);
            return;
        }
        int initialBytes = recordSize.initialBytes();
        placement.forgive(recordSize.startRecords(shortBytes));
        if (shortBytes == bytes) {
            sealData(plaintext, initialBytes, promise);
        } else {
            sealData(plaintext.readRetainedSlice(shortBytes), initialBytes, ctx.newPromise());
            sealData(plaintext, recordSize.maxBytes(), promise);
        }
    }

    /** True while older data has not left for the peer. */
    private boolean isWaiting() {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        return !sealing.isEmpty() || buffer != null && buffer.totalPendingWriteBytes() > 0;
    }

    private void sealData(ByteBuf plaintext, int recordBytes, ChannelPromise promise) {
        if (!isOpen()) { // closed by an earlier part of the same burst
            plaintext.release();
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        int bytes = plaintext.readableBytes();
        KeyLimitException refused = keyUpdates.prepare(Math.ceilDiv(bytes, recordBytes));
        if (refused != null) {
            plaintext.release();
            promise.tryFailure(refused);
            return;
        }
        seal(ContentType.APPLICATION_DATA, plaintext, recordBytes, promise);
        placement.addSealed(bytes, recordBytes);
    }

    @Override
    public void rekey(ByteBuf message, KeySchedule schedule) {
        seal(ContentType.HANDSHAKE, message, recordLimit, ctx.newPromise());
        RecordBoundary at = session.sealedBoundary();
        if (at == null) {
            throw new IllegalStateException("no boundary behind a sealed record");
        }
        session.rekey(at, schedule.next());
        placement.onRekeyed();
        settings.events().onKeyUpdate(Direction.TX);
    }

    @Override
    public KeyLimitException endForKey(String why) {
        KeyLimitException reason = new KeyLimitException(
                "key of " + session.info().backend() + " " + why + ", direction=TX, seq=" + session.nextSequence());
        settings.events().onFault(Direction.TX, reason);
        LOG.info("connection {}: {}: closing", target.connectionId(), reason.getMessage());
        ctx.channel().close();
        return reason;
    }

    /** Wire bytes that a close would lose now. */
    long unsentBytes() {
        return state == State.CLOSED ? 0 : session.unsentBytes();
    }

    private void alert(byte level, AlertDescription description, ChannelPromise promise) {
        ByteBuf content = ctx.alloc().directBuffer(2).writeByte(level).writeByte(description.code());
        seal(ContentType.ALERT, content, recordLimit, promise);
        settings.events().onAlertSent(description.toString());
    }

    private void seal(ContentType type, ByteBuf plaintext, int recordBytes, ChannelPromise promise) {
        sealing.add(promise);
        session.seal(type, plaintext, recordBytes);
        sealing.onGiven();
    }

    private void moveIfDue() {
        Placement.Move move = placement.due();
        if (move == null) {
            return;
        }
        RecordBoundary at = session.boundary();
        if (at == null) {
            return;
        }
        TrafficKeys keys = session.export(at);
        OffloadPlan.Placed<TxSession> placed = settings.plan()
                .install(
                        move.backend(),
                        Direction.TX,
                        move.why(),
                        settings.events(),
                        backend -> backend.installTx(target, keys, at, this));
        session = placed.session();
        placement.onMoved(session.info(), placed.why());
    }
}
