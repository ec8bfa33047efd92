package io.offramp.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Client-Cert",
                "client-cert-chain",
                "CLIENT_CERT",
                "Client_Cert-Chain",
                "X-Client-Cert-Subject",
                "x_client_cert_subject",
                "X-Client_Cert.Fingerprint",
                "X.CLIENT~CERT",
                "X-Client-Cert-Verify"
            })
    void shouldKnowWhateverAnUpstreamMayTakeForAClientCertificate(String name) {
        assertThat(of(name)).isEqualTo(Field.CLIENT_CERT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Client-Certificate",
                "X-Client",
                "X-Client-Certainty",
                "Client",
                "XClient-Cert",
                "Y-Client-Cert",
                "X",
                ""
            })
    void shouldLeaveOtherFieldsAlone(String name) {
        assertThat(of(name)).isEqualTo(Field.OTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "te,TE",
        "HOST,HOST",
        "Expect,EXPECT",
        "UPGRADE,UPGRADE",
        "connection,CONNECTION",
        "Keep-Alive,KEEP_ALIVE",
        "Content-Length,CONTENT_LENGTH",
        "X-Forwarded-For,X_FORWARDED_FOR",
        "x-forwarded-host,X_FORWARDED_HOST",
        "X-FORWARDED-PROTO,X_FORWARDED_PROTO",
        "tRANSFER-eNCODING,TRANSFER_ENCODING",
        "Proxy,PROXY",
        "Proxy-Authorization,PROXY",
        "proxy-connection,PROXY",
        "Proxyx,OTHER",
        "Hos4,OTHER",
        "x_forwarded_for,TWIN",
        "Forwarded,FORWARDED",
        "FORWARDED,FORWARDED",
        "X-Request-ID,X_REQUEST_ID",
        "traceparent,TRACEPARENT",
        "Tracestate,TRACESTATE",
        "Date,DATE",
        "MAX-forwards,MAX_FORWARDS",
        "Proxy_Authorization,PROXY",
        "keep_alive,KEEP_ALIVE"
    })
    void shouldKnowFieldsWhateverTheirCase(String name, Field field) {
        assertThat(of(name)).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded-For",
                "X-Forwarded",
                "X-Forwarded-Port",
                "x-forwarded-prefix",
                "X-Forwarded-Ssl",
                "X-Forwarded-Client-Cert",
                "X-Forwarded-Server",
                "X-Forwarded-By",
                "X-Real-IP",
                "x-real-ip",
                "X-Client-IP",
                "X-Cluster-Client-IP",
                "True-Client-IP",
                "CF-Connecting-IP",
                "CF-Connecting-IPv6",
                "Fastly-Client-IP",
                "X-Original-Forwarded-For",
                "X-Original-URL",
                "X-Original-Host",
                "X-Rewrite-URL",
                "X-Envoy-External-Address",
                "X-Originating-IP",
                "X-Remote-IP",
                "X-Remote-Addr",
                "X-ProxyUser-IP",
                "WL-Proxy-Client-IP",
                "SSL-Client-Cert",
                "X-SSL-Client-Verify"
            })
    void shouldKnowWhateverAProxyInFrontMaySayOfItsClient(String name) {
        assertThat(of(name)).isEqualTo(Field.FORWARDING);
        if (name.contains("-")) {
            for (String mark : new String[] {"_", ".", "~", "!"}) {
                assertThat(of(name.replace("-", mark))).as(mark).isEqualTo(Field.TWIN);
                assertThat(of(name.replaceFirst("-(?=[^-]*$)", mark))).as(mark).isEqualTo(Field.TWIN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X_Forwarded_For",
                "x-forwarded_for",
                "X_FORWARDED-HOST",
                "X.Forwarded.Proto",
                "X|Forwarded^For",
                "X-Forwarded_Proto"
            })
    void shouldKnowTwinsOfWhatWeSetOurselves(String name) {
        assertThat(of(name)).isEqualTo(Field.TWIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content_Length",
                "CONTENT_LENGTH",
                "content.length",
                "Content~Length",
                "Transfer_Encoding",
                "transfer.encoding",
                "TRANSFER!ENCODING"
            })
    void shouldKnowTwinsOfFraming(String name) {
        assertThat(of(name)).isEqualTo(Field.FRAMING_TWIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forward",
                "Forwardedx",
                "X-Forward",
                "X-Real",
                "X-Real-IPs",
                "Client-IP-",
                "X-Originals",
                "Content-Lengths",
                "Content_Type",
                "Cookie",
                "Transfer",
                "TransferEncoding",
                "ContentLength",
                "X-Forwardedfor",
                "SSL",
                "User-Agent",
                "Sec-Fetch-Mode",
                "Forwärded",
                "-",
                "_",
                "x-",
                "9"
            })
    void shouldLeaveFieldsAloneThatOnlyBeginLikeOthers(String name) {
        assertThat(of(name)).isEqualTo(Field.OTHER);
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
