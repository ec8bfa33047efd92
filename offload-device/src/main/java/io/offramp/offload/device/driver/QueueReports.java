package io.offramp.offload.device.driver;

import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.QueueHealth;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What an operator may want to know of each queue: counters with the names of ethtool, health as devlink has it. */
final class QueueReports {
    /**
     * A channel and the thread that it belongs to.
     *
     * @param owner name of the thread
     */
    record Owned(String owner, DeviceChannel channel) {}

    private QueueReports() {}

    /** Counters by name, the channels numbered in their order: {@code tx0_recover}, {@code rx3_packets}. */
    static Map<String, Long> statistics(List<Owned> channels) {
        Map<String, Long> values = new LinkedHashMap<>();
        int rx = 0;
        for (int i = 0; i < channels.size(); i++) {
            DeviceChannel channel = channels.get(i).channel();
            values.put("ch" + i + "_events", channel.events());
            values.put("ch" + i + "_eq_rearm", channel.rescues());
            add(values, "tx" + i, channel.send().health());
            add(values, "ch" + i + "_icosq", channel.control().health());
            add(values, "ch" + i + "_rq", channel.receive().health());
            for (ReceiveQueue queue : channel.receiveQueueList()) {
                values.put("rx" + rx + "_packets", queue.packets());
                values.put("rx" + rx + "_bytes", queue.bytes());
                values.put("rx" + rx + "_lro_packets", queue.mergedPackets());
                values.put("rx" + rx + "_lro_bytes", queue.mergedBytes());
                rx++;
            }
        }
        return values;
    }

    private static void add(Map<String, Long> values, String prefix, QueueHealth health) {
        values.put(prefix + "_cqe_err", health.errors());
        values.put(prefix + "_recover", health.recoveries());
    }

    /** The health of all queues, as {@code devlink health show} prints it, with a line for each queue. */
    static String health(List<Owned> channels) {
        List<Line> tx = new ArrayList<>();
        List<Line> rx = new ArrayList<>();
        for (Owned owned : channels) {
            DeviceChannel channel = owned.channel();
            tx.add(new Line(owned.owner() + " sq", channel.send().health()));
            rx.add(new Line(owned.owner() + " icosq", channel.control().health()));
            rx.add(new Line(
                    owned.owner() + " rq 0 to " + (channel.receiveQueues() - 1),
                    channel.receive().health()));
        }
        return "device:\n" + reporter("tx", tx) + reporter("rx", rx);
    }

    private record Line(String queue, QueueHealth health) {
        String text() {
            return "      " + queue + ": state " + (health.isRecovering() ? "error" : "ready") + " error "
                    + health.errors() + " recover " + health.recoveries() + " last " + health.lastError() + "\n";
        }
    }

    private static String reporter(String name, List<Line> lines) {
        boolean isHealthy = lines.stream().noneMatch(line -> line.health.isRecovering());
        StringBuilder text = new StringBuilder("  reporter " + name + "\n    state "
                + (isHealthy ? "healthy" : "error") + " error " + sum(lines, QueueHealth::errors) + " recover "
                + sum(lines, QueueHealth::recoveries) + " auto_recover true\n");
        lines.forEach(line -> text.append(line.text()));
        return text.toString();
    }

    private static long sum(List<Line> lines, ToLongFunction<QueueHealth> value) {
        return lines.stream().mapToLong(line -> value.applyAsLong(line.health)).sum();
    }
}
