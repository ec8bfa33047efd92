package io.offramp.offload.ktls;

import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.Require;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.ffi.LinuxTls;
import io.offramp.offload.ktls.ffi.NicFeatures;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Linux kernel as a backend. Takes the protections that the probe found, for connections on Netty's epoll
 * transport.
 */
public final class KtlsOffload implements RecordOffload {
    static final String NAME = "ktls";

    /** A host of containers has hundreds. */
    private static final int MAX_INTERFACES = 16;

    private final KernelTls kernel;
    private final KernelAbilities abilities;
    private final boolean splices;
    private final Capabilities capabilities;
    private final KtlsCounters counters = new KtlsCounters();

    KtlsOffload(KernelTls kernel, KernelAbilities abilities) {
        this(kernel, abilities, true);
    }

    KtlsOffload(KernelTls kernel, KernelAbilities abilities, boolean splices) {
        this.kernel = kernel;
        this.abilities = abilities;
        this.splices = splices;
        EnumSet<Direction> directions = EnumSet.noneOf(Direction.class);
        EnumSet.allOf(Direction.class).stream().filter(abilities::takesAny).forEach(directions::add);
        this.capabilities = new Capabilities(
                RecordMode.HW, directions, abilities.versions(), abilities.suites(), Capabilities.UNLIMITED);
    }

    /**
     * Probes the running kernel.
     *
     * @param splices true if content may be spliced
     */
    static KtlsOffload open(boolean splices) {
        KernelAbilities abilities = KernelProbe.run();
        return new KtlsOffload(new LinuxTls(), abilities, splices);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return abilities.availability();
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean readsSocket() {
        return true;
    }

    @Override
    public boolean maySplice() {
        return splices;
    }

    /** The results of the probe. */
    KernelAbilities abilities() {
        return abilities;
    }

    @Override
    public String description() {
        return "kernel " + abilities.release() + " tls, "
                + capabilities.suites().stream()
                        .map(suite -> suite.kernelName())
                        .sorted()
                        .collect(Collectors.joining(" "))
                + (abilities.rekeysTx() ? "" : ", no rekey")
                + (abilities.refusals().isEmpty() ? "" : ", refused: " + String.join(", ", abilities.refusals()))
                + (abilities.saysConf() ? "" : "; without CAP_NET_ADMIN it does not say whether a NIC does the work");
    }

    /** A line for each interface that is up: the TLS features of its NIC, which {@code ethtool -K} sets. */
    @Override
    public List<String> surroundings() {
        if (abilities.cause() != null) {
            return List.of();
        }
        try (Stream<NetworkInterface> interfaces = NetworkInterface.networkInterfaces()) {
            return interfaces
                    .filter(KtlsOffload::isUp)
                    .limit(MAX_INTERFACES)
                    .map(nic -> "nic " + nic.getName() + ": " + NicFeatures.describe(nic.getName()))
                    .toList();
        } catch (SocketException e) {
            return List.of("nic: no interfaces to be had: " + e.getMessage());
        }
    }

    private static boolean isUp(NetworkInterface nic) {
        try {
            return nic.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        Require.aligned(Direction.TX, keys, at);
        InstallResult.Declined<TxSession> refusal = refusal(Direction.TX, target, keys);
        if (refusal != null) {
            return refusal;
        }
        EpollSocketChannel channel = (EpollSocketChannel) target.channel();
        KtlsTxSession session = new KtlsTxSession(kernel, channel, keys, at, sink, counters.tx(), abilities, splices);
        int result = session.install();
        return result < 0 ? refused("TLS_TX", result) : new InstallResult.Installed<>(session);
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        Require.aligned(Direction.RX, keys, at);
        InstallResult.Declined<RxSession> refusal = refusal(Direction.RX, target, keys);
        if (refusal != null) {
            return refusal;
        }
        EpollSocketChannel channel = (EpollSocketChannel) target.channel();
        KtlsRxSession session = new KtlsRxSession(kernel, channel, keys, at, sink, counters.rx(), abilities);
        int result = session.install();
        return result < 0 ? refused("TLS_RX", result) : new InstallResult.Installed<>(session);
    }

    /** The reason to decline this direction, or null; then the socket has the protocol. */
    private <S> InstallResult.@Nullable Declined<S> refusal(
            Direction direction, OffloadTarget target, TrafficKeys keys) {
        if (abilities.cause() != null) {
            return new InstallResult.Declined<>(DeclineReason.UNAVAILABLE, abilities.cause());
        }
        if (!abilities.takes(direction, keys.version(), keys.suite())) {
            return new InstallResult.Declined<>(
                    DeclineReason.SUITE,
                    "kernel takes no " + direction + " " + keys.version().label() + " "
                            + keys.suite().kernelName());
        }
        if (!(target.channel() instanceof EpollSocketChannel channel) || !channel.isActive()) {
            return new InstallResult.Declined<>(DeclineReason.CHANNEL, "no open socket of the epoll transport");
        }
        int result = kernel.attach(channel.fd().intValue());
        // The other direction may be there already.
        return result < 0 && result != -Errno.EEXIST ? refused("TCP_ULP", result) : null;
    }

    private static <S> InstallResult.Declined<S> refused(String option, int result) {
        return new InstallResult.Declined<>(
                DeclineReason.CAPACITY, "kernel refused " + option + ": " + Errno.name(result));
    }

    @Override
    public List<OffloadCounter> counters() {
        return counters.published();
    }

    /** Holds nothing of its own. */
    @Override
    public void close() {}
}
