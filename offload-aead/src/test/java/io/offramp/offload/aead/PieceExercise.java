package io.offramp.offload.aead;

import static io.offramp.offload.aead.Exercise.GUARD_BYTES;
import static io.offramp.offload.aead.Exercise.assertGuards;
import static io.offramp.offload.aead.Exercise.guarded;
import static io.offramp.offload.aead.Exercise.releaseAll;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.aead.Exercise.Opened;
import io.offramp.offload.key.AeadSuite;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a message is fed to a stream: in pieces, each in buffers of its own, as the packets are that it came in. Guard
 * bytes around each must survive.
 *
 * @param inPlace input and output are the same area
 */
record PieceExercise(BufferKind inKind, BufferKind outKind, boolean inPlace) {
    /** All kinds of buffer, in place and from each to each. */
    static Stream<PieceExercise> all() {
        return Arrays.stream(BufferKind.values())
                .flatMap(in -> Stream.concat(
                        Stream.of(new PieceExercise(in, in, true)),
                        Arrays.stream(BufferKind.values()).map(out -> new PieceExercise(in, out, false))));
    }

    /** Places to cut this number of bytes at, in order; a place drawn twice makes an empty piece. */
    static int[] cuts(Random random, int bytes) {
        return random.ints(random.nextInt(9), 0, bytes + 1).sorted().toArray();
    }

    /** Cuts behind every byte. */
    static int[] byteByByte(int bytes) {
        return IntStream.rangeClosed(1, bytes).toArray();
    }

    /** What both streams begin with. */
    interface Start {
        void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes);
    }

    /** What both streams do with a piece. */
    interface Update {
        void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex);
    }

    /** Seals and returns ciphertext and tag. */
    byte[] seal(SealStream stream, Message message, int... cuts) {
        start(stream::start, message);
        byte[] ciphertext = feed(stream::update, message.text(), cuts);
        byte[] sealed = Arrays.copyOf(ciphertext, ciphertext.length + AeadSuite.TAG_BYTES);
        ByteBuf tag = outKind.of(guarded(AeadSuite.TAG_BYTES, new byte[0]));
        try {
            stream.finish(tag, GUARD_BYTES);
            assertGuards(tag, AeadSuite.TAG_BYTES);
            tag.getBytes(GUARD_BYTES, sealed, ciphertext.length, AeadSuite.TAG_BYTES);
            return sealed;
        } finally {
            releaseAll(tag);
        }
    }

    /** Opens ciphertext and tag under the nonce and AAD of the message. */
    Opened open(OpenStream stream, Message message, byte[] sealed, int... cuts) {
        int textBytes = sealed.length - AeadSuite.TAG_BYTES;
        start(stream::start, message);
        byte[] text = feed(stream::update, Arrays.copyOf(sealed, textBytes), cuts);
        byte[] tagBytes = Arrays.copyOfRange(sealed, textBytes, sealed.length);
        ByteBuf tag = inKind.of(guarded(AeadSuite.TAG_BYTES, tagBytes));
        try {
            boolean authentic = stream.finish(tag, GUARD_BYTES);
            assertThat(ByteBufUtil.getBytes(tag, GUARD_BYTES, AeadSuite.TAG_BYTES))
                    .isEqualTo(tagBytes);
            return new Opened(authentic, text);
        } finally {
            releaseAll(tag);
        }
    }

    /** Begins the message. */
    void start(Start stream, Message message) {
        ByteBuf aad = inKind.of(guarded(message.aad().length, message.aad()));
        try {
            stream.start(message.nonceHead(), message.nonceTail(), aad, GUARD_BYTES, message.aad().length);
        } finally {
            releaseAll(aad);
        }
    }

    /** Feeds the bytes, cut at these places, and returns what came out. */
    byte[] feed(Update stream, byte[] bytes, int... cuts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int from = 0;
        for (int cut : cuts) {
            out.writeBytes(feedPiece(stream, Arrays.copyOfRange(bytes, from, cut)));
            from = cut;
        }
        out.writeBytes(feedPiece(stream, Arrays.copyOfRange(bytes, from, bytes.length)));
        return out.toByteArray();
    }

    private byte[] feedPiece(Update stream, byte[] piece) {
        ByteBuf in = inKind.of(guarded(piece.length, piece));
        ByteBuf out = inPlace ? in : outKind.of(guarded(piece.length, new byte[0]));
        int written = out.writerIndex();
        try {
            stream.update(in, GUARD_BYTES, piece.length, out, GUARD_BYTES);
            assertThat(in.readerIndex()).isZero();
            assertThat(out.writerIndex()).isEqualTo(written);
            assertGuards(in, piece.length);
            assertGuards(out, piece.length);
            if (!inPlace) {
                assertThat(ByteBufUtil.getBytes(in, GUARD_BYTES, piece.length)).isEqualTo(piece);
            }
            return ByteBufUtil.getBytes(out, GUARD_BYTES, piece.length);
        } finally {
            releaseAll(in, out);
        }
    }
}
