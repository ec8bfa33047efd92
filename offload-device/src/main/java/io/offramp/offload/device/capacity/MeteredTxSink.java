package io.offramp.offload.device.capacity;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.RecordFormat;

/** Counts the records that pass, by their headers. */
record MeteredTxSink(TxSink sink, LoadGauge load) implements TxSink {
    private static final int LENGTH_OFFSET = RecordFormat.HEADER_BYTES - Short.BYTES;

    @Override
    public void onSealed(Object message) {
        if (message instanceof ByteBuf wire) {
            load.add(records(wire), wire.readableBytes());
        }
        sink.onSealed(message);
    }

    @Override
    public void onFault(OffloadException fault) {
        sink.onFault(fault);
    }

    @Override
    public void onDegraded(String reason) {
        sink.onDegraded(reason);
    }

    @Override
    public void onSpliced(long records, int bytes) {
        sink.onSpliced(records, bytes);
    }

    @Override
    public void onInfoChanged() {
        sink.onInfoChanged();
    }

    @Override
    public void onBurstEnd() {
        sink.onBurstEnd();
    }

    private static int records(ByteBuf wire) {
        int records = 0;
        int end = wire.writerIndex();
        for (int at = wire.readerIndex(); at + RecordFormat.HEADER_BYTES <= end; records++) {
            at += RecordFormat.HEADER_BYTES + wire.getUnsignedShort(at + LENGTH_OFFSET);
        }
        return records;
    }
}
