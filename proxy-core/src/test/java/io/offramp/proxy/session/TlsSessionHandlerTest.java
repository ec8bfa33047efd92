package io.offramp.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
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
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.proxy.config.OffloadConfig.Policy;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.handshake.ApplicationSecrets;
import io.offramp.proxy.handshake.Handshaken;
import io.offramp.proxy.handshake.Negotiated;
import io.offramp.proxy.metrics.ProxyMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TlsSessionHandlerTest {
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int DATA = 23;

    private final Random random = new Random(8446);
    private final RecordOffload software = new SwProvider().open(Map.of());
    private final RecordOffload device = new SwProvider().open(Map.of());
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final InetSocketAddress local = new InetSocketAddress("127.0.0.1", 443);
    private final InetSocketAddress remote = new InetSocketAddress("127.0.0.1", 50_000);
    private final Connection connection = new Connection(1, "test", local, remote);
    private final byte[] clientSecret = random(32);
    private final byte[] serverSecret = random(32);
    private final List<Object> events = new ArrayList<>();
    private final List<Throwable> faults = new ArrayList<>();
    private TrafficKeys rxKeys;
    private TrafficKeys txKeys;
    private ReferenceRecords client;
    private ReferenceRecords expected;
    private EmbeddedChannel channel;

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        software.close();
        device.close();
        metrics.close();
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
    void shouldAnswerAKeyUpdateOnceUnderTheOldKeyAndGoOnWithNewOnesBothWays() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 1}));
        client = new ReferenceRecords(next(clientSecret, 1));
        receive(client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
        client = new ReferenceRecords(next(clientSecret, 2));
        receive(client.seal(DATA, "under the third key".getBytes(US_ASCII)));

        assertThat(sent()).isEqualTo(expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
        assertThat(received()).isEqualTo("under the third key");
        write("mine");
        assertThat(sent())
                .isEqualTo(new ReferenceRecords(next(serverSecret, 1)).seal(DATA, "mine".getBytes(US_ASCII)));
        assertThat(connection.rx().rekeys()).isEqualTo(2);
        assertThat(connection.tx().rekeys()).isEqualTo(1);
    }

    @Test
    void shouldOpenARecordUnderTheNewKeyThatCameInTheSameRead() {
        start(ProtocolVersion.TLS_1_3);
        byte[] update = client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        ReferenceRecords updated = new ReferenceRecords(next(clientSecret, 1));

        receive(ReferenceRecords.concat(update, updated.seal(DATA, "new".getBytes(US_ASCII))));

        assertThat(received()).isEqualTo("new");
    }

    @Test
    void shouldEndAKeyUpdateStorm() {
        start(ProtocolVersion.TLS_1_3);

        for (int i = 1; i <= 101; i++) {
            receive(client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
            client = new ReferenceRecords(next(clientSecret, i));
        }

        assertThat(lastSent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 10}));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldReplaceItsOwnKeyBeforeTheLimit() {
        prepare(ProtocolVersion.TLS_1_3);
        install(new SessionSettings(plan(Policy.SW), metrics.tls(), 16384, 2, 100)).start(Unpooled.EMPTY_BUFFER);

        write("1");
        write("2");
        write("3");

        byte[] old = ReferenceRecords.concat(
                expected.seal(DATA, "1".getBytes(US_ASCII)), expected.seal(DATA, "2".getBytes(US_ASCII)));
        byte[] update = expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        byte[] fresh = new ReferenceRecords(next(serverSecret, 1)).seal(DATA, "3".getBytes(US_ASCII));
        assertThat(sent()).isEqualTo(ReferenceRecords.concat(ReferenceRecords.concat(old, update), fresh));
    }

    @Test
    void shouldCloseAtTheLimitWhereTheVersionHasNoKeyUpdate() {
        prepare(ProtocolVersion.TLS_1_2);
        install(new SessionSettings(plan(Policy.SW), metrics.tls(), 16384, 1, 100)).start(Unpooled.EMPTY_BUFFER);

        write("1");
        ChannelFuture refused = channel.writeAndFlush(Unpooled.copiedBuffer("2", US_ASCII));

        assertThat(refused.isSuccess()).isFalse();
        assertThat(sent())
                .isEqualTo(ReferenceRecords.concat(
                        expected.seal(DATA, "1".getBytes(US_ASCII)), expected.seal(ALERT, new byte[] {1, 0})));
        assertThat(channel.isOpen()).isFalse();
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
    void shouldSendCloseNotifyBehindWhatWasWritten() {
        start(ProtocolVersion.TLS_1_3);

        channel.write(Unpooled.copiedBuffer("last", US_ASCII));
        channel.close();

        assertThat(sent())
                .isEqualTo(ReferenceRecords.concat(
                        expected.seal(DATA, "last".getBytes(US_ASCII)), expected.seal(ALERT, new byte[] {1, 0})));
        assertThat(channel.isOpen()).isFalse();
        assertThat(scrape()).doesNotContain("offramp_tls_truncated_closes_total 1");
    }

    @Test
    void shouldCountATruncatedEndAndCloseWithoutCallingItClean() {
        start(ProtocolVersion.TLS_1_3);

        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(channel.isOpen()).isFalse();
        assertThat(events).isEmpty();
        assertThat(scrape()).contains("offramp_tls_truncated_closes_total 1");
    }

    @Test
    void shouldNotCallItTruncatedWhenWeCutTheConnection() {
        start(ProtocolVersion.TLS_1_3);

        channel.unsafe().close(channel.newPromise());

        assertThat(channel.isOpen()).isFalse();
        assertThat(scrape()).contains("offramp_tls_truncated_closes_total 0");
    }

    @Test
    void shouldAnswerATamperedRecordWithBadRecordMacAndReleaseNothingOfIt() {
        start(ProtocolVersion.TLS_1_3);
        byte[] good = client.seal(DATA, "good".getBytes(US_ASCII));
        byte[] bad = client.seal(DATA, "evil".getBytes(US_ASCII));
        bad[7] ^= 1;

        receive(ReferenceRecords.concat(good, bad));

        assertThat(received()).isEqualTo("good");
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 20}));
        assertThat(channel.isOpen()).isFalse();
        assertThat(faults).hasSize(1);
        assertThat(scrape()).contains("offramp_tls_record_errors_total{direction=\"rx\",error=\"bad_record_mac\"} 1.0");
    }

    @Test
    void shouldRefuseRenegotiationWithAWarningAndGiveUpOnTheFourth() {
        start(ProtocolVersion.TLS_1_2);
        byte[] hello = new byte[60];
        hello[0] = 1;
        hello[3] = 56;

        for (int i = 0; i < 3; i++) {
            receive(client.seal(HANDSHAKE, hello));
            assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {1, 100}));
        }
        receive(client.seal(HANDSHAKE, hello));

        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 40}));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldEndFloodsOfUselessRecords() {
        start(ProtocolVersion.TLS_1_3);
        for (int i = 0; i < 33; i++) {
            receive(client.seal(DATA, new byte[0]));
        }
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 10}));

        start(ProtocolVersion.TLS_1_2);
        for (int i = 0; i < 6; i++) {
            receive(client.seal(ALERT, new byte[] {1, 90}));
        }
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 10}));
    }

    @Test
    void shouldRefuseDataInsideAHandshakeMessageAndMalformedAlerts() {
        start(ProtocolVersion.TLS_1_3);
        receive(client.seal(HANDSHAKE, new byte[] {24, 0}));
        receive(client.seal(DATA, "x".getBytes(US_ASCII)));
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 10}));

        start(ProtocolVersion.TLS_1_3);
        receive(client.seal(ALERT, new byte[] {1}));
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 50}));

        start(ProtocolVersion.TLS_1_3);
        receive(client.seal(ALERT, new byte[] {1, 0, 1, 0}));
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 50}));
    }

    @Test
    void shouldCloseWithoutAWordWhenThePeerGivesUp() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(ALERT, new byte[] {2, 42}));

        assertThat(sent()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
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
                backend.installTx(target, keys, new RecordBoundary(Direction.TX, 0, 0), new CollectingTxSink());
        return ((InstallResult.Installed<TxSession>) result).session();
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

    private void start(ProtocolVersion version) {
        if (channel != null) {
            channel.finishAndReleaseAll();
        }
        prepare(version);
        install(settings(plan(Policy.SW))).start(Unpooled.EMPTY_BUFFER);
    }

    private void prepare(ProtocolVersion version) {
        int ivBytes = TrafficKeys.ivBytes(version, AeadSuite.AES_128_GCM);
        rxKeys = new TrafficKeys(version, AeadSuite.AES_128_GCM, random(16), random(ivBytes), 0);
        txKeys = new TrafficKeys(version, AeadSuite.AES_128_GCM, random(16), random(ivBytes), 0);
        client = new ReferenceRecords(rxKeys);
        expected = new ReferenceRecords(txKeys);
    }

    private TlsSessionHandler install(SessionSettings settings) {
        boolean tls13 = rxKeys.version() == ProtocolVersion.TLS_1_3;
        Handshaken handshaken = new Handshaken(
                new Negotiated(
                        rxKeys.version(), AeadSuite.AES_128_GCM, "TLS_AES_128_GCM_SHA256", "x25519", null, null, false, 16384),
                rxKeys, new RecordBoundary(Direction.RX, 1000, 0),
                txKeys, new RecordBoundary(Direction.TX, 2000, 0),
                tls13 ? new ApplicationSecrets("SHA-256", clientSecret.clone(), serverSecret.clone()) : null);
        channel = new EmbeddedChannel();
        OffloadTarget target = new OffloadTarget(1, channel, new FiveTuple(local, remote));
        TlsSessionHandler handler = new TlsSessionHandler(handshaken, target, settings, connection);
        channel.pipeline().addLast(handler).addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                events.add(event);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                faults.add(cause);
            }
        });
        return handler;
    }

    private OffloadPlan plan(Policy policy) {
        return new OffloadPlan(software, device, policy, policy, AutoPolicy.DEFAULTS);
    }

    private SessionSettings settings(OffloadPlan plan) {
        return SessionSettings.of(plan, metrics.tls());
    }

    private void receive(byte[] wire) {
        channel.writeInbound(channel.alloc().directBuffer().writeBytes(wire));
    }

    private void write(String text) {
        channel.writeAndFlush(channel.alloc().directBuffer().writeBytes(text.getBytes(US_ASCII)));
    }

    private String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf data; (data = channel.readInbound()) != null; ) {
            text.append(data.toString(US_ASCII));
            data.release();
        }
        return text.toString();
    }

    private byte[] sent() {
        byte[] all = new byte[0];
        for (ByteBuf wire; (wire = channel.readOutbound()) != null; ) {
            all = ReferenceRecords.concat(all, ByteBufUtil.getBytes(wire));
            wire.release();
        }
        return all;
    }

    private byte[] lastSent() {
        byte[] last = new byte[0];
        for (ByteBuf wire; (wire = channel.readOutbound()) != null; ) {
            last = ByteBufUtil.getBytes(wire);
            wire.release();
        }
        return last;
    }

    private String scrape() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            metrics.scrape(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toString(US_ASCII);
    }

    /** The keys after so many steps; KeySchedule itself is compared with the standard in its own test. */
    private TrafficKeys next(byte[] secret, int steps) {
        KeySchedule schedule = new KeySchedule(AeadSuite.AES_128_GCM, "SHA-256", secret);
        TrafficKeys keys = schedule.next();
        for (int i = 1; i < steps; i++) {
            keys = schedule.next();
        }
        return keys;
    }

    private byte[] random(int bytes) {
        byte[] array = new byte[bytes];
        random.nextBytes(array);
        return array;
    }
}
