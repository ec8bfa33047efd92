package io.offramp.proxy.compress;

/** Counts what compression does. Called on event loops: never blocks. */
public interface CompressionEvents {
    /** Counts nothing. */
    CompressionEvents NONE = new CompressionEvents() {
        @Override
        public void onCompressed(Coding coding, long taken, long given) {}

        @Override
        public void onSkipped(Skip why) {}
    };

    /** Why an answer that could be compressed is not. */
    enum Skip {
        /** The event loop has no time for it. */
        CPU,
        /** Another compressor would take more memory than there is. */
        MEMORY
    }

    /**
     * An answer has ended, complete or not.
     *
     * @param taken bytes of content
     * @param given bytes of the coding
     */
    void onCompressed(Coding coding, long taken, long given);

    /** An answer stays as it is. */
    void onSkipped(Skip why);
}
