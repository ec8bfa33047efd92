package io.offramp.proxy.config;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.net.ServiceName;
import io.offramp.proxy.upstream.ServerConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the servers of an upstream: addresses, or mappings with more about each. */
final class ServerListReader {
    static final String SERVERS = "a list of host:port, unix:FILE or srv:NAME";

    private static final Scalar<Integer> WEIGHT = Scalar.number(1, 1000);
    private static final Scalar<Integer> PRIORITY = Scalar.number(0, ServerConfig.BACKUP - 1);

    private final Scalar<ServerAddress> address;

    ServerListReader(Scalar<ServerAddress> address) {
        this.address = address;
    }

    /** The servers without wrong and repeated ones; empty after a problem with all. */
    List<ServerConfig> read(Value list) {
        List<ServerConfig> servers = new ArrayList<>();
        Set<ServerAddress> known = new HashSet<>();
        for (Value item : list.items(SERVERS)) {
            ServerConfig server = server(item);
            if (server == null) {
                continue;
            }
            if (known.add(server.address())) {
                servers.add(server);
            } else {
                item.error("is in the list already");
            }
        }
        return servers;
    }

    private @Nullable ServerConfig server(Value item) {
        if (item.isScalar()) {
            ServerAddress plain = item.as(address);
            return plain == null ? null : new ServerConfig(plain);
        }
        Section section = item.section("address", "weight", "priority", "backup");
        Value where = section == null ? null : section.require("address", ServerAddress.EXPECTED);
        ServerAddress read = where == null ? null : where.as(address);
        if (section == null || read == null) {
            return null;
        }
        boolean backup = section.get("backup", Scalar.BOOL, false);
        Value priority = section.get("priority");
        if (read instanceof ServiceName) {
            refuse(section.get("weight"), "each SRV record has its own weight");
            refuse(priority, "each SRV record has its own priority");
        }
        if (backup) {
            refuse(priority, "a backup comes behind all priorities");
        }
        return new ServerConfig(
                read,
                section.get("weight", WEIGHT, 1),
                backup ? ServerConfig.BACKUP : section.get("priority", PRIORITY, 0));
    }

    private static void refuse(@Nullable Value value, String why) {
        if (value != null) {
            value.error(why);
        }
    }
}
