package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each problem of a {@code tls} section says where it is and what was expected. */
class TlsProblemsTest {
    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    @Test
    void shouldSayThatATextNamesNoFile() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: "a\\0", key: "k\\0", keylog: "b\\0", tickets: {keys: ["c\\0"]}, \
                        client-auth: {mode: required, ca: "d\\0", crl: "e\\0"}}
                            upstream: 127.0.0.1:80
                        admin: {bind: 127.0.0.1:9090, token-file: "f\\0"}
                        """))
                .hasSize(7)
                .allMatch(problem -> problem.contains(": not a file name: Nul character not allowed"));
    }

    @Test
    void shouldTellOfTicketsWhenKeysAreWrong() throws IOException {
        Files.write(file.path("short.key"), new byte[47]);
        Files.write(file.path("long.key"), new byte[81]);
        Files.write(file.path("good.key"), new byte[80]);
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls:
                              cert: site.pem
                              tickets: {enabled: maybe, count: 0, lifetime: 8s, keys: [short.key, gone.key, \
                        long.key], sessions: -1}
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {cert: site.pem, tickets: {lifetime: 169h, keys: [good.key, good.key], key: x}}
                            upstream: 127.0.0.1:80
                          - bind: :8445
                            tls: {cert: site.pem, tickets: often}
                            upstream: 127.0.0.1:80
                          - bind: :8446
                            tls: {cert: site.pem, tickets: {keys: short.key}}
                            upstream: 127.0.0.1:80
                        """))
                .containsExactly(
                        "offramp.yaml:5:26: listeners[0].tls.tickets.enabled: expected true or false, is \"maybe\"",
                        "offramp.yaml:5:40: listeners[0].tls.tickets.count: must be 1 to 8, is 0",
                        "offramp.yaml:5:53: listeners[0].tls.tickets.lifetime: must be at least 60000ms, is 8s",
                        "offramp.yaml:5:64: listeners[0].tls.tickets.keys[0]: must be 48 or 80 random bytes, is 47: "
                                + "short.key",
                        "offramp.yaml:5:75: listeners[0].tls.tickets.keys[1]: no such file: gone.key",
                        "offramp.yaml:5:85: listeners[0].tls.tickets.keys[2]: must be 48 or 80 random bytes, is more "
                                + "than 80: long.key",
                        "offramp.yaml:5:106: listeners[0].tls.tickets.sessions: must be 0 to 10000000, is -1",
                        "offramp.yaml:8:47: listeners[1].tls.tickets.lifetime: must be at most 168h (RFC 8446 §4.6.1)",
                        "offramp.yaml:8:70: listeners[1].tls.tickets.keys[1]: is in the list already",
                        "offramp.yaml:8:81: listeners[1].tls.tickets.key: unknown key, did you mean \"keys\"?",
                        "offramp.yaml:11:36: listeners[2].tls.tickets: expected true or false, is \"often\"",
                        "offramp.yaml:14:43: listeners[3].tls.tickets.keys: must be 48 or 80 random bytes, is 47: "
                                + "short.key");
    }

    @Test
    void shouldTellOfCiphersWhenTheyAreUnknownOrOfNoUse() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls:
                              cert: site.pem
                              versions: ["1.3", "1.3"]
                              ciphers:
                                - TLS_AES_128_GCM_SHA265
                                - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                                - RC4
                                - TLS_AES_128_GCM_SHA256
                                - TLS_AES_128_GCM_SHA256
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {cert: site.pem, versions: ["1.2", "1.3"], ciphers: [TLS_AES_256_GCM_SHA384]}
                            upstream: 127.0.0.1:80
                        """))
                .containsExactly(
                        "offramp.yaml:5:25: listeners[0].tls.versions[1]: is in the list already",
                        "offramp.yaml:7:11: listeners[0].tls.ciphers[0]: unknown cipher \"TLS_AES_128_GCM_SHA265\", "
                                + "did you mean \"TLS_AES_128_GCM_SHA256\"?",
                        "offramp.yaml:8:11: listeners[0].tls.ciphers[1]: is for TLS 1.2, which is not among the "
                                + "versions",
                        "offramp.yaml:9:11: listeners[0].tls.ciphers[2]: unknown cipher \"RC4\"; known are "
                                + String.join(", ", CipherNames.SUPPORTED),
                        "offramp.yaml:11:11: listeners[0].tls.ciphers[4]: is in the list already",
                        "offramp.yaml:14:62: listeners[1].tls.ciphers: none is for TLS 1.2, which is among the "
                                + "versions");
    }

    @Test
    void shouldTellWhatIsWrongWithClientCertificates() throws IOException {
        // Given
        // When, Then
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem, client-auth: {ca: site.pem}}
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {cert: site.pem, client-auth: {mode: required}}
                            upstream: 127.0.0.1:80
                          - bind: :8445
                            tls: {cert: site.pem, client-auth: {mode: maybe, depth: 1}}
                            upstream: 127.0.0.1:80
                          - bind: :8446
                            tls: {cert: site.pem, client-auth: {mode: optional, ca: [gone.pem, site.pem], depth: 10}}
                            upstream: 127.0.0.1:80
                          - bind: :8447
                            tls: {cert: site.pem, client-auth: required}
                            upstream: 127.0.0.1:80
                        """))
                .containsExactly(
                        "offramp.yaml:3:40: listeners[0].tls.client-auth: missing \"mode\": off, optional or required",
                        "offramp.yaml:6:40: listeners[1].tls.client-auth: missing \"ca\": a PEM file, or a list of "
                                + "them, with the "
                                + "certificates that a client's may be issued by",
                        "offramp.yaml:9:47: listeners[2].tls.client-auth.mode: expected off or optional or required, "
                                + "is \"maybe\"",
                        "offramp.yaml:12:62: listeners[3].tls.client-auth.ca[0]: no such file: gone.pem",
                        "offramp.yaml:12:72: listeners[3].tls.client-auth.ca[1]: certificate of O=Offramp development,"
                                + "CN=localhost "
                                + "is not a CA's (basicConstraints CA:TRUE is missing): site.pem",
                        "offramp.yaml:12:90: listeners[3].tls.client-auth.depth: must be 0 to 9, is 10",
                        "offramp.yaml:15:40: listeners[4].tls.client-auth: expected a mapping with mode, ca, crl, "
                                + "depth, is "
                                + "\"required\"");
    }

    @Test
    void shouldTellOfCertificatesWhenTheyCannotServe() throws IOException {
        // Given
        file.certificate("other");
        Files.writeString(file.path("empty.pem"), "nothing here\n");

        // When, Then
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem, key: other.pem}
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {certificates: [{cert: site.pem}, {cert: site.pem}, {cert: empty.pem}, \
                        {key: site.pem}, {cert: .}]}
                            upstream: 127.0.0.1:80
                          - bind: :8445
                            tls: {cert: site.pem, development: true}
                            upstream: 127.0.0.1:80
                          - bind: :8446
                            tls: {}
                            upstream: 127.0.0.1:80
                        """))
                .containsExactly(
                        "offramp.yaml:3:32: listeners[0].tls.key: private key does not belong to the certificate of "
                                + "O=Offramp development,CN=localhost",
                        "offramp.yaml:6:51: listeners[1].tls.certificates[1].cert: is in the list already",
                        "offramp.yaml:6:69: listeners[1].tls.certificates[2].cert: no certificate in empty.pem; "
                                + "PEM is expected: -----BEGIN CERTIFICATE-----",
                        "offramp.yaml:6:81: listeners[1].tls.certificates[3]: missing \"cert\": a PEM file with the "
                                + "chain, "
                                + "and with the key if there is no \"key\"",
                        "offramp.yaml:6:105: listeners[1].tls.certificates[4].cert: is a directory: .",
                        "offramp.yaml:9:10: listeners[2].tls: has cert and development, of which only one can hold",
                        "offramp.yaml:12:10: listeners[3].tls: missing \"cert\": a PEM file with the chain, "
                                + "and with the key if there is no \"key\"");
    }

    @Test
    void shouldTellOfDirectoriesAndStaplesWhenTheyCannotServe() throws IOException {
        // Given
        Files.createDirectory(file.path("empty.d"));
        Files.createDirectory(file.path("certs.d"));
        Files.copy(file.path("site.pem"), file.path("certs.d/a.pem"));
        Files.writeString(file.path("certs.d/b.crt"), "nothing here\n");
        Files.writeString(file.path("certs.d/a.pem.ocsp"), "nothing here\n");
        Files.writeString(file.path("site.ocsp"), "nothing here\n");

        // When, Then
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {certificates: certs.d}
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {certificates: [{cert: site.pem}, empty.d, none.d, site.pem]}
                            upstream: 127.0.0.1:80
                          - bind: :8445
                            tls: {cert: site.pem, ocsp: site.ocsp}
                            upstream: 127.0.0.1:80
                          - bind: :8446
                            tls: {cert: site.pem, ocsp: gone.ocsp}
                            upstream: 127.0.0.1:80
                          - bind: :8447
                            tls: {certificates: {cert: site.pem}}
                            upstream: 127.0.0.1:80
                        """))
                .satisfiesExactly(
                        each -> assertThat(each)
                                .startsWith("offramp.yaml:3:25: listeners[0].tls.certificates: "
                                        + "OCSP response does not parse: certs.d/a.pem.ocsp: "),
                        each -> assertThat(each)
                                .startsWith("offramp.yaml:3:25: listeners[0].tls.certificates: "
                                        + "no certificate in certs.d/b.crt; PEM is expected"),
                        each -> assertThat(each)
                                .isEqualTo("offramp.yaml:6:44: listeners[1].tls.certificates[1]: "
                                        + "no *.pem and no *.crt in empty.d"),
                        each -> assertThat(each)
                                .isEqualTo("offramp.yaml:6:53: listeners[1].tls.certificates[2]: no such file: none.d"),
                        each -> assertThat(each)
                                .isEqualTo("offramp.yaml:6:61: listeners[1].tls.certificates[3]: "
                                        + "not a readable directory: site.pem"),
                        each -> assertThat(each)
                                .startsWith("offramp.yaml:9:33: listeners[2].tls.ocsp: OCSP response does not parse: "
                                        + "site.ocsp: "),
                        each -> assertThat(each)
                                .isEqualTo("offramp.yaml:12:33: listeners[3].tls.ocsp: no such file: gone.ocsp"),
                        each -> assertThat(each)
                                .startsWith("offramp.yaml:15:25: listeners[4].tls.certificates: expected a directory, "
                                        + "or a list of {cert, key, ocsp}, is a mapping"));
    }
}
