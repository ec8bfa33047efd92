package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.key.AeadSuite;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One record per call: a new nonce each, 5 bytes of AAD in front of the ciphertext, as in TLS 1.3. ns per record;
 * {@code bytes / ns * 1000} is MB/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class AeadBenchmark {
    private static final int HEADER_BYTES = 5;
    private static final int NONCE_HEAD = 0x0102_0304;
    private static final int APPLICATION_DATA = 23;

    /** Prefix of an engine's name. */
    @Param({"libcrypto", "libIPSec_MB", "jca"})
    public String engine = "";

    /** The AEAD. */
    @Param
    public AeadSuite suite = AeadSuite.AES_128_GCM;

    /** Plaintext per record. */
    @Param({"64", "1024", "4096", "16384"})
    public int bytes;

    /** Kind of all buffers. */
    @Param({"direct", "heap"})
    public String memory = "";

    private Sealer sealer;
    private Opener opener;
    private ByteBuf plaintext;
    private ByteBuf sealed;
    private ByteBuf received;
    private ByteBuf opened;
    private long sequence;

    /** Allocates, and seals the record that {@link #open()} opens. */
    @Setup
    public void setUp() {
        AeadEngine chosen = AeadEngines.all().stream()
                .filter(candidate -> candidate.name().startsWith(engine)
                        && candidate.availability().isAvailable())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no engine " + engine + " on this machine"));
        sealer = chosen.sealer(suite, new byte[suite.keyBytes()]);
        opener = chosen.opener(suite, new byte[suite.keyBytes()]);
        plaintext = buffer(bytes);
        sealed = buffer(HEADER_BYTES + bytes + 1 + AeadSuite.TAG_BYTES);
        received = buffer(HEADER_BYTES + bytes + AeadSuite.TAG_BYTES);
        opened = buffer(bytes);
        seal(received, HEADER_BYTES, Sealer.NO_TRAILER, received, 0);
    }

    private ByteBuf buffer(int capacity) {
        return memory.equals("direct")
                ? UnpooledByteBufAllocator.DEFAULT.directBuffer(capacity)
                : UnpooledByteBufAllocator.DEFAULT.heapBuffer(capacity);
    }

    /** Frees what setUp made. */
    @TearDown
    public void tearDown() {
        sealer.close();
        opener.close();
        plaintext.release();
        sealed.release();
        received.release();
        opened.release();
    }

    /** In place, without a trailer: TLS 1.2. */
    @Benchmark
    public int sealInPlace() {
        return seal(sealed, HEADER_BYTES, Sealer.NO_TRAILER, sealed, ++sequence);
    }

    /** From one buffer to another, with a trailer: TLS 1.3, as the proxy does it. */
    @Benchmark
    public int sealAcross() {
        return seal(plaintext, 0, APPLICATION_DATA, sealed, ++sequence);
    }

    /** From one buffer to another, so that the same record can be opened again. */
    @Benchmark
    public boolean open() {
        boolean authentic =
                opener.open(NONCE_HEAD, 0, received, 0, HEADER_BYTES, received, HEADER_BYTES, bytes, opened, 0);
        if (!authentic) {
            throw new IllegalStateException("record did not open");
        }
        return true;
    }

    private int seal(ByteBuf in, int inIndex, int trailer, ByteBuf out, long nonceTail) {
        return sealer.seal(NONCE_HEAD, nonceTail, out, 0, HEADER_BYTES, in, inIndex, bytes, trailer, out, HEADER_BYTES);
    }
}
