package io.offramp.proxy.compress;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is compressed for the clients of a route.
 *
 * @param codings in the order that decides between equals; none to compress nothing
 * @param gzipLevel of gzip
 * @param zstdLevel of Zstandard
 * @param types of media in lower case: {@code text/html}, or {@code text/*}
 * @param leastBytes a shorter body, of which the length is known, stays as it is
 */
public record CompressionConfig(
        List<Coding> codings, int gzipLevel, int zstdLevel, Set<String> types, long leastBytes) {
    /** Types that shrink. */
    public static final Set<String> TYPES = Set.of(
            "text/*",
            "application/javascript",
            "application/json",
            "application/ld+json",
            "application/manifest+json",
            "application/problem+json",
            "application/rss+xml",
            "application/atom+xml",
            "application/wasm",
            "application/xml",
            "application/xhtml+xml",
            "font/ttf",
            "font/otf",
            "image/svg+xml");

    /** Nothing is compressed. */
    public static final CompressionConfig OFF = new CompressionConfig(List.of(), 0, 0, Set.of(), 0);

    /** What {@code compression: on} means. */
    public static final CompressionConfig ON =
            new CompressionConfig(List.of(Coding.ZSTD, Coding.GZIP), 4, 3, TYPES, 1024);

    /** Whether bodies of a type are compressed. */
    boolean has(String contentType) {
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        int slash = type.indexOf('/');
        return slash > 0 && (types.contains(type) || types.contains(type.substring(0, slash) + "/*"));
    }

    int level(Coding coding) {
        return switch (coding) {
            case GZIP -> gzipLevel;
            case ZSTD -> zstdLevel;
        };
    }
}
