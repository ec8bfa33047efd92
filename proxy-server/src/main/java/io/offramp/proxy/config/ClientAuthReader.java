package io.offramp.proxy.config;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.client.CaBundle;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.client.ClientAuthSettings.Mode;
import io.offramp.proxy.handshake.client.RevocationLists;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the client certificate settings of a listener, and their files, to check that they can serve. */
final class ClientAuthReader {
    private static final Scalar<Mode> MODE = Scalar.choice(Mode.class);
    private static final Scalar<Integer> DEPTH = Scalar.number(0, ClientAuth.MAX_DEPTH);

    private final Surroundings surroundings;

    ClientAuthReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The {@code client-auth} section; off if there is none, or after a problem. */
    ClientAuthSettings read(@Nullable Value value) {
        Section section = value == null ? null : value.section("mode", "ca", "crl", "depth");
        Value modeValue = section == null ? null : section.require("mode", "off, optional or required");
        Mode mode = modeValue == null ? null : modeValue.as(MODE);
        if (section == null || mode == null) {
            return ClientAuthSettings.OFF;
        }
        if (mode == Mode.OFF) {
            warnOfUnused(section);
            return ClientAuthSettings.OFF;
        }
        int depth = section.get("depth", DEPTH, ClientAuthSettings.OFF.depth());
        Value caValue = section.require(
                "ca", "a PEM file, or a list of them, with the certificates that a client's may be issued by");
        List<Path> ca = caValue == null ? List.of() : bundle(caValue);
        Value crlValue = section.get("crl");
        Path crl = crlValue == null ? null : crlValue.as(surroundings.path());
        if (crlValue != null && crl != null && !ca.isEmpty()) {
            check(crlValue, () -> RevocationLists.load(crl, CaBundle.load(ca)).warnings());
        }
        return new ClientAuthSettings(mode, ca, crl, depth);
    }

    private static void warnOfUnused(Section section) {
        Stream.of("ca", "crl", "depth")
                .map(section::get)
                .filter(found -> found != null)
                .forEach(found -> found.warn("not used: mode is off"));
    }

    /** The files without a problem. */
    private List<Path> bundle(Value value) {
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

    /** True if it loads; errors and warnings are noted at its place. */
    private static boolean check(Value place, Load load) {
        try {
            load.run().forEach(place::warn);
            return true;
        } catch (BadCertificateException e) {
            place.error(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Reads a file and gives its warnings. */
    private interface Load {
        List<String> run() throws BadCertificateException;
    }
}
