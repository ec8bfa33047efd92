package io.offramp.offload.aead;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.key.AeadSuite;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the streams of every engine refuse, instead of giving wrong bytes or taking the JVM down. */
class AeadStreamMisuseTest {
    private final ByteBuf small = ByteBufAllocator.DEFAULT.directBuffer(64, 64).writeZero(64);
    private final ByteBuf large =
            ByteBufAllocator.DEFAULT.directBuffer(256, 256).writeZero(256);
    private final ByteBuf heap = ByteBufAllocator.DEFAULT.heapBuffer(64, 64).writeZero(64);

    static Stream<AeadEngine> engines() {
        return AeadEngines.all().stream().filter(engine -> engine.availability().isAvailable());
    }

    @AfterEach
    void releaseBuffers() {
        small.release();
        large.release();
        heap.release();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shouldRefuseToWorkWithoutAMessage(AeadEngine engine) {
        try (SealStream sealing = engine.sealStream(AeadSuite.AES_128_GCM, new byte[16]);
                OpenStream opening = engine.openStream(AeadSuite.AES_128_GCM, new byte[16])) {
            calls(sealing, opening).forEach(call -> assertRefused(call, "under way"));

            sealing.start(1, 2, large, 0, 5);
            sealing.finish(large, 0);
            opening.start(1, 2, large, 0, 5);
            opening.finish(large, 0);
            calls(sealing, opening).forEach(call -> assertRefused(call, "under way"));

            sealing.start(1, 2, large, 0, 5);
            opening.start(1, 2, large, 0, 5);
            assertThatThrownBy(() -> sealing.start(1, 2, small, 60, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> opening.start(1, 2, small, 60, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            calls(sealing, opening).forEach(call -> assertRefused(call, "under way"));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shouldRefuseUseAfterCloseAndAllowASecondClose(AeadEngine engine) {
        SealStream sealing = engine.sealStream(AeadSuite.AES_128_GCM, new byte[16]);
        OpenStream opening = engine.openStream(AeadSuite.AES_128_GCM, new byte[16]);
        sealing.start(1, 2, large, 0, 5);
        opening.start(1, 2, large, 0, 5);
        sealing.close();
        sealing.close();
        opening.close();
        opening.close();
        calls(sealing, opening).forEach(call -> assertRefused(call, "closed"));
        assertRefused(() -> sealing.start(1, 2, large, 0, 5), "closed");
        assertRefused(() -> opening.start(1, 2, large, 0, 5), "closed");
    }

    /** All that needs a message. */
    private Stream<ThrowingCallable> calls(SealStream sealing, OpenStream opening) {
        return Stream.of(small, heap)
                .flatMap(buffer -> Stream.of(
                        () -> sealing.update(buffer, 0, 10, buffer, 0),
                        () -> sealing.update(buffer, 0, 0, buffer, 0),
                        () -> sealing.finish(buffer, 0),
                        () -> opening.update(buffer, 0, 10, buffer, 0),
                        () -> opening.update(buffer, 0, 0, buffer, 0),
                        () -> opening.finish(buffer, 0)));
    }

    private static void assertRefused(ThrowingCallable call, String why) {
        assertThatIllegalStateException().isThrownBy(call).withMessageContaining(why);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shouldEndTheMessageWhenABufferIsTooSmall(AeadEngine engine) {
        try (SealStream sealing = engine.sealStream(AeadSuite.AES_128_GCM, new byte[16]);
                OpenStream opening = engine.openStream(AeadSuite.AES_128_GCM, new byte[16])) {
            Stream.<ThrowingCallable>of(
                            () -> sealing.update(small, 0, 65, large, 0),
                            () -> sealing.update(large, 0, 65, small, 0),
                            () -> sealing.update(large, -1, 10, large, 0),
                            () -> sealing.update(large, 0, -1, large, 0),
                            () -> sealing.update(heap, 0, -1, heap, 0),
                            () -> sealing.update(heap, 60, 5, large, 0),
                            () -> sealing.finish(small, 49),
                            () -> sealing.finish(heap, 49),
                            () -> opening.update(small, 60, 5, large, 0),
                            () -> opening.update(large, 0, 5, small, 60),
                            () -> opening.update(large, 0, 5, heap, 60),
                            () -> opening.finish(small, 49),
                            () -> opening.finish(small, -1),
                            () -> opening.finish(heap, 49))
                    .forEach(call -> assertEndsMessage(sealing, opening, call, IndexOutOfBoundsException.class));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shouldEndTheMessageWhenABufferIsReleased(AeadEngine engine) {
        ByteBuf released = ByteBufAllocator.DEFAULT.directBuffer(256, 256);
        released.release();
        try (SealStream sealing = engine.sealStream(AeadSuite.AES_128_GCM, new byte[16]);
                OpenStream opening = engine.openStream(AeadSuite.AES_128_GCM, new byte[16])) {
            Stream.<ThrowingCallable>of(
                            () -> sealing.update(released, 0, 10, large, 0),
                            () -> sealing.update(large, 0, 10, released, 0),
                            () -> sealing.update(heap, 0, 10, released, 0),
                            () -> sealing.finish(released, 0),
                            () -> opening.update(released, 0, 10, large, 0),
                            () -> opening.update(large, 0, 10, released, 0),
                            () -> opening.update(released, 0, 10, heap, 0),
                            () -> opening.finish(released, 0))
                    .forEach(call -> assertEndsMessage(sealing, opening, call, IllegalReferenceCountException.class));
        }
    }

    private void assertEndsMessage(
            SealStream sealing, OpenStream opening, ThrowingCallable call, Class<? extends Exception> expected) {
        sealing.start(1, 2, large, 0, 5);
        opening.start(1, 2, large, 0, 5);
        assertThatThrownBy(call).isInstanceOf(expected);
        assertRefused(call, "under way");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shouldRefuseOtherSuitesAndKeysOfAnotherLength(AeadEngine engine) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.sealStream(AeadSuite.CHACHA20_POLY1305, new byte[32]))
                .withMessageContaining("CHACHA20_POLY1305");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.openStream(AeadSuite.CHACHA20_POLY1305, new byte[32]))
                .withMessageContaining("CHACHA20_POLY1305");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.sealStream(AeadSuite.AES_128_GCM, new byte[24]))
                .withMessageContaining("24");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.openStream(AeadSuite.AES_256_GCM, new byte[24]))
                .withMessageContaining("24");
    }
}
