package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SocketRxSession;
import io.offramp.offload.error.DeviceFaultException;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.tls.Handshaken;
import org.jspecify.annotations.Nullable;

/** The receiving half: opens records, passes on data, and handles all other content. Confined to the event loop. */
final class RxHalf implements RxSink, HandshakeMessages.Listener {
    /** Receives the peer's data and messages. */
    interface Listener {
        /** Application data; ownership moves. */
        void onData(ByteBuf plaintext);

        /** The peer has ended its data; later bytes are ignored. */
        void onCloseNotify();

        /** The peer has sent a fatal alert. */
        void onFatalAlert(int description);

        /** The peer replaced its key and wants ours replaced too. */
        void onKeyUpdateRequested();

        /** The peer should replace its key: the limit of records is near. */
        void onKeyWornOut();

        /** A server of TLS 1.3 has sent what a later session begins with; false if it is malformed. */
        boolean onTicket(byte[] body);

        /** A TLS 1.2 peer wants to renegotiate. */
        void onRenegotiation();

        /** The backend no longer does the work: a move is due, outside of this call. */
        void onRxDegraded();

        /** The session reads the socket itself from now on. */
        void onSocketTaken();

        /** A session that reads the socket itself has found its end. */
        void onRxEnd();

        /** A burst was delivered outside of {@link RxHalf#receive}. */
        void onRxBurstEnd();

        /** The peer has broken a rule, or a record was damaged on its way. */
        void onRxFault(OffloadException fault);
    }

    /** OpenSSL's limit: records without content are legal and useless. */
    private static final int MAX_EMPTY_RECORDS = 32;

    /** OpenSSL's limit: warnings in TLS 1.2, user_canceled in TLS 1.3. */
    private static final int MAX_WARNINGS = 5;

    private static final int MAX_RENEGOTIATIONS = 3;

    private final OffloadTarget target;
    private final SessionSettings settings;
    private final Listener listener;
    private final ProtocolVersion version;
    private final @Nullable KeySchedule schedule;
    private final HandshakeMessages messages;
    private final Placement placement;
    private RxSession session;
    private final Burst burst = new Burst();
    private final KeyUpdateRate keyUpdates;
    private final long keyUpdateRecords;
    private final long mostRecords;
    private int emptyRecords;
    private int warnings;
    private int renegotiations;
    private boolean keyUpdateAsked;
    private @Nullable RecordBoundary controlEnd;
    private boolean ended;
    private boolean closed;

    RxHalf(
            OffloadTarget target,
            SessionSettings settings,
            Handshaken handshaken,
            DirectionStats stats,
            Listener listener) {
        this.target = target;
        this.settings = settings;
        this.listener = listener;
        this.version = handshaken.negotiated().version();
        this.messages = new HandshakeMessages(settings.role(), version, this);
        AeadSuite suite = handshaken.negotiated().suite();
        this.keyUpdateRecords = settings.keyUpdateRecords(suite);
        this.keyUpdates = new KeyUpdateRate(settings.keyUpdatesPerSecond(), System::nanoTime);
        this.mostRecords = SessionSettings.rxRecords(suite);
        this.schedule = handshaken.secrets() == null
                ? null
                : new KeySchedule(
                        suite, handshaken.secrets().hash(), handshaken.secrets().dangerousPeer());
        OffloadPlan.Placed<RxSession> placed =
                settings.plan().placeRx(target, handshaken.rxKeys(), handshaken.rxBoundary(), this, settings.events());
        this.session = placed.session();
        this.placement = new Placement(settings, Direction.RX, stats, session.info(), placed.why());
    }

    /** Takes the next wire bytes; ownership moves here. */
    void receive(ByteBuf wire) {
        if (ended) {
            wire.release();
            return;
        }
        session.receive(wire);
        countBurst();
    }

    /** True while the backend still holds received bytes: the end of the stream is not yet the end of the data. */
    boolean isUnderWay() {
        return !ended && session.boundary() == null;
    }

    /**
     * True if the socket has nothing, and nothing that was received is still to be delivered.
     *
     * @param socketEmpty by the transport's last read, where it reads
     */
    boolean isDrained(boolean socketEmpty) {
        SocketRxSession reader = socketReader();
        if (reader != null) {
            return reader.isDrained();
        }
        return socketEmpty && !ended && !holdsInput();
    }

    /** True if more was received than was delivered. A session that reads the socket itself receives what is there. */
    boolean holdsInput() {
        SocketRxSession reader = socketReader();
        return reader == null ? session.bufferedBytes() > 0 || session.boundary() == null : !reader.isDrained();
    }

    /** The session while it reads the socket itself, so that Netty must not; otherwise null. */
    @Nullable
    SocketRxSession socketReader() {
        return !closed && session instanceof SocketRxSession reader && reader.readsSocket() ? reader : null;
    }

    private void countBurst() {
        burst.count(placement);
    }

    /** End of a read burst: the time to look at the key, and to move. */
    void settle() {
        if (!ended) {
            limitKey();
        }
        if (!ended) {
            moveIfDue();
        }
    }

    // = RFC 8446 §5.5
    // # There are cryptographic limits on the amount of plaintext which can be safely encrypted under a given
    // # set of keys.
    // We enforce the limit for the peer's key too: the peer is asked in time, and refused if it does not
    // replace its key or, in TLS 1.2, cannot.
    private void limitKey() {
        long records = session.nextSequence();
        if (records < keyUpdateRecords) {
            return;
        }
        if (records >= mostRecords) {
            onFault(new KeyLimitException(
                    settings.peer() + " has protected " + records + " records under one key, limit " + mostRecords));
        } else if (schedule != null && !keyUpdateAsked) {
            keyUpdateAsked = true;
            listener.onKeyWornOut();
        }
    }

    /** Ignores all further input. */
    void end() {
        ended = true;
    }

    /** Releases and wipes everything. May be called more than once, also while a record is delivered. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        ended = true;
        placement.onReleased();
        session.close();
        if (schedule != null) {
            schedule.destroy();
        }
    }

    @Override
    public void onData(ByteBuf plaintext) {
        int bytes = plaintext.readableBytes();
        burst.data(bytes, placement);
        if (ended) {
            plaintext.release();
        } else if (messages.inMessage()) {
            plaintext.release();
            fail(AlertDescription.UNEXPECTED_MESSAGE, "data inside a handshake message (RFC 8446 §5.1)");
        } else if (bytes == 0) {
            plaintext.release();
            if (++emptyRecords > MAX_EMPTY_RECORDS) {
                fail(AlertDescription.UNEXPECTED_MESSAGE, emptyRecords + " empty records in a row");
            }
        } else {
            emptyRecords = 0;
            listener.onData(plaintext);
        }
    }

    @Override
    public void onControl(ContentType type, ByteBuf plaintext, RecordBoundary end) {
        burst.control();
        controlEnd = end;
        try {
            if (!ended) {
                control(type, plaintext);
            }
        } catch (RecordFormatException e) {
            onFault(e);
        } finally {
            controlEnd = null;
            plaintext.release();
        }
    }

    @Override
    public void onBurstEnd() {
        if (!closed) {
            countBurst();
            listener.onRxBurstEnd();
        }
    }

    @Override
    public void onEnd() {
        if (!closed) {
            listener.onRxEnd();
        }
    }

    @Override
    public void onFault(OffloadException fault) {
        if (!ended) {
            ended = true;
            settings.events().onFault(Direction.RX, fault);
            listener.onRxFault(fault);
        }
    }

    @Override
    public void onDegraded(String reason) {
        placement.onDegraded(reason);
        listener.onRxDegraded();
    }

    @Override
    public void onKeyUpdate(boolean answerRequested) {
        RecordBoundary at = controlEnd;
        if (schedule == null || at == null) {
            throw new IllegalStateException("a KeyUpdate is a TLS 1.3 control record");
        }
        if (keyUpdates.exceeds()) {
            throw new RecordFormatException(
                    AlertDescription.UNEXPECTED_MESSAGE,
                    "more than " + settings.keyUpdatesPerSecond() + " KeyUpdates in a second");
        }
        if (!session.canRekey()) {
            onFault(new DeviceFaultException(session.info().backend() + " cannot change its key as the "
                    + settings.peer() + " did, direction=RX"));
            return;
        }
        session.rekey(at, schedule.next());
        keyUpdateAsked = false;
        placement.onRekeyed();
        settings.events().onKeyUpdate(Direction.RX);
        if (answerRequested) {
            listener.onKeyUpdateRequested();
        }
    }

    @Override
    public void onTicket(byte[] body) {
        if (!listener.onTicket(body)) {
            throw new RecordFormatException(AlertDescription.DECODE_ERROR, "NewSessionTicket does not parse");
        }
    }

    @Override
    public void onRenegotiation() {
        if (++renegotiations > MAX_RENEGOTIATIONS) {
            throw new RecordFormatException(
                    AlertDescription.HANDSHAKE_FAILURE, renegotiations + " attempts to renegotiate");
        }
        listener.onRenegotiation();
    }

    private void control(ContentType type, ByteBuf plaintext) {
        switch (type) {
            case HANDSHAKE -> messages.receive(plaintext);
            case ALERT -> alerts(plaintext);
            default ->
                throw new RecordFormatException(
                        AlertDescription.UNEXPECTED_MESSAGE, "record of type " + type.code() + " after the handshake");
        }
    }

    // In TLS 1.3 a record of type alert holds exactly one message (RFC 8446 §5.1); TLS 1.2 allows several.
    private void alerts(ByteBuf plaintext) {
        if (messages.inMessage()) {
            throw new RecordFormatException(
                    AlertDescription.UNEXPECTED_MESSAGE, "alert inside a handshake message (RFC 8446 §5.1)");
        }
        int bytes = plaintext.readableBytes();
        boolean wellFormed = version == ProtocolVersion.TLS_1_3 ? bytes == 2 : bytes > 0 && bytes % 2 == 0;
        if (!wellFormed) {
            throw new RecordFormatException(AlertDescription.DECODE_ERROR, "alert record of " + bytes + " bytes");
        }
        while (plaintext.isReadable() && !ended) {
            alert(plaintext.readUnsignedByte(), plaintext.readUnsignedByte());
        }
    }

    // = RFC 8446 §6
    // # All the alerts listed in Section 6.2 MUST be sent with AlertLevel=fatal and MUST be treated as error
    // # alerts when received regardless of the AlertLevel in the message.
    private void alert(int level, int description) {
        settings.events().onAlertReceived(AlertDescription.nameOf(description));
        if (description == AlertDescription.CLOSE_NOTIFY.code()) {
            ended = true;
            listener.onCloseNotify();
        } else if (isWarning(level, description)) {
            if (++warnings > MAX_WARNINGS) {
                throw new RecordFormatException(AlertDescription.UNEXPECTED_MESSAGE, warnings + " warning alerts");
            }
        } else {
            ended = true;
            listener.onFatalAlert(description);
        }
    }

    private boolean isWarning(int level, int description) {
        return version == ProtocolVersion.TLS_1_3 ? description == AlertDescription.USER_CANCELED.code() : level == 1;
    }

    private void fail(AlertDescription alert, String message) {
        onFault(new RecordFormatException(alert, message));
    }

    private void moveIfDue() {
        Placement.Move move = placement.due();
        if (move == null) {
            return;
        }
        RecordBoundary at = session.boundary();
        if (at == null || move.backend().readsSocket() && session.bufferedBytes() > 0) {
            return;
        }
        RxSession.Export export = session.export(at);
        OffloadPlan.Placed<RxSession> placed = settings.plan()
                .install(
                        move.backend(),
                        Direction.RX,
                        move.why(),
                        settings.events(),
                        backend -> backend.installRx(target, export.keys(), at, this));
        session = placed.session();
        placement.onMoved(session.info(), placed.why());
        receive(export.pending());
        if (socketReader() != null) {
            listener.onSocketTaken();
        }
    }
}
