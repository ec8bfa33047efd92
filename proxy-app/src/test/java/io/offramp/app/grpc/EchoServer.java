package io.offramp.app.grpc;

import static io.grpc.stub.ServerCalls.asyncBidiStreamingCall;
import static io.grpc.stub.ServerCalls.asyncClientStreamingCall;
import static io.grpc.stub.ServerCalls.asyncServerStreamingCall;
import static io.grpc.stub.ServerCalls.asyncUnaryCall;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The service of {@link EchoMethods} on loopback, over HTTP/2 without TLS. */
final class EchoServer implements AutoCloseable {
    private final Server server;
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicReference<@Nullable Deadline> deadline = new AtomicReference<>();

    EchoServer() throws IOException {
        ServerServiceDefinition service = ServerServiceDefinition.builder(EchoMethods.SERVICE)
                .addMethod(EchoMethods.UNARY, asyncUnaryCall(EchoServer::send))
                .addMethod(EchoMethods.COLLECT, asyncClientStreamingCall(Hash::new))
                .addMethod(EchoMethods.REPEAT, asyncServerStreamingCall(EchoServer::repeat))
                .addMethod(EchoMethods.ECHO, asyncBidiStreamingCall(this::echo))
                .addMethod(EchoMethods.SILENCE, asyncUnaryCall(this::stayQuiet))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerInterceptors.intercept(service, new EchoFields()))
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** Calls that ended by the client's cancellation or deadline. */
    int cancelled() {
        return cancelled.get();
    }

    /** Of the last silent call; null before, and if the client had none. */
    @Nullable
    Deadline deadline() {
        return deadline.get();
    }

    private static void send(byte[] message, StreamObserver<byte[]> client) {
        client.onNext(message);
        client.onCompleted();
    }

    /** Sends as fast as the client reads. */
    private static void repeat(byte[] message, StreamObserver<byte[]> client) {
        ServerCallStreamObserver<byte[]> call = (ServerCallStreamObserver<byte[]>) client;
        int times = EchoFields.TIMES.get();
        int[] left = {times};
        call.setOnReadyHandler(() -> {
            while (left[0] > 0 && call.isReady()) {
                call.onNext(message);
                if (--left[0] == 0) {
                    call.onCompleted();
                }
            }
        });
    }

    private StreamObserver<byte[]> echo(StreamObserver<byte[]> client) {
        ((ServerCallStreamObserver<byte[]>) client).setOnCancelHandler(cancelled::incrementAndGet);
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                client.onNext(message);
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onCompleted() {
                client.onCompleted();
            }
        };
    }

    private void stayQuiet(byte[] message, StreamObserver<byte[]> client) {
        deadline.set(Context.current().getDeadline());
        ((ServerCallStreamObserver<byte[]>) client).setOnCancelHandler(cancelled::incrementAndGet);
    }

    /** Ends all calls and connections at once. */
    void stop() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        stop();
    }

    /** Answers with the hash of what it got, when the client is done. */
    private static final class Hash implements StreamObserver<byte[]> {
        private final StreamObserver<byte[]> client;
        private final MessageDigest digest = sha256();

        Hash(StreamObserver<byte[]> client) {
            this.client = client;
        }

        @Override
        public void onNext(byte[] message) {
            digest.update(message);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
            send(digest.digest(), client);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
