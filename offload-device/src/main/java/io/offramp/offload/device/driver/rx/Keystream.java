package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordFormat;

/**
 * Turns what a device has decrypted back into what was on the wire (kernel tls-offload, {@code tls_device_reencrypt}):
 * a record of which it has decrypted a part can be authenticated as a whole only. Confined to one thread.
 */
final class Keystream implements AutoCloseable {
    private final OpenStream stream;
    private final RecordFormat format;
    private final int nonceHead;
    private final long nonceTailMask;

    /** @param keys copied as far as needed; still the caller's */
    Keystream(AeadEngine engine, TrafficKeys keys) {
        stream = engine.openStream(keys.suite(), keys.dangerousKey());
        format = keys.format();
        nonceHead = keys.nonceHead();
        nonceTailMask = keys.nonceTailMask();
    }

    /**
     * Encrypts the runs of a record that have this mark.
     *
     * @param record holds the record from {@code at} on, as far as its runs go
     * @param recordBytes length of the whole record
     * @param number its record sequence
     */
    void restore(ByteBuf record, int at, int recordBytes, long number, DecryptedRuns runs, int mark) {
        int contentStart = format.prefixBytes();
        int contentEnd = recordBytes - AeadSuite.TAG_BYTES;
        if (runs.count() == 0 || runs.end(runs.count() - 1) <= contentStart) {
            forget(runs, mark);
            return;
        }
        long tail = format == RecordFormat.TLS_1_2_GCM
                ? record.getLong(at + RecordFormat.HEADER_BYTES)
                : nonceTailMask ^ number;
        stream.start(nonceHead, tail, record, at, RecordFormat.HEADER_BYTES);
        ByteBuf elsewhere = Unpooled.directBuffer(recordBytes, recordBytes);
        int from = contentStart;
        for (int i = 0; i < runs.count(); i++) {
            int to = Math.clamp(runs.end(i), from, contentEnd);
            // Bytes that are as on the wire go through too, so that the keystream stands right for those behind them.
            ByteBuf out = runs.mark(i) == mark ? record : elsewhere;
            stream.update(record, at + from, to - from, out, out == record ? at + from : 0);
            from = to;
        }
        elsewhere.release();
        forget(runs, mark);
    }

    private static void forget(DecryptedRuns runs, int mark) {
        for (int i = 0; i < runs.count(); i++) {
            if (runs.mark(i) == mark) {
                runs.restored(i);
            }
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
