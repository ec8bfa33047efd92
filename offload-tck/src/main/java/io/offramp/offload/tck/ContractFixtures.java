package io.offramp.offload.tck;

import io.offramp.offload.FiveTuple;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntFunction;

/** Fixtures of all parts of the contract. */
interface ContractFixtures {
    int HANDSHAKE = 22;
    int ALERT = 21;
    int DATA = 23;

    /** Most content of a record (RFC 8446 §5.1). */
    int MAX = 16_384;

    /** Around nothing, a block of AES, and the limit. */
    int[] EDGE_SIZES = {0, 1, 15, 16, 17, 1_460, MAX - 1, MAX};

    /** Compares data too long to print. */
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fresh for each test. */
    SessionFixtures fixtures();

    /** A further connection to the same backend, with a port of its own; the caller closes it. */
    SessionFixtures connect(IntFunction<FiveTuple> addresses);

    /** Whether an empty buffer of application data gives a record. */
    boolean makesEmptyRecords();
}
