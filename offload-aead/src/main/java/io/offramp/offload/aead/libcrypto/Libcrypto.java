package io.offramp.offload.aead.libcrypto;

import io.offramp.offload.aead.ffi.NativeLibrary;
import java.util.List;

/** The library, loaded once. Only version 3: earlier ones lack the calls. */
final class Libcrypto {
    static final NativeLibrary LIBRARY = NativeLibrary.load(List.of(
            "libcrypto.so.3",
            "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
            "/usr/lib/aarch64-linux-gnu/libcrypto.so.3",
            "/usr/lib64/libcrypto.so.3",
            "/usr/lib/libcrypto.so.3",
            "/usr/local/lib64/libcrypto.so.3",
            "/usr/local/lib/libcrypto.so.3",
            "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
            "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib"));

    private Libcrypto() {}
}
