package io.offramp.offload.aead;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.offload.key.AeadSuite;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every engine over a native library does besides. */
abstract class NativeEngineContract extends AeadEngineContract {
    private static final int RECORDS = 20_000;
    private static final int ROUNDS = 20;

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingPerRecordOnceCompiled(AeadSuite suite) {
        ByteBuf record = new UnpooledByteBufAllocator(true, true).directBuffer(256);
        try (Sealer sealer = engine().sealer(suite, new byte[suite.keyBytes()]);
                Opener opener = engine().opener(suite, new byte[suite.keyBytes()])) {
            double bytesPerRecord = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS && bytesPerRecord >= 1; round++) {
                bytesPerRecord = allocatedPerRecord(sealer, opener, record);
            }
            assertThat(bytesPerRecord).isLessThan(1);
        } finally {
            record.release();
        }
    }

    private static double allocatedPerRecord(Sealer sealer, Opener opener, ByteBuf record) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < RECORDS; i++) {
            sealer.seal(1, i, record, 0, 5, record, 5, 100, 23, record, 5);
            if (!opener.open(1, i, record, 0, 5, record, 5, 101, record, 5)) {
                throw new AssertionError("record " + i + " did not open");
            }
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / RECORDS;
    }
}
