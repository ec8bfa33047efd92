package io.offramp.offload.aead;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.offload.key.AeadSuite;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What every engine over a native library does besides. */
abstract class NativeStreamContract extends AeadStreamContract {
    private static final int RECORDS = 20_000;
    private static final int ROUNDS = 20;

    @Test
    void shouldAllocateNothingPerRecordOnceCompiled() {
        ByteBuf record = new UnpooledByteBufAllocator(true, true).directBuffer(256);
        try (SealStream sealing = engine().sealStream(AeadSuite.AES_128_GCM, new byte[16]);
                OpenStream opening = engine().openStream(AeadSuite.AES_128_GCM, new byte[16])) {
            double bytesPerRecord = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS && bytesPerRecord >= 1; round++) {
                bytesPerRecord = allocatedPerRecord(sealing, opening, record);
            }
            assertThat(bytesPerRecord).isLessThan(1);
        } finally {
            record.release();
        }
    }

    private static double allocatedPerRecord(SealStream sealing, OpenStream opening, ByteBuf record) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < RECORDS; i++) {
            sealing.start(1, i, record, 0, 5);
            sealing.update(record, 5, 33, record, 5);
            sealing.update(record, 38, 67, record, 38);
            sealing.finish(record, 105);
            opening.start(1, i, record, 0, 5);
            opening.update(record, 5, 70, record, 5);
            opening.update(record, 75, 30, record, 75);
            if (!opening.finish(record, 105)) {
                throw new AssertionError("record " + i + " did not open");
            }
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / RECORDS;
    }
}
