package io.offramp.app.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SessionLinesTest {
    @Test
    void shouldPrintWhatSsPrintsAndWhy() throws IOException {
        assertThat(lines("""
                        [
                        {"id":7,"listener":"web","peer":"192.0.2.7:51234","local":"127.0.0.1:8443","age":12,\
                        "sni":"a\\u001b[2J",\
                        "alpn":null,"version":"1.3","cipher":"aes-gcm-128","suite":"TLS_AES_128_GCM_SHA256",\
                        "group":"x25519",\
                        "resumed":false,"tx":{"conf":"hw","backend":"device","detail":"tis=17 dek=33",\
                        "why":"configured",\
                        "records":3,"bytes":40000,"moves":0,"rekeys":0},"rx":{"conf":"sw","backend":"sw",\
                        "detail":"libcrypto",\
                        "why":"device declined: no TIR left","records":1,"bytes":120,"moves":1,"rekeys":2}},
                        {"id":8,"listener":"web","peer":"192.0.2.7:51235","local":"127.0.0.1:8443","age":0,\
                        "tx":{"conf":"none"},"rx":{"conf":"none"}}
                        ]
                        """)).isEqualTo("""
                        State  Peer Address:Port              Local Address:Port
                        ESTAB  192.0.2.7:51234                127.0.0.1:8443
                        \t tcp-ulp-tls version: 1.3 cipher: aes-gcm-128 rxconf: sw txconf: hw id:7 listener:web \
                        age:12 sni:a?[2J
                        \t tx: records:3 bytes:40000 moves:0 rekeys:0 backend:device tis=17 dek=33 why:"configured"
                        \t rx: records:1 bytes:120 moves:1 rekeys:2 backend:sw libcrypto why:"device declined: no TIR \
                        left"
                        ESTAB  192.0.2.7:51235                127.0.0.1:8443
                        \t in its handshake id:8 listener:web age:0
                        """);
    }

    @Test
    void shouldPrintTheFourDirectionsOfAConnectionWhoseServerHasTls() throws IOException {
        String sw = "\"backend\":\"sw\",\"detail\":\"libcrypto\",\"why\":\"configured\",\"moves\":0,\"rekeys\":0";

        assertThat(lines("""
                        [{"id":7,"listener":"web","peer":"192.0.2.7:51234","local":"127.0.0.1:8443","age":1,\
                        "version":"1.3","cipher":"aes-gcm-128",\
                        "tx":{"conf":"sw","records":1,"bytes":2,SW},"rx":{"conf":"sw","records":3,"bytes":4,SW},\
                        "upstream":{"id":8,"name":"app","server":"127.0.0.1:9443","local":"127.0.0.1:5","age":1,\
                        "version":"1.2","cipher":"aes-gcm-256",\
                        "tx":{"conf":"hw","records":5,"bytes":6,SW},"rx":{"conf":"sw","records":7,"bytes":8,SW}}}]
                        """.replace("SW", sw)).lines().skip(3)).containsExactly("""
                        \t tx: records:1 bytes:2 moves:0 rekeys:0 backend:sw libcrypto why:"configured"
                        \t rx: records:3 bytes:4 moves:0 rekeys:0 backend:sw libcrypto why:"configured"
                        \t upstream app server:127.0.0.1:9443 version: 1.2 cipher: aes-gcm-256 rxconf: sw txconf: hw
                        \t upstream.tx: records:5 bytes:6 moves:0 rekeys:0 backend:sw libcrypto why:"configured"
                        \t upstream.rx: records:7 bytes:8 moves:0 rekeys:0 backend:sw libcrypto why:"configured"
                        """.split("\n"));
    }

    @Test
    void shouldRefuseWhatIsNoList() {
        assertThatThrownBy(() -> lines("{}"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("expected an array");
        assertThatThrownBy(() -> lines("[{\"id\":1")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> lines("<html>")).isInstanceOf(IOException.class);
    }

    private static String lines(String json) throws IOException {
        StringWriter out = new StringWriter();
        SessionLines.print(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), new PrintWriter(out));
        return out.toString();
    }
}
