package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.hardware.engine.SteppedEngine;
import io.offramp.offload.device.hardware.engine.SteppedEngine.Step;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.tck.SessionFixtures;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One history: connections of one flow on a device, one after the other, and after every event a look at all that must
 * hold. In the end nothing goes wrong any more; then the hardware must be in use again soon, and all be given back.
 */
final class ExplorerWorld {
    /** Between driver and device. */
    enum Mode {
        /** A wire on which things go wrong. */
        WIRED,
        /** Nothing: the device works on the caller's thread. */
        INLINE,
        /** Queues; their engine works when an event lets it. */
        ENGINES
    }

    /**
     * Records without faults after which the device does the work again, in both directions: a receiving context asks
     * at least every 128 packets, and every record here is one.
     */
    private static final int RECORDS_UNTIL_BACK = 140;

    private final ExplorerDevice used;
    private final Device device;
    private final ScriptedChance chance;
    private final SessionFixtures sessions;
    private final QueueWatch watch;
    private @Nullable ExplorerConnection connection;
    private boolean wasDown;
    private @Nullable String wrong;

    ExplorerWorld(ExplorerDevice used, long seed) {
        this.used = used;
        device = used.device;
        chance = new ScriptedChance(seed);
        // As server of the connection, or as its client.
        FiveTuple flow = seed % 2 == 0 ? SessionFixtures.ipv4(45_681) : SessionFixtures.client(45_681);
        sessions = new SessionFixtures(device, flow, channel -> settle());
        watch = new QueueWatch(device.nic());
        used.start(chance, this::onPacket);
    }

    /** What went wrong, or null. */
    @Nullable
    String run(List<ExplorerEvent> history) {
        device.up();
        if (used.channel() != null) {
            used.channel().resize(ExplorerDevice.RECEIVE_QUEUES);
        }
        connection();
        for (ExplorerEvent event : history) {
            happen(event);
            look();
            if (wrong != null) {
                return event + ": " + wrong;
            }
        }
        String late = end();
        return late == null ? null : "in the end: " + late;
    }

    private void happen(ExplorerEvent event) {
        if (event.asks(chance)) {
            return;
        }
        switch (event) {
            case SEND -> whenOpen(ExplorerConnection::send);
            case RECEIVE -> whenOpen(open -> open.receive(1));
            case RECEIVE_HALF -> whenOpen(open -> open.receive(2));
            case REKEY_TX -> whenOpen(ExplorerConnection::rekeyTx);
            case REKEY_RX -> whenOpen(ExplorerConnection::rekeyRx);
            case INSTALL_TX_AGAIN -> installAgain(ExplorerConnection::installTxAgain);
            case INSTALL_RX_AGAIN -> installAgain(ExplorerConnection::installRxAgain);
            case CLOSE -> closeConnection();
            case REOPEN -> {
                closeConnection();
                connection();
            }
            case GLITCH -> {
                device.nic().setUp(false);
                wasDown = true;
            }
            case DOWN -> {
                device.down();
                wasDown = true;
            }
            case UP -> device.up();
            case FAIL_NEXT -> fail(0);
            case FAIL_SECOND -> fail(1);
            case FAIL_THIRD -> fail(2);
            case FAIL_FOURTH -> fail(3);
            case FAIL_FIFTH -> fail(4);
            case RESIZE -> resize();
            case FAIL_PACKET -> failPacket();
            case LOSE_DOORBELL -> loseDoorbell();
            case STEP_CONTROL -> step(Step.CONTROL);
            case STEP_SEND -> step(Step.SEND);
            case STEP_PACKET -> step(Step.PACKET);
            case POLL -> poll();
            case SETTLE -> settle();
            default -> throw new IllegalStateException("event " + event);
        }
    }

    private interface Action {
        void on(ExplorerConnection open);
    }

    private void whenOpen(Action action) {
        ExplorerConnection open = connection();
        if (open != null) {
            action.on(open);
        }
    }

    private void installAgain(Predicate<ExplorerConnection> install) {
        ExplorerConnection open = device.nic().isUp() ? connection() : null;
        if (open != null && !install.test(open)) {
            closeConnection();
        }
    }

    /** The connection there is, or another one; null while the device takes none. */
    private @Nullable ExplorerConnection connection() {
        if (connection == null && device.nic().isUp()) {
            connection = ExplorerConnection.open(sessions);
            wasDown = false;
        }
        return connection;
    }

    private void closeConnection() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private void fail(int skipped) {
        DeviceChannel channel = used.channel();
        if (channel != null) {
            channel.failAfter(skipped);
        }
    }

    private void failPacket() {
        DeviceChannel channel = used.channel();
        if (channel != null) {
            channel.failNextPacket();
        }
    }

    private void loseDoorbell() {
        DeviceChannel channel = used.channel();
        if (channel != null) {
            channel.loseNextDoorbell();
        }
    }

    /** The driver looks after its queues, twice: at first it sees where they stand. */
    private boolean rescue() {
        DeviceChannel channel = used.channel();
        if (channel == null || !channel.isAsynchronous()) {
            return false;
        }
        long before = channel.rescues();
        channel.watch();
        channel.watch();
        return channel.rescues() > before;
    }

    private void resize() {
        DeviceChannel channel = used.channel();
        if (channel != null) {
            channel.resize(channel.receiveQueues() == 1 ? ExplorerDevice.RECEIVE_QUEUES : 1);
        }
    }

    private void step(Step step) {
        SteppedEngine engine = used.engine;
        if (engine != null) {
            engine.step(step);
        }
    }

    private boolean poll() {
        boolean hasRun = used.poll();
        ((EmbeddedChannel) sessions.target().channel()).runPendingTasks();
        return hasRun;
    }

    private void settle() {
        SteppedEngine engine = used.engine;
        boolean hasMore;
        do {
            hasMore = poll();
            hasMore |= engine != null && engine.run();
            hasMore |= !hasMore && rescue();
        } while (hasMore);
    }

    /**
     * What leaves is what its place in the stream has under its key: neither plaintext nor sealed under another nonce.
     */
    private void onPacket(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        ExplorerConnection open = connection;
        int sourcePort = PacketHeader.sourcePort(header, 0);
        boolean isOurs = sourcePort == sessions.target().flow().local().getPort();
        if (open != null && isOurs && wrong == null) {
            int sequence = PacketHeader.tcpSequence(header, 0);
            wrong = open.look(sequence, payload, index, bytes);
        }
    }

    private void look() {
        if (wrong == null && !used.crypto.reused().isEmpty()) {
            wrong = "nonce used for two plaintexts: " + used.crypto.reused();
        }
        SteppedEngine engine = used.engine;
        if (wrong == null && engine != null && !engine.queues().isEmpty()) {
            wrong = watch.look(engine.queues().getFirst(), ExplorerConnection.flow(sessions));
        }
        if (wrong == null && connection != null) {
            wrong = connection.look();
        }
    }

    private @Nullable String end() {
        chance.stop();
        fail(Integer.MAX_VALUE);
        device.up();
        settle();
        look();
        ExplorerConnection open = connection();
        if (wrong == null && open != null) {
            wrong = expectBack(open);
            look();
            wrong = wrong == null ? open.lookAtAll() : wrong;
        }
        closeConnection();
        settle();
        sessions.close();
        if (wrong == null) {
            used.expectAsGoodAsNew();
        }
        return wrong;
    }

    private @Nullable String expectBack(ExplorerConnection open) {
        open.receive(1);
        settle();
        if (!wasDown) {
            assertThat(open.degradations()).as("given back for good").isEmpty();
        }
        boolean isTxBack = !open.isTxInHardware();
        boolean isRxBack = !open.isRxInHardware();
        for (int i = 0; i < RECORDS_UNTIL_BACK && !(isTxBack && isRxBack); i++) {
            long encrypted = used.counter("tx_tls_encrypted_packets");
            long decrypted = used.counter("rx_tls_decrypted_packets");
            open.sendSmall();
            open.receive(1);
            settle();
            isTxBack |= used.counter("tx_tls_encrypted_packets") > encrypted;
            isRxBack |= used.counter("rx_tls_decrypted_packets") > decrypted;
        }
        return isTxBack && isRxBack
                ? null
                : "device does nothing after " + RECORDS_UNTIL_BACK + " records, tx=" + isTxBack + " rx=" + isRxBack;
    }
}
