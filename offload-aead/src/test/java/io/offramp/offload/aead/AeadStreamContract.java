package io.offramp.offload.aead;

import static io.offramp.offload.aead.PieceExercise.byteByByte;
import static io.offramp.offload.aead.PieceExercise.cuts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.Exercise.Opened;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the streams of every engine do alike. */
abstract class AeadStreamContract {
    private static final Exercise WHOLE = new Exercise(BufferKind.DIRECT, BufferKind.DIRECT, false, false);
    private static final PieceExercise PLAIN = new PieceExercise(BufferKind.DIRECT, BufferKind.DIRECT, false);
    private static final PieceExercise IN_PLACE = new PieceExercise(BufferKind.DIRECT, BufferKind.DIRECT, true);
    private static final PieceExercise HEAP = new PieceExercise(BufferKind.HEAP, BufferKind.HEAP, false);

    /** The engine under test. */
    abstract AeadEngine engine();

    @BeforeEach
    void requireEngine() {
        if (engine().availability() instanceof Unavailable(var cause)) {
            assumeTrue(false, engine().name() + ": " + cause);
        }
    }

    @Test
    void shouldGiveTheAnswersOfTheStandardsCutAnywhere() {
        List<KnownAnswer> answers = KnownAnswer.standards()
                .filter(known -> known.message().suite().isGcm())
                .toList();
        assertThat(answers).hasSize(8);
        for (KnownAnswer known : answers) {
            int bytes = known.message().text().length;
            assertAnswer(known, byteByByte(bytes));
            for (int cut = 0; cut <= bytes; cut++) {
                assertAnswer(known, cut);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*GCM", mode = EnumSource.Mode.MATCH_ALL)
    void shouldGiveTheAnswersOfWycheproof(AeadSuite suite) {
        List<KnownAnswer> answers = Wycheproof.vectors(suite).orElse(List.of());
        assumeTrue(!answers.isEmpty(), "Wycheproof vectors not found in " + Wycheproof.FOLDER);
        assertThat(answers).hasSizeGreaterThan(50).anyMatch(known -> !known.valid());
        Random random = new Random(1);
        answers.forEach(
                known -> assertAnswer(known, cuts(random, known.message().text().length)));
    }

    private void assertAnswer(KnownAnswer known, int... cuts) {
        Message message = known.message();
        String what = known.origin() + " cut at " + Arrays.toString(cuts);
        try (SealStream sealing = engine().sealStream(message.suite(), message.key());
                OpenStream opening = engine().openStream(message.suite(), message.key())) {
            for (PieceExercise exercise : List.of(PLAIN, IN_PLACE, HEAP)) {
                Opened opened = exercise.open(opening, message, known.sealed(), cuts);
                assertThat(opened.authentic()).as(what).isEqualTo(known.valid());
                if (known.valid()) {
                    assertThat(opened.text()).as(what).isEqualTo(message.text());
                    assertThat(exercise.seal(sealing, message, cuts)).as(what).isEqualTo(known.sealed());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*GCM", mode = EnumSource.Mode.MATCH_ALL)
    void shouldEqualTheWholeMessageOnRandomMessagesInAnyBuffer(AeadSuite suite) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] sizes = IntStream.concat(
                        IntStream.of(0, 1, 15, 16, 17, 63, 64, 255, 256, 1024, 4097, 16_384, 16_385, 40_000),
                        random.ints(12, 0, 40_001))
                .toArray();
        for (int size : sizes) {
            Message message = Message.random(suite, random, size, false);
            byte[] expected = message.sealedByJdk();
            try (Sealer sealer = engine().sealer(suite, message.key());
                    SealStream sealing = engine().sealStream(suite, message.key());
                    OpenStream opening = engine().openStream(suite, message.key())) {
                assertThat(WHOLE.seal(sealer, message)).isEqualTo(expected);
                PieceExercise.all().forEach(exercise -> {
                    int[] cuts = cuts(random, size);
                    String what = "seed " + seed + ", " + message + ", " + exercise + ", " + Arrays.toString(cuts);
                    assertThat(exercise.seal(sealing, message, cuts)).as(what).isEqualTo(expected);
                    Opened opened = exercise.open(opening, message, expected, cuts);
                    assertThat(opened.authentic()).as(what).isTrue();
                    assertThat(opened.text()).as(what).isEqualTo(message.text());
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*GCM", mode = EnumSource.Mode.MATCH_ALL)
    void shouldTakeShortMessagesByteByByte(AeadSuite suite) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int size : new int[] {1, 2, 15, 16, 17, 35}) {
            Message message = Message.random(suite, random, size, false);
            byte[] expected = message.sealedByJdk();
            try (SealStream sealing = engine().sealStream(suite, message.key());
                    OpenStream opening = engine().openStream(suite, message.key())) {
                for (PieceExercise exercise : PieceExercise.all().toList()) {
                    String what = "seed " + seed + ", " + message + ", " + exercise;
                    assertThat(exercise.seal(sealing, message, byteByByte(size)))
                            .as(what)
                            .isEqualTo(expected);
                    Opened opened = exercise.open(opening, message, expected, byteByByte(size));
                    assertThat(opened.authentic()).as(what).isTrue();
                    assertThat(opened.text()).as(what).isEqualTo(message.text());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*GCM", mode = EnumSource.Mode.MATCH_ALL)
    void shouldTurnPlaintextBackIntoTheCiphertextItCameFrom(AeadSuite suite) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int size : new int[] {1, 16, 1000, 16_384}) {
            Message message = Message.random(suite, random, size, false);
            byte[] sealed = message.sealedByJdk();
            byte[] ciphertext = Arrays.copyOf(sealed, size);
            try (OpenStream opening = engine().openStream(suite, message.key())) {
                for (PieceExercise exercise : PieceExercise.all().toList()) {
                    String what = "seed " + seed + ", " + message + ", " + exercise;
                    // Some pieces come as ciphertext, some already opened, as from a device that lost its place.
                    int opened = random.nextInt(size + 1);
                    byte[] mixed = message.text().clone();
                    System.arraycopy(ciphertext, opened, mixed, opened, size - opened);
                    byte[] expected = ciphertext.clone();
                    System.arraycopy(message.text(), opened, expected, opened, size - opened);
                    exercise.start(opening::start, message);
                    assertThat(exercise.feed(opening::update, mixed, opened))
                            .as(what)
                            .isEqualTo(expected);

                    Opened reversed = exercise.open(
                            opening, message, Arrays.copyOf(message.text(), sealed.length), cuts(random, size));
                    assertThat(reversed.text()).as(what).isEqualTo(ciphertext);
                    assertThat(reversed.authentic()).as(what).isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*GCM", mode = EnumSource.Mode.MATCH_ALL)
    void shouldRefuseWhenAnyBitIsFlipped(AeadSuite suite) {
        Message message = Message.random(suite, new Random(3), 37, false);
        byte[] sealed = message.sealedByJdk();
        try (OpenStream opening = engine().openStream(suite, message.key())) {
            for (PieceExercise exercise : List.of(PLAIN, IN_PLACE, HEAP)) {
                for (byte[] part : List.of(sealed, message.aad(), message.nonce())) {
                    for (int bit = 0; bit < Byte.SIZE * part.length; bit++) {
                        part[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                        boolean authentic =
                                exercise.open(opening, message, sealed, 5, 30).authentic();
                        part[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                        assertThat(authentic)
                                .as("bit %d of %d bytes, %s", bit, part.length, exercise)
                                .isFalse();
                    }
                }
                assertThat(exercise.open(opening, message, sealed, 5, 30).authentic())
                        .as("it still works")
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*GCM", mode = EnumSource.Mode.MATCH_ALL)
    void shouldForgetAMessageThatWasUnderWay(AeadSuite suite) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Message first = Message.random(suite, random, 3000, false);
        Message other = Message.random(suite, random, 500, false);
        Message next = new Message(suite, first.key(), other.nonce(), other.aad(), other.plaintext(), other.trailer());
        byte[] key = first.key().clone();
        try (SealStream sealing = engine().sealStream(suite, key);
                OpenStream opening = engine().openStream(suite, key)) {
            Arrays.fill(key, (byte) 0);
            for (PieceExercise exercise : PieceExercise.all().toList()) {
                // The same message again, then another: one nonce twice in a row, and not.
                for (Message message : List.of(first, first, next, next, first)) {
                    String what = "seed " + seed + ", " + exercise;
                    byte[] sealed = message.sealedByJdk();
                    exercise.start(sealing::start, message);
                    exercise.feed(sealing::update, Arrays.copyOf(message.text(), random.nextInt(500)));
                    assertThat(exercise.seal(sealing, message, 77)).as(what).isEqualTo(sealed);

                    exercise.start(opening::start, message);
                    exercise.feed(opening::update, Arrays.copyOf(sealed, random.nextInt(500)));
                    Opened opened = exercise.open(opening, message, sealed, 77);
                    assertThat(opened.authentic()).as(what).isTrue();
                    assertThat(opened.text()).as(what).isEqualTo(message.text());
                }
            }
        }
    }

    @Test
    void shouldMakeTheTagOfAMessageWithoutBytes() {
        Message message = new Message(
                AeadSuite.AES_256_GCM, new byte[32], new byte[12], new byte[0], new byte[0], Sealer.NO_TRAILER);
        ByteBuf tag = ByteBufAllocator.DEFAULT.directBuffer(16, 16);
        try (SealStream sealing = engine().sealStream(message.suite(), message.key());
                OpenStream opening = engine().openStream(message.suite(), message.key())) {
            sealing.start(0, 0, Unpooled.EMPTY_BUFFER, 0, 0);
            sealing.finish(tag, 0);
            assertThat(ByteBufUtil.getBytes(tag, 0, 16)).isEqualTo(message.sealedByJdk());
            opening.start(0, 0, Unpooled.EMPTY_BUFFER, 0, 0);
            opening.update(Unpooled.EMPTY_BUFFER, 0, 0, Unpooled.EMPTY_BUFFER, 0);
            assertThat(opening.finish(tag, 0)).isTrue();
        } finally {
            tag.release();
        }
    }
}
