package io.offramp.app.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of all kinds, by grpc-java on both sides. */
class GrpcIT {
    private static final int CALLS = 10_000;
    private static final int MESSAGES = 1000;
    private static final int MESSAGE_BYTES = 20_000;

    private final byte[] message = new byte[MESSAGE_BYTES];

    GrpcIT() {
        new Random(1).nextBytes(message);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryCallsOfOneMessage(Way way) throws Exception {
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            assertThat(opened.client().unary(message)).isEqualTo(message);
            assertThat(opened.client().unary(new byte[0])).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryTenThousandStreams(Way way) throws Exception {
        List<Answers> calls = new ArrayList<>();
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            for (int i = 0; i < CALLS; i++) {
                Answers answers = new Answers();
                StreamObserver<byte[]> call = opened.client().echo(answers);
                call.onNext(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
                call.onCompleted();
                calls.add(answers);
            }

            for (int i = 0; i < CALLS; i++) {
                byte[] expected = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
                assertThat(calls.get(i).get()).singleElement().isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryAStreamOfTheServer(Way way) throws Exception {
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            Iterator<byte[]> answers = opened.client().repeat(message, MESSAGES);

            int same = 0;
            while (answers.hasNext()) {
                same += Arrays.equals(answers.next(), message) ? 1 : 0;
            }
            assertThat(same).isEqualTo(MESSAGES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryAStreamOfTheClient(Way way) throws Exception {
        MessageDigest digest = EchoServer.sha256();
        Answers answers = new Answers();
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            StreamObserver<byte[]> call = opened.client().collect(answers);
            for (int i = 0; i < MESSAGES; i++) {
                answers.awaitReady();
                call.onNext(message);
                digest.update(message);
            }
            call.onCompleted();

            assertThat(answers.get()).singleElement().isEqualTo(digest.digest());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryStreamsBothWays(Way way) throws Exception {
        Answers answers = new Answers();
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            StreamObserver<byte[]> call = opened.client().echo(answers);
            for (int i = 0; i < MESSAGES; i++) {
                answers.awaitReady();
                call.onNext(message);
            }
            call.onCompleted();

            assertThat(answers.get())
                    .hasSize(MESSAGES)
                    .allSatisfy(each -> assertThat(each).isEqualTo(message));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryFieldsInTheTrailers(Way way) throws Exception {
        byte[] mark = Arrays.copyOf(message, 2000);
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        Metadata fields = new Metadata();
        fields.put(EchoMethods.MARK, mark);
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            opened.client().unary(message, fields, trailers);

            assertThat(trailers.get().get(EchoMethods.MARK)).isEqualTo(mark);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryAnAnswerOfTrailersOnly(Way way) throws Exception {
        Metadata fields = new Metadata();
        fields.put(EchoMethods.FAIL, "ALREADY_EXISTS");
        try (EchoServer server = new EchoServer();
                Way.Opened opened = way.to(server)) {
            Status failed = failure(() -> opened.client().unary(message, fields, new AtomicReference<>()));
            Status unknown = failure(() -> ClientCalls.blockingUnaryCall(
                    opened.client().channel, EchoMethods.UNKNOWN, EchoClient.patient(), message));

            assertThat(failed.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
            assertThat(failed.getDescription()).isEqualTo("as asked");
            assertThat(unknown.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(unknown.getDescription()).contains("Method not found");
        }
    }

    private static Status failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    /** The status that a call ended with. */
    static Status failure(Answers answers) {
        Throwable thrown = catchThrowable(answers::get);
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return Status.fromThrowable(thrown);
    }
}
