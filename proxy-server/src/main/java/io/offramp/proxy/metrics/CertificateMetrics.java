package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Expiry of one listener's certificates. A replaced certificate is no longer shown. */
final class CertificateMetrics {
    private final MultiGauge notAfter;
    private volatile List<ServerIdentity> shown = List.of();

    CertificateMetrics(MeterScope scope, Tags listener) {
        notAfter = MultiGauge.builder("offramp.certificate.not.after")
                .description("Expiry of a certificate in use, in Unix time")
                .baseUnit("seconds")
                .tags(listener)
                .register(scope.registry());
        scope.atEnd(() -> show(List.of()));
    }

    /** Replaces the certificates. Not for concurrent calls. */
    void show(List<ServerIdentity> certificates) {
        // A registry takes one of two rows with the same labels.
        Map<Tags, MultiGauge.Row<?>> rows = new LinkedHashMap<>();
        for (ServerIdentity certificate : certificates) {
            long seconds = certificate.notAfter().getEpochSecond();
            Tags tags = tags(certificate);
            rows.put(tags, MultiGauge.Row.of(tags, seconds));
        }
        notAfter.register(rows.values(), true);
        shown = List.copyOf(certificates);
    }

    /** In use now. */
    List<ServerIdentity> shown() {
        return shown;
    }

    private static Tags tags(ServerIdentity certificate) {
        String name = certificate.names().isEmpty() ? "" : certificate.names().getFirst();
        return Tags.of("name", name, "serial", certificate.serial());
    }
}
