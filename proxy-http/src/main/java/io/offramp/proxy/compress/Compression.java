package io.offramp.proxy.compress;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.BodyFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.AnswerFilter.Filtered;
import java.util.List;
import java.util.function.Supplier;

/**
 * Compresses answers, for all routes of a proxy. Whether an answer is compressed depends on its request (method,
 * {@code Accept-Encoding}), its own fields, and the load. One route's secrets stay out of it by
 * {@link CompressionConfig#OFF}: a secret and text of an attacker in one compressed answer tell the secret by its
 * length (BREACH).
 */
public final class Compression {
    private final FastThreadLocal<LoopCompressors> loops = new FastThreadLocal<>() {
        @Override
        protected LoopCompressors initialValue() {
            return new LoopCompressors(limits, budget, events);
        }
    };

    private final Supplier<CompressionLimits> limits;
    private final MemoryBudget budget;
    private final CompressionEvents events;

    /**
     * @param limits asked for each answer
     * @param budget of which compressors take
     */
    public Compression(Supplier<CompressionLimits> limits, MemoryBudget budget, CompressionEvents events) {
        this.limits = limits;
        this.budget = budget;
        this.events = events;
    }

    /** Filters for the answers of a route. */
    public AnswerFilter.Maker of(CompressionConfig config) {
        return (request, head) -> of(config, request.head(), head, request.allocator());
    }

    /** Decides on an answer. Not for interim ones and tunnels. */
    Filtered of(CompressionConfig config, RequestHead request, AnswerHead answer, ByteBufAllocator allocator) {
        Fields fields = answer.message().fields();
        if (config.codings().isEmpty() || !request.message().modern()) {
            return new Filtered(answer, null);
        }
        if (answer.status() == 304) {
            boolean accepted = Coding.best(request.fields(), codings(config)) != null;
            return new Filtered(accepted ? CompressedHead.unchanged(answer) : answer, null);
        }
        if (!CompressedHead.isCompressible(config, request.fields(), answer)) {
            return new Filtered(answer, null);
        }
        Coding coding = Coding.best(request.fields(), codings(config));
        boolean bodiless =
                BodyFields.isBodiless(answer.status(), request.message().isHead());
        if (coding == null || isShort(config, answer, fields, bodiless)) {
            return new Filtered(CompressedHead.varying(answer), null);
        }
        if (bodiless) {
            return new Filtered(CompressedHead.of(answer, coding, 0), null);
        }
        LoopCompressors loop = loops.get();
        Compressor compressor = loop.take(coding, config.level(coding));
        return compressor == null
                ? new Filtered(CompressedHead.varying(answer), null)
                : new Filtered(
                        CompressedHead.of(answer, coding, -1), new CompressedBody(loop, coding, compressor, allocator));
    }

    private static boolean isShort(CompressionConfig config, AnswerHead answer, Fields fields, boolean bodiless) {
        long length = bodiless ? BodyFields.declared(fields) : answer.length();
        return length >= 0 && length < config.leastBytes();
    }

    private static List<Coding> codings(CompressionConfig config) {
        return ZstdCompressor.isAvailable()
                ? config.codings()
                : config.codings().stream().filter(each -> each != Coding.ZSTD).toList();
    }
}
