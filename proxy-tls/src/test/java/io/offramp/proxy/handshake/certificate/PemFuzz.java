package io.offramp.proxy.handshake.certificate;

import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.handshake.client.ClientAuth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a file with certificates, keys or revocation lists may hold. */
public final class PemFuzz {
    private static final long MAX_HEAP_BYTES = 64 << 20;

    private interface Loader {
        void load() throws BadCertificateException;
    }

    private PemFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        Path file = Files.createTempFile("offramp-fuzz", ".pem");
        try {
            Files.write(file, data);
            Bounds.check(MAX_HEAP_BYTES, () -> load(file));
        } finally {
            Files.delete(file);
        }
    }

    private static void load(Path file) {
        refuse(() -> ServerIdentity.load(file, file).warnings());
        refuse(() -> ClientAuth.load(true, List.of(file), file, 1).trust());
    }

    private static void refuse(Loader loader) {
        try {
            loader.load();
        } catch (BadCertificateException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new IllegalStateException("an error that says nothing", e);
            }
        }
    }
}
