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
     * Seals records of 1 KiB and of 16 KiB for about a millisecond. The difference between the two is the cost of 15
     * KiB without the cost of the calls: this early in a process the calls are interpreted, and would count several
     * times.
     */
    static long sealing(AeadEngine engine, AeadSuite suite) {
        int shortBytes = 1024;
        int longBytes = 16 * 1024;
        ByteBuf record = Unpooled.directBuffer(longBytes + AeadSuite.TAG_BYTES);
        try (Sealer sealer = engine.sealer(suite, new byte[suite.keyBytes()])) {
            sealingNs(sealer, record, longBytes);
            long longNs = sealingNs(sealer, record, longBytes);
            long shortNs = sealingNs(sealer, record, shortBytes);
            long ns = Math.max(1, longNs - shortNs);
            return Math.max(1, (longBytes - shortBytes) * 1_000_000_000L / ns);
        } finally {
            record.release();
        }
    }

    /** ns for one record: the best of some, because others may be using the machine. */
    private static long sealingNs(Sealer sealer, ByteBuf record, int bytes) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 48; i++) {
            long before = System.nanoTime();
            sealer.seal(1, i, record, 0, 0, record, 0, bytes, Sealer.NO_TRAILER, record, 0);
            best = Math.min(best, System.nanoTime() - before);
        }
        return best;
    }
}
