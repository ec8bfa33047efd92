package io.offramp.proxy.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "Client-Cert", "client-cert-chain", "CLIENT_CERT", "Client_Cert-Chain", "X-Client-Cert-Subject", "x_client_cert_subject",
        "X-Client_Cert.Fingerprint", "X.CLIENT~CERT", "X-Client-Cert-Verify"
    })
    void shouldKnowWhateverAnUpstreamMayTakeForAClientCertificate(String name) {
        assertThat(of(name)).isEqualTo(Field.CLIENT_CERT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Client-Certificate", "X-Client", "X-Client-Certainty", "Client", "XClient-Cert", "Y-Client-Cert", "X", ""})
    void shouldLeaveOtherFieldsAlone(String name) {
        assertThat(of(name)).isEqualTo(Field.OTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "te,TE", "HOST,HOST", "Expect,EXPECT", "UPGRADE,UPGRADE", "connection,CONNECTION", "Keep-Alive,KEEP_ALIVE", "Content-Length,CONTENT_LENGTH",
        "X-Forwarded-For,X_FORWARDED_FOR", "x-forwarded-host,X_FORWARDED_HOST", "X-FORWARDED-PROTO,X_FORWARDED_PROTO",
        "tRANSFER-eNCODING,TRANSFER_ENCODING", "Proxy,PROXY", "Proxy-Authorization,PROXY", "proxy-connection,PROXY", "Proxyx,OTHER",
        "Hos4,OTHER", "x_forwarded_for,OTHER"
    })
    void shouldKnowFieldsWhateverTheirCase(String name, Field field) {
        assertThat(of(name)).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Keep\rAlive", "Content\rLength", "T%", "Hos\u0014"})
    void shouldNotGiveMarksACase(String name) {
        assertThat(of(name)).isEqualTo(Field.OTHER);
    }

    private static Field of(String name) {
        byte[] bytes = ("<" + name + ">").getBytes(StandardCharsets.ISO_8859_1);
        return Field.of(bytes, 1, bytes.length - 1);
    }
}
