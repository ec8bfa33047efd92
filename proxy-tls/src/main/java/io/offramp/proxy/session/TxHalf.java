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
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.tls.Handshaken;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What we send: gathers small writes into one record, seals, and owns the alerts and KeyUpdates that go between the
 * data. Confined to the event loop.
 */
final class TxHalf implements TxSink {
    private static final Logger LOG = LoggerFactory.getLogger(TxHalf.class);

    /** Messages with a backend that answers later, from which on and until when the channel is not writable. */
    private static final int MANY_UNDER_WAY = 8;

    private static final int FEW_UNDER_WAY = 4;
    private static final int WRITABILITY_INDEX = 1;
    private static final int SPLICE_WRITABILITY_INDEX = 2;

    private static final byte WARNING = 1;
    private static final byte FATAL = 2;
    private static final byte[] KEY_UPDATE_NOT_REQUESTED = {24, 0, 0, 1, 0};
    private static final byte[] KEY_UPDATE_REQUESTED = {24, 0, 0, 1, 1};

    private final ChannelHandlerContext ctx;
    private final OffloadTarget target;
    private final SessionSettings settings;
    private final Runnable onFault;
    private final @Nullable KeySchedule schedule;
    private final long keyUpdateRecords;
    private final int recordLimit;
    private final DynamicRecordSize recordSize;
    private final WriteGatherer gatherer;
    private final ArrayDeque<ChannelPromise> sealing = new ArrayDeque<>(4);
    private final Placement placement;
    private TxSession session;
    private @Nullable SplicePump splicing;
    private @Nullable ChannelPromise spliced;
    private boolean isHeldUp;
    private boolean isSpliceHeldUp;
    private boolean answerOwed;
    private boolean requestOwed;
    private boolean ended;
    private boolean closed;

    /** @param onFault closes the connection; the session cannot go on */
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
        this.keyUpdateRecords =
                settings.keyUpdateRecords(handshaken.negotiated().suite());
        this.recordLimit = handshaken.negotiated().recordLimit();
        this.recordSize = new DynamicRecordSize(settings.recordSize(), recordLimit, System::nanoTime);
        this.schedule = handshaken.secrets() == null
                ? null
                : new KeySchedule(
                        handshaken.negotiated().suite(),
                        handshaken.secrets().hash(),
                        handshaken.secrets().dangerousLocal());
        this.gatherer = new WriteGatherer(ctx.alloc(), this::sealData);
        OffloadPlan.Placed<TxSession> placed =
                settings.plan().placeTx(target, handshaken.txKeys(), handshaken.txBoundary(), this, settings.events());
        this.session = placed.session();
        this.placement = new Placement(settings, Direction.TX, stats, session.info(), placed.why());
    }

    /** Takes application data; it leaves with the next {@link #flush()} at the latest. */
    void write(ByteBuf plaintext, ChannelPromise promise) {
        if (ended) {
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
     * Sends whole handshake messages behind what was written before, in records that hold nothing else: tickets (RFC
     * 8446 §4.6.1). They leave with the next flush of the channel.
     *
     * @param messages ownership moves here
     */
    void handshake(ByteBuf messages) {
        if (ended) {
            messages.release();
        } else {
            flush();
            seal(ContentType.HANDSHAKE, messages, recordLimit, ctx.newPromise());
        }
    }

    /** Seals what small writes have gathered. */
    void flush() {
        gatherer.flush();
    }

    /**
     * The client asked for our KeyUpdate; it is sent once, however often it is asked for before it leaves (RFC 8446
     * §4.6.3).
     */
    void oweKeyUpdate() {
        answerOwed = true;
    }

    /** The client is to replace its key. Once per key, however little it reads: it cannot make us ask more often. */
    void requestKeyUpdate() {
        requestOwed = true;
    }

    /**
     * Pays what is owed at the end of a read burst, so that a flood of requests costs one answer per burst; true if a
     * flush is due.
     */
    boolean settle() {
        if (ended) {
            return false;
        }
        recordSize.endBurst();
        boolean answers = answerOwed && ctx.channel().isWritable();
        if (!session.canRekey()) {
            requestOwed = false; // it would be a KeyUpdate of ours; a client that wears its key out is turned away
            if (answers && schedule != null) {
                endForKey("cannot answer the client's KeyUpdate");
                return false;
            }
        }
        boolean due = answers || requestOwed;
        if (due) {
            flush();
        }
        if (ended) { // by the flush
            return due;
        }
        if (answers && answerOwed) { // the flush may have paid it
            answerOwed = false;
            keyUpdate(KEY_UPDATE_NOT_REQUESTED);
        }
        if (requestOwed) {
            requestOwed = false;
            keyUpdate(KEY_UPDATE_REQUESTED);
        }
        if (!ended) {
            moveIfDue();
        }
        return due;
    }

    /** Sends a warning; the connection goes on. */
    void warn(AlertDescription description) {
        if (!ended) {
            flush();
            alert(WARNING, description, ctx.newPromise());
        }
    }

    /** Sends close_notify behind everything written; nothing may be written after it. */
    ChannelPromise end() {
        ChannelPromise promise = ctx.newPromise();
        if (ended) {
            return promise.setSuccess();
        }
        flush();
        ended = true;
        alert(WARNING, AlertDescription.CLOSE_NOTIFY, promise);
        return promise;
    }

    /** Drops what was not sealed yet and sends a fatal alert; nothing may be written after it. */
    ChannelPromise fail(AlertDescription description) {
        ChannelPromise promise = ctx.newPromise();
        gatherer.drop();
        if (ended) {
            return promise.setSuccess();
        }
        ended = true;
        alert(FATAL, description, promise);
        return promise;
    }

    /** Releases and wipes everything. May be called more than once. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        ended = true;
        gatherer.drop();
        if (splicing != null) {
            splicing.close();
        }
        placement.onReleased();
        session.close();
        if (schedule != null) {
            schedule.destroy();
        }
        for (ChannelPromise promise; (promise = sealing.poll()) != null; ) {
            promise.tryFailure(new ClosedChannelException());
        }
    }

    @Override
    public void onSealed(Object message) {
        ctx.write(message, sealing.remove());
        if (isHeldUp && sealing.size() <= FEW_UNDER_WAY) {
            holdUp(false);
        }
    }

    /** What is with the backend counts as not written yet: whoever fills the channel waits for it, too. */
    private void holdUp(boolean heldUp) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        if (buffer != null) {
            isHeldUp = heldUp;
            buffer.setUserDefinedWritability(WRITABILITY_INDEX, !heldUp);
        }
    }

    /** Begins to take content from another socket; null where it cannot be, or not now. */
    @Nullable
    SplicePump splice(Channel source, long bytes, SpliceListener listener) {
        boolean may = splicing == null && maySplice();
        recordSize.endBurst();
        if (!may) {
            return null;
        }
        SplicePump next = new SplicePump(this, bytes, listener);
        Splice begun = session.splice(source, next::pump);
        if (begun == null) {
            return null;
        }
        next.start(begun);
        splicing = next;
        return next;
    }

    void onSplicingClosed(SplicePump closing) {
        if (splicing == closing) {
            splicing = null;
        }
    }

    /**
     * What is spliced goes into records that the backend cuts, and that nobody counts before: all of that must be fine.
     */
    private boolean maySplice() {
        return !ended
                && !answerOwed
                && !requestOwed
                && recordLimit == RecordFormat.MAX_PLAINTEXT_BYTES
                && recordSize.maxBytes() == RecordFormat.MAX_PLAINTEXT_BYTES
                && spliceRoom() >= Splicing.WORTH_BYTES
                && recordSize.isGrown(isWaiting());
    }

    /**
     * Bytes that may be spliced at once under this key if each of them were a record, with as many left for what comes
     * behind.
     */
    private long spliceRoom() {
        return (keyUpdateRecords - session.nextSequence()) / 2;
    }

    /** True until what was spliced last is out. */
    boolean isSplicing() {
        return spliced != null;
    }

    /** Seals what a splice has, behind what was written before: bytes, or as {@link Splice#seal}. */
    int seal(Splice from, long maxBytes) throws IOException {
        flush();
        if (!maySplice()) {
            return Splice.ENDED;
        }
        ChannelPromise promise = ctx.newPromise();
        sealing.addLast(promise);
        int taken = Splice.NOTHING;
        try {
            taken = from.seal((int) Math.min(Math.min(maxBytes, spliceRoom()), Integer.MAX_VALUE));
        } finally {
            if (taken <= 0) {
                sealing.removeLastOccurrence(promise);
            }
        }
        if (taken > 0) {
            spliced = promise;
            promise.addListener(out -> onSpliceOut());
        }
        return taken;
    }

    private void onSpliceOut() {
        spliced = null;
        holdUpSplice(false);
        if (splicing != null) {
            splicing.pump();
        }
    }

    void flushSpliced() {
        ctx.flush();
    }

    /** A client that has not taken what was spliced holds up its upstream, and is waited for. */
    void endSpliceBurst() {
        recordSize.endBurst();
        holdUpSplice(spliced != null);
    }

    private void holdUpSplice(boolean heldUp) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        if (buffer != null && isSpliceHeldUp != heldUp) {
            isSpliceHeldUp = heldUp;
            buffer.setUserDefinedWritability(SPLICE_WRITABILITY_INDEX, !heldUp);
        }
    }

    void later(Runnable next) {
        ctx.executor().execute(next);
    }

    @Override
    public void onSpliced(long records, int bytes) {
        placement.addSpliced(records, bytes);
    }

    /** What a backend with threads of its own has made meanwhile goes out. */
    @Override
    public void onBurstEnd() {
        ctx.flush();
        if (!ended) {
            moveIfDue();
        }
    }

    @Override
    public void onFault(OffloadException fault) {
        ended = true;
        settings.events().onFault(Direction.TX, fault);
        onFault.run();
    }

    @Override
    public void onDegraded(String reason) {
        placement.onDegraded(reason);
        // An idle session must not go on claiming to be where it is not.
        ctx.executor().execute(() -> {
            if (!ended) {
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
        if (recordSize.isFirst()) {
            placement.forgive(Math.ceilDiv(shortBytes, initialBytes) - Math.ceilDiv(shortBytes, recordSize.maxBytes()));
        }
        if (shortBytes == bytes) {
            sealData(plaintext, initialBytes, promise);
        } else {
            sealData(plaintext.readRetainedSlice(shortBytes), initialBytes, ctx.newPromise());
            sealData(plaintext, recordSize.maxBytes(), promise);
        }
    }

    /** True while older data has not left for the client. */
    private boolean isWaiting() {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        return !sealing.isEmpty() || buffer != null && buffer.totalPendingWriteBytes() > 0;
    }

    private void sealData(ByteBuf plaintext, int recordBytes, ChannelPromise promise) {
        if (ended) { // by what went before of the same burst
            plaintext.release();
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        int bytes = plaintext.readableBytes();
        int records = Math.ceilDiv(bytes, recordBytes);
        if (answerOwed || session.nextSequence() + records > keyUpdateRecords) {
            //  TLS 1.2 cannot rekey without the renegotiation that we refuse.
            if (schedule == null || !session.canRekey()) {
                String why = answerOwed
                        ? "cannot answer the client's KeyUpdate"
                        : "has protected " + session.nextSequence() + " records, limit " + keyUpdateRecords
                                + ", and cannot be changed";
                plaintext.release();
                promise.tryFailure(endForKey(why));
                return;
            }
            answerOwed = false;
            keyUpdate(KEY_UPDATE_NOT_REQUESTED);
        }
        seal(ContentType.APPLICATION_DATA, plaintext, recordBytes, promise);
        placement.addSealed(bytes, recordBytes);
    }

    // = RFC 8446 §4.6.3
    // # Additionally, both sides MUST enforce that a KeyUpdate with the old key is received before accepting any
    // messages
    // # encrypted with the new key.
    // So it goes out under the old key, and the keys change right behind it.
    private void keyUpdate(byte[] message) {
        if (schedule == null) {
            throw new IllegalStateException("TLS 1.2 has no KeyUpdate");
        }
        seal(ContentType.HANDSHAKE, Unpooled.wrappedBuffer(message), recordLimit, ctx.newPromise());
        RecordBoundary at = session.sealedBoundary();
        if (at == null) {
            throw new IllegalStateException("no boundary behind a sealed record");
        }
        session.rekey(at, schedule.next());
        placement.onRekeyed();
        settings.events().onKeyUpdate(Direction.TX);
    }

    /** Ends the connection in order, since its key must be replaced and cannot be. */
    private KeyLimitException endForKey(String why) {
        KeyLimitException reason = new KeyLimitException(
                "key of " + session.info().backend() + " " + why + ", direction=TX, seq=" + session.nextSequence());
        answerOwed = false;
        settings.events().onFault(Direction.TX, reason);
        LOG.info("connection {}: {}: closing", target.connectionId(), reason.getMessage());
        ctx.channel().close();
        return reason;
    }

    /** Wire bytes that a close would lose now. */
    long unsentBytes() {
        return closed ? 0 : session.unsentBytes();
    }

    private void alert(byte level, AlertDescription description, ChannelPromise promise) {
        ByteBuf content = ctx.alloc().directBuffer(2).writeByte(level).writeByte(description.code());
        seal(ContentType.ALERT, content, recordLimit, promise);
        settings.events().onAlertSent(description.toString());
    }

    private void seal(ContentType type, ByteBuf plaintext, int recordBytes, ChannelPromise promise) {
        sealing.add(promise);
        session.seal(type, plaintext, recordBytes);
        if (!isHeldUp && sealing.size() > MANY_UNDER_WAY) {
            holdUp(true);
        }
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
