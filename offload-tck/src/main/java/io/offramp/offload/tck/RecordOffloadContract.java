package io.offramp.offload.tck;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.Availability;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.record.Direction;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * The contract of every backend. A backend's test subclasses it and opens the backend; each test runs for every version
 * and suite that {@link RecordOffload#capabilities()} lists, and is skipped with the cause where the backend cannot
 * run.
 *
 * <pre>{@code
 * class SwOffloadContractTest extends RecordOffloadContract {
 *     @Override
 *     protected RecordOffload open() {
 *         return new SwProvider().open(Map.of());
 *     }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RecordOffloadContract
        implements InstallContract,
                TxContract,
                TxFramingContract,
                RxContract,
                RxFormatContract,
                RxSequenceContract,
                RxForgeryContract,
                RekeyContract,
                RekeyUnderWayContract,
                MoveContract,
                ConnectionContract,
                LoadContract {
    private static final int FIRST_PORT = 40_000;

    private RecordOffload offload;
    private SessionFixtures fixtures;
    private int connections;

    /** Opens the backend under test; closed here. */
    protected abstract RecordOffload open();

    /**
     * Waits until the backend has nothing under way for this channel. A backend with threads of its own overrides it.
     */
    protected void settle(EmbeddedChannel channel) {
        channel.runPendingTasks();
    }

    /**
     * A socket for one session of a backend that protects on the way out of it; null unless overridden.
     *
     * @param allocator of its buffers
     */
    protected @Nullable Wire wire(ByteBufAllocator allocator) {
        return null;
    }

    /** Whether a session of this direction can get other keys; unless overridden, it must. */
    protected boolean canRekey(Direction direction) {
        return true;
    }

    /** Whether a session can leave the backend before its connection ends; unless overridden, it must. */
    protected boolean canExport() {
        return true;
    }

    /** Whether an empty buffer gives a record; unless overridden, it must. */
    @Override
    public boolean makesEmptyRecords() {
        return true;
    }

    /** Addresses of each test's connection; IPv4 unless overridden. */
    protected FiveTuple flow(int port) {
        return SessionFixtures.ipv4(port);
    }

    @BeforeAll
    final void openBackend() {
        offload = open();
        if (offload.availability() instanceof Availability.Unavailable(String cause)) {
            assumeTrue(false, offload.name() + " is unavailable: " + cause);
        }
    }

    @AfterAll
    final void closeBackend() {
        offload.close();
    }

    @BeforeEach
    final void openFixtures() {
        fixtures = connect(this::flow);
    }

    @AfterEach
    final void closeFixtures() {
        fixtures.close();
    }

    @Override
    public final SessionFixtures fixtures() {
        return fixtures;
    }

    @Override
    public final SessionFixtures connect(IntFunction<FiveTuple> addresses) {
        FiveTuple flow = addresses.apply(FIRST_PORT + connections++ % 20_000);
        return new SessionFixtures(offload, flow, this::settle, this::wire);
    }

    /** Protections that the backend takes in the TX direction. */
    final Stream<Protection> tx() {
        return supported(Direction.TX);
    }

    /**
     * Protections that the backend takes in the RX direction; none if it reads a socket, because no bytes can then be
     * handed to it.
     */
    final Stream<Protection> rx() {
        return offload.readsSocket() ? Stream.empty() : supported(Direction.RX);
    }

    /** Protections that the backend takes in both directions. */
    final Stream<Protection> both() {
        return tx().filter(rx().toList()::contains);
    }

    /** {@link #tx()} in TLS 1.3, where other keys can be had. */
    final Stream<Protection> txRekeyed() {
        return canRekey(Direction.TX) ? tx().filter(Protection::isTls13) : Stream.empty();
    }

    /** {@link #rx()} in TLS 1.3, where other keys can be had. */
    final Stream<Protection> rxRekeyed() {
        return canRekey(Direction.RX) ? rx13() : Stream.empty();
    }

    /** {@link #both()} in TLS 1.3, where other keys can be had. */
    final Stream<Protection> bothRekeyed() {
        return txRekeyed().filter(rxRekeyed().toList()::contains);
    }

    /** {@link #tx()} that can leave. */
    final Stream<Protection> txExported() {
        return canExport() ? tx() : Stream.empty();
    }

    /** {@link #rx()} that can leave. */
    final Stream<Protection> rxExported() {
        return canExport() ? rx() : Stream.empty();
    }

    /** {@link #txRekeyed()} that can leave. */
    final Stream<Protection> txRekeyedAndExported() {
        return canExport() ? txRekeyed() : Stream.empty();
    }

    /** {@link #rxRekeyed()} that can leave. */
    final Stream<Protection> rxRekeyedAndExported() {
        return canExport() ? rxRekeyed() : Stream.empty();
    }

    /** {@link #rx()} in TLS 1.3. */
    final Stream<Protection> rx13() {
        return rx().filter(Protection::isTls13);
    }

    /** {@link #rx()} where the nonce travels with the record. */
    final Stream<Protection> rxExplicitNonce() {
        return rx().filter(protection -> protection.format().explicitNonceBytes() > 0);
    }

    private Stream<Protection> supported(Direction direction) {
        return Protection.all().stream()
                .filter(protection ->
                        offload.capabilities().supports(direction, protection.version(), protection.suite()));
    }
}
