package io.offramp.proxy.compress;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.compress.CompressionEvents.Skip;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.AnswerFilter.Filtered;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** A compression whose events are counted, with answers for it. */
abstract class CompressionFixture {
    static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true);
    static final long MIB = 1 << 20;

    final List<Skip> skips = new ArrayList<>();
    final List<Long> counted = new ArrayList<>();
    private final CompressionEvents events = new CompressionEvents() {
        @Override
        public void onCompressed(Coding coding, long taken, long given) {
            counted.add(taken);
        }

        @Override
        public void onSkipped(Skip why) {
            skips.add(why);
        }
    };
    long mostBytes = 16 * MIB;
    final AtomicLong buffers = new AtomicLong();
    final MemoryBudget budget =
            new MemoryBudget(Long.MAX_VALUE, 100 * MIB, () -> 0, buffers::get, () -> 0, System::nanoTime, what -> {});
    final Compression compression = new Compression(() -> new CompressionLimits(1_000_000, mostBytes), budget, events);

    Filtered compressed() {
        return of(request("GET", "Accept-Encoding", "gzip"), answer(200, -1, "Content-Type", "text/html"));
    }

    Filtered of(RequestHead request, AnswerHead answer) {
        return compression.of(CompressionConfig.ON, request, answer, ALLOCATOR);
    }

    AnswerFilter begin(Coding coding) {
        AnswerFilter body = of(
                        request("GET", "Accept-Encoding", coding.word()), answer(200, -1, "Content-Type", "text/html"))
                .filter();
        assertThat(body).isNotNull();
        return body;
    }

    static void end(Filtered result) {
        assertThat(result.filter()).isNotNull();
        result.filter().end(out -> out.release());
    }

    static Consumer<ByteBuf> to(ByteArrayOutputStream out) {
        return piece -> {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            piece.release();
            out.writeBytes(bytes);
        };
    }

    static ByteBuf piece(byte[] bytes, int kind) {
        return switch (kind) {
            case 0 -> ALLOCATOR.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            case 1 -> Unpooled.copiedBuffer(bytes);
            default ->
                ALLOCATOR
                        .compositeDirectBuffer()
                        .addComponent(
                                true,
                                ALLOCATOR
                                        .directBuffer(Math.max(1, bytes.length))
                                        .writeBytes(bytes, 0, bytes.length / 2))
                        .addComponent(
                                true,
                                ALLOCATOR
                                        .directBuffer(Math.max(1, bytes.length))
                                        .writeBytes(bytes, bytes.length / 2, bytes.length - bytes.length / 2));
        };
    }

    static InputStream open(Coding coding, byte[] bytes) throws IOException {
        return coding == Coding.GZIP
                ? new GZIPInputStream(new ByteArrayInputStream(bytes))
                : new ZstdInputStream(new ByteArrayInputStream(bytes)).setContinuous(true);
    }

    static byte[] read(Coding coding, byte[] bytes, int length) throws IOException {
        try (InputStream in = open(coding, bytes)) {
            return in.readNBytes(length);
        }
    }

    static byte[] readAll(Coding coding, byte[] bytes) throws IOException {
        try (InputStream in = open(coding, bytes)) {
            return in.readAllBytes();
        }
    }

    static List<String> lines(Fields fields) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            lines.add(fields.name(i) + ": " + fields.value(i));
        }
        return lines;
    }

    static RequestHead request(String method, String... namesAndValues) {
        HeadWriter head = HeadWriter.request(method, "/").field("Host", "example.com");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            head.field(namesAndValues[i], namesAndValues[i + 1]);
        }
        return head.completeRequest();
    }

    static AnswerHead answer(int status, long length, String... namesAndValues) {
        HeadWriter head = HeadWriter.answer(status, "Any");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            head.field(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new AnswerHead(head.complete(), ConnectionOptions.NONE, length, 0);
    }
}
