package io.offramp.proxy.config;

import io.offramp.proxy.compress.Coding;
import io.offramp.proxy.compress.CompressionConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code compression}: of a route, or of a listener for all its routes. */
final class CompressionReader {
    private static final Scalar<Coding> CODING = Scalar.choice(Coding.class);
    private static final Scalar<Long> SIZE = Scalar.size(0, 1L << 30);
    private static final Scalar<String> TYPE = new Scalar<>("a media type such as text/html or text/*", text -> {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.matches("[a-z0-9.+-]+/([a-z0-9.+-]+|\\*)") ? lower : null;
    });

    private CompressionReader() {}

    private enum Switch {
        ON,
        OFF
    }

    /** What is written; the listener's if nothing is. */
    static CompressionConfig read(@Nullable Value value, CompressionConfig usual) {
        if (value == null) {
            return usual;
        }
        if (value.isScalar()) {
            Switch word = value.as(Scalar.choice(Switch.class));
            return word == Switch.ON ? CompressionConfig.ON : CompressionConfig.OFF;
        }
        Section section = value.section("codings", "types", "gzip-level", "zstd-level", "least-size");
        if (section == null) {
            return usual;
        }
        CompressionConfig on = CompressionConfig.ON;
        Value codings = section.get("codings");
        Value types = section.get("types");
        return new CompressionConfig(
                codings == null
                        ? on.codings()
                        : List.copyOf(codings.distinct("a list of zstd and gzip", CODING)
                                .keySet()),
                section.get("gzip-level", level(Coding.GZIP), on.gzipLevel()),
                section.get("zstd-level", level(Coding.ZSTD), on.zstdLevel()),
                types == null ? on.types() : types(types),
                section.get("least-size", SIZE, on.leastBytes()));
    }

    private static Scalar<Integer> level(Coding coding) {
        return Scalar.number(coding.least(), coding.most());
    }

    private static Set<String> types(Value value) {
        return new LinkedHashSet<>(value.distinct("a list of media types", TYPE).keySet());
    }
}
