package io.offramp.offload.aead;

import static io.offramp.offload.key.AeadSuite.AES_128_GCM;
import static io.offramp.offload.key.AeadSuite.AES_256_GCM;
import static io.offramp.offload.key.AeadSuite.CHACHA20_POLY1305;

import io.offramp.offload.key.AeadSuite;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A published vector.
 *
 * @param sealed ciphertext and tag
 * @param valid false where the tag is wrong on purpose
 */
record KnownAnswer(String origin, Message message, byte[] sealed, boolean valid) {
    private static final String GCM_KEY = "feffe9928665731c6d6a8f9467308308";
    private static final String GCM_IV = "cafebabefacedbaddecaf888";
    private static final String GCM_AAD = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    private static final String GCM_TEXT_60 = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    private static final String GCM_128_60 = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091";
    private static final String GCM_256_60 = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";

    /** The vectors of the standards' own texts. */
    static Stream<KnownAnswer> standards() {
        return Stream.of(
                gcm(1, AES_128_GCM, zeros(16), zeros(12), "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"),
                gcm(
                        2,
                        AES_128_GCM,
                        zeros(16),
                        zeros(12),
                        "",
                        zeros(16),
                        "0388dace60b6a392f328c2b971b2fe78",
                        "ab6e47d42cec13bdf53a67b21257bddf"),
                gcm(
                        3,
                        AES_128_GCM,
                        GCM_KEY,
                        GCM_IV,
                        "",
                        GCM_TEXT_60 + "1aafd255",
                        GCM_128_60 + "473f5985",
                        "4d5c2af327cd64a62cf35abd2ba6fab4"),
                gcm(
                        4,
                        AES_128_GCM,
                        GCM_KEY,
                        GCM_IV,
                        GCM_AAD,
                        GCM_TEXT_60,
                        GCM_128_60,
                        "5bc94fbc3221a5db94fae95ae7121a47"),
                gcm(13, AES_256_GCM, zeros(32), zeros(12), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
                gcm(
                        14,
                        AES_256_GCM,
                        zeros(32),
                        zeros(12),
                        "",
                        zeros(16),
                        "cea7403d4d606b6e074ec5d3baf39d18",
                        "d0d1c8a799996bf0265b98b5d48ab919"),
                gcm(
                        15,
                        AES_256_GCM,
                        GCM_KEY + GCM_KEY,
                        GCM_IV,
                        "",
                        GCM_TEXT_60 + "1aafd255",
                        GCM_256_60 + "898015ad",
                        "b094dac5d93471bdec1a502270e3cc6c"),
                gcm(
                        16,
                        AES_256_GCM,
                        GCM_KEY + GCM_KEY,
                        GCM_IV,
                        GCM_AAD,
                        GCM_TEXT_60,
                        GCM_256_60,
                        "76fc6ece0f4e1768cddf8853bb2d551b"),
                rfc8439());
    }

    private static KnownAnswer gcm(
            int testCase,
            AeadSuite suite,
            String key,
            String nonce,
            String aad,
            String plaintext,
            String ciphertext,
            String tag) {
        Message message = new Message(suite, hex(key), hex(nonce), hex(aad), hex(plaintext), Sealer.NO_TRAILER);
        return new KnownAnswer(
                "McGrew and Viega, GCM specification, test case " + testCase, message, hex(ciphertext + tag), true);
    }

    private static KnownAnswer rfc8439() {
        String plaintext = "Ladies and Gentlemen of the class of '99: "
                + "If I could offer you only one tip for the future, "
                + "sunscreen would be it.";
        Message message = new Message(
                CHACHA20_POLY1305,
                hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
                hex("070000004041424344454647"),
                hex("50515253c0c1c2c3c4c5c6c7"),
                plaintext.getBytes(StandardCharsets.US_ASCII),
                Sealer.NO_TRAILER);
        String sealed = "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                + "3ff4def08e4b7a9de576d26586cec64b6116"
                + "1ae10b594f09e26a7e902ecbd0600691";
        return new KnownAnswer("RFC 8439 §2.8.2", message, hex(sealed), true);
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static String zeros(int bytes) {
        return "00".repeat(bytes);
    }

    @Override
    public String toString() {
        return origin;
    }
}
