package io.offramp.offload.aead;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.offramp.offload.key.AeadSuite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Vectors of C2SP/wycheproof, testvectors_v1, which lie beside a checkout of this project and not in it. */
final class Wycheproof {
    /** From the module's folder, in which surefire runs. */
    static final Path FOLDER = Path.of("../../shared/vectors");

    private Wycheproof() {}

    /** The groups with 96 bits of nonce and 128 bits of tag; empty where the file is not there. */
    static Optional<List<KnownAnswer>> vectors(AeadSuite suite) {
        Path file = FOLDER.resolve(
                suite.isGcm() ? "wycheproof_aes_gcm_test.json" : "wycheproof_chacha20_poly1305_test.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<KnownAnswer> answers = new ArrayList<>();
        try {
            for (JsonNode group : new ObjectMapper().readTree(file.toFile()).get("testGroups")) {
                if (group.get("keySize").asInt() == Byte.SIZE * suite.keyBytes()
                        && group.get("ivSize").asInt() == Byte.SIZE * AeadSuite.NONCE_BYTES
                        && group.get("tagSize").asInt() == Byte.SIZE * AeadSuite.TAG_BYTES) {
                    group.get("tests").forEach(test -> answers.add(answer(suite, test)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(answers);
    }

    private static KnownAnswer answer(AeadSuite suite, JsonNode test) {
        Message message = new Message(
                suite,
                bytes(test, "key"),
                bytes(test, "iv"),
                bytes(test, "aad"),
                bytes(test, "msg"),
                Sealer.NO_TRAILER);
        byte[] sealed =
                KnownAnswer.hex(test.get("ct").asText() + test.get("tag").asText());
        return new KnownAnswer(
                "Wycheproof " + suite + " tcId " + test.get("tcId") + " "
                        + test.get("comment").asText(),
                message,
                sealed,
                test.get("result").asText().equals("valid"));
    }

    private static byte[] bytes(JsonNode test, String field) {
        return KnownAnswer.hex(test.get(field).asText());
    }
}
