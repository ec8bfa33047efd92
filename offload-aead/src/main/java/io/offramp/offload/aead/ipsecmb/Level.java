package io.offramp.offload.aead.ipsecmb;

import org.jspecify.annotations.Nullable;

/** The instruction sets that the library has AES-GCM for, the widest first. */
enum Level {
    VAES_AVX512("vaes_avx512", Feature.AVX512 | Feature.VAES | Feature.VPCLMULQDQ),
    AVX512("avx512", Feature.AVX512),
    AVX2("avx_gen4", Feature.AVX2),
    AVX("avx_gen2", Feature.AVX),
    SSE("sse", Feature.SSE);

    private final String suffix;
    private final long features;

    Level(String suffix, long features) {
        this.suffix = suffix;
        this.features = features;
    }

    /** How the library's symbols for it end. */
    String suffix() {
        return suffix;
    }

    /** The widest that a CPU has, or null if it has none of them. */
    static @Nullable Level of(long features) {
        for (Level level : values()) {
            if ((features & level.features) == level.features) {
                return level;
            }
        }
        return null;
    }

    /** Bits of {@code IMB_MGR.features} ({@code IMB_FEATURE_…} in {@code intel-ipsec-mb.h}). */
    private static final class Feature {
        static final long SSE = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4; // AESNI, PCLMULQDQ, CMOV, SSE4_2
        static final long AVX = SSE | 1 << 5;
        static final long AVX2 = AVX | 1 << 6 | 1 << 18; // and BMI2
        static final long AVX512 = AVX2 | 0b11111 << 7; // F, DQ, CD, BW, VL
        static final long VAES = 1 << 12;
        static final long VPCLMULQDQ = 1 << 13;

        private Feature() {}
    }
}
