package io.offramp.proxy.metrics;

import io.offramp.offload.RecordMode;
import io.offramp.offload.record.Direction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * A page in the format of kernel TLS' {@code /proc/net/tls_stat}: first all names of the kernel, in its order, over all
 * backends, then the other counters of the backends. If a backend counts sessions by the kernel's names itself, its
 * counts win over the sessions' modes, because it knows whether software or a NIC has them. A name of several backends
 * shows their sum; a name of the kernel without a counter is 0.
 */
final class TlsStat {
    /** The kernel's line, {@code "%-32s\t%lu\n"} (net/tls/tls_proc.c). */
    private static final String LINE = "%-32s\t%d\n";

    /** net/tls/tls_proc.c of Linux 6.14, in its order. */
    private static final List<String> KERNEL = List.of(
            "TlsCurrTxSw",
            "TlsCurrRxSw",
            "TlsCurrTxDevice",
            "TlsCurrRxDevice",
            "TlsTxSw",
            "TlsRxSw",
            "TlsTxDevice",
            "TlsRxDevice",
            "TlsDecryptError",
            "TlsRxDeviceResync",
            "TlsDecryptRetry",
            "TlsRxNoPadViolation",
            "TlsRxRekeyOk",
            "TlsRxRekeyError",
            "TlsTxRekeyOk",
            "TlsTxRekeyError",
            "TlsRxRekeyReceived");

    private final List<TlsMetrics> tls = new CopyOnWriteArrayList<>();
    private final BackendCounters backends;

    TlsStat(TlsMetrics first, BackendCounters backends) {
        this.tls.add(first);
        this.backends = backends;
    }

    /** The kernel knows no difference between sessions with clients and with servers. */
    void add(TlsMetrics more) {
        tls.add(more);
    }

    String text() {
        StringBuilder text = new StringBuilder(4096);
        values().forEach((name, value) -> text.append(LINE.formatted(name, value)));
        return text.toString();
    }

    private Map<String, Long> values() {
        Set<String> countSessions = backends.entries().stream()
                .filter(e -> camelCase(e.counter().name()).equals("TlsTxSw"))
                .map(BackendCounters.Entry::backend)
                .collect(Collectors.toSet());
        List<SessionMeter> sessions = tls.stream()
                .flatMap(each -> each.sessions().stream())
                .filter(meter -> !countSessions.contains(meter.key().backend()))
                .toList();
        Map<String, Long> ours = counted(sessions);
        Map<String, Long> all = new LinkedHashMap<>();
        KERNEL.forEach(name -> all.put(name, ours.getOrDefault(name, 0L)));
        for (BackendCounters.Entry e : backends.entries()) {
            String kernel = camelCase(e.counter().name());
            // Sessions count the same events already.
            if (!ours.containsKey(kernel) || countSessions.contains(e.backend())) {
                String name = KERNEL.contains(kernel) ? kernel : e.counter().name();
                all.merge(name, e.counter().value().getAsLong(), Long::sum);
            }
        }
        return all;
    }

    private static String camelCase(String name) {
        return Arrays.stream(name.split("_"))
                .filter(word -> !word.isEmpty())
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
    }

    private Map<String, Long> counted(List<SessionMeter> sessions) {
        Map<String, Long> values = new HashMap<>();
        values.put("TlsCurrTxSw", current(sessions, Direction.TX, true));
        values.put("TlsCurrRxSw", current(sessions, Direction.RX, true));
        values.put("TlsCurrTxDevice", current(sessions, Direction.TX, false));
        values.put("TlsCurrRxDevice", current(sessions, Direction.RX, false));
        values.put("TlsTxSw", total(sessions, Direction.TX, true));
        values.put("TlsRxSw", total(sessions, Direction.RX, true));
        values.put("TlsTxDevice", total(sessions, Direction.TX, false));
        values.put("TlsRxDevice", total(sessions, Direction.RX, false));
        values.put("TlsDecryptError", sum(TlsMetrics::authenticationFailures));
        values.put("TlsTxRekeyOk", sum(TlsMetrics::keyUpdatesSent));
        values.put("TlsRxRekeyOk", sum(TlsMetrics::keyUpdatesReceived));
        // Each received one is processed, or ends the connection.
        values.put("TlsRxRekeyReceived", sum(TlsMetrics::keyUpdatesReceived));
        return values;
    }

    private long sum(ToLongFunction<TlsMetrics> counter) {
        return tls.stream().mapToLong(counter).sum();
    }

    private static long current(List<SessionMeter> sessions, Direction direction, boolean software) {
        return sessions.stream()
                .filter(m -> matches(m, direction, software))
                .mapToLong(SessionMeter::current)
                .sum();
    }

    private static long total(List<SessionMeter> sessions, Direction direction, boolean software) {
        return sessions.stream()
                .filter(m -> matches(m, direction, software))
                .mapToLong(SessionMeter::total)
                .sum();
    }

    private static boolean matches(SessionMeter meter, Direction direction, boolean software) {
        SessionMeter.Key key = meter.key();
        return key.direction() == direction && software == (key.mode() == RecordMode.SW);
    }
}
