package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.flow.Http2Peer.Request;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows that a server gives to requests: when they are empty, and when they become less than nothing. */
class Http2RequestWindowTest extends Http2ServerFlow {
    private static final String CHUNKED = "POST /app/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final int WINDOW = 1000;
    /** Window of a connection that nobody has made larger (RFC 9113 §6.9.2). */
    private static final int FIRST_WINDOW = 65_535;

    Http2RequestWindowTest() {
        super(settings -> settings);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void shouldEndARequestWhoseWindowIsEmpty(boolean withTrailers, boolean atOnce) {
        // Given
        String body = chunk(WINDOW);
        String end = withTrailers ? "0\r\nX-Sum: 7\r\n\r\n" : "0\r\n\r\n";

        // When
        Peer client = ask(CHUNKED + (atOnce ? body + end : body));
        Http2Peer server = accept(Http2Settings.defaultSettings().initialWindowSize(WINDOW));
        Request request = server.request(0);
        if (!atOnce) {
            assertThat(request.ended).isFalse();
            send(client, end);
            settleWith(server);
        }

        // Then without more credit (RFC 9113 §6.9.1)
        assertThat(request.body.size()).isEqualTo(WINDOW);
        assertThat(request.ended).isTrue();
        assertThat(sum(request)).isEqualTo(withTrailers ? "7" : "");
        server.answer(request, "ok");
        settleWith(server);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    /** An end that overtook them would cut them off. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotEndARequestInFrontOfBytesThatWaitForCredit(boolean withTrailers) {
        // Given
        ask(CHUNKED + chunk(WINDOW + 1) + (withTrailers ? "0\r\nX-Sum: 7\r\n\r\n" : "0\r\n\r\n"));

        // When
        Http2Peer server = accept(Http2Settings.defaultSettings().initialWindowSize(WINDOW));
        Request request = server.request(0);

        // Then
        assertThat(request.body.size()).isEqualTo(WINDOW);
        assertThat(request.ended).isFalse();
        server.take(request);
        settleWith(server);
        assertThat(request.body.size()).isEqualTo(WINDOW + 1);
        assertThat(request.ended).isTrue();
    }

    @Test
    void shouldEndARequestWhoseConnectionHasNoWindow() {
        // Given a request that has used all of it
        Peer client = ask(CHUNKED + chunk(FIRST_WINDOW));
        Http2Peer server = accept(Http2Settings.defaultSettings().initialWindowSize(2 * FIRST_WINDOW));
        Request request = server.request(0);
        assertThat(request.body.size()).isEqualTo(FIRST_WINDOW);
        assertThat(request.ended).isFalse();

        // When
        send(client, "0\r\n\r\n");
        settleWith(server);

        // Then
        assertThat(request.ended).isTrue();
    }

    @Test
    void shouldSendNothingWhileALowerSettingHasMadeTheWindowNegative() {
        // Given 600 bytes of 5,000 are sent, and the window becomes 100 - 600
        byte[] body = pattern(5000);
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
        Http2Peer server = accept(Http2Settings.defaultSettings().initialWindowSize(WINDOW));
        client.send(Arrays.copyOf(body, 600));
        settleWith(server);
        Request request = server.request(0);
        assertThat(request.body.size()).isEqualTo(600);
        initialWindow(server, 100);

        // When
        client.send(Arrays.copyOfRange(body, 600, 5000));
        settleWith(server);

        // Then (RFC 9113 §6.9.2)
        assertThat(request.body.size()).as("at -500").isEqualTo(600);
        initialWindow(server, 600);
        assertThat(request.body.size()).as("at 0").isEqualTo(600);
        initialWindow(server, 601);
        assertThat(request.body.size()).as("at 1").isEqualTo(601);
        server.take(request);
        settleWith(server);
        assertThat(request.body.size()).as("601 more by WINDOW_UPDATE").isEqualTo(1202);
        initialWindow(server, 5000);
        assertThat(request.body.toByteArray()).isEqualTo(body);
        assertThat(request.ended).isTrue();
    }

    /** What the codec was given for the old window has to wait for the new one. */
    @Test
    void shouldSendNothingBeyondALowerSettingThatComesInFrontOfTheFlush() {
        // Given
        byte[] body = pattern(5000);
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
        Http2Peer server = accept(Http2Settings.defaultSettings().initialWindowSize(5000));

        // When both come in one turn
        client.send(body);
        initialWindow(server, 500);

        // Then
        Request request = server.request(0);
        assertThat(request.body.size()).isEqualTo(500);
        initialWindow(server, 499);
        initialWindow(server, 510);
        assertThat(request.body.size()).isEqualTo(510);
        initialWindow(server, 5000);
        assertThat(request.body.toByteArray()).isEqualTo(body);
        assertThat(request.ended).isTrue();
    }

    @Test
    void shouldEndARequestWhoseWindowIsNegative() {
        // Given
        Peer client = ask(CHUNKED + chunk(600));
        Http2Peer server = accept(Http2Settings.defaultSettings().initialWindowSize(WINDOW));
        Request request = server.request(0);
        initialWindow(server, 100);
        assertThat(request.ended).isFalse();

        // When
        send(client, "0\r\n\r\n");
        settleWith(server);

        // Then
        assertThat(request.body.size()).isEqualTo(600);
        assertThat(request.ended).isTrue();
    }

    private void initialWindow(Http2Peer server, int bytes) {
        server.settings(new Http2Settings().initialWindowSize(bytes));
        settleWith(server);
    }

    private static String chunk(int bytes) {
        return Integer.toHexString(bytes) + "\r\n" + "x".repeat(bytes) + "\r\n";
    }

    private static byte[] pattern(int bytes) {
        byte[] all = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            all[i] = (byte) (i * 31 >> 3);
        }
        return all;
    }

    private static String sum(Request request) {
        return request.trailers == null ? "" : String.valueOf(request.trailers.get("x-sum"));
    }
}
