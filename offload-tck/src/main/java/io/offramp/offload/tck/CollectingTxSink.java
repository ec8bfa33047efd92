package io.offramp.offload.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket that remembers its writes. Releases each buffer at once, or writes it to a real one. */
public final class CollectingTxSink implements TxSink {
    private final @Nullable Wire socket;
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final List<OffloadException> faults = new ArrayList<>();
    private final List<String> degradations = new ArrayList<>();

    /** Without a socket: takes buffers of records only. */
    public CollectingTxSink() {
        this(null);
    }

    /** @param socket what everything is written to; null for none */
    CollectingTxSink(@Nullable Wire socket) {
        this.socket = socket;
    }

    @Override
    public void onSealed(Object message) {
        if (socket != null) {
            socket.write(message);
            return;
        }
        assertThat(message).isInstanceOf(ByteBuf.class);
        ByteBuf records = (ByteBuf) message;
        try {
            byte[] bytes = new byte[records.readableBytes()];
            records.readBytes(bytes);
            wire.writeBytes(bytes);
        } finally {
            records.release();
        }
    }

    @Override
    public void onFault(OffloadException fault) {
        faults.add(fault);
    }

    @Override
    public void onDegraded(String reason) {
        degradations.add(reason);
    }

    /** All bytes so far. */
    public byte[] wire() {
        if (socket != null) {
            wire.writeBytes(socket.take());
        }
        return wire.toByteArray();
    }

    /** All bytes so far, which the sink forgets: to carry them to the other end. */
    public byte[] take() {
        byte[] taken = wire();
        wire.reset();
        return taken;
    }

    /** Faults in order; more than one is itself a fault. */
    public List<OffloadException> faults() {
        return faults;
    }

    /** Reasons in order. */
    public List<String> degradations() {
        return degradations;
    }
}
