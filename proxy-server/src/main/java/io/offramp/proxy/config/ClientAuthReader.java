package io.offramp.proxy.config;

import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.client.ClientAuthSettings.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the client certificate settings of a listener, and their files, to check that they can serve. */
final class ClientAuthReader {
    private static final Scalar<Mode> MODE = Scalar.choice(Mode.class);
    private static final Scalar<Integer> DEPTH = Scalar.number(0, ClientAuth.MAX_DEPTH);

    private final TrustFiles files;

    ClientAuthReader(Surroundings surroundings) {
        this.files = new TrustFiles(surroundings);
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
        List<Path> ca = caValue == null ? List.of() : files.ca(caValue);
        Path crl = files.crl(section.get("crl"), ca);
        return new ClientAuthSettings(mode, ca, crl, depth);
    }

    private static void warnOfUnused(Section section) {
        Stream.of("ca", "crl", "depth")
                .map(section::get)
                .filter(found -> found != null)
                .forEach(found -> found.warn("not used: mode is off"));
    }
}
