package io.offramp.offload.aead.ipsecmb;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.ffi.NativeLibrary;
import io.offramp.offload.aead.ffi.NativeLibrary.Loaded;
import io.offramp.offload.aead.ffi.NativeLibrary.Missing;
import io.offramp.offload.key.AeadSuite;
import java.lang.foreign.SymbolLookup;
import org.jspecify.annotations.Nullable;

/** libIPSec_MB. Needs the JVM to allow native access; without it, it is unavailable and says so. */
public final class IpsecMbEngine implements AeadEngine {
    private static final int VERSION_1_3 = 0x103;

    /** For an operator who could install it. */
    private static final String GAIN = " (Debian: libipsec-mb1); it seals AES-GCM two to four times as fast on a CPU "
            + "with VAES and AVX-512, which this one ";

    private final String name;
    private final Availability availability;
    private final @Nullable Functions functions;

    private record Functions(
            Level level, GcmContext.Functions gcm128, GcmContext.Functions gcm256, ChaChaContext.Functions chaCha) {
        static @Nullable Functions of(SymbolLookup library) {
            long manager = IpsecMb.newManager(library);
            Level level = Level.of(IpsecMb.features(manager));
            return level == null
                    ? null
                    : new Functions(
                            level,
                            GcmContext.Functions.of(library, 128, level),
                            GcmContext.Functions.of(library, 256, level),
                            ChaChaContext.Functions.of(manager));
        }
    }

    /** Loads the library. */
    public IpsecMbEngine() {
        this(IpsecMb.load());
    }

    /** @param place where the library is */
    IpsecMbEngine(NativeLibrary place) {
        String label = "libIPSec_MB";
        Functions found = null;
        Availability state;
        try {
            switch (place) {
                case Missing(var cause) ->
                    state = Availability.unavailable(cause + GAIN + (Vaes.isHere() ? "has" : "lacks"));
                case Loaded(var library) -> {
                    int version = IpsecMb.version(library);
                    label += " " + dotted(version);
                    if (version >> 8 != VERSION_1_3) {
                        state = Availability.unavailable("only version 1.3 is known, this is " + dotted(version));
                    } else {
                        found = Functions.of(library);
                        state = found == null
                                ? Availability.unavailable("the CPU has no AES instructions")
                                : Availability.available();
                    }
                }
            }
        } catch (LinkageError | RuntimeException e) {
            state = Availability.unavailable("libIPSec_MB cannot be used: " + e.getMessage());
        }
        name = found == null ? label : label + " " + found.level().suffix();
        availability = state;
        functions = found;
    }

    private static String dotted(int version) {
        return (version >> 16) + "." + (version >> 8 & 0xff) + "." + (version & 0xff);
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
        return functions != null;
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        return new IpsecMbSealer(context(suite, key, true));
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        return new IpsecMbOpener(context(suite, key, false));
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        return new IpsecMbStream.Seal(gcm(suite, key, true));
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        return new IpsecMbStream.Open(gcm(suite, key, false));
    }

    private KeyContext gcm(AeadSuite suite, byte[] key, boolean encrypt) {
        if (!suite.isGcm()) {
            throw new IllegalArgumentException("only AES-GCM works in pieces, not " + suite);
        }
        return context(suite, key, encrypt);
    }

    private KeyContext context(AeadSuite suite, byte[] key, boolean encrypt) {
        if (functions == null) {
            throw new IllegalArgumentException(name + " has no " + suite);
        }
        if (key.length != suite.keyBytes()) {
            throw new IllegalArgumentException(
                    "key is " + key.length + " bytes, " + suite + " takes " + suite.keyBytes());
        }
        return switch (suite) {
            case AES_128_GCM -> new GcmContext(functions.gcm128(), key, encrypt);
            case AES_256_GCM -> new GcmContext(functions.gcm256(), key, encrypt);
            case CHACHA20_POLY1305 -> new ChaChaContext(functions.chaCha(), key, encrypt);
        };
    }
}
