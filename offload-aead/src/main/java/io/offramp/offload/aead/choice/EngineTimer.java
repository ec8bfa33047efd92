package io.offramp.offload.aead.choice;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;

/** Measures an engine's time for the bytes of a record. */
interface EngineTimer {
    /** Speed of an engine at a suite, in bytes per second: 1 or more. */
    long bytesPerSecond(AeadEngine engine, AeadSuite suite);

    /**
     * Seals a short and a long message some times, which takes about a millisecond. The difference between the two is
     * the cost of the bytes without the cost of the calls: this early in a process the calls are interpreted, and would
     * count several times. So the long message is longer than any record: else that would be most of its time.
     */
    static long sealing(AeadEngine engine, AeadSuite suite) {
        int shortBytes = 1024;
        int longBytes = 128 * 1024;
        ByteBuf message = Unpooled.directBuffer(longBytes + AeadSuite.TAG_BYTES);
        try (Sealer sealer = engine.sealer(suite, new byte[suite.keyBytes()])) {
            long longNs = sealingNs(sealer, message, longBytes);
            long shortNs = sealingNs(sealer, message, shortBytes);
            long ns = Math.max(1, longNs - shortNs);
            return Math.max(1, (longBytes - shortBytes) * 1_000_000_000L / ns);
        } finally {
            message.release();
        }
    }

    /** ns for one message: the best of some, because others may be using the machine. */
    private static long sealingNs(Sealer sealer, ByteBuf message, int bytes) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            long before = System.nanoTime();
            sealer.seal(1, i, message, 0, 0, message, 0, bytes, Sealer.NO_TRAILER, message, 0);
            best = Math.min(best, System.nanoTime() - before);
        }
        return best;
    }
}
