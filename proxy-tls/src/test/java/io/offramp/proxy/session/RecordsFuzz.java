package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.device.DeviceProvider;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.tls.ApplicationSecrets;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Negotiated;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What a client may send behind the handshake. The first byte of an input chooses version and backend. The rest is a
 * list of steps: a record of any type, one or two bytes of length and that many of content, sealed as the client would;
 * or as many bytes as they are.
 */
public final class RecordsFuzz {
    private static final long MAX_HEAP_BYTES = 16 << 20;
    private static final int MAX_STEPS = 256;
    private static final RecordOffload SOFTWARE = new SwProvider().open(Map.of());
    private static final RecordOffload DEVICE = new DeviceProvider().open(Map.of("contexts", "64"));
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 443);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("127.0.0.1", 50_000);

    private final ProtocolVersion version;
    private final byte[] clientSecret = new byte[32];
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final KeySchedule clientKeys = new KeySchedule(AeadSuite.AES_128_GCM, "SHA-256", clientSecret);
    private ReferenceRecords client;

    private RecordsFuzz(boolean tls13, boolean device) {
        version = tls13 ? ProtocolVersion.TLS_1_3 : ProtocolVersion.TLS_1_2;
        TrafficKeys rxKeys = keys();
        client = new ReferenceRecords(rxKeys);
        Handshaken handshaken = new Handshaken(
                new Negotiated(
                        version,
                        AeadSuite.AES_128_GCM,
                        "TLS_AES_128_GCM_SHA256",
                        "x25519",
                        null,
                        null,
                        false,
                        1 << 14,
                        null),
                rxKeys,
                RecordBoundary.start(Direction.RX).movedTo(1000, 0),
                keys(),
                RecordBoundary.start(Direction.TX).movedTo(2000, 0),
                tls13 ? new ApplicationSecrets("SHA-256", new byte[32], clientSecret.clone()) : null);
        Policy policy = device ? Policy.HW : Policy.SW;
        OffloadPlan plan = new OffloadPlan(SOFTWARE, DEVICE, policy, policy, AutoPolicy.DEFAULTS);
        TlsSessionHandler handler = new TlsSessionHandler(
                handshaken,
                new OffloadTarget(1, channel, new FiveTuple(LOCAL, REMOTE)),
                SessionSettings.of(plan, new SessionTally(), RecordSizeConfig.DEFAULTS),
                new Connection(1, "fuzz", LOCAL, REMOTE));
        channel.pipeline().addLast(handler).addLast(new PeersFaultOnly());
        handler.start(channel.alloc().directBuffer());
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length > 0) {
            Bounds.check(MAX_HEAP_BYTES, () -> run(ByteBuffer.wrap(data)));
        }
    }

    private static void run(ByteBuffer input) throws Exception {
        int kind = input.get();
        RecordsFuzz session = new RecordsFuzz((kind & 1) == 0, (kind & 2) != 0);
        try {
            for (int i = 0; i < MAX_STEPS && input.hasRemaining() && session.channel.isActive(); i++) {
                session.step(input);
            }
            session.channel.checkException();
        } finally {
            session.channel.finishAndReleaseAll();
        }
    }

    private void step(ByteBuffer input) {
        int type = input.get() & 0xff;
        int length = input.hasRemaining() ? input.get() & 0xff : 0;
        if (length == 0xff && input.remaining() >= 2) {
            length = input.getShort() & 0x3fff;
        }
        byte[] content = new byte[Math.min(length, input.remaining())];
        input.get(content);
        if (type == 0xff) {
            receive(content);
            return;
        }
        receive(client.seal(type, content));
        boolean keyUpdate = type == 22 && content.length == 5 && content[0] == 24 && version == ProtocolVersion.TLS_1_3;
        if (keyUpdate) {
            client = new ReferenceRecords(clientKeys.next());
        }
    }

    private void receive(byte[] wire) {
        channel.writeInbound(
                channel.alloc().directBuffer(Math.max(1, wire.length)).writeBytes(wire));
        for (ByteBuf out; (out = channel.readInbound()) != null; ) {
            out.release();
        }
        for (ByteBuf out; (out = channel.readOutbound()) != null; ) {
            out.release();
        }
    }

    private TrafficKeys keys() {
        int ivBytes = TrafficKeys.ivBytes(version, AeadSuite.AES_128_GCM);
        return new TrafficKeys(version, AeadSuite.AES_128_GCM, new byte[16], new byte[ivBytes], 0);
    }

    private static final class PeersFaultOnly extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof RecordFormatException || cause instanceof RecordAuthenticationException)) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
