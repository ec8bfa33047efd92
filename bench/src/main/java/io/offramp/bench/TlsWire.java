package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.aead.record.RecordOpener;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.session.RecordSizeConfig;
import io.offramp.proxy.session.SessionSettings;
import io.offramp.proxy.session.TlsSessionHandler;
import io.offramp.proxy.tls.ApplicationSecrets;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Negotiated;
import java.util.Map;
import java.util.function.Consumer;

/** A client with TLS 1.3 and AES-128-GCM, from the handover on; the proxy's records are made in {@code sw}. */
final class TlsWire implements ClientWire {
    private static final AeadSuite SUITE = AeadSuite.AES_128_GCM;
    private static final int RECORD_BYTES = RecordFormat.MAX_PLAINTEXT_BYTES;

    private final RecordOffload software = new SwProvider().open(Map.of());
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final TrafficKeys openerKeys = keys();
    private final RecordSealer sealer = new RecordSealer(AeadEngines.best(), keys());
    private final RecordOpener opener = new RecordOpener(AeadEngines.best(), openerKeys);

    @Override
    public void install(EmbeddedChannel channel, Connection connection, Consumer<ChannelPipeline> front) {
        OffloadPlan plan = new OffloadPlan(software, software, Policy.SW, Policy.SW, AutoPolicy.DEFAULTS);
        SessionSettings settings = SessionSettings.of(plan, metrics.tls(), RecordSizeConfig.of(RECORD_BYTES));
        Handshaken handshaken = handshaken();
        connection.onHandshaken(handshaken.negotiated());
        OffloadTarget target = new OffloadTarget(connection.id(), channel, connection.tuple());
        TlsSessionHandler session = new TlsSessionHandler(handshaken, target, settings, connection);
        channel.pipeline().addLast(session);
        front.accept(channel.pipeline());
        session.start(Unpooled.EMPTY_BUFFER);
    }

    private static Handshaken handshaken() {
        String cipherSuite = "TLS_AES_128_GCM_SHA256";
        return new Handshaken(
                new Negotiated(
                        ProtocolVersion.TLS_1_3,
                        SUITE,
                        cipherSuite,
                        "x25519",
                        "bench.example",
                        null,
                        false,
                        RECORD_BYTES,
                        null),
                keys(),
                RecordBoundary.start(Direction.RX),
                keys(),
                RecordBoundary.start(Direction.TX),
                new ApplicationSecrets("SHA-256", new byte[32], new byte[32]));
    }

    private static TrafficKeys keys() {
        byte[] iv = new byte[TrafficKeys.ivBytes(ProtocolVersion.TLS_1_3, SUITE)];
        return new TrafficKeys(ProtocolVersion.TLS_1_3, SUITE, new byte[SUITE.keyBytes()], iv, 0);
    }

    @Override
    public void send(ByteBuf plaintext, ByteBuf wire) {
        int start = plaintext.readerIndex();
        sealer.seal(ContentType.APPLICATION_DATA, plaintext, RECORD_BYTES, wire);
        plaintext.readerIndex(start);
    }

    @Override
    public byte[] received(ByteBuf wire) {
        ByteBuf content = Unpooled.buffer();
        int prefixBytes = opener.format().prefixBytes();
        for (int index = wire.readerIndex(); index < wire.writerIndex(); ) {
            int fragmentBytes = wire.getUnsignedShort(index + 3);
            opener.open(wire, index);
            content.writeBytes(wire, index + prefixBytes, opener.contentBytes());
            index += RecordFormat.HEADER_BYTES + fragmentBytes;
        }
        return ByteBufUtil.getBytes(content);
    }

    @Override
    public void close() {
        sealer.close();
        opener.close();
        openerKeys.destroy();
        software.close();
        metrics.close();
    }
}
