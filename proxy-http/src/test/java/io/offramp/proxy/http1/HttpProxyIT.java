package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProxyIT {
    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\n\r\n";

    @Test
    void shouldForwardRequestAndAnswerWhenUpstreamAnswers() throws Exception {
        String wire = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(wire);
                ProxyFixture proxy = new ProxyFixture(new ProxyFixture.Settings().to(upstream.address()))) {
            // When
            Wire.Answer answer = proxy.ask(GET);

            // Then
            assertThat(answer.head()).matches("HTTP/1.1 200 OK\r\nX-A: b\r\nDate: .{29}\r\nContent-Length: 5\r\n\r\n");
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(upstream.heads().peek())
                    .isEqualTo("GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-For: 127.0.0.1\r\n"
                            + "X-Forwarded-Proto: http\r\nX-Forwarded-Host: example.com\r\nVia: 1.1 offramp\r\n\r\n");
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().status()).isEqualTo(200);
            assertThat(proxy.log().getFirst().responseBytes()).isEqualTo(5);
            assertThat(proxy.log().getFirst().target()).isEqualTo("/a?b=c");
            assertThat(proxy.log().getFirst().host()).isEqualTo("example.com");
            assertThat(proxy.log().getFirst().upstream())
                    .isEqualTo(upstream.address().toString());
            assertThat(proxy.log().getFirst().abort()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"200 OK|Content-Length: 2||ok, ok", "204 No Content||, ''", "304 Not Modified|Content-Length: 2||, ''"})
    void shouldReuseUpstreamConnectionWhenRequestsFollow(String answer, String body) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 " + answer.replace("|", "\r\n"));
                ProxyFixture proxy = new ProxyFixture(new ProxyFixture.Settings().to(upstream.address()))) {
            // When
            for (int i = 0; i < 5; i++) {
                try (Socket client = proxy.connect()) {
                    assertThat(ProxyFixture.ask(client, GET).body()).isEqualTo(body);
                    assertThat(ProxyFixture.ask(client, GET).body()).isEqualTo(body);
                }
            }

            // Then
            assertThat(upstream.accepted()).isEqualTo(1);
            assertThat(proxy.counts().poolHits).hasValue(9);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(10));
        }
    }

    @Test
    void shouldForwardBodyWhenRequestHasLength() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    byte[] body = Wire.readExactly(peer.in, 11);
                    peer.send("HTTP/1.1 201 Created\r\nContent-Length: 11\r\n\r\n" + new String(body));
                });
                ProxyFixture proxy = new ProxyFixture(new ProxyFixture.Settings().to(upstream.address()))) {
            // When
            Wire.Answer answer = proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world");

            // Then
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo("hello world");
            assertThat(upstream.heads().peek()).contains("Content-Length: 11\r\n");
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().requestBytes()).isEqualTo(11);
        }
    }

    @Test
    void shouldAnswerInOrderWhenRequestsArePipelined() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        String path = head.split(" ")[1];
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                    }
                });
                ProxyFixture proxy = new ProxyFixture(new ProxyFixture.Settings().to(upstream.address()));
                Socket client = proxy.connect()) {
            // When
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            ProxyFixture.send(client, requests.toString());

            // Then
            for (int i = 0; i < 100; i++) {
                assertThat(Wire.readAnswer(client.getInputStream()).body()).isEqualTo("/" + i);
            }
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }
}
