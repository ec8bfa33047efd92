package io.offramp.proxy.net;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Where servers are reached: {@code host:port}, a Unix socket of this machine, or the name of a service. */
public sealed interface ServerAddress permits HostPort, ServiceName, UnixSocket {
    /** For messages. */
    String EXPECTED = "host:port such as 127.0.0.1:8080, unix:FILE or srv:NAME";

    /**
     * Reads an address to connect to.
     *
     * @param files finds a file by its name
     * @throws IllegalArgumentException saying what was expected
     */
    static ServerAddress parse(String text, Function<String, Path> files) {
        if (UnixSocket.isForm(text)) {
            return UnixSocket.parse(text, files);
        }
        return ServiceName.isForm(text) ? ServiceName.parse(text) : HostPort.parse(text, EXPECTED);
    }

    /** All addresses to try, in order, at least one. Blocks for a name, so never on an event loop. */
    List<? extends SocketAddress> resolveAll();

    /** True for a name, which may get other addresses. */
    boolean isName();

    /** The Host of a request that has none. */
    String authority();
}
