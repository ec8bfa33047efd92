package io.offramp.offload.aead.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** A shared library of this machine: its place, or the reason why it cannot be used. */
public sealed interface NativeLibrary {
    /** Loaded for the life of the process. */
    record Loaded(SymbolLookup symbols) implements NativeLibrary {}

    /** @param cause one clause for a log line */
    record Missing(String cause) implements NativeLibrary {}

    /**
     * Tries the candidates in order.
     *
     * @param candidates a name for the loader's search path first, then the usual places
     */
    @SuppressWarnings("restricted")
    static NativeLibrary load(List<String> candidates) {
        for (String candidate : candidates) {
            try {
                return new Loaded(SymbolLookup.libraryLookup(candidate, Arena.global()));
            } catch (IllegalArgumentException e) {
                // not under this name
            } catch (IllegalCallerException | UnsupportedOperationException e) {
                return new Missing("native access is not allowed: " + e.getMessage());
            }
        }
        return new Missing("no " + candidates.getFirst() + " on this machine");
    }
}
