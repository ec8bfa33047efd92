package io.offramp.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.TxSession;
import io.offramp.offload.device.DeviceProvider;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.proxy.channel.FinEvent;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TlsSessionHandlerTest extends SessionFixture {
    @Test
    void shouldWipeAndReleaseWhereTheSessionEndsBeforeItStarts() {
        // Given
        prepare(ProtocolVersion.TLS_1_3);
        TlsSessionHandler handler = install(settings(plan(Policy.SW)));
        ByteBuf pending = Unpooled.copiedBuffer(new byte[5]);

        // When
        channel.close();
        handler.start(pending);

        // Then
        assertThat(rxKeys.isDestroyed()).isTrue();
        assertThat(txKeys.isDestroyed()).isTrue();
        assertThat(pending.refCnt()).isZero();
    }

    @Test
    void shouldCarryDataBothWays() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(DATA, "ping".getBytes(US_ASCII)));
        write("pong");

        assertThat(received()).isEqualTo("ping");
        assertThat(sent()).isEqualTo(expected.seal(DATA, "pong".getBytes(US_ASCII)));
        assertThat(connection.rx().records()).isEqualTo(1);
        assertThat(connection.rx().bytes()).isEqualTo(4);
        assertThat(connection.tx().records()).isEqualTo(1);
    }

    @Test
    void shouldStartWithWhatCameBehindFinishedAndCompleteAPartialRecord() {
        prepare(ProtocolVersion.TLS_1_3);
        byte[] wire = ReferenceRecords.concat(
                client.seal(DATA, "first ".getBytes(US_ASCII)), client.seal(DATA, "second".getBytes(US_ASCII)));

        install(settings(plan(Policy.SW))).start(Unpooled.copiedBuffer(wire, 0, wire.length - 10));
        receive(Arrays.copyOfRange(wire, wire.length - 10, wire.length));

        assertThat(received()).isEqualTo("first second");
    }

    @Test
    void shouldCallTheSocketEmptyOnlyBehindTheLastWholeRecordOfAReadThatLeftRoom() {
        // Given
        prepare(ProtocolVersion.TLS_1_3);
        TlsSessionHandler handler = install(settings(plan(Policy.SW)));
        handler.start(Unpooled.EMPTY_BUFFER);
        List<Boolean> whileDelivering = new ArrayList<>();
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                whileDelivering.add(handler.isDrained());
                ctx.fireChannelRead(message);
            }
        });
        byte[] one = client.seal(DATA, "one".getBytes(US_ASCII));
        byte[] two = client.seal(DATA, "two".getBytes(US_ASCII));
        byte[] three = client.seal(DATA, "three".getBytes(US_ASCII));

        // When, then
        receive(one);
        assertThat(handler.isDrained()).as("a whole record").isTrue();
        receive(Arrays.copyOf(two, 7));
        assertThat(handler.isDrained()).as("a part of a record").isFalse();
        assertThat(handler.holdsInput()).as("a part of a record").isTrue();
        receive(Arrays.copyOfRange(two, 7, two.length));
        assertThat(handler.isDrained()).as("its rest").isTrue();
        channel.writeInbound(Unpooled.directBuffer(three.length, three.length).writeBytes(three));
        assertThat(handler.isDrained()).as("a read that filled its buffer").isFalse();
        assertThat(handler.holdsInput()).as("whole records").isFalse();
        assertThat(whileDelivering).containsExactly(false, false, false);
    }

    @Test
    void shouldTellACleanEndAndStillWrite() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(ALERT, new byte[] {1, 0}));
        receive(client.seal(DATA, "ignored".getBytes(US_ASCII)));
        write("late answer");

        assertThat(events).containsExactly(ChannelInputShutdownEvent.INSTANCE);
        assertThat(received()).isEmpty();
        assertThat(sent()).isEqualTo(expected.seal(DATA, "late answer".getBytes(US_ASCII)));
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldTellAFinBehindCloseNotifyApart() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(ALERT, new byte[] {1, 0}));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        write("late answer");

        assertThat(events).containsExactly(ChannelInputShutdownEvent.INSTANCE, FinEvent.INSTANCE);
        assertThat(sent()).isEqualTo(expected.seal(DATA, "late answer".getBytes(US_ASCII)));
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldSendCloseNotifyBehindWhatWasWritten() {
        start(ProtocolVersion.TLS_1_3);

        channel.write(Unpooled.copiedBuffer("last", US_ASCII));
        channel.close();

        assertThat(sent())
                .isEqualTo(ReferenceRecords.concat(
                        expected.seal(DATA, "last".getBytes(US_ASCII)), expected.seal(ALERT, new byte[] {1, 0})));
        assertThat(channel.isOpen()).isFalse();
        assertThat(tally.truncated()).isZero();
    }

    @Test
    void shouldCountATruncatedEndAndCloseWithoutCallingItClean() {
        start(ProtocolVersion.TLS_1_3);

        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(channel.isOpen()).isFalse();
        assertThat(events).isEmpty();
        assertThat(tally.truncated()).isEqualTo(1);
    }

    @Test
    void shouldNotCallItTruncatedWhenWeCutTheConnection() {
        start(ProtocolVersion.TLS_1_3);

        channel.unsafe().close(channel.newPromise());

        assertThat(channel.isOpen()).isFalse();
        assertThat(tally.truncated()).isZero();
    }

    @Test
    void shouldMoveALivingSessionWithoutAMarkOnTheWire() {
        prepare(ProtocolVersion.TLS_1_3);
        AutoPolicy soon = new AutoPolicy(2000, 500);
        OffloadPlan plan = new OffloadPlan(software, device, Policy.AUTO, Policy.AUTO, soon);
        install(settings(plan)).start(Unpooled.EMPTY_BUFFER);
        StringBuilder said = new StringBuilder();

        for (int i = 0; i < 4; i++) {
            String text = ("" + i).repeat(1000);
            said.append(text);
            receive(client.seal(DATA, text.getBytes(US_ASCII)));
            write(text);
            assertThat(sent()).isEqualTo(expected.seal(DATA, text.getBytes(US_ASCII)));
        }

        assertThat(received()).isEqualTo(said.toString());
        assertThat(connection.tx().moves()).isEqualTo(1);
        assertThat(connection.rx().moves()).isEqualTo(1);
        assertThat(connection.rx().why()).isEqualTo("auto: 1 KiB in 2 records");
    }

    @Test
    void shouldLeaveASessionInSoftwareUntilABusyBackendHasRoom() {
        // Given
        try (RecordOffload full = new DeviceProvider().open(Map.of("contexts", "1"))) {
            prepare(ProtocolVersion.TLS_1_3);
            TxSession elsewhere = takeContext(full);
            OffloadPlan plan = new OffloadPlan(software, full, Policy.SW, Policy.AUTO, new AutoPolicy(2000, 500));
            install(settings(plan)).start(Unpooled.EMPTY_BUFFER);

            // When, Then
            receive(client.seal(DATA, "a".repeat(2000).getBytes(US_ASCII)));
            assertThat(connection.rx().why()).isEqualTo("auto: waits, device is busy");
            assertThat(connection.rx().moves()).isZero();
            elsewhere.close();
            receive(client.seal(DATA, "a".repeat(1000).getBytes(US_ASCII)));
            assertThat(connection.rx().why()).isEqualTo("auto: 2 KiB in 2 records");
            assertThat(connection.rx().conf()).isEqualTo("hw");
            assertThat(received()).isEqualTo("a".repeat(3000));
            channel.finishAndReleaseAll();
        }
    }

    private TxSession takeContext(RecordOffload backend) {
        TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, random(16), random(12), 0);
        OffloadTarget target = new OffloadTarget(2, new EmbeddedChannel(), new FiveTuple(local, remote));
        InstallResult<TxSession> result =
                backend.installTx(target, keys, RecordBoundary.start(Direction.TX), new CollectingTxSink());
        return ((InstallResult.Installed<TxSession>) result).session();
    }

    @Test
    void shouldSendTicketsBeforeAnythingElse() {
        // Given a client whose first request came in behind its Finished
        prepare(ProtocolVersion.TLS_1_3);
        tickets = new byte[] {4, 0, 0, 3, 1, 2, 3};
        TlsSessionHandler handler = install(settings(plan(Policy.SW)));

        // When
        handler.start(channel.alloc().directBuffer().writeBytes(client.seal(DATA, "hello".getBytes(US_ASCII))));
        write("world");

        // Then
        assertThat(received()).isEqualTo("hello");
        assertThat(sent())
                .isEqualTo(ReferenceRecords.concat(
                        expected.seal(HANDSHAKE, tickets), expected.seal(DATA, "world".getBytes(US_ASCII))));
    }

    @Test
    void shouldSendTicketsAtOnceWhenThereIsNoData() {
        prepare(ProtocolVersion.TLS_1_3);
        tickets = new byte[] {4, 0, 0, 0};

        install(settings(plan(Policy.SW))).start(Unpooled.EMPTY_BUFFER);

        assertThat(sent()).isEqualTo(expected.seal(HANDSHAKE, tickets));
    }

    @Test
    void shouldWipeAllKeysAtTheEnd() {
        start(ProtocolVersion.TLS_1_3);
        TrafficKeys rx = rxKeys;
        TrafficKeys tx = txKeys;

        channel.close();

        assertThat(rx.isDestroyed()).isTrue();
        assertThat(tx.isDestroyed()).isTrue();
    }
}
