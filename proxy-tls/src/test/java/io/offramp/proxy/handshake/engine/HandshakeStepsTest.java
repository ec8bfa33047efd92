package io.offramp.proxy.handshake.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of a handshake that wait: for their turn on the event loop, or for the worker. */
class HandshakeStepsTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();

    @Test
    void shouldNotMakeRoomWhileTheHelloIsWithTheWorker() throws Exception {
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings =
                TestSettings.DEFAULT.with(TestSettings.RSA).on(worker::add).build();
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(client.hello());
            server.channel().pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);
            assertThat(server.isUndecided()).isTrue();
            worker.remove().run();
            server.channel().runPendingTasks();
            server.receive(client.exchange(server.output()));

            assertThat(server.session()).isNotNull();
        }
    }

    @Test
    void shouldAnswerAHelloInALaterTurnWhenHandshakesHaveHadTheirShareOfThisOne() throws Exception {
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            receiveInAFullTurn(server, client.hello());
            assertThat(server.output()).isEmpty();
            assertThat(server.channel().config().isAutoRead()).isFalse();

            server.channel().runPendingTasks();
            assertThat(server.channel().config().isAutoRead()).isTrue();
            server.receive(client.exchange(server.output()));

            assertThat(server.session()).isNotNull();
        }
    }

    @Test
    void shouldMakeRoomWhileTheHelloWaitsForItsTurn() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            receiveInAFullTurn(server, EngineClient.of("TLSv1.3").hello());
            server.channel().pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);
            server.channel().runPendingTasks();

            assertThat(server.failure().reason()).isEqualTo(Reason.DISPLACED);
            assertThat(server.answered()).isZero();
            assertThat(server.output()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndOnceWhenTheClientLeavesWhileItsHelloWaitsForItsTurn(boolean halfClosed) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            receiveInAFullTurn(server, EngineClient.of("TLSv1.3").hello());
            if (halfClosed) {
                server.channel().pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                assertThat(server.isUndecided()).isTrue();
            } else {
                server.channel().pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            }
            server.channel().runPendingTasks();

            assertThat(server.failure().reason()).isEqualTo(Reason.CLOSED);
            assertThat(server.answered()).isEqualTo(halfClosed ? 1 : 0);
        }
    }

    /** Delivers one read in a turn of the event loop that has no time left for handshakes. */
    private static void receiveInAFullTurn(EmbeddedHandshake server, byte[] bytes) {
        LoopShare.of(server.channel().eventLoop())
                .make(() -> server.clock().advance(LoopShare.LEAST_NS, TimeUnit.NANOSECONDS));
        server.channel().pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes));
    }

    @Test
    void shouldRunExpensiveStepsOnTheWorkerOneAtATime() throws Exception {
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings =
                TestSettings.DEFAULT.with(TestSettings.RSA).on(worker::add).build();
        EngineClient client = EngineClient.of("TLSv1.2");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            assertThat(settings.usesWorker()).isTrue();
            assertThat(server.receive(client.hello())).isEmpty();
            assertThat(server.channel().config().isAutoRead()).isFalse();
            worker.remove().run();
            assertThat(server.channel().config().isAutoRead()).isFalse();
            server.channel().runPendingTasks();
            assertThat(server.channel().config().isAutoRead()).isTrue();

            byte[] pending = {23, 3, 3, 0};
            server.receive(RawClientHello.join(client.exchange(server.output()), pending));
            worker.remove().run(); // ClientKeyExchange; the Finished waits behind it
            assertThat(worker).isEmpty();
            server.channel().runPendingTasks();
            worker.remove().run();
            server.channel().pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            assertThat(server.isUndecided()).isTrue();
            server.channel().runPendingTasks();

            assertThat(server.session().negotiated().cipherSuite()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
            assertThat(server.pending()).isEqualTo(pending);
            assertThat(server.channel().config().isAutoRead()).isTrue();
        }
    }

    @Test
    void shouldSurviveACloseWhileTheWorkerIsBusy() throws Exception {
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings =
                TestSettings.DEFAULT.with(TestSettings.RSA).on(worker::add).build();
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            server.channel().close();
            assertThat(server.failure().reason()).isEqualTo(Reason.CLOSED);

            worker.remove().run();
            server.channel().runPendingTasks();

            assertThat(server.events()).containsExactly("failed");
            assertThat(server.output()).isEmpty();
        }
    }

    @Test
    void shouldEndAHandshakeWhoseStepBreaksOnTheWorker() throws Exception {
        // Given
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(TestSettings.RSA)
                .on(worker::add)
                .changed(builder -> builder.keyLog((label, clientRandom, secret) -> {
                    throw new StackOverflowError();
                }))
                .build();
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(EngineClient.of("TLSv1.3").hello());

            // When
            worker.remove().run();
            server.channel().runPendingTasks();

            // Then
            assertThat(server.failure().reason()).isEqualTo(Reason.INTERNAL);
            assertThat(server.events()).containsExactly("failed");
        }
    }

    @Test
    void shouldMakeNoStepForTheDead() throws Exception {
        // Given a worker that is held, and clients that leave once their hello is queued
        List<String> secrets = new ArrayList<>();
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(TestSettings.RSA)
                .on(worker::add)
                .changed(builder -> builder.keyLog((label, clientRandom, secret) -> secrets.add(label)))
                .build();
        byte[] hello = EngineClient.of("TLSv1.3").hello();
        for (int i = 0; i < 200; i++) {
            try (EmbeddedHandshake dead = new EmbeddedHandshake(settings)) {
                dead.receive(hello);
                dead.channel().close();
                assertThat(dead.failure().reason()).isEqualTo(Reason.CLOSED);
            }
        }
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake live = new EmbeddedHandshake(settings)) {
            live.receive(client.hello());
            assertThat(worker).hasSize(201);

            // When
            worker.forEach(Runnable::run);
            live.channel().runPendingTasks();

            // Then
            assertThat(secrets)
                    .filteredOn("SERVER_HANDSHAKE_TRAFFIC_SECRET"::equals)
                    .hasSize(1);
            worker.clear();
            live.receive(client.exchange(live.output()));
            worker.forEach(Runnable::run);
            live.channel().runPendingTasks();
            assertThat(live.session()).isNotNull();
        }
    }

    @Test
    void shouldFreeTheEngineOfADeadHandshakeWhileItsStepIsQueued() throws Exception {
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings =
                TestSettings.DEFAULT.with(TestSettings.RSA).on(worker::add).build();
        EngineSteps steps = new EngineSteps(settings, new TlsHandshakeHandler(settings, new ThrowingListener()));
        HandshakeEngine engine = steps.engine();
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        steps.offer(
                channel.pipeline().firstContext(),
                22,
                EngineClient.of("TLSv1.3").hello());
        assertThat(steps.isBusy()).isTrue();

        steps.release(false);
        assertThat(steps.isBusy()).as("it is the event loop's again").isFalse();
        worker.remove().run();
        channel.runPendingTasks();

        assertThat(engine.getAvailableOutputBytes()).as("no answer was made").isZero();
        channel.finishAndReleaseAll();
    }

    /** Frees what it gets, as it has to, and throws. */
    private static final class ThrowingListener implements HandshakeListener {
        private @Nullable ByteBuf pending;

        @Override
        public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf rest) {
            pending = rest;
            session.destroy();
            rest.release();
            throw new IllegalStateException("no handover");
        }

        @Override
        public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
            throw new IllegalStateException("cannot be told");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCloseWhereTheHandoverThrows(boolean onWorker) throws Exception {
        // Given
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(onWorker ? TestSettings.RSA : TestSettings.P256)
                .on(onWorker ? worker::add : Runnable::run)
                .build();
        ThrowingListener listener = new ThrowingListener();
        EngineClient client = EngineClient.of("TLSv1.2"); // both flights are expensive
        EmbeddedChannel channel = new EmbeddedChannel(new TlsHandshakeHandler(settings, listener));

        // When
        byte[] flight = client.exchange(exchange(channel, worker, client.hello()));
        assertThatThrownBy(() -> exchange(channel, worker, RawClientHello.join(flight, new byte[] {23, 3, 3, 0})))
                .hasMessage("no handover");

        // Then
        assertThat(channel.isOpen()).isFalse();
        assertThat(requireNonNull(listener.pending).refCnt()).isZero();
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCloseWhereAFailureCannotBeTold(boolean onWorker) throws Exception {
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(onWorker ? TestSettings.RSA : TestSettings.P256)
                .on(onWorker ? worker::add : Runnable::run)
                .build();
        EmbeddedChannel channel = new EmbeddedChannel(new TlsHandshakeHandler(settings, new ThrowingListener()));

        assertThatThrownBy(() -> exchange(channel, worker, RawClientHello.record(22, new byte[] {1, 0, 0, 0})))
                .hasMessage("cannot be told");

        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    /** One read, and all that the worker has to do then. */
    private static byte[] exchange(EmbeddedChannel channel, Queue<Runnable> worker, byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        while (!worker.isEmpty()) {
            worker.remove().run();
            channel.runPendingTasks();
            channel.checkException();
        }
        byte[] answer = new byte[0];
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            answer = RawClientHello.join(answer, ByteBufUtil.getBytes(out));
            out.release();
        }
        return answer;
    }

    @Test
    void shouldFailWhenTheWorkerRefuses() throws Exception {
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(TestSettings.RSA)
                .on(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build();
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(EngineClient.of("TLSv1.3").hello());

            assertThat(server.failure().reason()).isEqualTo(Reason.INTERNAL);
            assertThat(server.failure().cause()).hasMessage("full");
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldStayOnTheEventLoopWithAnEcdsaCertificateAndFastProviders() throws Exception {
        HandshakeSettings settings = TestSettings.DEFAULT
                .on(task -> {
                    throw new AssertionError("worker was used");
                })
                .build();
        assumeFalse(settings.usesWorker(), "no native crypto provider on this machine");
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(client.exchange(server.receive(client.hello())));

            assertThat(server.session()).isNotNull();
        }
    }
}
