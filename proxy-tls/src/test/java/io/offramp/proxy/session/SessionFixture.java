package io.offramp.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.device.DeviceProvider;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.tls.ApplicationSecrets;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Negotiated;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/** One session on a channel without a socket, with a client that is made of reference records. */
@SuppressWarnings("NullAway.Init") // start() sets the rest
abstract class SessionFixture {
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int DATA = 23;

    final Random random = new Random(8446);
    final RecordOffload software = new SwProvider().open(Map.of());
    final RecordOffload device = new SwProvider().open(Map.of());
    final RecordOffload nic = new DeviceProvider().open(Map.of());
    final SessionTally tally = new SessionTally();
    final InetSocketAddress local = new InetSocketAddress("127.0.0.1", 443);
    final InetSocketAddress remote = new InetSocketAddress("127.0.0.1", 50_000);
    final Connection connection = new Connection(1, "test", local, remote);
    final byte[] clientSecret = random(32);
    final byte[] serverSecret = random(32);
    final List<Object> events = new ArrayList<>();
    final List<Throwable> faults = new ArrayList<>();
    int recordLimit = 16_384;
    RecordSizeConfig recordSize = RecordSizeConfig.of(16_384);
    TrafficKeys rxKeys;
    TrafficKeys txKeys;
    ReferenceRecords client;
    ReferenceRecords expected;
    EmbeddedChannel channel;
    byte[] tickets = {};

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        software.close();
        device.close();
        nic.close();
    }

    void start(ProtocolVersion version) {
        start(version, Policy.SW);
    }

    /** With both directions in software, or in the device model. */
    void start(ProtocolVersion version, Policy policy) {
        if (channel != null) {
            channel.finishAndReleaseAll();
        }
        prepare(version);
        install(settings(plan(policy))).start(Unpooled.EMPTY_BUFFER);
    }

    void prepare(ProtocolVersion version) {
        prepare(version, 0);
    }

    /** @param rxSequence the client's next record */
    void prepare(ProtocolVersion version, long rxSequence) {
        int ivBytes = TrafficKeys.ivBytes(version, AeadSuite.AES_128_GCM);
        rxKeys = new TrafficKeys(version, AeadSuite.AES_128_GCM, random(16), random(ivBytes), rxSequence);
        txKeys = new TrafficKeys(version, AeadSuite.AES_128_GCM, random(16), random(ivBytes), 0);
        client = new ReferenceRecords(rxKeys);
        expected = new ReferenceRecords(txKeys);
    }

    TlsSessionHandler install(SessionSettings settings) {
        Handshaken handshaken = handshaken();
        channel = new EmbeddedChannel();
        TlsSessionHandler handler = new TlsSessionHandler(handshaken, target(), settings, connection);
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

    OffloadTarget target() {
        return new OffloadTarget(1, channel, new FiveTuple(local, remote));
    }

    Handshaken handshaken() {
        boolean tls13 = rxKeys.version() == ProtocolVersion.TLS_1_3;
        return new Handshaken(
                new Negotiated(
                        rxKeys.version(),
                        AeadSuite.AES_128_GCM,
                        "TLS_AES_128_GCM_SHA256",
                        "x25519",
                        null,
                        null,
                        false,
                        recordLimit,
                        null),
                rxKeys,
                RecordBoundary.start(Direction.RX).movedTo(1000, rxKeys.nextSequence()),
                txKeys,
                RecordBoundary.start(Direction.TX).movedTo(2000, 0),
                tls13 ? new ApplicationSecrets("SHA-256", serverSecret.clone(), clientSecret.clone()) : null,
                tickets);
    }

    OffloadPlan plan(Policy policy) {
        return new OffloadPlan(software, nic, policy, policy, AutoPolicy.DEFAULTS);
    }

    SessionSettings settings(OffloadPlan plan) {
        return SessionSettings.of(plan, tally, recordSize);
    }

    /** With keys that last for that number of records. */
    SessionSettings settings(OffloadPlan plan, long keyUpdateRecords) {
        return new SessionSettings(plan, tally, recordSize, keyUpdateRecords, 100);
    }

    void receive(byte[] wire) {
        channel.writeInbound(channel.alloc().directBuffer().writeBytes(wire));
    }

    void write(String text) {
        channel.writeAndFlush(channel.alloc().directBuffer().writeBytes(text.getBytes(US_ASCII)));
    }

    String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf data; (data = channel.readInbound()) != null; ) {
            text.append(data.toString(US_ASCII));
            data.release();
        }
        return text.toString();
    }

    /** What the client would send next as a handshake message. */
    byte[] keyUpdate(int requested) {
        return client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, (byte) requested});
    }

    byte[] sent() {
        byte[] all = new byte[0];
        for (ByteBuf wire; (wire = channel.readOutbound()) != null; ) {
            all = ReferenceRecords.concat(all, ByteBufUtil.getBytes(wire));
            wire.release();
        }
        return all;
    }

    byte[] lastSent() {
        byte[] last = new byte[0];
        for (ByteBuf wire; (wire = channel.readOutbound()) != null; ) {
            last = ByteBufUtil.getBytes(wire);
            wire.release();
        }
        return last;
    }

    /** The keys after that number of steps; KeySchedule itself is compared with the standard in its own test. */
    TrafficKeys next(byte[] secret, int steps) {
        KeySchedule schedule = new KeySchedule(AeadSuite.AES_128_GCM, "SHA-256", secret);
        TrafficKeys keys = schedule.next();
        for (int i = 1; i < steps; i++) {
            keys = schedule.next();
        }
        return keys;
    }

    byte[] random(int bytes) {
        byte[] array = new byte[bytes];
        random.nextBytes(array);
        return array;
    }
}
