package io.offramp.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.http1.MessageReader.Step;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protocols are looked at one by one, wherever they stand. */
class UpgradesTest {
    private final Upgrades upgrades = new Upgrades(Set.of("websocket", "tcp"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "websocket|websocket|websocket",
                "WebSocket|WebSocket|WebSocket",
                "websocket, h2c|websocket|websocket",
                "h2c, websocket|websocket|websocket",
                "h2c,websocket ,,\ttcp|websocket, tcp|websocket",
                "x, h2c|-|x",
                "h2c|-|-",
                "H2C|-|-",
                "HTTP/2.0, TLS/1.0, h2|-|-",
                "websocket/13|websocket/13|websocket/13",
                "tcp|tcp|tcp",
                "websockets|-|websockets",
                "IRC/6.9, RTA/x11|-|IRC/6.9",
                ",|-|-",
            })
    void shouldOfferWhatIsAllowedAndNothingElse(String list, String offer, String missed) {
        assertThat(upgrades.offer(fields(list))).isEqualTo(offer);
        assertThat(Upgrades.missed(request(list))).isEqualTo(missed);
        assertThat(upgrades.offer(fields(list.replaceAll(",", "\r\nX: y\r\nUpgrade:"))))
                .isEqualTo(offer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "websocket|websocket|true",
                "websocket|WebSocket|true",
                "websocket, tcp|tcp|true",
                "websocket, tcp|tcp, websocket|true",
                "websocket|h2c|false",
                "websocket|websocket, h2c|false",
                "websocket|h2c, websocket|false",
                "websocket|websocket/13|false",
                "websocket|,|false",
                "websocket|x|false",
            })
    void shouldKnowA101ToWhatWasOffered(String offer, String chosen, boolean right) {
        assertThat(Upgrades.isOf(offer, fields(chosen))).isEqualTo(right);
    }

    private static Fields fields(String upgrade) {
        return request(upgrade).fields();
    }

    private static RequestHead request(String upgrade) {
        MessageReader reader = MessageReader.ofRequests(1000, 1000);
        ByteBuf in = Unpooled.copiedBuffer(
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: " + upgrade + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        assertThat(reader.read(in)).isEqualTo(Step.HEAD);
        in.release();
        Head head = reader.takeHead();
        return new RequestHead(head, RequestTarget.of(head), ConnectionOptions.of(head.fields()), 0);
    }
}
