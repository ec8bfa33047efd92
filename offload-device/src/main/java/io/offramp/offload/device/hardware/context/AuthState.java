package io.offramp.offload.device.hardware.context;

import org.jspecify.annotations.Nullable;

/** How a context treats the records that it tracks: {@code auth_state}. The ordinal is the number in the params. */
public enum AuthState {
    /** Nothing yet. */
    NO_OFFLOAD,
    /** Encrypts or decrypts. */
    OFFLOAD,
    /** Only authenticates. */
    AUTHENTICATION;

    private static final AuthState[] VALUES = values();

    static @Nullable AuthState of(int code) {
        return code < VALUES.length ? VALUES[code] : null;
    }
}
