package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.InstallResult;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Both directions of a connection, and what they should have done so far, from the reference. */
final class ExplorerConnection {
    private static final int DATA = 23;
    private static final int HANDSHAKE = 22;
    private static final int MOST_PLAINTEXT = 400;
    private static final int[] SIZES = {700, 30, 380, 1};

    private final SessionFixtures sessions;
    private final CollectingTxSink txSink;
    private final CollectingRxSink rxSink;
    private TxSession tx;
    private RxSession rx;
    private final ByteArrayOutputStream expectedWire = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Deque<TrafficKeys> nextKeys = new ArrayDeque<>();
    private ReferenceRecords reference;
    private ReferenceRecords peer;
    private byte[] heldBack = {};
    private int messages;

    private ExplorerConnection(SessionFixtures sessions, RxSession rx, CollectingRxSink rxSink, ReferenceRecords peer) {
        this.sessions = sessions;
        this.rx = rx;
        this.rxSink = rxSink;
        this.peer = peer;
        rxSink.whenControl(end -> this.rx.rekey(end, nextKeys.remove()));
        SessionFixtures.Tx installed = sessions.tx(DeviceFixture.TLS_1_3, 0);
        tx = installed.session();
        txSink = installed.sink();
        reference = installed.expected();
    }

    /** Both directions, or null where the device does not take the connection. */
    static @Nullable ExplorerConnection open(SessionFixtures sessions) {
        TrafficKeys keys = sessions.keys(DeviceFixture.TLS_1_3, 0);
        ReferenceRecords peer = new ReferenceRecords(keys);
        CollectingRxSink sink = new CollectingRxSink();
        RecordBoundary start = RecordBoundary.start(Direction.RX).movedTo(SessionFixtures.START_POSITION, 0);
        return switch (sessions.offload().installRx(sessions.target(), keys, start, sink)) {
            case InstallResult.Installed<RxSession>(RxSession rx) -> new ExplorerConnection(sessions, rx, sink, peer);
            case InstallResult.Declined<RxSession> declined -> {
                keys.destroy();
                yield null;
            }
        };
    }

    /** How the device knows what comes in. */
    static FlowKey flow(SessionFixtures sessions) {
        return new PacketTemplate(
                        sessions.target().flow().remote(),
                        sessions.target().flow().local())
                .flow();
    }

    void send() {
        send(sessions.content(SIZES[messages++ % SIZES.length]));
    }

    void sendSmall() {
        send(sessions.content(20));
    }

    private void send(byte[] content) {
        expectedWire.writeBytes(reference.sealAll(DATA, content, MOST_PLAINTEXT));
        tx.seal(ContentType.APPLICATION_DATA, sessions.buffer(content), MOST_PLAINTEXT);
    }

    /** One more record comes in, or only the first of its {@code parts} parts. */
    void receive(int parts) {
        byte[] content = sessions.content(SIZES[messages++ % SIZES.length]);
        sent.writeBytes(content);
        byte[] wire = ReferenceRecords.concat(heldBack, peer.seal(DATA, content));
        int bytes = wire.length / parts;
        heldBack = Arrays.copyOfRange(wire, bytes, wire.length);
        rx.receive(sessions.buffer(Arrays.copyOf(wire, bytes)));
    }

    void rekeyTx() {
        RecordBoundary at = tx.sealedBoundary();
        if (at != null) {
            TrafficKeys next = sessions.keys(DeviceFixture.TLS_1_3, 0);
            reference = new ReferenceRecords(next);
            tx.rekey(at, next);
        }
    }

    /** The peer announces it in a record, and uses other keys behind it. */
    void rekeyRx() {
        TrafficKeys next = sessions.keys(DeviceFixture.TLS_1_3, 0);
        byte[] wire = ReferenceRecords.concat(heldBack, peer.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
        heldBack = new byte[0];
        peer = new ReferenceRecords(next);
        nextKeys.add(next);
        rx.receive(sessions.buffer(wire));
    }

    /** Gives back what is sent, and to the device again, if nothing is under way; false if the device declines. */
    boolean installTxAgain() {
        RecordBoundary at = tx.boundary();
        if (at == null) {
            return true;
        }
        TrafficKeys keys = tx.export(at);
        InstallResult<TxSession> result = sessions.offload().installTx(sessions.target(), keys, at, txSink);
        if (result instanceof InstallResult.Installed<TxSession>(TxSession again)) {
            tx = again;
            return true;
        }
        keys.destroy();
        return false;
    }

    /** The same of what is received. */
    boolean installRxAgain() {
        RecordBoundary at = rx.boundary();
        if (at == null) {
            return true;
        }
        RxSession.Export exported = rx.export(at);
        InstallResult<RxSession> result = sessions.offload().installRx(sessions.target(), exported.keys(), at, rxSink);
        if (result instanceof InstallResult.Installed<RxSession>(RxSession again)) {
            rx = again;
            rx.receive(exported.pending());
            return true;
        }
        exported.keys().destroy();
        exported.pending().release();
        return false;
    }

    /** What is wrong with a packet for the peer, or null. */
    @Nullable
    String look(int sequence, ByteBuf payload, int index, int bytes) {
        byte[] expected = expectedWire.toByteArray();
        int from = sequence - (int) SessionFixtures.START_POSITION;
        byte[] packet = ByteBufUtil.getBytes(payload, index, bytes);
        boolean isRight = from >= 0
                && from + bytes <= expected.length
                && Arrays.equals(expected, from, from + bytes, packet, 0, bytes);
        return isRight ? null : "wrong bytes leave, " + bytes + " at " + from;
    }

    /** What is wrong with what came out so far, or null. */
    @Nullable
    String look() {
        byte[] wire = txSink.wire();
        byte[] data = rxSink.data();
        if (!rxSink.faults().isEmpty() || !txSink.faults().isEmpty()) {
            return "faults " + rxSink.faults() + txSink.faults();
        }
        if (!startsWith(expectedWire.toByteArray(), wire)) {
            return "what was sealed is not what was sent, " + wire.length + " bytes";
        }
        boolean isRight = startsWith(sent.toByteArray(), data);
        return isRight ? null : "what was opened is not what was sent, " + data.length + " bytes";
    }

    /** What is missing when nothing is under way, or null. */
    @Nullable
    String lookAtAll() {
        boolean isWhole = txSink.wire().length == expectedWire.size() && rxSink.data().length == sent.size();
        return isWhole ? null : "something is missing";
    }

    private static boolean startsWith(byte[] all, byte[] start) {
        return start.length <= all.length && Arrays.equals(all, 0, start.length, start, 0, start.length);
    }

    /** True where the device is still there for what is sent. */
    boolean isTxInHardware() {
        return tx.info().mode() == RecordMode.HW;
    }

    /** True where the device is still there for what is received. */
    boolean isRxInHardware() {
        return rx.info().mode() == RecordMode.HW;
    }

    /** Why sessions gave the device back. */
    List<String> degradations() {
        List<String> all = new ArrayList<>(txSink.degradations());
        all.addAll(rxSink.degradations());
        return all;
    }

    void close() {
        tx.close();
        rx.close();
        nextKeys.forEach(TrafficKeys::destroy);
    }
}
