package io.offramp.proxy.config;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.client.CaBundle;
import io.offramp.proxy.handshake.client.RevocationLists;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code ca} and {@code crl}, and their files, to check that they can serve. */
final class TrustFiles {
    private final Surroundings surroundings;

    TrustFiles(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The files of {@code ca} without a problem. */
    List<Path> ca(Value value) {
        List<Path> files = new ArrayList<>();
        for (Value item : value.isList() ? value.items("a list of PEM files") : List.of(value)) {
            Path file = item.as(surroundings.path());
            if (file != null && files.contains(file)) {
                item.error("is in the list already");
            } else if (file != null
                    && check(item, () -> CaBundle.load(List.of(file)).warnings())) {
                files.add(file);
            }
        }
        return files;
    }

    /** The file of {@code crl}, if there is one. */
    @Nullable
    Path crl(@Nullable Value value, List<Path> ca) {
        Path crl = value == null ? null : value.as(surroundings.path());
        if (value != null && crl != null && !ca.isEmpty()) {
            check(value, () -> RevocationLists.load(crl, CaBundle.load(ca)).warnings());
        }
        return crl;
    }

    /** True if it loads; errors and warnings are noted at its place. */
    static boolean check(Value place, Load load) {
        try {
            load.run().forEach(place::warn);
            return true;
        } catch (BadCertificateException e) {
            place.error(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Reads a file and gives its warnings. */
    interface Load {
        List<String> run() throws BadCertificateException;
    }
}
