package io.offramp.offload.tck;

/** What all parts of the contract work with. */
interface ContractFixtures {
    int HANDSHAKE = 22;
    int ALERT = 21;
    int DATA = 23;

    /** Most content of a record (RFC 8446 §5.1). */
    int MAX = 16_384;

    /** Around nothing, a block of AES, and the limit. */
    int[] EDGE_SIZES = {0, 1, 15, 16, 17, 1_460, MAX - 1, MAX};

    /** Fresh for each test. */
    SessionFixtures fixtures();
}
