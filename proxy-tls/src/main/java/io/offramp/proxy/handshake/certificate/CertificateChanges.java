package io.offramp.proxy.handshake.certificate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes what has changed, for the log. */
final class CertificateChanges {
    private CertificateChanges() {}

    /** A sentence for each difference, by file. */
    static List<String> between(Map<Path, ServerIdentity> before, Map<Path, ServerIdentity> after) {
        List<String> changes = new ArrayList<>();
        after.forEach((file, identity) -> {
            ServerIdentity old = before.get(file);
            if (old != identity) {
                changes.add(file + ": " + change(old, identity) + warnings(identity));
            }
        });
        before.forEach((file, identity) -> {
            if (!after.containsKey(file)) {
                changes.add(file + ": removed, was " + describe(identity));
            }
        });
        return changes;
    }

    private static String change(@Nullable ServerIdentity old, ServerIdentity identity) {
        if (old == null) {
            return "added, " + describe(identity);
        }
        if (!old.hasChainOf(identity)) {
            return "replaced, " + describe(identity) + ", was " + describe(old);
        }
        Staple staple = identity.staple();
        return staple == null ? "OCSP response removed" : "OCSP response replaced, good until " + staple.nextUpdate();
    }

    private static String describe(ServerIdentity identity) {
        return "serial " + identity.serial() + " for " + identity.names() + " until " + identity.notAfter();
    }

    private static String warnings(ServerIdentity identity) {
        return identity.warnings().isEmpty() ? "" : "; but: " + String.join("; ", identity.warnings());
    }
}
