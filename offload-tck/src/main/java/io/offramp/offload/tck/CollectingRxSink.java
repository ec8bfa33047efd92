package io.offramp.offload.tck;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.RxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An application that remembers its input. Copies and releases each buffer at once, then lets a test act from inside
 * the callback.
 */
public final class CollectingRxSink implements RxSink {
    /** One record's content. Equal by bytes. */
    public record Received(ContentType type, byte[] content) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Received(ContentType otherType, byte[] otherContent)
                    && type == otherType
                    && Arrays.equals(content, otherContent);
        }

        @Override
        public int hashCode() {
            return Objects.hash(type, Arrays.hashCode(content));
        }

        @Override
        public String toString() {
            return type + "[" + content.length + " bytes]";
        }
    }

    /** What a test does from inside {@link RxSink#onControl}. */
    public interface ControlAction {
        /** @param end the boundary behind the record */
        void run(RecordBoundary end);
    }

    private final List<Received> received = new ArrayList<>();
    private final List<OffloadException> faults = new ArrayList<>();
    private final List<String> degradations = new ArrayList<>();
    private int ends;
    private Runnable dataAction = () -> {};
    private ControlAction controlAction = end -> {};

    /** Runs in every {@link #onData}, behind the copy. */
    public void whenData(Runnable action) {
        dataAction = action;
    }

    /** Runs in every {@link #onControl}, behind the copy. */
    public void whenControl(ControlAction action) {
        controlAction = action;
    }

    @Override
    public void onData(ByteBuf plaintext) {
        collect(ContentType.APPLICATION_DATA, plaintext);
        dataAction.run();
    }

    @Override
    public void onControl(ContentType type, ByteBuf plaintext, RecordBoundary end) {
        collect(type, plaintext);
        controlAction.run(end);
    }

    private void collect(ContentType type, ByteBuf plaintext) {
        try {
            byte[] content = new byte[plaintext.readableBytes()];
            plaintext.readBytes(content);
            received.add(new Received(type, content));
        } finally {
            plaintext.release();
        }
    }

    @Override
    public void onFault(OffloadException fault) {
        faults.add(fault);
    }

    @Override
    public void onEnd() {
        ends++;
    }

    @Override
    public void onDegraded(String reason) {
        degradations.add(reason);
    }

    /** All records so far, in order. */
    public List<Received> received() {
        return received;
    }

    /** Content of all application data records so far, in order. */
    public byte[] data() {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        received.stream()
                .filter(record -> record.type() == ContentType.APPLICATION_DATA)
                .forEach(record -> data.writeBytes(record.content()));
        return data.toByteArray();
    }

    /** Faults in order; more than one is itself a fault. */
    public List<OffloadException> faults() {
        return faults;
    }

    /** How often the stream has ended, which more than once is a fault. */
    public int ends() {
        return ends;
    }

    /** Reasons in order. */
    public List<String> degradations() {
        return degradations;
    }
}
