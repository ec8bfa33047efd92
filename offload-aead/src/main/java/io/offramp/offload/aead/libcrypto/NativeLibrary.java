package io.offramp.offload.aead.libcrypto;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** Where libcrypto was found, or why it cannot be used. */
sealed interface NativeLibrary {
    /** Names for the loader's search path, then the usual places. Only version 3: earlier ones lack the calls. */
    List<String> CANDIDATES = List.of(
            "libcrypto.so.3",
            "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
            "/usr/lib/aarch64-linux-gnu/libcrypto.so.3",
            "/usr/lib64/libcrypto.so.3",
            "/usr/lib/libcrypto.so.3",
            "/usr/local/lib64/libcrypto.so.3",
            "/usr/local/lib/libcrypto.so.3",
            "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
            "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib");

    /** Loaded for the life of the process. */
    record Loaded(SymbolLookup symbols) implements NativeLibrary {}

    /** @param cause one clause for a log line */
    record Missing(String cause) implements NativeLibrary {}

    /** What was found; loaded once. */
    static NativeLibrary libcrypto() {
        return Holder.LIBCRYPTO;
    }

    /** Tries the candidates in order. */
    @SuppressWarnings("restricted")
    static NativeLibrary load(List<String> candidates) {
        for (String candidate : candidates) {
            try {
                return new Loaded(SymbolLookup.libraryLookup(candidate, Arena.global()));
            } catch (IllegalArgumentException e) {
                continue;
            } catch (IllegalCallerException | UnsupportedOperationException e) {
                return new Missing("native access is not allowed: " + e.getMessage());
            }
        }
        return new Missing("no " + candidates.getFirst() + " on this machine");
    }

    /** Loads on first use. */
    final class Holder {
        private static final NativeLibrary LIBCRYPTO = load(CANDIDATES);

        private Holder() {}
    }
}
