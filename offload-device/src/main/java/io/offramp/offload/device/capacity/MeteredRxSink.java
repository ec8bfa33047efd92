package io.offramp.offload.device.capacity;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.RxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;

/**
 * Counts the records that pass.
 *
 * @param overheadBytes what each had on the wire besides its content
 */
record MeteredRxSink(RxSink sink, LoadGauge load, int overheadBytes) implements RxSink {
    @Override
    public void onData(ByteBuf plaintext) {
        load.add(1, plaintext.readableBytes() + overheadBytes);
        sink.onData(plaintext);
    }

    @Override
    public void onControl(ContentType type, ByteBuf plaintext, RecordBoundary end) {
        load.add(1, plaintext.readableBytes() + overheadBytes);
        sink.onControl(type, plaintext, end);
    }

    @Override
    public void onFault(OffloadException fault) {
        sink.onFault(fault);
    }

    @Override
    public void onEnd() {
        sink.onEnd();
    }

    @Override
    public void onDegraded(String reason) {
        sink.onDegraded(reason);
    }

    @Override
    public void onBurstEnd() {
        sink.onBurstEnd();
    }
}
