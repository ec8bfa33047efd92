package io.offramp.offload.device;

import static io.offramp.offload.counter.OffloadCounter.Kind.COUNTER;
import static io.offramp.offload.counter.OffloadCounter.Kind.GAUGE;

import io.netty.channel.EventLoop;
import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.Capacity;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.ConnectionWatch;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.LiveSetting;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.Require;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.device.capacity.Admission;
import io.offramp.offload.device.capacity.Pacer;
import io.offramp.offload.device.capture.Capture;
import io.offramp.offload.device.driver.DeviceDriver;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.context.ContextCache;
import io.offramp.offload.device.hardware.engine.Engine;
import io.offramp.offload.device.hardware.engine.EngineThread;
import io.offramp.offload.device.hardware.engine.Pace;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.thread.DeviceCpu;
import io.offramp.offload.device.toe.Toe;
import io.offramp.offload.device.wire.Fault;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The device and its driver as a backend. Thread-safe. */
public final class Device implements RecordOffload {
    static final String NAME = "device";

    private final AeadEngine engine;
    private final Nic nic;
    private final Abilities abilities;
    private final Features features;
    private final DeviceResources resources;
    private final DeviceDriver driver;
    private final LiveSettings live;
    private final Capacity capacity;
    private final Admission admission;
    private final Availability availability;
    private final Capabilities capabilities;
    private final DeviceCpu cpu;
    private final Toe toe;
    private final @Nullable Capture capture;
    private final List<OffloadCounter> counters;

    /** @param engine of the device's AES-GCM, and of the driver's software */
    Device(DeviceSettings settings, AeadEngine engine) {
        this(settings, engine, null);
    }

    /** @param interrupts runs a task on an event loop, called from the device's threads; null for the loop itself */
    Device(DeviceSettings settings, AeadEngine engine, @Nullable BiConsumer<EventLoop, Runnable> interrupts) {
        this(settings, engine, interrupts, System::nanoTime, new DeviceCpu(), Device::engineThreads);
    }

    /** The parts that a device is made of. */
    @FunctionalInterface
    interface Engines {
        /** As many as the settings say; the device's to close. */
        List<? extends Engine> start(DeviceSettings settings, DeviceCpu cpu);
    }

    /** @param clock ns, monotonic: what its rates are measured with */
    Device(
            DeviceSettings settings,
            AeadEngine engine,
            @Nullable BiConsumer<EventLoop, Runnable> interrupts,
            LongSupplier clock,
            DeviceCpu cpu,
            Engines engines) {
        this.engine = engine;
        this.cpu = cpu;
        Firmware firmware = new Firmware(settings.commandTimes(), clock);
        long close = settings.capacity().cache().contexts();
        ContextCache cache = new ContextCache(close == Capacity.NO_LIMIT ? 0 : (int) close);
        nic = new Nic(settings.limits(), engine, engines.start(settings, cpu), firmware, cache);
        nic.setUp(settings.isUp());
        nic.setMtu(settings.mtu());
        abilities = settings.abilities();
        features = new Features(abilities.features());
        DriverSettings driving = settings.driver();
        capture = settings.capture() == null
                ? null
                : new Capture(settings.capture().in(nic::mtu, driving.faults().sequence()));
        resources = DeviceResources.of(nic, engine, capture == null ? driving : driving.tapped(capture::onWire));
        driver = new DeviceDriver(resources, interrupts, this::watch);
        live = new LiveSettings(abilities, features, driver);
        capacity = settings.capacity();
        admission = new Admission(
                capacity, () -> contextsInUse() < capacity.contexts(), firmware::backlogNs, cache::misses, clock);
        toe = new Toe(settings.toeThreads(), cpu);
        availability = settings.isUp() ? engine.availability() : Availability.unavailable("device is down");
        capabilities = new Capabilities(
                RecordMode.HW,
                directions(),
                Arrays.stream(ProtocolVersion.values())
                        .filter(version ->
                                Arrays.stream(AeadSuite.values()).anyMatch(suite -> supports(version, suite)))
                        .collect(Collectors.toSet()),
                Arrays.stream(AeadSuite.values())
                        .filter(suite ->
                                Arrays.stream(ProtocolVersion.values()).anyMatch(version -> supports(version, suite)))
                        .collect(Collectors.toSet()),
                settings.limits().contexts());
        counters = allCounters();
    }

    private static List<? extends Engine> engineThreads(DeviceSettings settings, DeviceCpu cpu) {
        ThreadFactory threads = cpu.threads("offramp-engine");
        boolean isPaced = settings.capacity().limitsLoad()
                || settings.capacity().recordLatencyNs() > 0
                || settings.capacity().cache().missNs() > 0;
        Pace pace = isPaced ? new Pacer(settings.capacity(), System::nanoTime)::work : Pace.UNLIMITED;
        return Stream.generate(() -> new EngineThread(threads, pace))
                .limit(settings.engines())
                .toList();
    }

    private Set<Direction> directions() {
        return Arrays.stream(Direction.values())
                .filter(direction -> abilities.refusal(direction) == null)
                .collect(Collectors.toSet());
    }

    private boolean supports(ProtocolVersion version, AeadSuite suite) {
        return abilities.caps().supports(version, suite) && engine.supports(suite);
    }

    private List<OffloadCounter> allCounters() {
        List<OffloadCounter> all = new ArrayList<>(resources.counters().published());
        all.addAll(admission.counters());
        all.add(gauge("device_contexts", "TIS and TIR objects that sessions hold now", this::contextsInUse));
        all.add(gauge("device_deks", "Keys on the device now", nic.deks()::loaded));
        all.add(gauge("device_steering_rules", "Flows that the device recognises now", nic.steering()::used));
        all.add(counter("device_commands", "Commands of the firmware", nic.firmware()::commands));
        all.add(counter("device_context_misses", "Contexts that the device fetched for a packet", nic.cache()::misses));
        all.add(recoveries("tx_recover", "Send queues reset behind a failure", Direction.TX));
        all.add(recoveries("rx_recover", "Control and receive queues reset behind a failure", Direction.RX));
        all.add(cpu.counter());
        if (capture != null) {
            all.addAll(capture.counters());
        }
        return List.copyOf(all);
    }

    private void watch(QueueSet queues) {
        if (capture != null) {
            capture.observe(queues);
            if (!resources.isWired()) {
                queues.port(capture::onWire);
            }
        }
    }

    // Idle TIS are the pool's stock, not load: they give way to a session that needs a context.
    private long contextsInUse() {
        return (long) resources.tises().inUse() + nic.tirs().inUse();
    }

    private OffloadCounter recoveries(String name, String description, Direction direction) {
        return counter(name, description, () -> driver.recoveries(direction));
    }

    private static OffloadCounter counter(String name, String description, LongSupplier value) {
        return new OffloadCounter(name, description, COUNTER, value);
    }

    private static OffloadCounter gauge(String name, String description, LongSupplier value) {
        return new OffloadCounter(name, description, GAUGE, value);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Capacity capacity() {
        return capacity;
    }

    @Override
    public boolean isBusy() {
        return admission.isClosed();
    }

    @Override
    public String description() {
        String engines = nic.engines() == 0 ? "inline engine" : nic.engines() + " engine threads";
        String faults = resources.isWired() ? ", faults on its wire" : "";
        return "model of a NIC, " + abilities.profile() + ", " + nic.limits().contexts() + " contexts, " + engines
                + " on " + engine.name() + faults;
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        Require.aligned(Direction.TX, keys, at);
        InstallResult.Declined<TxSession> refusal = refusal(target, Direction.TX, keys);
        return refusal == null
                ? admission.admit(() -> driver.installTx(target, keys, at, admission.metered(sink)))
                : refusal;
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        Require.aligned(Direction.RX, keys, at);
        InstallResult.Declined<RxSession> refusal = refusal(target, Direction.RX, keys);
        return refusal == null
                ? admission.admit(() -> driver.installRx(target, keys, at, admission.metered(sink, keys.format())))
                : refusal;
    }

    private <S> InstallResult.@Nullable Declined<S> refusal(
            OffloadTarget target, Direction direction, TrafficKeys keys) {
        if (!capabilities.suites().contains(keys.suite())) {
            return declined(DeclineReason.SUITE, "device has no " + keys.suite().kernelName());
        }
        if (!supports(keys.version(), keys.suite())) {
            return declined(
                    DeclineReason.VERSION,
                    "device has no TLS " + keys.version().label() + " with "
                            + keys.suite().kernelName() + " (" + abilities.profile() + ")");
        }
        if (!abilities.caps().supports(direction)) {
            return declined(DeclineReason.DIRECTION, "device has no " + direction);
        }
        if (!features.has(direction)) {
            return declined(DeclineReason.DIRECTION, Features.name(direction) + " is off");
        }
        if (!nic.isUp()) {
            return declined(DeclineReason.UNAVAILABLE, "device is down");
        }
        long stream = 4 * target.connectionId() + direction.ordinal();
        if (resources.isWired() && resources.settings().chance(~stream).happens(Fault.DECLINE)) {
            return declined(DeclineReason.CAPACITY, "device has no context left (fault)");
        }
        return null;
    }

    private static <S> InstallResult.Declined<S> declined(DeclineReason reason, String detail) {
        return new InstallResult.Declined<>(reason, detail);
    }

    @Override
    public @Nullable ConnectionWatch startWatch() throws IOException {
        if (capture != null) {
            capture.start();
        }
        return capture;
    }

    @Override
    public ConnectionOffload connections() {
        return toe;
    }

    /** NETDEV_DOWN: live sessions go on in software for good, new ones are declined. Called from any thread. */
    public void down() {
        resources.takeDown();
    }

    /** The device works again, for new sessions. Called from any thread. */
    public void up() {
        nic.setUp(true);
    }

    /** Features that can be turned on and off. */
    Features features() {
        return features;
    }

    /** The device itself. */
    Nic nic() {
        return nic;
    }

    /** Its driver. */
    DeviceDriver driver() {
        return driver;
    }

    /** Resources that its sessions share. */
    DeviceResources resources() {
        return resources;
    }

    @Override
    public List<OffloadCounter> counters() {
        return counters;
    }

    @Override
    public Map<String, Supplier<String>> reports() {
        return Map.of(
                "stats",
                () -> Statistics.text(counters, driver.queueStatistics()),
                "health",
                driver::health,
                "settings",
                live::text);
    }

    @Override
    public Map<String, LiveSetting> liveSettings() {
        return live.byName();
    }

    @Override
    public void close() {
        toe.stop();
        driver.close();
        nic.close();
        if (capture != null) {
            capture.close();
        }
    }
}
