package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.engine.HandshakeListener;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.handshake.engine.TlsHandshakeHandler;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.conscrypt.Conscrypt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A full handshake in memory, ECDSA P-256 and the client's favourite group, from the ClientHello to the handover with
 * the listener's default of tickets. The time per operation is that of both sides; what the server alone costs is shown
 * with {@code -prof io.offramp.bench.ServerCost}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx512m",
            "-XX:+UseCompactObjectHeaders",
            "-Dio.netty.leakDetection.level=disabled"
        })
public class HandshakeBenchmark implements HandshakeListener {
    private static final int MAX_BYTES = 64 << 10;
    private static final Duration TICKET_LIFETIME = Duration.ofHours(12);

    /** Of TLS. */
    @Param({"TLSv1.3", "TLSv1.2"})
    public String version = "";

    private final ByteBuffer toServer = ByteBuffer.allocate(MAX_BYTES);
    private final ByteBuffer toClient = ByteBuffer.allocate(MAX_BYTES);
    private final ByteBuffer applicationData = ByteBuffer.allocate(MAX_BYTES);
    private HandshakeSettings settings;
    private SSLContext clients;
    private boolean complete;

    /** Makes a certificate and probes providers. */
    @Setup
    public void setUp() throws Exception {
        Path folder = Files.createTempDirectory("offramp-bench");
        Path pem = DevelopmentCertificate.create(folder);
        InstantSource clock = InstantSource.system();
        TicketKeys keys = TicketKeys.rotating(TICKET_LIFETIME, clock);
        settings = HandshakeSettings.builder(List.of(ServerIdentity.load(pem, pem)), Runnable::run)
                .tickets(new Tickets(keys, 2, TICKET_LIFETIME, 0, refusal -> {}, clock))
                .build();
        Files.delete(pem);
        Files.delete(folder);
        clients = SSLContext.getInstance("TLS", Conscrypt.newProvider());
        clients.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
    }

    /** One connection. */
    @Benchmark
    public void handshake() throws Exception {
        SSLEngine client = clients.createSSLEngine();
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {version});
        client.beginHandshake();
        EmbeddedChannel channel = new EmbeddedChannel();
        complete = false;

        ServerCost.Mark begin = ServerCost.Mark.now();
        channel.pipeline().addLast(new TlsHandshakeHandler(settings, this));
        begin.add();
        while (!complete) {
            client.wrap(ByteBuffer.allocate(0), toServer);
            if (toServer.position() > 0) {
                serve(channel);
            }
            while (toClient.flip().hasRemaining()) {
                client.unwrap(toClient, applicationData);
                toClient.compact();
            }
            toClient.clear();
        }
        ServerCost.onOperation();
        channel.close();
    }

    private void serve(EmbeddedChannel channel) {
        ByteBuf records = channel.alloc().directBuffer().writeBytes(toServer.flip());
        toServer.clear();
        ServerCost.Mark begin = ServerCost.Mark.now();
        channel.writeInbound(records);
        begin.add();
        for (ByteBuf answer; (answer = channel.readOutbound()) != null; answer.release()) {
            answer.readBytes(toClient.limit(toClient.position() + answer.readableBytes()));
            toClient.limit(toClient.capacity());
        }
    }

    @Override
    public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending) {
        session.destroy();
        pending.release();
        complete = true;
    }

    @Override
    public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
        throw new IllegalStateException(failure.toString());
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
