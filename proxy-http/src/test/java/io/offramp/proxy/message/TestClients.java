package io.offramp.proxy.message;

import io.netty.util.AsciiString;
import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.util.List;

/** Clients as tests of what looks at them need them. */
public final class TestClients {
    private TestClients() {}

    /** That has come over TLS from an address, where proxies are those of 10.0.0.0/8. */
    public static ClientFields client(String address) {
        ClientAddress source = new ClientAddress(InetAddress.ofLiteral(address), List.of(Cidr.parse("10.0.0.0/8")));
        return new ClientFields(
                new AsciiString(address),
                new AsciiString("https"),
                null,
                source,
                source.isProxy(),
                Forwarding.DEFAULTS);
    }
}
