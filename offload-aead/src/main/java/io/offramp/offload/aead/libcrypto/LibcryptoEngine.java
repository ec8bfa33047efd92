package io.offramp.offload.aead.libcrypto;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.ffi.NativeLibrary.Loaded;
import io.offramp.offload.aead.ffi.NativeLibrary.Missing;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.EnumMap;
import java.util.Map;

/** OpenSSL 3's libcrypto. Needs the JVM to allow native access; without it, it is unavailable and says so. */
public final class LibcryptoEngine implements AeadEngine {
    private final Map<AeadSuite, Long> ciphers = new EnumMap<>(AeadSuite.class);
    private final String name;
    private final Availability availability;

    /** Loads the library, if that was not done before, and asks it for the suites. */
    public LibcryptoEngine() {
        String version = "libcrypto";
        Availability found;
        try {
            found = switch (Libcrypto.LIBRARY) {
                case Loaded _ -> {
                    version = "libcrypto " + Evp.version().split(" ")[1];
                    yield fetchAll();
                }
                case Missing(var cause) -> Availability.unavailable(cause);
            };
        } catch (LinkageError | RuntimeException e) {
            // A library without one of the functions, or one that fails to start (a broken openssl.cnf).
            found = Availability.unavailable("libcrypto cannot be used: " + rootCause(e));
        }
        name = version;
        availability = found;
    }

    private Availability fetchAll() {
        for (AeadSuite suite : AeadSuite.values()) {
            long cipher = Evp.fetch(NativeMemory.constant(cipherName(suite)));
            if (cipher != 0) {
                ciphers.put(suite, cipher);
            }
        }
        return ciphers.containsKey(AeadSuite.AES_128_GCM)
                ? Availability.available()
                : Availability.unavailable("libcrypto has no " + cipherName(AeadSuite.AES_128_GCM));
    }

    private static String cipherName(AeadSuite suite) {
        return switch (suite) {
            case AES_128_GCM -> "AES-128-GCM";
            case AES_256_GCM -> "AES-256-GCM";
            case CHACHA20_POLY1305 -> "ChaCha20-Poly1305";
        };
    }

    private static String rootCause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return ciphers.containsKey(suite);
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        return new LibcryptoSealer(cipher(suite, key), key);
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        return new LibcryptoOpener(cipher(suite, key), key);
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        return new LibcryptoSealStream(gcm(suite, key), key);
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        return new LibcryptoOpenStream(gcm(suite, key), key);
    }

    private long gcm(AeadSuite suite, byte[] key) {
        if (!suite.isGcm()) {
            throw new IllegalArgumentException("only AES-GCM works in pieces, not " + suite);
        }
        return cipher(suite, key);
    }

    private long cipher(AeadSuite suite, byte[] key) {
        Long cipher = ciphers.get(suite);
        if (cipher == null) {
            throw new IllegalArgumentException(name + " has no " + suite);
        }
        if (key.length != suite.keyBytes()) {
            throw new IllegalArgumentException(
                    "key is " + key.length + " bytes, " + suite + " takes " + suite.keyBytes());
        }
        return cipher;
    }
}
