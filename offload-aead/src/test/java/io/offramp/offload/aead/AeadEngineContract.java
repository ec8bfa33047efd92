package io.offramp.offload.aead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.Exercise.Opened;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every engine does alike. */
abstract class AeadEngineContract {
    private static final Exercise PLAIN = new Exercise(BufferKind.DIRECT, BufferKind.DIRECT, false, false);
    private static final Exercise IN_PLACE = new Exercise(BufferKind.DIRECT, BufferKind.DIRECT, true, true);
    private static final Exercise HEAP = new Exercise(BufferKind.HEAP, BufferKind.HEAP, false, false);

    /** The engine under test. */
    abstract AeadEngine engine();

    @BeforeEach
    void requireEngine() {
        if (engine().availability() instanceof Unavailable(var cause)) {
            assumeTrue(false, engine().name() + ": " + cause);
        }
    }

    @ParameterizedTest
    @MethodSource("io.offramp.offload.aead.KnownAnswer#standards")
    void shouldGiveTheAnswersOfTheStandards(KnownAnswer known) {
        assertAnswer(known);
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveTheAnswersOfWycheproof(AeadSuite suite) {
        List<KnownAnswer> answers = Wycheproof.vectors(suite).orElse(List.of());
        assumeTrue(!answers.isEmpty(), "Wycheproof vectors not found in " + Wycheproof.FOLDER);
        assertThat(answers).hasSizeGreaterThan(50).anyMatch(known -> !known.valid());
        answers.forEach(this::assertAnswer);
    }

    private void assertAnswer(KnownAnswer known) {
        Message message = known.message();
        try (Sealer sealer = engine().sealer(message.suite(), message.key());
                Opener opener = engine().opener(message.suite(), message.key())) {
            for (Exercise exercise : List.of(PLAIN, IN_PLACE)) {
                Opened opened = exercise.open(opener, message, known.sealed());
                assertThat(opened.authentic()).as(known.origin()).isEqualTo(known.valid());
                assertThat(opened.text())
                        .as(known.origin())
                        .isEqualTo(known.valid() ? message.text() : new byte[message.text().length]);
                if (known.valid()) {
                    assertThat(exercise.seal(sealer, message))
                            .as(known.origin())
                            .isEqualTo(known.sealed());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEqualTheJdkOnRandomMessagesInAnyBuffer(AeadSuite suite) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] sizes = IntStream.concat(
                        IntStream.of(
                                0, 1, 15, 16, 17, 63, 64, 255, 256, 1024, 4095, 4096, 4097, 16383, 16384, 16385,
                                40_000),
                        random.ints(20, 0, 16_500))
                .toArray();
        for (int size : sizes) {
            for (boolean withTrailer : new boolean[] {false, true}) {
                Message message = Message.random(suite, random, size, withTrailer);
                byte[] expected = message.sealedByJdk();
                try (Sealer sealer = engine().sealer(suite, message.key());
                        Opener opener = engine().opener(suite, message.key())) {
                    exercises().forEach(exercise -> {
                        String what = "seed " + seed + ", " + message + ", " + exercise;
                        assertThat(exercise.seal(sealer, message)).as(what).isEqualTo(expected);
                        Opened opened = exercise.open(opener, message, expected);
                        assertThat(opened.authentic()).as(what).isTrue();
                        assertThat(opened.text()).as(what).isEqualTo(message.text());
                    });
                }
            }
        }
    }

    private static Stream<Exercise> exercises() {
        BufferKind[] kinds = BufferKind.values();
        return Arrays.stream(kinds)
                .flatMap(in -> Stream.concat(
                        Stream.of(new Exercise(in, in, true, false), new Exercise(in, in, true, true)),
                        Arrays.stream(kinds)
                                .flatMap(out -> Stream.of(
                                        new Exercise(in, out, false, false), new Exercise(in, out, false, true)))));
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepOneKeyForManyNonces(AeadSuite suite) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Message first = Message.random(suite, random, 100, true);
        byte[] key = first.key().clone();
        try (Sealer sealer = engine().sealer(suite, key);
                Opener opener = engine().opener(suite, key)) {
            Arrays.fill(key, (byte) 0);
            for (int i = 0; i < 50; i++) {
                Message other = Message.random(suite, random, random.nextInt(300), random.nextBoolean());
                Message message =
                        new Message(suite, first.key(), other.nonce(), other.aad(), other.plaintext(), other.trailer());
                byte[] sealed = IN_PLACE.seal(sealer, message);
                assertThat(sealed).as("seed %d, %s", seed, message).isEqualTo(message.sealedByJdk());
                assertThat(IN_PLACE.open(opener, message, sealed))
                        .usingRecursiveComparison()
                        .isEqualTo(new Opened(true, message.text()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeTheSameRecordAgainWhenAsked(AeadSuite suite) {
        Message message = Message.random(suite, new Random(1), 333, true);
        try (Sealer sealer = engine().sealer(suite, message.key());
                Opener opener = engine().opener(suite, message.key())) {
            byte[] sealed = PLAIN.seal(sealer, message);
            assertThat(PLAIN.seal(sealer, message)).isEqualTo(sealed);
            assertThat(PLAIN.open(opener, message, sealed).authentic()).isTrue();
            assertThat(PLAIN.open(opener, message, sealed).authentic()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldOpenWhatOtherEnginesSeal(AeadSuite suite) {
        Message message = Message.random(suite, new Random(2), 5000, true);
        for (AeadEngine other : AeadEngines.all()) {
            if (other.availability().isAvailable()) {
                try (Sealer sealer = other.sealer(suite, message.key());
                        Opener opener = engine().opener(suite, message.key())) {
                    Opened opened = IN_PLACE.open(opener, message, PLAIN.seal(sealer, message));
                    assertThat(opened.authentic()).as(other.name()).isTrue();
                    assertThat(opened.text()).isEqualTo(message.text());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAndWipeWhenAnyBitIsFlipped(AeadSuite suite) {
        Message message = Message.random(suite, new Random(3), 37, false);
        byte[] sealed = message.sealedByJdk();
        try (Opener opener = engine().opener(suite, message.key())) {
            List.of(PLAIN, IN_PLACE, HEAP).forEach(exercise -> {
                for (byte[] part : List.of(sealed, message.aad(), message.nonce())) {
                    for (int bit = 0; bit < Byte.SIZE * part.length; bit++) {
                        part[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                        Opened opened = exercise.open(opener, message, sealed);
                        part[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                        assertThat(opened.authentic())
                                .as("bit %d of %d bytes, %s", bit, part.length, exercise)
                                .isFalse();
                        assertThat(opened.text()).containsOnly(0);
                    }
                }
                assertThat(exercise.open(opener, message, sealed).authentic())
                        .as("the context still works")
                        .isTrue();
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAndWipeLongMessages(AeadSuite suite) {
        Message message = Message.random(suite, new Random(4), 16_384, true);
        byte[] sealed = message.sealedByJdk();
        sealed[16_000] ^= 0x20;
        try (Opener opener = engine().opener(suite, message.key())) {
            exercises().forEach(exercise -> {
                Opened opened = exercise.open(opener, message, sealed);
                assertThat(opened.authentic()).as("%s", exercise).isFalse();
                assertThat(opened.text()).hasSize(16_385).containsOnly(0);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseUseAfterCloseAndAllowASecondClose(AeadSuite suite) {
        Message message = Message.random(suite, new Random(5), 10, false);
        Sealer sealer = engine().sealer(suite, message.key());
        Opener opener = engine().opener(suite, message.key());
        sealer.close();
        sealer.close();
        opener.close();
        opener.close();
        for (Exercise exercise : exercises().toList()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> exercise.seal(sealer, message))
                    .withMessageContaining("closed");
            assertThatIllegalStateException()
                    .isThrownBy(() -> exercise.open(opener, message, message.sealedByJdk()))
                    .withMessageContaining("closed");
        }
    }

    @Test
    void shouldRefuseAKeyOfAnotherLength() {
        for (AeadSuite suite : AeadSuite.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine().sealer(suite, new byte[24]))
                    .withMessageContaining("24");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine().opener(suite, new byte[24]))
                    .withMessageContaining("24");
        }
    }

    @Test
    void shouldRefuseIndicesOutsideTheBuffers() {
        ByteBuf small = ByteBufAllocator.DEFAULT.directBuffer(64, 64);
        ByteBuf large = ByteBufAllocator.DEFAULT.directBuffer(256, 256);
        try (Sealer sealer = engine().sealer(AeadSuite.AES_128_GCM, new byte[16]);
                Opener opener = engine().opener(AeadSuite.AES_128_GCM, new byte[16])) {
            List.<Runnable>of(
                            () -> sealer.seal(1, 2, large, 0, 5, small, 0, 65, Sealer.NO_TRAILER, large, 0),
                            () -> sealer.seal(1, 2, large, 0, 5, large, 0, 48, 23, small, 0),
                            () -> sealer.seal(1, 2, large, 0, 5, large, -1, 10, Sealer.NO_TRAILER, large, 0),
                            () -> sealer.seal(1, 2, large, 0, 5, large, 0, -1, Sealer.NO_TRAILER, large, 0),
                            () -> sealer.seal(1, 2, small, 60, 5, large, 0, 10, Sealer.NO_TRAILER, large, 0),
                            () -> opener.open(1, 2, large, 0, 5, small, 0, 49, large, 0),
                            () -> opener.open(1, 2, large, 0, 5, large, 0, 65, small, 0),
                            () -> opener.open(1, 2, large, 0, 5, large, 0, 10, small, -1),
                            () -> opener.open(1, 2, large, 0, 5, large, 0, -5, large, 0),
                            () -> opener.open(1, 2, small, 60, 5, large, 0, 10, large, 0))
                    .forEach(call -> assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class));
        } finally {
            small.release();
            large.release();
        }
    }

    @Test
    void shouldRefuseAReleasedBuffer() {
        ByteBuf alive = ByteBufAllocator.DEFAULT.directBuffer(256, 256);
        ByteBuf released = ByteBufAllocator.DEFAULT.directBuffer(256, 256);
        released.release();
        try (Sealer sealer = engine().sealer(AeadSuite.AES_128_GCM, new byte[16])) {
            assertThatThrownBy(() -> sealer.seal(1, 2, alive, 0, 5, released, 0, 10, Sealer.NO_TRAILER, alive, 0))
                    .isInstanceOf(IllegalReferenceCountException.class);
            assertThatThrownBy(() -> sealer.seal(1, 2, alive, 0, 5, alive, 0, 10, Sealer.NO_TRAILER, released, 0))
                    .isInstanceOf(IllegalReferenceCountException.class);
        } finally {
            alive.release();
        }
    }

    @Test
    void shouldTakeAnEmptyBufferAsPlaintextAndAad() {
        Message message = new Message(
                AeadSuite.AES_256_GCM, new byte[32], new byte[12], new byte[0], new byte[0], Sealer.NO_TRAILER);
        ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(16, 16);
        try (Sealer sealer = engine().sealer(message.suite(), message.key())) {
            int written = sealer.seal(
                    0, 0, Unpooled.EMPTY_BUFFER, 0, 0, Unpooled.EMPTY_BUFFER, 0, 0, Sealer.NO_TRAILER, out, 0);
            assertThat(written).isEqualTo(16);
            assertThat(out.writerIndex(16)).isEqualTo(Unpooled.wrappedBuffer(message.sealedByJdk()));
        } finally {
            out.release();
        }
    }
}
