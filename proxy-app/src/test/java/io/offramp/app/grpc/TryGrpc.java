package io.offramp.app.grpc;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The program of scripts/try-grpc: grpc-java as client and server, and the proxy between them as its own process. */
public final class TryGrpc {
    private static final int CALLS = 10_000;
    private static final int MESSAGES = 1000;
    private static final int PATIENCE_S = 60;

    private final EchoClient client;
    private final byte[] message = new byte[10_000];

    private TryGrpc(EchoClient client) {
        this.client = client;
    }

    /** @param arguments the launcher, and a directory for configuration, certificate and log */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        int port = unusedPort();
        try (EchoServer server = new EchoServer()) {
            Path configuration =
                    Files.writeString(directory.resolve("offramp.yaml"), """
                    listeners:
                      - bind: 127.0.0.1:%d
                        tls: {development: true}
                        upstream: echo
                    upstreams: {echo: {servers: ["127.0.0.1:%d"], protocol: h2c}}
                    """.formatted(port, server.port()));
            Process proxy = new ProcessBuilder(arguments[0], "run", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try {
                awaitPort(proxy, address, directory.resolve("log"));
                try (EchoClient client = EchoClient.secure(address)) {
                    new TryGrpc(client).run();
                }
            } finally {
                proxy.destroy();
                proxy.waitFor(PATIENCE_S, TimeUnit.SECONDS);
            }
        }
    }

    private void run() throws Exception {
        timed("unary, %,d streams".formatted(CALLS), this::unary);
        timed("server streaming, %,d messages".formatted(MESSAGES), this::serverStreaming);
        timed("client streaming, %,d messages".formatted(MESSAGES), this::clientStreaming);
        timed("bidirectional, %,d messages".formatted(MESSAGES), this::bidirectional);
        timed("trailers only", this::trailersOnly);
        timed("deadline", this::deadline);
        timed("cancellation", this::cancellation);
    }

    private void unary() throws Exception {
        List<Answers> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            Answers answers = new Answers();
            ClientCalls.asyncUnaryCall(
                    client.channel.newCall(EchoMethods.UNARY, EchoClient.patient()), new byte[64], answers);
            calls.add(answers);
        }
        for (Answers answers : calls) {
            check(answers.get().getFirst().length == 64, "an answer of the same length");
        }
    }

    private void serverStreaming() {
        Iterator<byte[]> answers = client.repeat(message, MESSAGES);
        int count = 0;
        for (; answers.hasNext(); count++) {
            check(answers.next().length == message.length, "a message of the same length");
        }
        check(count == MESSAGES, "all messages");
    }

    private void clientStreaming() throws Exception {
        Answers answers = new Answers();
        send(client.collect(answers), answers);
        check(answers.get().size() == 1, "one answer");
    }

    private void bidirectional() throws Exception {
        Answers answers = new Answers();
        send(client.echo(answers), answers);
        check(answers.get().size() == MESSAGES, "all messages");
    }

    private void send(StreamObserver<byte[]> call, Answers answers) throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            answers.awaitReady();
            call.onNext(message);
        }
        call.onCompleted();
    }

    private void trailersOnly() {
        Metadata fields = new Metadata();
        fields.put(EchoMethods.FAIL, "ALREADY_EXISTS");
        fails(Status.Code.ALREADY_EXISTS, () -> client.unary(message, fields, new AtomicReference<>()));
    }

    private void deadline() {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS);
        fails(
                Status.Code.DEADLINE_EXCEEDED,
                () -> ClientCalls.blockingUnaryCall(client.channel, EchoMethods.SILENCE, options, message));
    }

    private void cancellation() throws Exception {
        Answers answers = new Answers();
        client.echo(answers).onNext(message);
        check(answers.first.await(PATIENCE_S, TimeUnit.SECONDS), "a message before the end");
        answers.cancel();
        check(
                Status.fromThrowable(answers.all.handle((all, cause) -> cause).get())
                                .getCode()
                        == Status.Code.CANCELLED,
                "CANCELLED");
    }

    private static void fails(Status.Code code, Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            check(e.getStatus().getCode() == code, code + " instead of " + e.getStatus());
            return;
        }
        check(false, "a failure");
    }

    private static void check(boolean holds, String expected) {
        if (!holds) {
            throw new IllegalStateException("expected " + expected);
        }
    }

    /** What is tried. */
    private interface Step {
        void run() throws Exception;
    }

    private static void timed(String name, Step step) throws Exception {
        long begin = System.nanoTime();
        step.run();
        System.out.printf("%-34s passed, %.3f s%n", name, (System.nanoTime() - begin) / 1e9);
    }

    private static void awaitPort(Process proxy, InetSocketAddress address, Path log) throws Exception {
        while (!accepts(address)) {
            if (proxy.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException("the proxy ended: " + Files.readString(log));
            }
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
