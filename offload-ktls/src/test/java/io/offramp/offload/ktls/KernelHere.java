package io.offramp.offload.ktls;

import io.offramp.offload.Availability;
import java.util.Map;

/** The running kernel for tests that need its TLS. */
final class KernelHere {
    private KernelHere() {}

    /**
     * The backend, available or not; where {@code scripts/with-ktls} runs the test it must be, so that what was meant
     * to be tested is not skipped.
     */
    static KtlsOffload open() {
        KtlsOffload offload = new KtlsProvider().open(Map.of());
        if (System.getenv("WITH_KTLS") != null
                && offload.availability() instanceof Availability.Unavailable(String cause)) {
            throw new AssertionError("ktls is unavailable: " + cause);
        }
        return offload;
    }
}
