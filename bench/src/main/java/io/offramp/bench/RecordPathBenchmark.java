package io.offramp.bench;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.RecordSession;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One burst of records per operation, through a backend's sessions as the proxy calls them: TLS 1.3, AES-128-GCM,
 * records of up to 16 KiB. ns per burst; {@code -prof gc} says what a burst allocates: of {@link #receive} take off
 * what {@link #drop} has. {@link #sessionTx} and {@link #sessionRx} are whole sessions that carry one burst.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            // Its sampling is about 12 bytes per buffer, and would hide what a record costs.
            "-Dio.netty.leakDetection.level=disabled",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.offramp.bench.RecordPathBenchmark$EventLoopThreads"
        })
public class RecordPathBenchmark {
    /** Bursts sealed ahead, outside of the measurement: opening in place uses each up. */
    private static final int BATCH = 64;

    /** Long before the limit of AES-GCM, so that a fast machine does not run into it. */
    private static final long REKEY_SEQUENCE = 1 << 22;

    /**
     * Threads as an event loop has them: on others Netty neither recycles nor caches, and the allocation that is
     * measured is its own.
     */
    public static final class EventLoopThreads extends ThreadPoolExecutor {
        /** As JMH asks for it. */
        public EventLoopThreads(int threads, String prefix) {
            super(
                    threads,
                    threads,
                    0,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    new DefaultThreadFactory(prefix, true));
        }
    }

    /** An open backend and a connection without a socket. */
    @State(Scope.Thread)
    public static class Connection {
        /** Name of the provider. */
        @Param({"sw", "device"})
        public String backend = "";

        /** Content per burst. */
        @Param({"1024", "16384", "65536"})
        public int bytes;

        /** The channel's: the one with recycled slices, or Netty's default. */
        @Param({"pooled", "adaptive"})
        public String allocator = "";

        private EmbeddedChannel channel;
        private RecordOffload offload;
        private OffloadTarget target;
        private ByteBuf plaintext;

        /** Opens the backend. */
        @Setup
        public void setUp() {
            channel = new EmbeddedChannel();
            channel.config()
                    .setAllocator(
                            allocator.equals("pooled")
                                    ? PooledByteBufAllocator.DEFAULT
                                    : new AdaptiveByteBufAllocator());
            offload = ServiceLoader.load(OffloadProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.name().equals(backend))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no provider " + backend + " on the class path"))
                    .open(settings());
            target = new OffloadTarget(
                    1,
                    channel,
                    new FiveTuple(
                            new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 40_000)));
            plaintext = channel.alloc().directBuffer(bytes).writeZero(bytes);
        }

        /** A device takes as many sessions in a row as no firmware can. */
        private Map<String, String> settings() {
            return backend.equals("device") ? Map.of("command-time", "0ns", "key-time", "0ns") : Map.of();
        }

        /** Closes the backend. */
        @TearDown
        public void tearDown() {
            plaintext.release();
            offload.close();
            channel.finishAndReleaseAll();
        }
    }

    /** A direction that protects. */
    @State(Scope.Thread)
    public static class Sending {
        private TxSession session;

        /** Installs it. */
        @Setup
        public void setUp(Connection connection) {
            RecordBoundary at = RecordBoundary.start(Direction.TX);
            session = installed(connection.offload.installTx(connection.target, keys(), at, new Discard()));
        }

        /** Closes it. */
        @TearDown
        public void tearDown() {
            session.close();
        }
    }

    /** A direction that opens, and sealed bursts to open. */
    @State(Scope.Thread)
    public static class Receiving {
        private final ByteBuf[] bursts = new ByteBuf[BATCH];
        private RecordSealer peer;
        private RxSession session;

        /** Installs it. */
        @Setup
        public void setUp(Connection connection) {
            peer = new RecordSealer(AeadEngines.best(), keys());
            RecordBoundary at = RecordBoundary.start(Direction.RX);
            session = installed(connection.offload.installRx(connection.target, keys(), at, new DiscardContent()));
        }

        /** Seals the next bursts. */
        @Setup(Level.Invocation)
        public void fill(Connection connection) {
            if (peer.nextSequence() > REKEY_SEQUENCE) {
                peer.close();
                peer = new RecordSealer(AeadEngines.best(), keys());
                rekey(session);
            }
            int sealedBytes = peer.format().sealedBytes(connection.bytes, RecordFormat.MAX_PLAINTEXT_BYTES);
            for (int i = 0; i < BATCH; i++) {
                bursts[i] = connection.channel.alloc().directBuffer(sealedBytes);
                peer.seal(
                        ContentType.APPLICATION_DATA,
                        connection.plaintext,
                        RecordFormat.MAX_PLAINTEXT_BYTES,
                        bursts[i]);
                connection.plaintext.readerIndex(0);
            }
        }

        /** Closes it. */
        @TearDown
        public void tearDown() {
            session.close();
            peer.close();
        }
    }

    /** The first burst of a session, in copies: opening in place uses each up. */
    @State(Scope.Thread)
    public static class FirstBursts {
        private final ByteBuf[] bursts = new ByteBuf[BATCH];
        private ByteBuf sealed;

        /** Seals it. */
        @Setup
        public void setUp(Connection connection) {
            RecordSealer peer = new RecordSealer(AeadEngines.best(), keys());
            int sealedBytes = peer.format().sealedBytes(connection.bytes, RecordFormat.MAX_PLAINTEXT_BYTES);
            sealed = connection.channel.alloc().directBuffer(sealedBytes);
            peer.seal(ContentType.APPLICATION_DATA, connection.plaintext, RecordFormat.MAX_PLAINTEXT_BYTES, sealed);
            connection.plaintext.readerIndex(0);
            peer.close();
        }

        /** Copies it, outside of the measurement. */
        @Setup(Level.Invocation)
        public void fill(Connection connection) {
            int sealedBytes = sealed.readableBytes();
            for (int i = 0; i < BATCH; i++) {
                bursts[i] = connection.channel.alloc().directBuffer(sealedBytes).writeBytes(sealed, 0, sealedBytes);
            }
        }

        /** Releases it. */
        @TearDown
        public void tearDown() {
            sealed.release();
        }
    }

    /** One call, one buffer of records to the socket. */
    @Benchmark
    public void seal(Connection connection, Sending sending) {
        if (sending.session.nextSequence() > REKEY_SEQUENCE) {
            rekey(sending.session);
        }
        // A duplicate would be a benchmark's own allocation: the session consumes this one, and the index goes back.
        ByteBuf plaintext = connection.plaintext.retain();
        sending.session.seal(ContentType.APPLICATION_DATA, plaintext, RecordFormat.MAX_PLAINTEXT_BYTES);
        plaintext.readerIndex(0);
    }

    /** One call, all records of a burst opened and delivered. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void receive(Receiving receiving) {
        for (ByteBuf burst : receiving.bursts) {
            receiving.session.receive(burst);
        }
    }

    /**
     * The baseline of {@link #receive}: the bursts are dropped unopened. The gc profiler counts what sealing them ahead
     * allocates, in both: the difference is the session's.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void drop(Receiving receiving) {
        for (ByteBuf burst : receiving.bursts) {
            burst.release();
        }
    }

    /**
     * A session of one burst, from install to close. What it costs above {@link #seal} is what a session costs apart
     * from its records.
     */
    @Benchmark
    public void sessionTx(Connection connection) {
        RecordBoundary at = RecordBoundary.start(Direction.TX);
        TxSession session = installed(connection.offload.installTx(connection.target, keys(), at, new Discard()));
        ByteBuf plaintext = connection.plaintext.retain();
        session.seal(ContentType.APPLICATION_DATA, plaintext, RecordFormat.MAX_PLAINTEXT_BYTES);
        plaintext.readerIndex(0);
        session.close();
    }

    /** The same for the other direction, to be compared with {@link #receive}. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void sessionRx(Connection connection, FirstBursts first) {
        for (ByteBuf burst : first.bursts) {
            RecordBoundary at = RecordBoundary.start(Direction.RX);
            RxSession session =
                    installed(connection.offload.installRx(connection.target, keys(), at, new DiscardContent()));
            session.receive(burst);
            session.close();
        }
    }

    private static TrafficKeys keys() {
        AeadSuite suite = AeadSuite.AES_128_GCM;
        byte[] iv = new byte[TrafficKeys.ivBytes(ProtocolVersion.TLS_1_3, suite)];
        return new TrafficKeys(ProtocolVersion.TLS_1_3, suite, new byte[suite.keyBytes()], iv, 0);
    }

    private static <S> S installed(InstallResult<S> result) {
        if (result instanceof InstallResult.Installed<S>(S session)) {
            return session;
        }
        throw new IllegalStateException(result.toString());
    }

    private static void rekey(RecordSession session) {
        session.rekey(Objects.requireNonNull(session.boundary(), "work is under way"), keys());
    }

    /** A socket to nowhere. */
    private static final class Discard implements TxSink {
        @Override
        public void onSealed(Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void onFault(OffloadException fault) {
            throw fault;
        }
    }

    /** An application that does not care. */
    private static final class DiscardContent implements RxSink {
        @Override
        public void onData(ByteBuf plaintext) {
            plaintext.release();
        }

        @Override
        public void onControl(ContentType type, ByteBuf plaintext, RecordBoundary end) {
            plaintext.release();
        }

        @Override
        public void onFault(OffloadException fault) {
            throw fault;
        }

        @Override
        public void onEnd() {}
    }
}
