package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An engine that writes down every nonce with what it protected, runs a test's code in front of every seal, and lies
 * when asked to. Device and driver share it, so that a record made by both is seen twice.
 */
final class LedgerEngine implements AeadEngine {
    private final AeadEngine real = AeadEngines.best();
    private NonceLedger ledger = new NonceLedger();
    private Runnable beforeSeal = () -> {};
    private Runnable beforeOpen = () -> {};
    private int lies;
    private int seals;
    private int open;

    /** Runs in front of every seal. */
    void beforeSeal(Runnable action) {
        beforeSeal = action;
    }

    /** Runs in front of every whole record that is opened. */
    void beforeOpen(Runnable action) {
        beforeOpen = action;
    }

    /** Says of so many authentic records that they are not. */
    void lie(int records) {
        lies = records;
    }

    /** Nonces that protected two different plaintexts: must stay empty. */
    List<String> reused() {
        return ledger.reused();
    }

    /** Starts over: keys that come from here on are new, even if they look like old ones. */
    void startOver() {
        ledger = new NonceLedger();
    }

    /** Seals so far. */
    int seals() {
        return seals;
    }

    /** Keys set up and not closed. */
    int openKeys() {
        return open;
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
        open++;
        Sealer sealer = real.sealer(suite, key);
        String keyName = HexFormat.of().formatHex(key);
        return new Sealer() {
            private boolean isOpen = true;

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
                beforeSeal.run();
                seals++;
                NonceLedger.Message message = ledger.start(keyName, nonceHead, nonceTail, aad, aadIndex, aadBytes);
                byte[] content = ByteBufUtil.getBytes(in, inIndex, plaintextBytes);
                if (trailer != Sealer.NO_TRAILER) {
                    content = Arrays.copyOf(content, plaintextBytes + 1);
                    content[plaintextBytes] = (byte) trailer;
                }
                message.update(content);
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
                open -= isOpen ? 1 : 0;
                isOpen = false;
                sealer.close();
            }
        };
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        open++;
        Opener opener = real.opener(suite, key);
        return new Opener() {
            private boolean isOpen = true;

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
                beforeOpen.run();
                if (lies > 0) {
                    lies--;
                    return false;
                }
                return opener.open(
                        nonceHead, nonceTail, aad, aadIndex, aadBytes, in, inIndex, ciphertextBytes, out, outIndex);
            }

            @Override
            public void close() {
                open -= isOpen ? 1 : 0;
                isOpen = false;
                opener.close();
            }
        };
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        open++;
        SealStream stream = real.sealStream(suite, key);
        String keyName = HexFormat.of().formatHex(key);
        return new SealStream() {
            private NonceLedger.@Nullable Message message;
            private boolean isOpen = true;

            @Override
            public void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
                message = ledger.start(keyName, nonceHead, nonceTail, aad, aadIndex, aadBytes);
                stream.start(nonceHead, nonceTail, aad, aadIndex, aadBytes);
            }

            @Override
            public void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
                beforeSeal.run();
                Objects.requireNonNull(message).update(ByteBufUtil.getBytes(in, inIndex, bytes));
                stream.update(in, inIndex, bytes, out, outIndex);
            }

            @Override
            public void finish(ByteBuf out, int outIndex) {
                stream.finish(out, outIndex);
            }

            @Override
            public void close() {
                open -= isOpen ? 1 : 0;
                isOpen = false;
                stream.close();
            }
        };
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        open++;
        OpenStream stream = real.openStream(suite, key);
        return new OpenStream() {
            private boolean isOpen = true;

            @Override
            public void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
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
                open -= isOpen ? 1 : 0;
                isOpen = false;
                stream.close();
            }
        };
    }
}
