package io.offramp.offload.tck;

import static io.offramp.offload.tck.ContractFixtures.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many connections and many event loops on one backend. Where a test has a counterpart in the kernel's selftests
 * ({@code tools/testing/selftests/net/tls.c}), its comment gives the name there.
 */
interface LoadContract extends ContractFixtures {
    /** {@code oob_pressure}: many peers stop in the middle of a large record; the memory of each stays bounded. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldHoldOneRecordForEachOfManyPeersThatStop(Protection protection) {
        byte[] content = fixtures().content(MAX);
        List<SessionFixtures> connections = new ArrayList<>();
        List<Runnable> rests = new ArrayList<>();
        try {
            for (int i = 0; i < 48; i++) {
                SessionFixtures connection = connect(SessionFixtures::ipv4);
                connections.add(connection);
                SessionFixtures.Rx rx = connection.rx(protection, 0);
                byte[] record = rx.peer().seal(DATA, content);
                int cut = 1 + connection.random().nextInt(record.length - 1);

                connection.receive(rx, Arrays.copyOf(record, cut));
                assertThat(rx.session().bufferedBytes()).isEqualTo(cut);
                assertThat(rx.sink().received()).isEmpty();

                rests.add(() -> {
                    connection.receive(rx, Arrays.copyOfRange(record, cut, record.length));
                    assertThat(sha256(rx.sink().data())).isEqualTo(sha256(content));
                    assertThat(rx.session().bufferedBytes()).isZero();
                });
            }
            Collections.shuffle(rests, fixtures().random());
            // The others never go on: closing them gives back what they hold.
            rests.subList(0, 32).forEach(Runnable::run);
        } finally {
            connections.forEach(SessionFixtures::close);
        }
    }

    /** {@code mutliproc_even}, {@code mutliproc_readers}, {@code mutliproc_writers}, with their numbers. */
    @ParameterizedTest
    @CsvSource({"6, 6", "4, 12", "10, 2"})
    default void shouldServeManyEventLoopsAtOnce(int openingLoops, int sealingLoops) throws InterruptedException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> loops = new ArrayList<>();

        for (int i = 0; i < openingLoops + sealingLoops; i++) {
            SessionFixtures connection = connect(i % 2 == 0 ? SessionFixtures::ipv4 : SessionFixtures::ipv6);
            Consumer<SessionFixtures> work = i < openingLoops ? this::openMany : this::sealMany;
            loops.add(Thread.ofPlatform().start(() -> {
                try (connection) {
                    work.accept(connection);
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            }));
        }
        for (Thread loop : loops) {
            assertThat(loop.join(Duration.ofMinutes(1))).as("loop has ended").isTrue();
        }

        assertThat(failures).isEmpty();
    }

    private void sealMany(SessionFixtures connection) {
        List<Protection> protections = supported(connection, Direction.TX);
        for (int round = 0; round < 4 && !protections.isEmpty(); round++) {
            Protection protection = protections.get(connection.random().nextInt(protections.size()));
            SessionFixtures.Tx tx = connection.tx(protection, round);
            byte[] content = connection.content(60_000);
            int limit = 1_000 + connection.random().nextInt(MAX - 999);

            for (int from = 0; from < content.length; from += 3 * limit) {
                byte[] part = Arrays.copyOfRange(content, from, Math.min(content.length, from + 3 * limit));
                tx.session().seal(ContentType.APPLICATION_DATA, connection.buffer(part), limit);
            }
            connection.settle();

            assertThat(sha256(tx.sink().wire()))
                    .as("%s, seed %d", protection, connection.seed())
                    .isEqualTo(sha256(tx.expected().sealAll(DATA, content, limit)));
            tx.session().close();
        }
    }

    private void openMany(SessionFixtures connection) {
        List<Protection> protections =
                connection.offload().readsSocket() ? List.of() : supported(connection, Direction.RX);
        for (int round = 0; round < 4 && !protections.isEmpty(); round++) {
            Protection protection = protections.get(connection.random().nextInt(protections.size()));
            SessionFixtures.Rx rx = connection.rx(protection, round);
            byte[] content = connection.content(60_000);
            byte[] wire =
                    rx.peer().sealAll(DATA, content, 1_000 + connection.random().nextInt(MAX - 999));

            for (int from = 0; from < wire.length; ) {
                int to = Math.min(wire.length, from + 1 + connection.random().nextInt(20_000));
                rx.session().receive(connection.buffer(Arrays.copyOfRange(wire, from, to)));
                from = to;
            }
            connection.settle();

            assertThat(sha256(rx.sink().data()))
                    .as("%s, seed %d", protection, connection.seed())
                    .isEqualTo(sha256(content));
            assertThat(rx.sink().faults()).isEmpty();
            rx.session().close();
            connection.settle();
        }
    }

    private static List<Protection> supported(SessionFixtures connection, Direction direction) {
        return Protection.all().stream()
                .filter(protection -> connection
                        .offload()
                        .capabilities()
                        .supports(direction, protection.version(), protection.suite()))
                .toList();
    }
}
