package io.offramp.proxy.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.compress.CompressionEvents.Skip;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.AnswerFilter.Filtered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What compressors hold, and what is left of them. */
class CompressionMemoryTest extends CompressionFixture {
    @Test
    void shouldTakeNoMoreMemoryThanItMay() {
        // Given
        mostBytes = 2 * Coding.GZIP.memoryBytes(4);
        Filtered first = compressed();
        Filtered second = compressed();

        // When
        Filtered third = compressed();

        // Then
        assertThat(third.filter()).isNull();
        assertThat(lines(third.head().message().fields())).contains("Vary: Accept-Encoding");
        assertThat(skips).containsExactly(Skip.MEMORY);
        assertThat(budget.nativeBytes()).isEqualTo(mostBytes);
        end(first);
        end(second);
        Filtered fourth = compressed();
        assertThat(fourth.filter()).isNotNull();
        end(fourth);
        assertThat(counted).hasSize(3);
        assertThat(budget.nativeBytes()).as("one is kept").isEqualTo(mostBytes / 2);
    }

    @Test
    void shouldCompressNothingWhileMemoryIsShortAndGiveBackWhatItHas() {
        // Given
        Filtered before = compressed();
        buffers.set(90 * MIB);
        budget.look();

        // When
        Filtered result = compressed();

        // Then
        assertThat(result.filter()).isNull();
        assertThat(skips).containsExactly(Skip.MEMORY);
        assertThat(before.filter()).isNotNull();
        before.filter().release();
        assertThat(budget.nativeBytes()).isZero();
    }

    @Test
    void shouldCountWhatACompressorTakesAtItsHighestLevel() {
        // Given
        RequestHead request = request("GET", "Accept-Encoding", "zstd");
        AnswerHead html = answer(200, -1, "Content-Type", "text/html");
        CompressionConfig small = new CompressionConfig(List.of(Coding.ZSTD), 1, 19, CompressionConfig.TYPES, 0);

        // When
        end(of(request, html));
        assertThat(budget.nativeBytes()).isEqualTo(Coding.ZSTD.memoryBytes(3));
        end(compression.of(small, request, html, ALLOCATOR));

        // Then
        assertThat(budget.nativeBytes()).isEqualTo(Coding.ZSTD.memoryBytes(19));
        end(of(request, html));
        assertThat(budget.nativeBytes()).isEqualTo(Coding.ZSTD.memoryBytes(19));
    }

    @Test
    void shouldReleaseWhatAnEndedAnswerHasLeft() {
        // Given
        Filtered result = compressed();
        assertThat(result.filter()).isNotNull();
        ByteBuf piece = piece(new byte[100], 0);
        result.filter().write(piece, out -> out.release());

        // When
        result.filter().release();
        result.filter().release();

        // Then
        assertThat(piece.refCnt()).isZero();
        assertThat(counted).containsExactly(100L);
        ByteBuf late = piece(new byte[100], 0);
        result.filter().write(late, out -> out.release());
        assertThat(late.refCnt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void shouldLeaveNothingToTheNextAnswerIfTheClientGoesWithinAPiece(Coding coding) throws IOException {
        // Given
        AnswerFilter first = begin(coding);
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);

        // When
        first.write(piece(noise, 0), out -> {
            out.release();
            first.release();
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AnswerFilter second = begin(coding);
        second.write(piece(new byte[100], 0), to(out));
        second.end(to(out));

        // Then
        assertThat(readAll(coding, out.toByteArray())).isEqualTo(new byte[100]);
        assertThat(counted).containsExactly((long) noise.length, 100L);
    }
}
