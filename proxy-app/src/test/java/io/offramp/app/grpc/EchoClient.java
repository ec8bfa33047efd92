package io.offramp.app.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;

/** Calls of {@link EchoMethods} over one connection. Any call may throw {@code StatusRuntimeException}. */
final class EchoClient implements AutoCloseable {
    final ManagedChannel channel;

    private EchoClient(ManagedChannel channel) {
        this.channel = channel;
    }

    /** Without TLS. */
    static EchoClient direct(int port) {
        return new EchoClient(
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    }

    /** Over TLS, with any certificate. */
    static EchoClient secure(InetSocketAddress address) throws SSLException {
        return new EchoClient(NettyChannelBuilder.forAddress(address)
                .overrideAuthority("localhost:" + address.getPort())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build())
                .build());
    }

    byte[] unary(byte[] message) {
        return ClientCalls.blockingUnaryCall(channel, EchoMethods.UNARY, patient(), message);
    }

    /** A call with fields; their answer's trailers go to the reference. */
    byte[] unary(byte[] message, Metadata fields, AtomicReference<Metadata> trailers) {
        return ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                        channel,
                        MetadataUtils.newAttachHeadersInterceptor(fields),
                        MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers)),
                EchoMethods.UNARY,
                patient(),
                message);
    }

    Iterator<byte[]> repeat(byte[] message, int times) {
        Metadata fields = new Metadata();
        fields.put(EchoMethods.TIMES, Integer.toString(times));
        return ClientCalls.blockingServerStreamingCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(fields)),
                EchoMethods.REPEAT,
                patient(),
                message);
    }

    StreamObserver<byte[]> collect(StreamObserver<byte[]> answers) {
        return ClientCalls.asyncClientStreamingCall(channel.newCall(EchoMethods.COLLECT, patient()), answers);
    }

    StreamObserver<byte[]> echo(StreamObserver<byte[]> answers) {
        return ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoMethods.ECHO, patient()), answers);
    }

    static CallOptions patient() {
        return CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
