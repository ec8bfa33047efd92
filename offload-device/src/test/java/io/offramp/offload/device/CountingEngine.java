package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.util.concurrent.atomic.LongAdder;

/** Counts who does the cipher's work: threads of the device, or the host. */
final class CountingEngine implements AeadEngine {
    private final AeadEngine real;
    private final LongAdder onDevice = new LongAdder();
    private final LongAdder onHost = new LongAdder();

    CountingEngine(AeadEngine real) {
        this.real = real;
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
    public String name() {
        return real.name();
    }

    @Override
    public Availability availability() {
        return real.availability();
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return real.supports(suite);
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        Sealer sealer = real.sealer(suite, key);
        return new Sealer() {
            @Override
            public int seal(
                    int nonceHead,
                    long nonceTail,
                    ByteBuf aad,
                    int aadIndex,
                    int aadBytes,
                    ByteBuf in,
                    int inIndex,
                    int plaintextBytes,
                    int trailer,
                    ByteBuf out,
                    int outIndex) {
                count();
                return sealer.seal(
                        nonceHead,
                        nonceTail,
                        aad,
                        aadIndex,
                        aadBytes,
                        in,
                        inIndex,
                        plaintextBytes,
                        trailer,
                        out,
                        outIndex);
            }

            @Override
            public void close() {
                sealer.close();
            }
        };
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        Opener opener = real.opener(suite, key);
        return new Opener() {
            @Override
            public boolean open(
                    int nonceHead,
                    long nonceTail,
                    ByteBuf aad,
                    int aadIndex,
                    int aadBytes,
                    ByteBuf in,
                    int inIndex,
                    int ciphertextBytes,
                    ByteBuf out,
                    int outIndex) {
                count();
                return opener.open(
                        nonceHead, nonceTail, aad, aadIndex, aadBytes, in, inIndex, ciphertextBytes, out, outIndex);
            }

            @Override
            public void close() {
                opener.close();
            }
        };
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        SealStream stream = real.sealStream(suite, key);
        return new SealStream() {
            @Override
            public void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
                count();
                stream.start(nonceHead, nonceTail, aad, aadIndex, aadBytes);
            }

            @Override
            public void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
                stream.update(in, inIndex, bytes, out, outIndex);
            }

            @Override
            public void finish(ByteBuf out, int outIndex) {
                stream.finish(out, outIndex);
            }

            @Override
            public void close() {
                stream.close();
            }
        };
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        OpenStream stream = real.openStream(suite, key);
        return new OpenStream() {
            @Override
            public void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
                count();
                stream.start(nonceHead, nonceTail, aad, aadIndex, aadBytes);
            }

            @Override
            public void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
                stream.update(in, inIndex, bytes, out, outIndex);
            }

            @Override
            public boolean finish(ByteBuf tag, int tagIndex) {
                return stream.finish(tag, tagIndex);
            }

            @Override
            public void close() {
                stream.close();
            }
        };
    }
}
