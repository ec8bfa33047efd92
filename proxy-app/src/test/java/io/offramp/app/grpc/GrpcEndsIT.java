package io.offramp.app.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that end otherwise than by an answer: deadlines, cancellations, servers that are not there. */
class GrpcEndsIT {
    private static final int CANCELLED = 50;

    @ParameterizedTest
    @EnumSource
    void shouldEndACallByItsDeadlineOnBothSides(Way way) throws Exception {
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            Status status = failure(opened.client(), CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS));

            assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(Objects.requireNonNull(server.deadline()).timeRemaining(TimeUnit.MILLISECONDS))
                    .isBetween(-10_000L, 2000L);
            await().until(() -> server.cancelled() == 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryTheClientsCancellation(Way way) throws Exception {
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            for (int i = 0; i < CANCELLED; i++) {
                Answers answers = new Answers();
                opened.client().echo(answers).onNext(new byte[100]);
                assertThat(answers.first.await(20, TimeUnit.SECONDS)).isTrue();

                answers.cancel();

                assertThat(GrpcIT.failure(answers).getCode()).isEqualTo(Status.Code.CANCELLED);
            }
            await().until(() -> server.cancelled() == CANCELLED);
            assertThat(opened.client().unary(new byte[1])).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryTheEndOfTheServer(Way way) throws Exception {
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            Answers answers = new Answers();
            StreamObserver<byte[]> call = opened.client().echo(answers);
            call.onNext(new byte[100]);
            assertThat(answers.first.await(20, TimeUnit.SECONDS)).isTrue();

            server.stop();

            assertThat(GrpcIT.failure(answers).getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatAServerIsNotThere(Way way) throws Exception {
        try (Way.Opened opened = way.toPort(unusedPort())) {
            Status status = failure(opened.client(), EchoClient.patient());

            assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    private static Status failure(EchoClient client, CallOptions options) {
        return Assertions.catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> ClientCalls.blockingUnaryCall(client.channel, EchoMethods.SILENCE, options, new byte[1]))
                .getStatus();
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
