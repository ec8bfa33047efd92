package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.AeadEngine;
import java.util.concurrent.atomic.LongAdder;

/** Counts the cipher's work: by threads of the device, and by the host. */
final class CountingEngine extends WatchedEngine {
    private final LongAdder onDevice = new LongAdder();
    private final LongAdder onHost = new LongAdder();
    private final Watch watch = new Watch() {
        @Override
        public void onMessage(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
            count();
        }

        @Override
        public boolean mayOpen() {
            count();
            return true;
        }

        @Override
        public void onOpenStream() {
            count();
        }
    };

    CountingEngine(AeadEngine real) {
        super(real);
    }

    /** Records, and parts of records, by threads of the device. */
    long onDevice() {
        return onDevice.sum();
    }

    /** The same by all other threads. */
    long onHost() {
        return onHost.sum();
    }

    private void count() {
        (Thread.currentThread().getName().startsWith("offramp-engine") ? onDevice : onHost).increment();
    }

    @Override
    Watch watch(byte[] key) {
        return watch;
    }
}
