package io.offramp.proxy.server;

import io.offramp.offload.tck.fuzz.FuzzCorpus;
import java.util.Map;

class ServerFuzzCorpusTest extends FuzzCorpus {
    ServerFuzzCorpusTest() {
        super(Map.of("Hellos", HellosFuzz::fuzzerTestOneInput, "ProxyHeaders", ProxyHeadersFuzz::fuzzerTestOneInput));
    }
}
