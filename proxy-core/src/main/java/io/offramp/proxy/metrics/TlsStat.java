package io.offramp.proxy.metrics;

import io.offramp.offload.RecordMode;
import io.offramp.offload.record.Direction;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The page that kernel TLS keeps at {@code /proc/net/tls_stat}: its own names first, over all backends, then whatever
 * the backends count. A name that several backends have shows their sum.
 */
final class TlsStat {
    /** The kernel's line, {@code "%-32s\t%lu\n"} (net/tls/tls_proc.c). */
    private static final String LINE = "%-32s\t%d\n";

    private final TlsMetrics tls;
    private final BackendCounters backends;

    TlsStat(TlsMetrics tls, BackendCounters backends) {
        this.tls = tls;
        this.backends = backends;
    }

    String text() {
        StringBuilder text = new StringBuilder(4096);
        values().forEach((name, value) -> text.append(LINE.formatted(name, value)));
        return text.toString();
    }

    private Map<String, Long> values() {
        Map<String, Long> kernel = kernelNames();
        Map<String, Long> all = new LinkedHashMap<>(kernel);
        for (BackendCounters.Entry e : backends.entries()) {
            if (!kernel.containsKey(camelCase(e.counter().name()))) {
                all.merge(e.counter().name(), e.counter().value().getAsLong(), Long::sum);
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

    private Map<String, Long> kernelNames() {
        Map<String, Long> values = new LinkedHashMap<>();
        values.put("TlsCurrTxSw", current(Direction.TX, true));
        values.put("TlsCurrRxSw", current(Direction.RX, true));
        values.put("TlsCurrTxDevice", current(Direction.TX, false));
        values.put("TlsCurrRxDevice", current(Direction.RX, false));
        values.put("TlsTxSw", total(Direction.TX, true));
        values.put("TlsRxSw", total(Direction.RX, true));
        values.put("TlsTxDevice", total(Direction.TX, false));
        values.put("TlsRxDevice", total(Direction.RX, false));
        values.put("TlsDecryptError", tls.authenticationFailures());
        values.put("TlsTxRekeyOk", tls.keyUpdatesSent());
        values.put("TlsRxRekeyOk", tls.keyUpdatesReceived());
        return values;
    }

    private long current(Direction direction, boolean software) {
        return tls.sessions().stream()
                .filter(m -> matches(m, direction, software))
                .mapToLong(SessionMeter::current)
                .sum();
    }

    private long total(Direction direction, boolean software) {
        return tls.sessions().stream()
                .filter(m -> matches(m, direction, software))
                .mapToLong(SessionMeter::total)
                .sum();
    }

    private static boolean matches(SessionMeter meter, Direction direction, boolean software) {
        SessionMeter.Key key = meter.key();
        return key.direction() == direction && software == (key.mode() == RecordMode.SW);
    }
}
