package io.offramp.offload.tck;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.Availability;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.record.Direction;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend has to do. A backend's test subclasses it and says how to open the backend; each test runs for
 * every version and suite that {@link RecordOffload#capabilities()} lists, and is skipped with the cause where the
 * backend cannot run.
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
        implements InstallContract, TxContract, TxFramingContract, RxContract, RxFormatContract, RxSequenceContract,
                RxForgeryContract, RekeyContract, RekeyUnderWayContract, MoveContract, ConnectionContract, LoadContract {
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
        return new SessionFixtures(offload, addresses.apply(FIRST_PORT + connections++ % 20_000), this::settle);
    }

    /** What the backend takes in the TX direction. */
    final Stream<Protection> tx() {
        return supported(Direction.TX);
    }

    /** What the backend takes in the RX direction. */
    final Stream<Protection> rx() {
        return supported(Direction.RX);
    }

    /** What the backend takes in both directions. */
    final Stream<Protection> both() {
        return tx().filter(rx().toList()::contains);
    }

    /** {@link #both()} in TLS 1.3. */
    final Stream<Protection> both13() {
        return both().filter(Protection::isTls13);
    }

    /** {@link #tx()} in TLS 1.3. */
    final Stream<Protection> tx13() {
        return tx().filter(Protection::isTls13);
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
