package io.offramp.proxy.handshake.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.KeyType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentCertificateTest {
    @TempDir
    private Path dir;

    @Test
    void shouldMakeACertificateForThisMachine() throws Exception {
        Path file = DevelopmentCertificate.create(dir.resolve("new"));

        ServerIdentity identity = ServerIdentity.load(file, file);
        assertThat(identity.keyType()).isEqualTo(KeyType.ECDSA_P256);
        assertThat(identity.names()).containsExactly("localhost");
        assertThat(identity.leaf().getSubjectAlternativeNames())
                .extracting(san -> (Object) san.get(1))
                .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(identity.leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(identity.leaf().getBasicConstraints()).isEqualTo(-1);
        assertThat(identity.notAfter())
                .isBetween(
                        Instant.now().plus(Duration.ofDays(364)), Instant.now().plus(Duration.ofDays(366)));
        assertThat(identity.warnings()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldReuseTheOneMadeEarlier() throws Exception {
        String first = Files.readString(DevelopmentCertificate.create(dir));

        assertThat(Files.readString(DevelopmentCertificate.create(dir))).isEqualTo(first);
        try (var files = Files.list(dir)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void shouldReplaceOneThatIsBrokenOrEnds() throws Exception {
        Path file = TestCertificates.write(dir.resolve(DevelopmentCertificate.FILE_NAME), "broken");

        assertThat(Files.readString(DevelopmentCertificate.create(dir))).contains("BEGIN CERTIFICATE");

        KeyPair pair = TestCertificates.ec("secp256r1");
        String ending = TestCertificates.pem(TestCertificates.selfSigned(pair, "localhost", "localhost"))
                + TestCertificates.pkcs8(pair.getPrivate());
        TestCertificates.write(file, ending);

        assertThat(Files.readString(DevelopmentCertificate.create(dir))).isNotEqualTo(ending);
    }
}
