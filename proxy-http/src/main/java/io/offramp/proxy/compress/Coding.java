package io.offramp.proxy.compress;

import io.offramp.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A content coding (RFC 9110 §8.4.1). */
public enum Coding {
    /** RFC 8878. */
    ZSTD(1, 19),
    /** RFC 1952. */
    GZIP(1, 9);

    private static final byte[] ACCEPT_ENCODING = "accept-encoding".getBytes(StandardCharsets.US_ASCII);
    private static final int FULL = 1000;

    private final String word = name().toLowerCase(Locale.ROOT);
    private final int least;
    private final int most;

    Coding(int least, int most) {
        this.least = least;
        this.most = most;
    }

    /** Its name in fields. */
    public String word() {
        return word;
    }

    /** Fastest level. */
    public int least() {
        return least;
    }

    /** Level of the smallest output. */
    public int most() {
        return most;
    }

    /** Most native memory of a compressor at that level, measured. */
    long memoryBytes(int level) {
        return switch (this) {
            case GZIP -> 320L << 10;
            case ZSTD -> (level < ZstdCompressor.LEAST_BOUNDED_LEVEL ? 2L : 4L) << 20;
        };
    }

    /**
     * The coding that a client likes best (RFC 9110 §12.5.3); null if it wants none, or rather the content as it is.
     *
     * @param offered in the order that decides between equals
     */
    static @Nullable Coding best(Fields request, List<Coding> offered) {
        int identity = -1;
        int others = -1;
        int[] quality = {-1, -1};
        for (int i = 0; i < request.size(); i++) {
            if (request.isName(i, ACCEPT_ENCODING)) {
                for (String element : request.value(i).split(",")) {
                    int semicolon = element.indexOf(';');
                    String name = (semicolon < 0 ? element : element.substring(0, semicolon)).strip();
                    int q = semicolon < 0 ? FULL : quality(element.substring(semicolon + 1));
                    switch (name.toLowerCase(Locale.ROOT)) {
                        case "gzip", "x-gzip" -> quality[GZIP.ordinal()] = q;
                        case "zstd" -> quality[ZSTD.ordinal()] = q;
                        case "identity" -> identity = q;
                        case "*" -> others = q;
                        default -> {}
                    }
                }
            }
        }
        Coding best = null;
        int most = Math.max(0, identity);
        for (Coding each : offered) {
            int q = quality[each.ordinal()] < 0 ? others : quality[each.ordinal()];
            if (best == null ? q > 0 && q >= most : q > most) {
                best = each;
                most = q;
            }
        }
        return best;
    }

    /** Thousandths; 0 for what is none (RFC 9110 §12.4.2). */
    private static int quality(String parameters) {
        String text = parameters.strip();
        if (!text.regionMatches(true, 0, "q=", 0, 2)) {
            return FULL; // a parameter that this version does not know
        }
        String number = text.substring(2).strip();
        if (!number.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?")) {
            return 0;
        }
        return Math.round(Float.parseFloat(number) * FULL);
    }
}
