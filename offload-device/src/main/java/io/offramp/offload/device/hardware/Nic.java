package io.offramp.offload.device.hardware;

import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.device.hardware.context.ContextCache;
import io.offramp.offload.device.hardware.context.ContextMemory;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.engine.Engine;
import io.offramp.offload.device.hardware.engine.LinkState;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.device.hardware.steering.Steering;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The device: tables that all queues share, and the command to make queues. Thread-safe; each queue set is confined to
 * one thread.
 */
public final class Nic implements LinkState {
    /** MTU of Ethernet. */
    public static final int DEFAULT_MTU = 1500;

    /** The least MTU: that of every IPv4 host (RFC 791 §3.1). */
    public static final int LEAST_MTU = 576;

    private final List<Engine> engines;
    private final NicLimits limits;
    private final Firmware firmware;
    private final ContextCache cache;
    private final ContextMemory contextMemory;
    private final ContextTable tises;
    private final ContextTable tirs;
    private final DekTable deks;
    private final Steering steering;
    private final AtomicInteger queueSets = new AtomicInteger();
    private volatile boolean isUp = true;
    private volatile int mtu = DEFAULT_MTU;

    /** With inline engines. */
    public Nic(NicLimits limits, AeadEngine engine) {
        this(limits, engine, List.of(), Firmware.instant(), ContextCache.unlimited());
    }

    /**
     * A device that works.
     *
     * @param engine does the arithmetic of the AES-GCM engine
     * @param engines what works on queues; the device's to close
     * @param firmware does the commands
     * @param cache contexts close to the engines
     */
    public Nic(
            NicLimits limits,
            AeadEngine engine,
            List<? extends Engine> engines,
            Firmware firmware,
            ContextCache cache) {
        this.firmware = firmware;
        this.cache = cache;
        this.engines = List.copyOf(engines);
        this.limits = limits;
        contextMemory = new ContextMemory(limits.contexts());
        tises = new ContextTable(contextMemory, firmware);
        tirs = new ContextTable(contextMemory, firmware);
        deks = new DekTable(limits.deks(), engine, firmware);
        steering = new Steering(limits.steeringEntries(), firmware);
    }

    /** How much it has. */
    public NicLimits limits() {
        return limits;
    }

    /** What does its commands. */
    public Firmware firmware() {
        return firmware;
    }

    /** Contexts close to its engines. */
    public ContextCache cache() {
        return cache;
    }

    /** Memory that TIS and TIR share. */
    public ContextMemory contextMemory() {
        return contextMemory;
    }

    /** Send contexts. */
    public ContextTable tises() {
        return tises;
    }

    /** Receive contexts. */
    public ContextTable tirs() {
        return tirs;
    }

    /** Keys. */
    public DekTable deks() {
        return deks;
    }

    /** Flow tables. */
    public Steering steering() {
        return steering;
    }

    /**
     * Command: makes the queues of one channel.
     *
     * @param receiveQueues how many RQs there are
     */
    public QueueSet createQueues(int receiveQueues) {
        int number = queueSets.getAndIncrement();
        Engine engine = engines.isEmpty() ? null : engines.get(number % engines.size());
        return new QueueSet(number, receiveQueues, tises, tirs, deks, steering, cache, this, engine);
    }

    /** Engines of its own that work on its queues; none where the work is done inline. */
    public int engines() {
        return engines.size();
    }

    /** Ends its engines. No queue is in use by now. */
    public void close() {
        engines.forEach(Engine::close);
        deks.close();
    }

    @Override
    public boolean isUp() {
        return isUp;
    }

    /**
     * Takes it down, where it flushes what is posted and decrypts nothing, or up again. Commands work in both states.
     */
    public void setUp(boolean up) {
        isUp = up;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    /** Changes the MTU. Sends that were posted before and are longer are refused. */
    public void setMtu(int bytes) {
        mtu = bytes;
    }
}
